import PluginKit
import ShellStore

/// What the plugin left behind.
extension PluginBench {
  /// Rows of any table, each an object by column name. The test may read everything, whatever the plugin may.
  public func query(_ sql: String, _ bindings: JSONValue = .emptyArray) throws -> [JSONValue] {
    try host.store.transact(.read) { try $0.query(sql, bindings, policy: nil).array ?? [] }
  }

  /// Events that were published, the oldest first.
  public func events(_ name: String? = nil) throws -> [PublishedEvent] {
    try query(
      "SELECT name, owner, payload FROM shell_events WHERE ?1 IS NULL OR name = ?1 ORDER BY seq",
      [JSONValue(name)]
    ).map { PublishedEvent($0) }
  }

  /// Lines of the audit log: `action`, `object`, `old`, `new`, `login`, …, the oldest first.
  public func audit(_ action: String? = nil) throws -> [JSONValue] {
    try query("SELECT * FROM shell_audit WHERE ?1 IS NULL OR action = ?1 ORDER BY id", [JSONValue(action)])
  }

  /// A context key as clauses see it, once it was set: for a user, or (nil) for all.
  public func context(_ key: String, of user: BenchUser? = nil) throws -> JSONValue? {
    let row = try query(
      "SELECT value FROM shell_context WHERE key = ? AND user_id = ?", [JSONValue(key), JSONValue(user?.id ?? "")]
    ).first
    return try row?["value"]?.string.map { try JSONValue(parsing: $0) }
  }

  /// What the plugin under test has written into the log, and the host about it: denied permissions, calls that were
  /// ended twice, jobs that failed.
  public var log: [LogLine] { lines.lines.filter { $0.plugin == plugin } }

  /// Every line of the host.
  public var wholeLog: [LogLine] { lines.lines }

  /// How the plugin has behaved so far.
  public var conduct: Conduct {
    Conduct(host.plugins.statuses().first { $0.id == plugin }?.json ?? .emptyObject)
  }
}

/// An event that was published.
public struct PublishedEvent: Sendable, Equatable {
  public let name: String
  /// The plugin that published it.
  public let plugin: String
  public let payload: JSONValue

  init(_ row: JSONValue) {
    name = row["name"]?.string ?? ""
    plugin = row["owner"]?.string ?? ""
    // try?: the host wrote it.
    payload = (try? JSONValue(parsing: row["payload"]?.string ?? "null")) ?? .null
  }
}
