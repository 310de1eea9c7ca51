import PluginKit

/// The accounts that an announcement is for. They are kept, not computed at each look: what somebody has read is theirs.
enum Readers {
  static func of(_ id: String, _ transaction: Transaction) throws -> Set<String> {
    let rows = try transaction.rows(
      "SELECT account_id FROM announcements_readers WHERE announcement_id = ?", [JSONValue(id)])
    return Set(rows.compactMap { $0["account_id"]?.string })
  }

  /// Makes the readers those who belong to the audience now; whoever stays keeps what they have read. `author` has read
  /// it by writing it. Returns everybody whom this concerns.
  static func follow(
    _ id: String, _ audience: Audience, author: String, nowMs: Int64, _ transaction: Transaction
  ) throws -> Set<String> {
    let before = try of(id, transaction)
    let who: JSONValue = [
      "id": JSONValue(id), "audience": JSONValue(audience.word), "class": JSONValue(audience.classID),
    ]
    try transaction.query(
      "DELETE FROM announcements_readers WHERE announcement_id = :id AND account_id NOT IN (\(Audience.accounts))", who)
    try transaction.query(
      """
      INSERT OR IGNORE INTO announcements_readers (announcement_id, account_id, read_at)
      SELECT :id, id, CASE WHEN id = :author THEN :now END FROM (\(Audience.accounts))
      """, who.merging(["author": JSONValue(author), "now": JSONValue(nowMs)]))
    return before.union(try of(id, transaction))
  }

  /// Notes that an account has read one announcement, or (`id` nil) all.
  static func note(_ account: String, read id: String?, nowMs: Int64, _ transaction: Transaction) throws {
    try transaction.query(
      """
      UPDATE announcements_readers SET read_at = :now
      WHERE account_id = :account AND read_at IS NULL AND (:id IS NULL OR announcement_id = :id)
      """, ["now": JSONValue(nowMs), "account": JSONValue(account), "id": JSONValue(id)])
    try Unread.tell([account], transaction)
  }
}

/// How many current announcements somebody has not read: the number on the shortcut.
enum Unread {
  /// Declared in the manifest, which names it as the `badge` of the shortcut and of the menu's item.
  static let key = "announcements.unread"

  /// Counts for these accounts anew, in the transaction that has changed something: number and truth never differ.
  static func tell(_ accounts: Set<String>, _ transaction: Transaction) throws {
    let rows = try transaction.rows(
      """
      SELECT r.account_id, count(*) AS unread
      FROM announcements_readers r JOIN announcements_announcements a ON a.id = r.announcement_id
      WHERE r.read_at IS NULL AND a.state = 'current' AND r.account_id IN (SELECT value FROM json_each(?))
      GROUP BY r.account_id
      """, [JSONValue(JSONValue(accounts.sorted().map { JSONValue($0) }).text())])
    var counts: [String: JSONValue] = [:]
    for row in rows { counts[row["account_id"]?.string ?? ""] = row["unread"] }
    // With no value the key is at its default, zero, and the badge is gone.
    for account in accounts { try transaction.setContext(key, counts[account], user: account) }
  }
}
