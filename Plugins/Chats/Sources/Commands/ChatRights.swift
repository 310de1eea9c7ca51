import PluginKit

/// Who may do what with a chat, as conditions over its row. Lists show by them, row buttons and commands obey them.
/// Source: SPEC C1, C4, H.
enum ChatRights {
  private static let isAdministrator = "instr(:roles, '\"administrator\"') > 0"

  /// Who is in a chat sees it; the organization's administrators see all.
  static let sees = """
    (\(isAdministrator) OR EXISTS (SELECT 1 FROM chats_members m
      WHERE m.chat_id = chats_chats.id AND m.person_id = :person_id))
    """

  /// Who administers a chat edits it.
  static let manages = """
    (\(isAdministrator) OR (instr(:roles, '"employee"') > 0 AND EXISTS (SELECT 1 FROM chats_members m
      WHERE m.chat_id = chats_chats.id AND m.person_id = :person_id AND m.side = 'employee' AND m.administrator = 1)))
    """

  /// What the conditions ask of the one who acts.
  static func bindings(_ user: User) -> JSONValue {
    [
      "person_id": user.json["personId"] ?? .null,
      "roles": JSONValue(JSONValue(user.roles.map { JSONValue($0) }).text()),
    ]
  }

  static func isAdministrator(_ user: User) -> Bool { user.roles.contains("administrator") }

  /// Refuses a person who may not see or not edit a chat. One that they may not see is not there for them.
  static func require(_ condition: String, _ chat: ChatRecord, _ user: User, _ transaction: Transaction) throws {
    guard try holds(sees, chat, user, transaction) else { throw PluginError.notFound("chat", chat.id) }
    guard condition != sees, try !holds(condition, chat, user, transaction) else { return }
    throw PluginError(
      "chats.notAdministrator",
      Text(
        "Изменять чат «\(chat.title)» может его администратор",
        en: "Only an administrator of the chat '\(chat.title)' may change it"), code: -32003,
      data: ["permission": "chats.manage"])
  }

  static func holds(
    _ condition: String, _ chat: ChatRecord, _ user: User, _ transaction: Transaction
  ) throws -> Bool {
    try transaction.first(
      "SELECT 1 AS held FROM chats_chats WHERE id = :chat AND \(condition)",
      bindings(user).setting("chat", JSONValue(chat.id))) != nil
  }

  /// Whether somebody may make a chat of a group: its teacher, or the organization's administrator.
  static func requireTeaching(_ group: String, _ user: User, _ transaction: Transaction) throws {
    guard !isAdministrator(user) else { return }
    let taught = try transaction.first(
      "SELECT 1 AS found FROM school_v1_groups WHERE id = ? AND teacher_person_id = ?",
      [JSONValue(group), user.json["personId"] ?? .null])
    guard taught == nil else { return }
    throw PluginError.invalid(
      "group",
      Text("Чат группы может создать учитель этой группы", en: "A group's chat can be made by its teacher"),
      kind: "chats.notTeacher")
  }
}
