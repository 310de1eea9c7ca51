import Jansson

/// A session that a browser comes back with.
package struct WebSession: Equatable, Sendable {
  package let user: String
  package let login: String?
  /// Its name in the audit log.
  package let name: String
  /// When it ends, however much it is used. Milliseconds since 1970.
  package let endsAtMs: Int64
}

/// Sessions of the web desktop, by a hash of what the browser keeps. On disk, so that nobody has to sign in again because
/// the host was started anew.
extension Store {
  /// How long a session lives without a connection, and how long at most. Milliseconds.
  package static let webSessionIdleMs: Int64 = 12 * 3_600_000
  package static let webSessionMs: Int64 = 7 * 86_400_000

  /// Keeps a new session with the line that tells of it, and forgets `replaced` and those that are over.
  package func keepWebSession(
    key: String, user: String, name: String, replaced: String?, _ line: AuditLine
  ) throws {
    try transact(.write) { transaction in
      let now = transaction.nowMs
      try transaction.write(
        "DELETE FROM shell_web_sessions WHERE used_at <= ? OR began_at <= ? OR key = ?",
        [JSONValue(now - Self.webSessionIdleMs), JSONValue(now - Self.webSessionMs), JSONValue(replaced)])
      try transaction.write(
        "INSERT INTO shell_web_sessions (key, user_id, login, name, began_at, used_at) VALUES (?, ?, ?, ?, ?, ?)",
        [JSONValue(key), JSONValue(user), JSONValue(line.login), JSONValue(name), JSONValue(now), JSONValue(now)])
      try transaction.audit(line)
    }
  }

  /// The session of that key; nil when there is none, or it is over.
  package func webSession(key: String) throws -> WebSession? {
    let rows = try transact(.read) { transaction in
      try transaction.query(
        """
        SELECT user_id, login, name, began_at FROM shell_web_sessions WHERE key = ? AND used_at > ? AND began_at > ?
        """,
        [
          JSONValue(key), JSONValue(transaction.nowMs - Self.webSessionIdleMs),
          JSONValue(transaction.nowMs - Self.webSessionMs),
        ], policy: nil)
    }
    guard let row = rows[0] else { return nil }
    return WebSession(
      user: row["user_id"]?.string ?? "", login: row["login"]?.string, name: row["name"]?.string ?? "",
      endsAtMs: (row["began_at"]?.int64 ?? 0) + Self.webSessionMs)
  }

  /// Notes that a session was in use at `ms`, milliseconds since 1970.
  package func touchWebSession(key: String, atMs ms: Int64) throws {
    try transact(.write) { transaction in
      try transaction.write(
        "UPDATE shell_web_sessions SET used_at = min(max(used_at, ?), ?) WHERE key = ?",
        [JSONValue(ms), JSONValue(transaction.nowMs), JSONValue(key)])
    }
  }

  /// Ends one session, with the line that tells of it.
  package func endWebSession(key: String, _ line: AuditLine? = nil) throws {
    try transact(.write) { transaction in
      try transaction.write("DELETE FROM shell_web_sessions WHERE key = ?", [JSONValue(key)])
      if let line { try transaction.audit(line) }
    }
  }

  /// Ends all sessions of a user.
  package func endWebSessions(user: String) throws {
    try transact(.write) { transaction in
      try transaction.write("DELETE FROM shell_web_sessions WHERE user_id = ?", [JSONValue(user)])
    }
  }
}
