import Synchronization

/// Tokens that come back steadily; one is spent on each request.
///
/// Whoever fills the same bucket at the other end counts a request when it comes there: somewhere between its sending and
/// its answer. So what is under way is not filled up again before it is answered. Then this bucket never holds more than
/// the other one, less what is still on its way to it, however the network lingers and hurries.
package struct TokenBucket: Sendable {
  /// No exchange takes longer: one that nobody said was answered is forgotten.
  private static let longestOpenMs: Int64 = 40_000

  private let perSecond: Double
  private var tokens: Double
  private var filledAtMs: Int64
  /// When those that are under way were let go, the first one first.
  private var open: [Int64] = []

  /// Full at the start; holds a second's worth.
  package init(perSecond: Int, nowMs: Int64) {
    self.perSecond = Double(perSecond)
    tokens = Double(perSecond)
    filledAtMs = nowMs
  }

  /// Milliseconds until there is a token beside those that are left for others (`reserve`); 0 when there is one.
  package mutating func wait(nowMs: Int64, reserve: Double = 0) -> Int64 {
    fill(nowMs)
    let needed = 1 + reserve
    return tokens >= needed ? 0 : Int64(((needed - tokens) / perSecond * 1000).rounded(.up))
  }

  /// Spends a token, also one that is not there: the next one then waits longer. `isOpen`: `answered` will be called.
  package mutating func spend(nowMs: Int64, isOpen: Bool = false) {
    fill(nowMs)
    tokens -= 1
    if isOpen { open.append(nowMs) }
  }

  /// One of those under way is answered, or was not sent after all.
  package mutating func answered(nowMs: Int64) {
    fill(nowMs)
    if !open.isEmpty { open.removeFirst() }
  }

  private mutating func fill(_ nowMs: Int64) {
    guard nowMs > filledAtMs else { return }
    open.removeAll { $0 + Self.longestOpenMs <= nowMs }
    tokens = min(perSecond - Double(open.count), tokens + Double(nowMs - filledAtMs) / 1000 * perSecond)
    filledAtMs = nowMs
  }

  /// Nothing is spent, and nothing under way.
  func isFull(nowMs: Int64) -> Bool {
    var copy = self
    copy.fill(nowMs)
    return copy.tokens >= perSecond
  }
}

