import PluginKit
import Synchronization

/// One turn of the job `platform.chats`: works on all chats that are due, so many side by side. It ends when nothing
/// is due any more, and schedules itself for what falls due later; with nothing to wait for there is no timer.
struct ChatRun: Sendable {
  static let key = "chats"
  /// More would only wait for the limit, thirty requests a second; and what is under way is not filled up again before it
  /// is answered: more than half of that would keep starts of conferences waiting on a slow platform.
  static let mostAtOnce = 12
  /// Leaves the rest to another turn after so long, well before the host's patience ends.
  private static let longest: Duration = .seconds(60)

  let call: Call
  let traffic: Traffic
  private let progress = ChatProgress()

  init(call: Call, traffic: Traffic) {
    self.call = call
    self.traffic = traffic
  }

  func run() async throws {
    await traffic.lanes.enter("chats' run")
    defer { traffic.lanes.leave("chats' run") }
    let until = ContinuousClock.now + Self.longest
    try await learnOwnID()
    let bell = traffic.chats.listen()
    traffic.chats.ring()
    try await withThrowingDiscardingTaskGroup { group in
      for await _ in bell {
        let mayStart = ContinuousClock.now < until && !progress.mustStop && !call.isCancelled
        for id in mayStart ? try due(except: progress.working) : [] {
          progress.begin(id)
          group.addTask { await work(id, until) }
        }
        guard progress.working.isEmpty else { continue }
        if try finish(mayGoOn: mayStart) { return }
        traffic.chats.ring()
      }
    }
  }

  /// One chat's failure is its own; what breaks here is our own store, which ends the turn.
  private func work(_ id: String, _ until: ContinuousClock.Instant) async {
    let work = ChatWork(host: call, traffic: traffic, id: id, until: until)
    do {
      progress.end(id, .success(try await work.work()))
    } catch {
      progress.end(id, .failure(error))
    }
    traffic.chats.ring()
  }

  /// Chats that are due, those waiting longest first; comparisons of the night when there is nothing else.
  private func due(except working: Set<String>) throws -> [String] {
    let free = Self.mostAtOnce - working.count
    guard free > 0 else { return [] }
    let bindings: JSONValue = [
      "now": JSONValue(call.host.nowMs), "working": Chats.list(working), "limit": JSONValue(free),
    ]
    return try call.read { transaction in
      var found: [JSONValue] = []
      for column in ["due_at", "compare_at"] where found.isEmpty {
        found = try transaction.rows(
          """
          SELECT chat_id FROM max_platform_chats
          WHERE \(column) <= :now AND chat_id NOT IN (SELECT value FROM json_each(:working))
          ORDER BY \(column) LIMIT :limit
          """, bindings)
      }
      return found.compactMap { $0["chat_id"]?.string }
    }
  }

  /// Ends the turn; false when something has fallen due meanwhile.
  private func finish(mayGoOn: Bool) throws -> Bool {
    if let failure = progress.failure { throw failure }
    let isEnded = try call.write { transaction in
      let now = call.host.nowMs
      if mayGoOn, let due = try ChatBook.nextDue(transaction), due <= now { return false }
      // Only a person can cure a token that is not accepted, and only a restart brings another.
      let notBefore = progress.isUnauthorized ? now + Backoff.longestMs : 0
      try ChatBook.wake(transaction, nowMs: now, notBeforeMs: notBefore)
      transaction.finishJob()
      return true
    }
    guard isEnded else { return false }
    if progress.isUnauthorized {
      call.host.log(.error, "the platform does not accept the token; its chats stay as they are")
    }
    let sum = progress.sum
    call.host.log(
      .info, "chats were brought into step", ["calls": JSONValue(sum.calls), "chats": JSONValue(sum.chats)])
    return true
  }

  /// By which echoes of our own changes are known. Asked for once; without it they only cost a reading.
  private func learnOwnID() async throws {
    let known = try call.read { try Drift.ownID($0) }
    guard known == nil else { return }
    try await traffic.turn(changing: nil, call.host)
    defer { traffic.limiter.answered(forChat: nil, hostMs: call.host.nowMs) }
    let id: Int64?
    do throws(PlatformFailure) {
      id = try await PlatformClient(host: call.host).ownID()
    } catch {
      return call.host.log(.info, "the bot could not be asked who it is", ["code": JSONValue(error.code)])
    }
    _ = try call.write { transaction in
      try transaction.query("UPDATE max_platform_chat_settings SET bot_id = ?", [JSONValue(id)])
    }
  }
}

/// How far a turn has come.
private final class ChatProgress: Sendable {
  private struct State {
    var working: Set<String> = []
    var chats: Set<String> = []
    var calls = 0
    var isUnauthorized = false
    var failure: (any Error)?
  }

  private let state = Mutex(State())

  var working: Set<String> { state.withLock { $0.working } }
  var isUnauthorized: Bool { state.withLock { $0.isUnauthorized } }
  var failure: (any Error)? { state.withLock { $0.failure } }
  var mustStop: Bool { state.withLock { $0.isUnauthorized || $0.failure != nil } }
  var sum: (calls: Int, chats: Int) { state.withLock { ($0.calls, $0.chats.count) } }

  func begin(_ id: String) { state.withLock { _ = $0.working.insert(id) } }

  func end(_ id: String, _ result: Result<ChatWork.End, any Error>) {
    state.withLock { state in
      state.working.remove(id)
      state.chats.insert(id)
      switch result {
      case .success(let end):
        state.calls += end.calls
        if end.isUnauthorized { state.isUnauthorized = true }
      case .failure(let error): state.failure = state.failure ?? error
      }
    }
  }
}
