import PluginKit

/// Holds a wave of removals until somebody has looked at it: a wrong import must not empty a school's chats.
enum RemovalGuard {
  /// Fewer than this are never a wave.
  static let fewest = 10
  private static let hourMs: Int64 = 3_600_000

  static func setPercent(_ transaction: Transaction, _ percent: Int) throws {
    try transaction.query(
      "UPDATE max_platform_chat_settings SET removal_threshold_percent = ?", [JSONValue(percent)])
  }

  /// Notes one removal that counts.
  static func noteLeave(_ transaction: Transaction, nowMs: Int64) throws {
    try transaction.query("DELETE FROM max_platform_chat_leaves WHERE at <= ?", [JSONValue(nowMs - hourMs)])
    try transaction.query("INSERT INTO max_platform_chat_leaves (at) VALUES (?)", [JSONValue(nowMs)])
  }

  /// When the removals that are due, those of the last hour and those held in it come to more than the threshold, all
  /// that are due are held. Returns the chats that this concerns.
  ///
  /// All, not those past the threshold: the first fifth of a mistake is a mistake too. And the held ones of the last
  /// hour count on, so that a wave in many small portions does not slip through.
  static func weigh(_ transaction: Transaction, nowMs: Int64) throws -> Set<String> {
    let row = try transaction.first(
      """
      SELECT sum(counted) AS due, sum(present) AS present,
        (SELECT count(*) FROM max_platform_chat_leaves WHERE at > :since) AS done,
        (SELECT count(*) FROM max_platform_chat_actual WHERE leave = 1 AND since > :since) AS held,
        (SELECT removal_threshold_percent FROM max_platform_chat_settings) AS percent
      FROM max_platform_chats
      """, ["since": JSONValue(nowMs - hourMs)])
    func number(_ name: String) -> Int { row?[name]?.int ?? 0 }
    let most = max(fewest, number("present") * number("percent") / 100)
    guard number("due") + number("done") + number("held") > most else { return [] }
    let rows = try transaction.rows("SELECT chat_id FROM max_platform_chats WHERE counted > 0")
    let chats = Set(rows.compactMap { $0["chat_id"]?.string })
    try transaction.insertMany(
      """
      UPDATE max_platform_chat_actual SET leave = 1, since = :now
      WHERE chat_id = :chat AND present = 1 AND leave = 0 AND refused IS NULL AND NOT EXISTS (
        SELECT 1 FROM max_platform_members AS m JOIN max_platform_chat_desired AS d ON d.user_id = m.user_id
        WHERE m.member_id = max_platform_chat_actual.member_id AND d.chat_id = max_platform_chat_actual.chat_id)
      """, JSONValue(chats.map { ["now": JSONValue(nowMs), "chat": JSONValue($0)] as JSONValue }))
    return chats
  }

  /// Lets held removals go, of these chats or of all. Returns the chats that had any.
  static func confirm(_ transaction: Transaction, _ ids: [String]?, nowMs: Int64) throws -> (Set<String>, people: Int) {
    let filter = ids == nil ? "" : " AND chat_id IN (SELECT value FROM json_each(:ids))"
    let bindings: JSONValue = ids.map { ["ids": Chats.list($0)] } ?? .emptyObject
    let rows = try transaction.rows(
      "SELECT DISTINCT chat_id FROM max_platform_chat_actual WHERE leave = 1" + filter, bindings)
    try transaction.query("UPDATE max_platform_chat_actual SET leave = 2 WHERE leave = 1" + filter, bindings)
    return (Set(rows.compactMap { $0["chat_id"]?.string }), transaction.changes)
  }
}
