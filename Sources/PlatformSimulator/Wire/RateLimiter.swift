import Synchronization

/// How much the platform takes from one bot in a second.
///
/// Nil: any amount.
package struct RateLimits: Sendable {
  /// Requests in all.
  package var requestsPerSecond: Int?
  /// Changes in one dialog (messages sent, edited or deleted, callbacks answered) or of one group chat.
  package var changesPerSecondInChat: Int?

  package init(requestsPerSecond: Int?, changesPerSecondInChat: Int?) {
    self.requestsPerSecond = requestsPerSecond
    self.changesPerSecondInChat = changesPerSecondInChat
  }

  /// The real service's figures.
  package static let real = RateLimits(requestsPerSecond: 30, changesPerSecondInChat: 2)
  package static let none = RateLimits(requestsPerSecond: nil, changesPerSecondInChat: nil)
}

/// Token buckets: one for the bot, one for each dialog and group chat.
///
/// In memory: a restart forgives.
final class RateLimiter: Sendable {
  private struct Bucket {
    var tokens: Double
    var filledAt: Int64
  }

  private struct Buckets {
    var clockMs: Int64
    var elapsedMs: Int64
    /// Moves by whichever went further, the clock or real time: see `passTime`.
    var timeMs: Int64 = 0
    var all: Bucket?
    var chats: [Int64: Bucket] = [:]
  }

  private let limits: RateLimits
  private let clock: @Sendable () -> Int64
  private let elapsed: @Sendable () -> Int64
  private let buckets: Mutex<Buckets>

  init(limits: RateLimits, clock: @escaping @Sendable () -> Int64, elapsed: @escaping @Sendable () -> Int64) {
    self.limits = limits
    self.clock = clock
    self.elapsed = elapsed
    buckets = Mutex(Buckets(clockMs: clock(), elapsedMs: elapsed()))
  }

  /// Counts one request of the bot.
  func admitRequest() throws(Refusal) {
    guard let limit = limits.requestsPerSecond else { return }
    let wait = buckets.withLock { state in
      passTime(&state)
      var bucket = state.all ?? Bucket(tokens: Double(limit), filledAt: state.timeMs)
      let wait = RateLimiter.take(&bucket, limit: limit, now: state.timeMs)
      state.all = bucket
      return wait
    }
    if let wait { throw .tooMany(seconds: wait) }
  }

  /// Counts one change in a dialog or a group chat.
  func admitChange(chat id: Int64) throws(Refusal) {
    guard let limit = limits.changesPerSecondInChat else { return }
    let wait = buckets.withLock { state in
      passTime(&state)
      let now = state.timeMs
      if state.chats.count > 1000 {
        // A bucket untouched for a second is full again, which is what an absent one is.
        state.chats = state.chats.filter { now - $0.value.filledAt < 1000 }
      }
      var bucket = state.chats[id] ?? Bucket(tokens: Double(limit), filledAt: now)
      let wait = RateLimiter.take(&bucket, limit: limit, now: now)
      state.chats[id] = bucket
      return wait
    }
    if let wait { throw .tooMany(seconds: wait) }
  }

  /// A manual clock may stand still while a client that cannot move it waits for its turn.
  ///
  /// Real time counts too, so such a client is only slowed down, as it would be by the real service.
  private func passTime(_ state: inout Buckets) {
    let clockNow = clock()
    let elapsedNow = elapsed()
    state.timeMs += max(0, max(clockNow - state.clockMs, elapsedNow - state.elapsedMs))
    state.clockMs = clockNow
    state.elapsedMs = elapsedNow
  }

  /// Nil when a token was there, else the seconds until there is one.
  private static func take(_ bucket: inout Bucket, limit: Int, now: Int64) -> Int? {
    let refill = Double(now - bucket.filledAt) / 1000 * Double(limit)
    bucket.tokens = min(Double(limit), bucket.tokens + refill)
    bucket.filledAt = now
    guard bucket.tokens >= 1 else { return Int(((1 - bucket.tokens) / Double(limit)).rounded(.up)) }
    bucket.tokens -= 1
    return nil
  }
}
