import PluginKit

/// What is known of the people of one chat on the platform.
struct ChatPeople {
  let transaction: Transaction
  let chat: String
  let nowMs: Int64

  /// Somebody as the table has them.
  struct Known {
    let memberID: Int64
    let isPresent: Bool
    let isAdministrator: Bool
    let uncertain: Int
    let wasSeenLeaving: Bool
    let isRefused: Bool
    let isGone: Bool
    let leave: Int

    init?(_ row: JSONValue?) {
      guard let row, let member = row["member_id"]?.int64 else { return nil }
      memberID = member
      isPresent = row["present"]?.int == 1
      isAdministrator = row["administrator"]?.int == 1
      uncertain = row["uncertain"]?.int ?? 0
      wasSeenLeaving = row["hint"]?.string == Self.left
      isRefused = row["refused"]?.string != nil
      isGone = row["gone"]?.int == 1
      leave = row["leave"]?.int ?? 0
    }

    static let left = "left"
  }

  func find(_ member: Int64) throws -> Known? {
    Known(
      try transaction.first(
        "SELECT * FROM max_platform_chat_actual WHERE chat_id = ? AND member_id = ?",
        [JSONValue(chat), JSONValue(member)]))
  }

  func all() throws -> [Known] {
    try transaction.rows("SELECT * FROM max_platform_chat_actual WHERE chat_id = ?", [JSONValue(chat)])
      .compactMap { Known($0) }
  }

  /// They are in, by an addition of ours or by what was read.
  func joined(_ members: Set<Int64>) throws {
    try insert(
      members,
      """
      INSERT INTO max_platform_chat_actual (chat_id, member_id, present, since) VALUES (:chat, :member, 1, :now)
      ON CONFLICT (chat_id, member_id) DO UPDATE SET since = CASE WHEN present = 1 THEN since ELSE excluded.since END,
        administrator = present AND administrator, present = 1, refused = NULL, refusals = 0, retry_at = NULL, gone = 0
      """)
  }

  func made(_ members: Set<Int64>) throws {
    try insert(
      members,
      """
      UPDATE max_platform_chat_actual SET administrator = 1, refused = NULL, refusals = 0, retry_at = NULL, since = :now
      WHERE chat_id = :chat AND member_id = :member AND present = 1 AND administrator = 0
      """)
  }

  func unmade(_ member: Int64) throws {
    try insert(
      [member],
      """
      UPDATE max_platform_chat_actual SET administrator = 0, refused = NULL, refusals = 0, retry_at = NULL, since = :now
      WHERE chat_id = :chat AND member_id = :member
      """)
  }

  /// They went because we asked for it.
  func left(_ member: Int64) throws {
    guard let known = try find(member) else { return }
    if known.isPresent, known.leave == 0 { try RemovalGuard.noteLeave(transaction, nowMs: nowMs) }
    // What an update said meanwhile is still to be looked into.
    guard known.uncertain > 0 else { return try forget(member) }
    try insert(
      [member],
      """
      UPDATE max_platform_chat_actual SET present = 0, administrator = 0, leave = 0, refused = NULL, since = :now
      WHERE chat_id = :chat AND member_id = :member
      """)
  }

  func forget(_ member: Int64) throws {
    try transaction.query(
      "DELETE FROM max_platform_chat_actual WHERE chat_id = ? AND member_id = ?", [JSONValue(chat), JSONValue(member)])
  }

  /// What is known of them is not to be relied on.
  func doubt(_ members: [Int64]) throws {
    try insert(
      Set(members),
      """
      INSERT INTO max_platform_chat_actual (chat_id, member_id, present, uncertain, since)
      VALUES (:chat, :member, 0, 1, :now)
      ON CONFLICT (chat_id, member_id) DO UPDATE SET uncertain = uncertain + 1
      """)
  }

  /// An update speaks against what is known of somebody. `left`: it says that they went by themselves.
  func doubt(_ member: Int64, left: Bool, atMs: Int64) throws {
    try transaction.query(
      """
      INSERT INTO max_platform_chat_actual (chat_id, member_id, present, uncertain, hint, hint_at, since)
      VALUES (:chat, :member, 0, 1, :hint, :at, :now)
      ON CONFLICT (chat_id, member_id) DO UPDATE SET uncertain = uncertain + 1,
        hint = CASE WHEN coalesce(hint_at, 0) <= :at THEN excluded.hint ELSE hint END,
        hint_at = max(coalesce(hint_at, 0), :at)
      """,
      [
        "chat": JSONValue(chat), "member": JSONValue(member), "hint": left ? JSONValue(Known.left) : .null,
        "at": JSONValue(atMs), "now": JSONValue(nowMs),
      ])
  }

  /// The platform did not take them: each is asked again for themselves, after a minute, then twice as long, a day at
  /// most. The minutes are whole, so that those who fall due together go in one call.
  func refused(_ codes: [Int64: String]) throws {
    guard !codes.isEmpty else { return }
    try transaction.insertMany(
      """
      INSERT INTO max_platform_chat_actual (chat_id, member_id, present, refused, refusals, retry_at, since)
      VALUES (:chat, :member, 0, :code, 1, (:now + 60000 + 59999) / 60000 * 60000, :now)
      ON CONFLICT (chat_id, member_id) DO UPDATE SET
        since = CASE WHEN refused IS :code THEN since ELSE :now END, refused = :code, refusals = refusals + 1,
        retry_at = (:now + min(86400000, 60000 << min(refusals, 12)) + 59999) / 60000 * 60000
      """,
      JSONValue(
        codes.map { member, code -> JSONValue in
          [
            "chat": JSONValue(chat), "member": JSONValue(member), "code": JSONValue(code), "now": JSONValue(nowMs),
          ]
        }))
  }

  func insert(_ members: Set<Int64>, _ sql: String) throws {
    guard !members.isEmpty else { return }
    try transaction.insertMany(
      sql,
      JSONValue(
        members.map { member -> JSONValue in
          ["chat": JSONValue(chat), "member": JSONValue(member), "now": JSONValue(nowMs)]
        }))
  }
}
