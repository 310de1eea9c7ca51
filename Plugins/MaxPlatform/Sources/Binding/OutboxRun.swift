import PluginKit

/// One turn of the job `platform.outbox`: sends what is due in one lane, in order. Lanes run side by side, each
/// with a job of its own.
struct OutboxRun: Sendable {
  let call: Call
  let traffic: Traffic

  private enum Step: Sendable {
    case send(OutboxItem, Binding)
    /// The platform's limit is reached: so many milliseconds of real time.
    case hold(Int64)
    case rest
  }

  private typealias Attempt = (item: OutboxItem, binding: Binding, verdict: Verdict)

  /// What the limits gave for one request.
  private struct Taken {
    let dialog: String?
  }

  /// Leaves the rest to another turn after so long, well before the host's patience ends.
  private static let longest: Duration = .seconds(20)

  func drain() async throws {
    let lane = call.params["key"]?.string ?? ""
    await traffic.lanes.enter(lane)
    defer { traffic.lanes.leave(lane) }
    let started = ContinuousClock.now
    var attempt: Attempt?
    while true {
      let mayGoOn = ContinuousClock.now - started < Self.longest
      let step = try step(attempt, lane, mayGoOn: mayGoOn)
      attempt = nil
      switch step {
      case .rest: return
      case .hold(let ms):
        // Under a second, and real time: on a clock that is moved by hand a job of half a second later would wait for
        // somebody's hand, while the platform at the other end counts real seconds.
        try await pause(for: .milliseconds(ms))
      case .send(let item, let binding):
        let errand = ErrandRun(
          client: PlatformClient(host: call.host), item: item, binding: binding, traffic: traffic)
        let verdict = await errand.perform()
        traffic.limiter.answered(forChat: dialog(item, binding), hostMs: call.host.nowMs)
        // An exchange that the end of the host cut short is no failure of the platform: the job stays as it is.
        if case .later = verdict, call.isCancelled { throw CancellationError() }
        attempt = (item, binding, verdict)
      }
    }
  }

  /// 1. What the last attempt brought. 2. What comes next. One transaction, so that a crash sees both or none.
  private func step(_ attempt: Attempt?, _ lane: String, mayGoOn: Bool) throws -> Step {
    var taken: Taken?
    do {
      return try call.write { transaction in
        if let attempt { try settle(transaction, attempt.item, attempt.binding, attempt.verdict) }
        return try next(transaction, lane, mayGoOn: mayGoOn, &taken)
      }
    } catch {
      if let taken { traffic.limiter.answered(forChat: taken.dialog, hostMs: call.host.nowMs) }
      throw error
    }
  }

  private func next(
    _ transaction: Transaction, _ lane: String, mayGoOn: Bool, _ taken: inout Taken?
  ) throws -> Step {
    let now = call.host.nowMs
    while let row = try Outbox.head(transaction, lane) {
      guard var item = OutboxItem(row), let binding = try Bindings.find(transaction, item.requestID) else {
        call.host.log(.error, "an errand nobody can run was set aside", ["errand": row["seq"] ?? .null])
        try Outbox.end(transaction, seq: row["seq"]?.int64 ?? 0, .refused, error: "unknown", nowMs: now)
        continue
      }
      guard item.nextAttemptAtMs <= now, mayGoOn else {
        try Outbox.wake(transaction, lane, atMs: item.nextAttemptAtMs)
        break
      }
      let wait = traffic.limiter.take(dialog: dialog(item, binding), hostMs: now)
      if wait > 0 { return .hold(wait) }
      taken = Taken(dialog: dialog(item, binding))
      item.attempts += 1
      try Outbox.begin(transaction, item)
      return .send(item, binding)
    }
    transaction.finishJob()
    return .rest
  }

  /// The dialog whose limit an errand counts against.
  private func dialog(_ item: OutboxItem, _ binding: Binding) -> String? {
    switch item.kind {
    case .message, .answer, .retire: binding.chatID.map { "\($0)" } ?? binding.userID
    case .bind, .check, .withdraw, .unbind: nil
    }
  }

  private func settle(
    _ transaction: Transaction, _ item: OutboxItem, _ binding: Binding, _ verdict: Verdict
  ) throws {
    let now = call.host.nowMs
    switch verdict {
    case .done(let apply):
      try Outbox.end(transaction, seq: item.seq, .done, nowMs: now)
      try apply(transaction)
    case .refused(let code, let apply):
      call.host.log(
        .warning, "the platform refused an errand",
        ["errand": JSONValue(item.kind.rawValue), "request": JSONValue(item.requestID), "code": JSONValue(code)])
      try Outbox.end(transaction, seq: item.seq, .refused, error: code, nowMs: now)
      try apply(transaction)
    case .parked(let code, let apply):
      try Outbox.park(transaction, seq: item.seq, error: code)
      try apply(transaction)
    case .later(let failure):
      try postpone(transaction, item, binding, failure, now)
    }
  }

  private func postpone(
    _ transaction: Transaction, _ item: OutboxItem, _ binding: Binding, _ failure: PlatformFailure, _ now: Int64
  ) throws {
    var delay = Backoff.delayMs(attempt: item.attempts, retryAfterMs: failure.retryAfterMs)
    if case .unauthorized = failure {
      // Only a person can cure it, and only a restart brings another token; what is queued waits for that.
      delay = Backoff.longestMs
      call.host.log(.error, "the platform does not accept the token; requests stay queued")
    }
    call.host.log(
      .info, "an errand is tried again later",
      [
        "errand": JSONValue(item.kind.rawValue), "request": JSONValue(item.requestID),
        "attempt": JSONValue(item.attempts), "code": JSONValue(failure.code), "delayMs": JSONValue(delay),
      ])
    try Outbox.postpone(transaction, seq: item.seq, untilMs: now + delay, error: failure.code)
    // One slip that the next second mends is nothing to bother a person with.
    let isWorthTelling = item.attempts > 1 || delay > 3 * Backoff.firstMs
    guard isWorthTelling, item.kind == .bind || item.kind == .message,
      let current = try Bindings.find(transaction, item.requestID), !current.state.isOver, !current.toldDelay
    else { return }
    try Bindings.update(transaction, item.requestID, toldDelay: true, nowMs: now)
    try Bindings.tell(transaction, current, .delayed, reason: failure.code, nowMs: now)
  }
}
