import PluginKit

/// Takes over what is wanted of chats.
enum DesiredChats {
  /// Takes the states that are newer than what is stored; `force`: all of them. Returns the ids of those taken.
  static func take(
    _ transaction: Transaction, _ chats: [DesiredChat], force: Bool = false, nowMs: Int64
  ) throws -> Set<String> {
    let stored = try revisions(transaction, chats.map(\.id))
    let newer = chats.filter { force || $0.revision > stored[$0.id] ?? .min }
    guard !newer.isEmpty else { return [] }
    let now = JSONValue(nowMs)
    try transaction.insertMany(
      takeChat,
      JSONValue(
        newer.map { chat -> JSONValue in
          [
            JSONValue(chat.id), JSONValue(chat.revision), JSONValue(chat.title), JSONValue(chat.kind.rawValue), now,
          ]
        }))
    try dropUnwanted(transaction, newer.filter { stored[$0.id] != nil }, nowMs)
    try transaction.insertMany(
      takeMember,
      JSONValue(
        newer.flatMap { chat in
          let id = JSONValue(chat.id)
          return chat.members.map { member -> JSONValue in
            [id, JSONValue(member.userID), JSONValue(member.isAdministrator), now]
          }
        }))
    try welcomeBack(transaction, newer)
    return Set(newer.map(\.id))
  }

  /// Marks chats to be removed. Returns the ids of those whose revision was newer.
  static func remove(
    _ transaction: Transaction, _ chats: [(id: String, revision: Int64)], nowMs: Int64
  ) throws -> Set<String> {
    let stored = try revisions(transaction, chats.map(\.id))
    let newer = chats.filter { $0.revision > stored[$0.id] ?? .min }
    // A chat that never came here is noted too: its put may have been overtaken.
    try transaction.insertMany(
      """
      INSERT INTO max_platform_chats (chat_id, revision, title, kind, wanted, changed_at)
      VALUES (?, ?, '', 'other', 0, ?)
      ON CONFLICT (chat_id) DO UPDATE SET
        revision = excluded.revision, wanted = 0, attempts = 0, next_attempt_at = NULL, error = NULL, stuck = ''
      """,
      JSONValue(newer.map { [JSONValue($0.id), JSONValue($0.revision), JSONValue(nowMs)] as JSONValue }))
    let ids: JSONValue = [Chats.list(newer.map(\.id))]
    try transaction.query(
      "DELETE FROM max_platform_chat_desired WHERE chat_id IN (SELECT value FROM json_each(?))", ids)
    // Of a chat that never came about nothing is to be remembered.
    try transaction.query(
      """
      DELETE FROM max_platform_chat_actual WHERE chat_id IN (
        SELECT c.chat_id FROM max_platform_chats AS c JOIN json_each(?) AS removed ON removed.value = c.chat_id
        WHERE c.platform_chat_id IS NULL)
      """, ids)
    return Set(newer.map(\.id))
  }

  private static func revisions(_ transaction: Transaction, _ ids: [String]) throws -> [String: Int64] {
    let rows = try transaction.rows(
      "SELECT chat_id, revision FROM max_platform_chats WHERE chat_id IN (SELECT value FROM json_each(?))",
      [Chats.list(ids)])
    return Dictionary(
      rows.map { ($0["chat_id"]?.string ?? "", $0["revision"]?.int64 ?? 0) }, uniquingKeysWith: { $1 })
  }

  /// A new revision may cure what was refused for good; lost rights are looked at first. A pause that a passing
  /// failure asked for is kept.
  private static let takeChat = """
    INSERT INTO max_platform_chats (chat_id, revision, title, kind, wanted, changed_at) VALUES (?, ?, ?, ?, 1, ?)
    ON CONFLICT (chat_id) DO UPDATE SET
      revision = excluded.revision, title = excluded.title, kind = excluded.kind, wanted = 1,
      error = CASE WHEN stuck = '' OR error = 'noPermission' THEN error END,
      stuck = CASE WHEN error = 'noPermission' THEN stuck ELSE '' END, stuck_until = excluded.changed_at
    """

  /// Writes only what is news.
  private static let takeMember = """
    INSERT INTO max_platform_chat_desired (chat_id, user_id, administrator, since) VALUES (?, ?, ?, ?)
    ON CONFLICT (chat_id, user_id) DO UPDATE SET administrator = excluded.administrator, since = excluded.since
    WHERE administrator <> excluded.administrator
    """

  private static func dropUnwanted(_ transaction: Transaction, _ chats: [DesiredChat], _ nowMs: Int64) throws {
    var dropped: [JSONValue] = []
    for chat in chats {
      let rows = try transaction.rows(
        """
        DELETE FROM max_platform_chat_desired
        WHERE chat_id = ? AND user_id NOT IN (SELECT value FROM json_each(?)) RETURNING user_id
        """, [JSONValue(chat.id), Chats.list(chat.members.map(\.userID))])
      dropped += rows.compactMap { row in
        row["user_id"].map { ["chat": JSONValue(chat.id), "user": $0, "now": JSONValue(nowMs)] }
      }
    }
    guard !dropped.isEmpty else { return }
    let ofUser = "member_id = (SELECT member_id FROM max_platform_members WHERE user_id = :user)"
    // A wish that ends takes along what was remembered against it: coming back later is a new one.
    try transaction.insertMany(
      """
      UPDATE max_platform_chat_actual SET since = :now, gone = 0, refused = NULL, refusals = 0, retry_at = NULL
      WHERE chat_id = :chat AND \(ofUser)
      """, JSONValue(dropped))
    let keys = JSONValue(dropped.map { $0.removing("now") })
    try transaction.insertMany(
      "DELETE FROM max_platform_chat_departures WHERE chat_id = :chat AND \(ofUser)", keys)
    try transaction.insertMany(
      "DELETE FROM max_platform_chat_actual WHERE chat_id = :chat AND present = 0 AND uncertain = 0 AND \(ofUser)", keys
    )
  }

  /// Whoever is wanted again need not go any more; whoever was added by hand is asked for as if for the first time.
  private static func welcomeBack(_ transaction: Transaction, _ chats: [DesiredChat]) throws {
    try transaction.query(
      """
      UPDATE max_platform_chat_actual SET leave = 0
      WHERE chat_id IN (SELECT value FROM json_each(?)) AND leave IN (1, 2) AND EXISTS (
        SELECT 1 FROM max_platform_members AS m JOIN max_platform_chat_desired AS d ON d.user_id = m.user_id
        WHERE m.member_id = max_platform_chat_actual.member_id AND d.chat_id = max_platform_chat_actual.chat_id)
      """, [Chats.list(chats.map(\.id))])
    let fresh = chats.flatMap { chat in
      chat.members.filter(\.isFresh).map { member -> JSONValue in [JSONValue(chat.id), JSONValue(member.userID)] }
    }
    guard !fresh.isEmpty else { return }
    let ofUser = "member_id = (SELECT member_id FROM max_platform_members WHERE user_id = ?2)"
    try transaction.insertMany(
      """
      UPDATE max_platform_chat_actual SET gone = 0, refused = NULL, refusals = 0, retry_at = NULL
      WHERE chat_id = ?1 AND \(ofUser)
      """, JSONValue(fresh))
    try transaction.insertMany(
      "DELETE FROM max_platform_chat_departures WHERE chat_id = ?1 AND \(ofUser)", JSONValue(fresh))
  }
}
