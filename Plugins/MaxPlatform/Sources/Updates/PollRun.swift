import PluginKit

/// The job `platform.poll`: long polls for what people do, one after the other. It goes on only while somebody's button
/// is awaited or there are chats to watch, so an idle host stays idle, and polls that bring nothing write nothing.
/// Being a job on disk, it goes on by itself after a restart.
struct PollRun: Sendable {
  static let key = "updates"
  /// How long the platform holds a poll. Its own limit is 30 seconds.
  private static let holdSeconds = 25
  /// Real time between the starts of two polls: the platform counts by its own watch. Source: PLATFORM, "Limits".
  private static let interval: Duration = .milliseconds(500)
  /// The platform keeps updates for 24 hours; after a longer silence they are not to be relied on.
  private static let silenceMs: Int64 = 20 * 3_600_000
  /// The instant of the last answer is needed by the hour only: no write for each empty poll.
  private static let rememberedMs: Int64 = 600_000

  let call: Call
  let traffic: Traffic

  /// Up to where the updates have been taken, and when the platform last answered.
  private struct Position: Sendable {
    var marker: Int64?
    var polledAtMs: Int64
  }

  /// Whether there is anything to listen for.
  static func isNeeded(_ transaction: Transaction) throws -> Bool {
    try Bindings.anyoneAwaited(transaction) || Chats.anyOnPlatform(transaction)
  }

  func poll() async throws {
    var position = try call.read { transaction in
      let row = try transaction.first("SELECT marker, polled_at FROM max_platform_marker")
      return Position(marker: row?["marker"]?.int64, polledAtMs: row?["polled_at"]?.int64 ?? call.host.nowMs)
    }
    while try isWanted() {
      try await pause(for: traffic.pace.pause(Self.interval))
      traffic.limiter.spend(hostMs: call.host.nowMs)
      let answer: JSONValue
      do throws(PlatformFailure) {
        answer = try await PlatformClient(host: call.host).updates(
          after: position.marker, seconds: Self.holdSeconds)
      } catch {
        return try failed(error)
      }
      traffic.pace.answered()
      position = try take(answer, position)
    }
  }

  /// With nobody and nothing left the job ends; who becomes awaited after this transaction schedules it again.
  private func isWanted() throws -> Bool {
    if try call.read({ try Self.isNeeded($0) }) { return true }
    return try call.write { transaction in
      if try Self.isNeeded(transaction) { return true }
      transaction.finishJob()
      return false
    }
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
    try call.write { transaction in
      try transaction.schedule(MaxPlatform.Wire.pollJob, key: Self.key, dueAtMs: at)
      transaction.finishJob()
    }
  }

  /// Takes a batch: its effects and the new marker are one transaction, so after a crash the platform tells the
  /// same batch again.
  private func take(_ answer: JSONValue, _ position: Position) throws -> Position {
    let now = call.host.nowMs
    let updates = answer["updates"]?.array ?? []
    // A marker never goes back: an empty answer may carry none, or 0.
    let told = answer["marker"]?.int64
    let isNewer = (told ?? 0) > (position.marker ?? 0)
    guard isNewer || !updates.isEmpty || position.marker == nil || now - position.polledAtMs > Self.rememberedMs else {
      return position
    }
    let next = Position(marker: isNewer ? told : position.marker, polledAtMs: now)
    try call.write { transaction in
      if now - position.polledAtMs > Self.silenceMs { try UpdateIntake.afterSilence(transaction, now) }
      try UpdateIntake(call: call, nowMs: now).take(transaction, updates)
      try transaction.query(
        """
        INSERT INTO max_platform_marker (id, marker, polled_at) VALUES (1, :marker, :now)
        ON CONFLICT (id) DO UPDATE SET marker = coalesce(excluded.marker, marker), polled_at = excluded.polled_at
        """, ["marker": JSONValue(next.marker), "now": JSONValue(now)])
    }
    if !updates.isEmpty { traffic.chats.ring() }
    return next
  }
}