/// The platform's limits, kept from our side: 30 requests a second in all, 2 changes a second in one dialog or chat.
/// Source: PLATFORM, "Limits".
package final class RateLimiter: Sendable {
  private struct State {
    var timeMs: Int64 = 0
    var lastHostMs: Int64?
    var lastReal: ContinuousClock.Instant?
    var all: TokenBucket
    var dialogs: [String: TokenBucket] = [:]
  }

  /// The platform's own numbers.
  package static let perSecond = 30
  package static let perDialog = 2
  /// Tokens that chats leave for the requests of people who wait for an answer. The steady rate is the same.
  package static let chatsReserve = 5.0
  /// Tokens that starts and finishes of conferences leave for them. Fewer than chats leave: as long as any of these is
  /// due no chat gets a turn.
  package static let urgentReserve = 3.0
  private let state: Mutex<State>
  private let perDialog: Int

  package init(perSecond: Int = RateLimiter.perSecond, perDialog: Int = RateLimiter.perDialog) {
    self.perDialog = perDialog
    state = Mutex(State(all: TokenBucket(perSecond: perSecond, nowMs: 0)))
  }

  /// Takes the tokens of one request and returns 0, or takes none and returns the milliseconds to wait. Whoever takes
  /// says `answered` afterwards, also when nothing was sent.
  package func take(dialog: String?, hostMs: Int64, real: ContinuousClock.Instant = .now) -> Int64 {
    state.withLock { state in
      let now = Self.pass(&state, hostMs: hostMs, real: real)
      var wait = state.all.wait(nowMs: now)
      guard let dialog else {
        if wait == 0 { state.all.spend(nowMs: now, isOpen: true) }
        return wait
      }
      var bucket = state.dialogs[dialog] ?? TokenBucket(perSecond: perDialog, nowMs: now)
      wait = max(wait, bucket.wait(nowMs: now))
      guard wait == 0 else { return wait }
      state.all.spend(nowMs: now, isOpen: true)
      bucket.spend(nowMs: now, isOpen: true)
      keep(&state, dialog, bucket, now)
      return 0
    }
  }

  private func keep(_ state: inout State, _ dialog: String, _ bucket: TokenBucket?, _ now: Int64) {
    // An absent bucket is a full one, so those that have filled up again need not be kept.
    if state.dialogs.count > 1000 { state.dialogs = state.dialogs.filter { !$0.value.isFull(nowMs: now) } }
    state.dialogs[dialog] = bucket
  }

  /// The same for a request about a chat; `chat` nil: one that changes nothing there.
  package func takeForChat(_ chat: String?, hostMs: Int64, real: ContinuousClock.Instant = .now) -> Int64 {
    state.withLock { state in
      let now = Self.pass(&state, hostMs: hostMs, real: real)
      var wait = state.all.wait(nowMs: now, reserve: Self.chatsReserve)
      var bucket = chat.map { state.dialogs[$0] ?? TokenBucket(perSecond: perDialog, nowMs: now) }
      wait = max(wait, bucket?.wait(nowMs: now) ?? 0)
      guard wait == 0 else { return wait }
      state.all.spend(nowMs: now, isOpen: true)
      bucket?.spend(nowMs: now, isOpen: true)
      if let chat { keep(&state, chat, bucket, now) }
      return 0
    }
  }

  /// The same for a start or a finish of a conference.
  package func takeUrgent(hostMs: Int64, real: ContinuousClock.Instant = .now) -> Int64 {
    state.withLock { state in
      let now = Self.pass(&state, hostMs: hostMs, real: real)
      let wait = state.all.wait(nowMs: now, reserve: Self.urgentReserve)
      if wait == 0 { state.all.spend(nowMs: now, isOpen: true) }
      return wait
    }
  }

  /// A request that was let go is answered, or was not sent. `chat`: the chat or dialog that it was let go for.
  package func answered(forChat chat: String?, hostMs: Int64, real: ContinuousClock.Instant = .now) {
    state.withLock { state in
      let now = Self.pass(&state, hostMs: hostMs, real: real)
      state.all.answered(nowMs: now)
      guard let chat, var bucket = state.dialogs[chat] else { return }
      bucket.answered(nowMs: now)
      keep(&state, chat, bucket, now)
    }
  }

  /// Milliseconds until a chat may be changed again, whatever else goes on.
  package func wait(forChat chat: String, hostMs: Int64, real: ContinuousClock.Instant = .now) -> Int64 {
    state.withLock { state in
      let now = Self.pass(&state, hostMs: hostMs, real: real)
      var bucket = state.dialogs[chat]
      return bucket?.wait(nowMs: now) ?? 0
    }
  }

  /// Counts a request that is not held back.
  package func spend(hostMs: Int64, real: ContinuousClock.Instant = .now) {
    state.withLock { state in
      let now = Self.pass(&state, hostMs: hostMs, real: real)
      state.all.spend(nowMs: now)
    }
  }

  /// Time passes with the host's clock. When that one is moved by hand real time counts as well, since the
  /// platform at the other end goes by it.
  private static func pass(_ state: inout State, hostMs: Int64, real: ContinuousClock.Instant) -> Int64 {
    let host = hostMs - (state.lastHostMs ?? hostMs)
    let elapsed = (real - (state.lastReal ?? real)) / .milliseconds(1)
    state.timeMs += max(0, host, Int64(elapsed))
    // A thread that was overtaken counts no time twice.
    state.lastHostMs = max(state.lastHostMs ?? hostMs, hostMs)
    state.lastReal = max(state.lastReal ?? real, real)
    return state.timeMs
  }
}
