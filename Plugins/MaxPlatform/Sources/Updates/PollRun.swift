import PluginKit

/// One turn of the job `platform.poll`: one long poll for what people pressed. It goes on only while somebody's
/// button is awaited, so an idle host stays idle; being a job on disk, it goes on by itself after a restart.
struct PollRun: Sendable {
  static let key = "updates"
  /// How long the platform holds a poll. Its own limit is 30 seconds.
  private static let holdSeconds = 25
  /// Real time between the starts of two polls: the platform counts by its own watch. Source: PLATFORM, "Limits".
  private static let interval: Duration = .milliseconds(500)
  /// The platform keeps updates for 24 hours; after a longer silence they are not to be relied on.
  private static let silenceMs: Int64 = 20 * 3_600_000

  let call: Call
  let traffic: Traffic

  private struct Start: Sendable {
    var marker: Int64?
    var polledAtMs: Int64
  }

  func poll() async throws {
    guard let start = try prepare() else { return }
    try await pause(for: traffic.pace.pause(Self.interval))
    traffic.limiter.spend(hostMs: call.host.nowMs)
    let client = PlatformClient(host: call.host)
    let answer: JSONValue
    do throws(PlatformFailure) {
      answer = try await client.updates(after: start.marker, seconds: Self.holdSeconds)
    } catch {
      return try failed(error)
    }
    traffic.pace.answered()
    try take(answer, start)
  }

  /// Where to go on; nil, and the end of polling, when nobody is awaited.
  private func prepare() throws -> Start? {
    try call.write { transaction in
      guard try Bindings.anyoneAwaited(transaction) else {
        transaction.finishJob()
        return nil
      }
      let row = try transaction.first("SELECT marker, polled_at FROM max_platform_marker")
      return Start(marker: row?["marker"]?.int64, polledAtMs: row?["polled_at"]?.int64 ?? call.host.nowMs)
    }
  }

  private func goOn(_ transaction: Transaction, atMs: Int64) throws {
    try transaction.schedule(MaxPlatform.Wire.pollJob, key: Self.key, dueAtMs: atMs)
    transaction.finishJob()
  }

  private func failed(_ failure: PlatformFailure) throws {
    // Cut short by the end of the host: the job stays as it is and goes on after the restart.
    if call.isCancelled { throw CancellationError() }
    // A poll that broke off once is simply put again; only then the pauses grow.
    let failures = traffic.pace.failed()
    var delay =
      failures == 1
      ? failure.retryAfterMs ?? 0 : Backoff.delayMs(attempt: failures - 1, retryAfterMs: failure.retryAfterMs)
    if case .unauthorized = failure {
      delay = Backoff.longestMs
      call.host.log(.error, "the platform does not accept the token; nobody's answers can be read")
    } else if !failure.isPassing {
      delay = Backoff.longestMs
      call.host.log(.error, "the platform refuses to tell its updates", ["code": JSONValue(failure.code)])
    } else {
      call.host.log(.info, "a poll failed", ["code": JSONValue(failure.code), "delayMs": JSONValue(delay)])
    }
    let at = call.host.nowMs + delay
    try call.write { try goOn($0, atMs: at) }
  }

  /// Takes a batch: its effects and the new marker are one transaction, so after a crash the platform tells the
  /// same batch again.
  private func take(_ answer: JSONValue, _ start: Start) throws {
    let now = call.host.nowMs
    let updates = answer["updates"]?.array ?? []
    try call.write { transaction in
      if now - start.polledAtMs > Self.silenceMs { try checkAll(transaction, now) }
      for update in updates { try take(transaction, update, now) }
      try remember(transaction, answer["marker"]?.int64, start, now)
      // With nobody left the polling ends; who becomes awaited after this transaction schedules it again.
      guard try Bindings.anyoneAwaited(transaction) else { return transaction.finishJob() }
      try goOn(transaction, atMs: now)
    }
  }

  private func take(_ transaction: Transaction, _ json: JSONValue, _ now: Int64) throws {
    let (key, update): (String, PlatformUpdate)
    do throws(UnreadableUpdate) {
      (key, update) = try PlatformUpdate.read(json)
    } catch {
      call.host.log(.warning, "an update could not be read", ["reason": JSONValue(error.reason)])
      return
    }
    guard update != .other else { return }
    try transaction.query(
      "INSERT INTO max_platform_updates (key, at) VALUES (?, ?) ON CONFLICT (key) DO NOTHING",
      [JSONValue(key), JSONValue(now)])
    guard transaction.changes > 0 else { return }
    switch update {
    case .pressed(let callbackID, let bindingID):
      guard let binding = try Bindings.find(transaction, bindingID: bindingID) else { return }
      // Whoever pressed has the message, whatever became of the answer to its sending.
      try Outbox.drop(transaction, [.message], of: binding.requestID, nowMs: now)
      try Outbox.add(
        transaction, .check, key: "check:\(callbackID)", binding: binding,
        body: ["callbackId": JSONValue(callbackID)], nowMs: now)
    case .started(let chatID, let memberID):
      for binding in try Bindings.awaited(transaction)
      where binding.memberID == memberID && memberID != nil || binding.chatID == chatID && chatID != nil {
        try Outbox.unpark(transaction, binding, nowMs: now)
      }
    case .other: break
    }
  }

  /// Nothing is known of what was pressed meanwhile: everyone who has been awaited that long is asked about.
  private func checkAll(_ transaction: Transaction, _ now: Int64) throws {
    for binding in try Bindings.awaited(transaction) where binding.createdAtMs < now - Self.silenceMs {
      try Outbox.add(
        transaction, .check, key: "check:\(binding.requestID):\(now)", binding: binding, nowMs: now)
    }
  }

  /// A marker never goes back: an empty answer may carry none, or 0.
  private func remember(_ transaction: Transaction, _ told: Int64?, _ start: Start, _ now: Int64) throws {
    let isNewer = (told ?? 0) > (start.marker ?? 0)
    // The instant of the last answer is needed by the hour only: no write for each empty poll.
    guard isNewer || now - start.polledAtMs > 600_000 || start.marker == nil else { return }
    try transaction.query(
      """
      INSERT INTO max_platform_marker (id, marker, polled_at) VALUES (1, :marker, :now)
      ON CONFLICT (id) DO UPDATE SET marker = coalesce(excluded.marker, marker), polled_at = excluded.polled_at
      """, ["marker": isNewer ? JSONValue(told) : JSONValue(start.marker), "now": JSONValue(now)])
    // Twice as long as the platform may repeat itself.
    try transaction.query("DELETE FROM max_platform_updates WHERE at < ?", [JSONValue(now - 48 * 3_600_000)])
  }
}
