import PluginKit

/// The whole comparison: on request, once a night, and after a long silence of the updates.
enum ChatSweep {
  private static let dayMs: Int64 = 86_400_000
  private static let minuteMs: Int64 = 60_000
  /// The comparisons of one day begin at 20:00 UTC, deep evening to early morning in Russia, and are spread over four
  /// hours.
  private static let nightStartMs: Int64 = 20 * 3_600_000
  private static let nightMinutes: UInt64 = 240

  /// The chat's minute in the night that comes, at least an hour from now.
  static func nextNight(_ id: String, nowMs: Int64) -> Int64 {
    // FNV-1a: the same in every process.
    let hash = id.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    let minute = nightStartMs + Int64(hash % nightMinutes) * minuteMs
    let today = nowMs - nowMs % dayMs + minute
    return today > nowMs + 60 * minuteMs ? today : today + dayMs
  }

  /// Casts doubt on chats, of these ids or all, and takes old failures off them. Returns those that there are.
  static func doubt(_ transaction: Transaction, _ ids: [String]?, nowMs: Int64) throws -> Set<String> {
    let filter = ids == nil ? "" : " AND chat_id IN (SELECT value FROM json_each(:ids))"
    let bindings: JSONValue = ids.map { ["ids": Chats.list($0)] } ?? .emptyObject
    let rows = try transaction.rows(
      "SELECT chat_id FROM max_platform_chats WHERE state <> 'removed'" + filter, bindings)
    let found = rows.compactMap { $0["chat_id"]?.string }
    let chats: JSONValue = ["chats": Chats.list(found), "now": JSONValue(nowMs)]
    // A platform that asked for patience keeps it.
    try transaction.query(
      """
      UPDATE max_platform_chats SET whole_doubt = whole_doubt + (platform_chat_id IS NOT NULL), stuck_until = :now,
        next_attempt_at = CASE WHEN error = 'too.many.requests' THEN next_attempt_at END
      WHERE chat_id IN (SELECT value FROM json_each(:chats))
      """, chats)
    try transaction.query(
      """
      UPDATE max_platform_chat_actual SET retry_at = :now
      WHERE refused IS NOT NULL AND chat_id IN (SELECT value FROM json_each(:chats))
      """, chats)
    return Set(found)
  }

  /// Casts doubt on all that is on the platform; nothing is known of what happened there meanwhile.
  static func doubtAll(_ transaction: Transaction, nowMs: Int64) throws {
    try transaction.query(
      "UPDATE max_platform_chats SET whole_doubt = whole_doubt + 1 WHERE platform_chat_id IS NOT NULL")
    let rows = try transaction.rows("SELECT chat_id FROM max_platform_chats WHERE platform_chat_id IS NOT NULL")
    try ChatBook.close(transaction, Set(rows.compactMap { $0["chat_id"]?.string }), nowMs: nowMs)
  }

  /// The nightly comparison of one chat, when its minute has come.
  static func begin(_ transaction: Transaction, _ chat: ChatRow, nowMs: Int64) throws -> Bool {
    guard let due = chat.compareAtMs, due <= nowMs else { return false }
    try transaction.query(
      "UPDATE max_platform_chats SET whole_doubt = whole_doubt + 1, compare_at = ? WHERE chat_id = ?",
      [JSONValue(nextNight(chat.id, nowMs: nowMs)), JSONValue(chat.id)])
    return true
  }

  /// Removed chats are remembered for a month, so that a late word of an older revision brings none back.
  static func forgetRemoved(_ transaction: Transaction, nowMs: Int64) throws {
    try transaction.query(
      "DELETE FROM max_platform_chats WHERE state = 'removed' AND changed_at < ?", [JSONValue(nowMs - 30 * dayMs)])
  }
}
