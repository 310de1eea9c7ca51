import PluginHost
import PluginKit
import ShellTime

/// The clock, and what falls due by it.
extension PluginBench {
  /// Milliseconds since 1970, as the plugin sees them.
  public var nowMs: Int64 { host.clock.nowMs }

  /// Moves the clock and runs what falls due on the way, in its order, each at its own instant, with the events that
  /// follow. A job that fails is tried again by the manifest's rules when its time has come.
  public func advance(by duration: Duration) async throws {
    let (seconds, attoseconds) = duration.components
    try await advance(toMs: nowMs + seconds * 1000 + attoseconds / 1_000_000_000_000_000)
  }

  /// The same, to an instant of RFC 3339.
  public func advance(to instant: String) async throws {
    guard let ms = RFC3339.parse(instant) else { throw BenchTrouble("'\(instant)' is no instant of RFC 3339") }
    try await advance(toMs: ms)
  }

  /// Runs what is due now: events that were just published, jobs whose time has come.
  public func settle() async { await host.plugins.runDue(upTo: nowMs) }

  private func advance(toMs ms: Int64) async throws {
    guard ms >= nowMs else { throw BenchTrouble("the clock does not go back") }
    await host.plugins.runDue(upTo: ms)
  }

  /// Jobs that wait for their time, the next one first.
  public func jobs() throws -> [ScheduledJob] {
    try query("SELECT * FROM shell_jobs ORDER BY due_at, id").map { ScheduledJob($0) }
  }
}

/// A job that waits.
public struct ScheduledJob: Sendable {
  public let plugin: String
  public let name: String
  public let key: String
  /// Milliseconds since 1970.
  public let dueAtMs: Int64
  public let payload: JSONValue
  /// How often it has failed.
  public let attempt: Int
  /// Why, the last time.
  public let lastError: String?
  /// Whether it has been given up.
  public let isFailed: Bool

  init(_ row: JSONValue) {
    plugin = row["owner"]?.string ?? ""
    name = row["name"]?.string ?? ""
    key = row["key"]?.string ?? ""
    dueAtMs = row["due_at"]?.int64 ?? 0
    // try?: the host wrote it; what it did not write is no payload.
    payload = (try? JSONValue(parsing: row["payload"]?.string ?? "null")) ?? .null
    attempt = row["attempt"]?.int ?? 0
    lastError = row["last_error"]?.string
    isFailed = row["failed"]?.int == 1
  }
}
