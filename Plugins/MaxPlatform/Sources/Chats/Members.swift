import PluginKit

/// Who of the school's users is which member of the platform. It follows the bindings: whoever binds is added to all
/// chats that wait for them, whoever unbinds leaves them all.
enum Members {
  /// Looks at a request whose state has changed, and brings its user's chats along.
  static func follow(_ transaction: Transaction, _ requestID: String, nowMs: Int64) throws {
    guard let binding = try Bindings.find(transaction, requestID) else { return }
    if binding.state == .linked, let member = binding.memberID {
      try link(transaction, binding, member, nowMs)
    } else {
      try unlink(transaction, binding, nowMs)
    }
  }

  private static func link(
    _ transaction: Transaction, _ binding: Binding, _ member: Int64, _ nowMs: Int64
  ) throws {
    let known = try transaction.first(
      "SELECT member_id, request_id FROM max_platform_members WHERE user_id = ?", [JSONValue(binding.userID)])
    guard known?["member_id"]?.int64 != member || known?["request_id"]?.string != binding.requestID else { return }
    var touched = try chats(transaction, user: binding.userID, member: known?["member_id"]?.int64)
    // One member is one user's: whoever had it before is not it any more.
    let former = try transaction.first(
      "SELECT user_id FROM max_platform_members WHERE member_id = ? AND user_id <> ?",
      [JSONValue(member), JSONValue(binding.userID)])?["user_id"]?.string
    if let former {
      try transaction.query(
        "UPDATE max_platform_members SET member_id = NULL, since = ? WHERE user_id = ?",
        [JSONValue(nowMs), JSONValue(former)])
      touched.formUnion(try chats(transaction, user: former, member: nil))
    }
    if let old = known?["member_id"]?.int64, old != member { try release(transaction, old, nowMs) }
    try transaction.query(
      """
      INSERT INTO max_platform_members (user_id, member_id, request_id, since) VALUES (?, ?, ?, ?)
      ON CONFLICT (user_id) DO UPDATE SET
        member_id = excluded.member_id, request_id = excluded.request_id, since = excluded.since
      """,
      [JSONValue(binding.userID), JSONValue(member), JSONValue(binding.requestID), JSONValue(nowMs)])
    // Whoever binds anew wants in again, whatever was before.
    try transaction.query(
      """
      UPDATE max_platform_chat_actual SET leave = 0, gone = 0, refused = NULL, refusals = 0, retry_at = NULL
      WHERE member_id = ?
      """, [JSONValue(member)])
    try transaction.query(
      """
      DELETE FROM max_platform_chat_departures WHERE member_id = ? AND chat_id IN (
        SELECT chat_id FROM max_platform_chat_actual WHERE member_id = ?)
      """, [JSONValue(member), JSONValue(member)])
    touched.formUnion(try chats(transaction, user: binding.userID, member: member))
    try ChatBook.close(transaction, touched, nowMs: nowMs)
    try rejoinConferences(transaction, [binding.userID, former].compactMap { $0 }, nowMs)
  }

  private static func unlink(_ transaction: Transaction, _ binding: Binding, _ nowMs: Int64) throws {
    let known = try transaction.first(
      "SELECT member_id FROM max_platform_members WHERE user_id = ? AND request_id = ? AND member_id IS NOT NULL",
      [JSONValue(binding.userID), JSONValue(binding.requestID)])
    guard let member = known?["member_id"]?.int64 else { return }
    let touched = try chats(transaction, user: binding.userID, member: member)
    try transaction.query(
      "UPDATE max_platform_members SET member_id = NULL, since = ? WHERE user_id = ?",
      [JSONValue(nowMs), JSONValue(binding.userID)])
    try release(transaction, member, nowMs)
    try ChatBook.close(transaction, touched, nowMs: nowMs)
    try rejoinConferences(transaction, [binding.userID], nowMs)
  }

  /// Their conferences that are not over follow.
  private static func rejoinConferences(_ transaction: Transaction, _ users: [String], _ nowMs: Int64) throws {
    try ConferenceBook.close(transaction, try Conferences.open(transaction, ofUsers: users), nowMs: nowMs)
  }

  /// A member who is nobody's any more leaves all chats: that is their own wish, and no wave of removals.
  private static func release(_ transaction: Transaction, _ member: Int64, _ nowMs: Int64) throws {
    try transaction.query(
      """
      UPDATE max_platform_chat_actual SET leave = 3, gone = 0, refused = NULL, refusals = 0, retry_at = NULL, since = ?
      WHERE member_id = ?
      """, [JSONValue(nowMs), JSONValue(member)])
  }

  private static func chats(
    _ transaction: Transaction, user: String, member: Int64?
  ) throws -> Set<String> {
    let rows = try transaction.rows(
      """
      SELECT chat_id FROM max_platform_chat_desired WHERE user_id = ?
      UNION SELECT chat_id FROM max_platform_chat_actual WHERE member_id = ?
      """, [JSONValue(user), JSONValue(member)])
    return Set(rows.compactMap { $0["chat_id"]?.string })
  }
}
