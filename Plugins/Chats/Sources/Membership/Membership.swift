import PluginKit

/// Brings reasons and members of chats to what the rules give, and notes what came of it. Everything that changes who
/// is in a chat ends here: the same two steps for one chat and for all of them, so that a chat that followed every
/// event is the same as one computed anew.
struct Membership {
  private static let auditTitle = Text("Состав чата", en: "Members of a chat")

  let transaction: Transaction
  let nowMs: Int64

  init(_ transaction: Transaction, _ call: Call) {
    self.transaction = transaction
    nowMs = call.host.nowMs
  }

  init(_ transaction: Transaction, nowMs: Int64) {
    self.transaction = transaction
    self.nowMs = nowMs
  }

  /// Some chats, one after the other. What changed goes into the audit log.
  func follow(_ chats: [String]) throws {
    for chat in chats { try follow(chat) }
    try push()
  }

  /// All chats at once; nothing of their rows passes through here.
  func followAll() throws {
    try reasons(of: nil)
    let (joined, left) = try members(of: nil)
    if joined > 0 || left > 0 {
      try transaction.audit(
        "chats.membersChanged", object: "chats", new: ["joined": JSONValue(joined), "left": JSONValue(left)],
        words: AuditWords(
          title: Self.auditTitle, object: Text("Все чаты", en: "All chats"),
          changes: Text("вошли: \(joined), вышли: \(left)", en: "joined: \(joined), left: \(left)")))
    }
    try push()
  }

  /// Hands over what the platform does not have yet, after the commit.
  func push() throws {
    guard try transaction.first("SELECT 1 AS found FROM chats_chats WHERE revision > pushed LIMIT 1") != nil else {
      return
    }
    try transaction.schedule(PushChats.job, key: PushChats.key, dueAtMs: nowMs)
  }

  private func follow(_ chat: String) throws {
    try reasons(of: chat)
    let before = try people(chat)
    let (joined, left) = try members(of: chat)
    guard joined > 0 || left > 0 else { return }
    let after = try people(chat)
    func ids(_ people: Set<String>) -> JSONValue { JSONValue(people.sorted().prefix(200).map { JSONValue($0) }) }
    let title = try transaction.first("SELECT title FROM chats_chats WHERE id = ?", [JSONValue(chat)])?["title"]?.string
    let (came, went) = (after.subtracting(before), before.subtracting(after))
    try transaction.audit(
      "chats.membersChanged", object: "chat:\(chat)", new: ["joined": ids(came), "left": ids(went)],
      words: AuditWords(
        title: Self.auditTitle, object: title.map { Text("Чат: \($0)", en: "Chat: \($0)") },
        changes: Text("вошли: \(came.count), вышли: \(went.count)", en: "joined: \(came.count), left: \(went.count)")))
  }

  private func people(_ chat: String) throws -> Set<String> {
    let rows = try transaction.rows("SELECT person_id FROM chats_members WHERE chat_id = ?", [JSONValue(chat)])
    return Set(rows.compactMap { $0["person_id"]?.string })
  }

  private func reasons(of chat: String?) throws {
    let (only, bindings) = scope(chat)
    let columns = "chat_id, person_id, side, reason, source, administrator"
    let given = "SELECT \(columns) FROM chats_given\(only)"
    let kept = "SELECT \(columns) FROM chats_reasons\(only)"
    // A reason whose mark has changed is written anew and keeps its day.
    try transaction.query(
      """
      INSERT INTO chats_reasons (\(columns), since) SELECT \(columns), :now FROM (\(given) EXCEPT \(kept)) WHERE true
      ON CONFLICT (chat_id, person_id, side, reason, source) DO UPDATE SET administrator = excluded.administrator
      """, bindings.setting("now", JSONValue(nowMs)))
    try transaction.query(
      """
      DELETE FROM chats_reasons WHERE (chat_id, person_id, side, reason, source) IN (
        SELECT chat_id, person_id, side, reason, source FROM (\(kept) EXCEPT \(given)))
      """, bindings)
  }

  /// Returns how many lines came and went.
  private func members(of chat: String?) throws -> (joined: Int, left: Int) {
    let (only, bindings) = scope(chat)
    let columns = "chat_id, person_id, side"
    try transaction.query(
      """
      DELETE FROM chats_members WHERE (\(columns)) IN (
        SELECT \(columns) FROM chats_members\(only) EXCEPT SELECT \(columns) FROM chats_effective\(only))
      """, bindings)
    let left = transaction.changes
    // Again the difference only: a row that is right already is not touched.
    try transaction.query(
      """
      INSERT INTO chats_members (\(columns), administrator, since) SELECT \(columns), administrator, :now FROM (
        SELECT \(columns), administrator FROM chats_effective\(only)
        EXCEPT SELECT \(columns), administrator FROM chats_members\(only)) WHERE true
      ON CONFLICT (\(columns)) DO UPDATE SET administrator = excluded.administrator
      """, bindings.setting("now", JSONValue(nowMs)))
    return (transaction.changes, left)
  }

  private func scope(_ chat: String?) -> (String, JSONValue) {
    chat.map { (" WHERE chat_id = :chat", ["chat": JSONValue($0)]) } ?? ("", .emptyObject)
  }
}
