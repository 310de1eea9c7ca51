import PluginKit

/// Who may do what with a conference, as conditions over its row: lists show by them, commands obey them. Source:
/// SPEC C1, H.
enum ConferenceRights {
  private static let isAdministrator = "instr(:roles, '\"administrator\"') > 0"
  private static let table = "videoconferences_conferences"

  static let sees = """
    (\(isAdministrator) OR author_person = :person_id OR EXISTS (SELECT 1 FROM videoconferences_participants p
      WHERE p.conference_id = \(table).id AND p.person_id = :person_id))
    """

  /// Its author, who gives the lesson, and who administers its chat.
  static let manages = """
    (\(isAdministrator) OR (instr(:roles, '"employee"') > 0 AND (author_person = :person_id
      OR leader_person = :person_id OR EXISTS (SELECT 1 FROM chats_v1_members m
        WHERE m.chat_id = \(table).chat_id AND m.person_id = :person_id AND m.side = 'employee'
          AND m.administrator = 1))))
    """

  /// Over `chats_v1_chats`: in which chats somebody may make conferences.
  static let hosts = """
    (archived = 0 AND (\(isAdministrator) OR EXISTS (SELECT 1 FROM chats_v1_members m
      WHERE m.chat_id = chats_v1_chats.id AND m.person_id = :person_id AND m.side = 'employee' AND m.administrator = 1)))
    """

  static func bindings(_ user: User) -> JSONValue {
    [
      "person_id": user.json["personId"] ?? .null,
      "roles": JSONValue(JSONValue(user.roles.map { JSONValue($0) }).text()),
    ]
  }

  static func require(_ condition: String, _ conference: Conference, _ user: User, _ transaction: Transaction) throws {
    func holds(_ condition: String) throws -> Bool {
      try transaction.first(
        "SELECT 1 AS held FROM \(table) WHERE id = :conference AND \(condition)",
        bindings(user).setting("conference", JSONValue(conference.id))) != nil
    }
    if try holds(condition) { return }
    guard try condition != sees && holds(sees) else { throw PluginError.notFound("conference", conference.id) }
    throw PluginError(
      "conferences.notYours",
      Text(
        "Изменять видеоконференцию «\(conference.name)» может её автор или администратор чата",
        en: "Only its author or an administrator of its chat may change the conference '\(conference.name)'"),
      code: -32003, data: ["permission": "conferences.manage"])
  }
}
