import PluginKit

/// As what somebody takes part; each is a tab.
package enum ConferenceSide: String, Sendable, CaseIterable {
  case pupil, employee, parent

  var list: String { rawValue + "s" }

  var title: Text {
    switch self {
    case .pupil: Text("Ученики", en: "Pupils")
    case .employee: Text("Сотрудники", en: "Employees")
    case .parent: Text("Родители", en: "Parents")
    }
  }

  var view: String {
    switch self {
    case .pupil: "school_v1_pupils"
    case .employee: "school_v1_employees"
    case .parent: "school_v1_parents"
    }
  }

  /// Whom «Добавить» offers.
  var picker: String {
    switch self {
    case .pupil: "chats.pupilPicker"
    case .employee: "chats.employeePicker"
    case .parent: "chats.parentPicker"
    }
  }

  /// The chat's people on this side. Parents only take part in calls of a parents' chat.
  func ofChat(_ chat: String, _ isLesson: Bool, _ transaction: Transaction) throws -> [String] {
    if self == .parent, try isLesson || !Self.isOfParents(chat, transaction) { return [] }
    return try transaction.rows(
      "SELECT person_id FROM chats_v1_members WHERE chat_id = ? AND side = ?", [JSONValue(chat), JSONValue(rawValue)]
    ).compactMap { $0["person_id"]?.string }
  }

  static func isOfParents(_ chat: String, _ transaction: Transaction) throws -> Bool {
    try transaction.first("SELECT kind FROM chats_v1_chats WHERE id = ?", [JSONValue(chat)])?["kind"]?.string
      == "parents"
  }

  /// The persons behind ids of the school's registry.
  func persons(_ ids: JSONValue, at argument: String, _ transaction: Transaction) throws -> [String] {
    guard let list = ids.array else {
      throw PluginError.invalid(argument, Text("Нужен список записей", en: "Must be a list of ids"))
    }
    return try list.compactMap(\.string).map { id in
      let row = try transaction.first("SELECT person_id FROM \(view) WHERE id = ?", [JSONValue(id)])
      guard let person = row?["person_id"]?.string else { throw PluginError.notFound(rawValue, id) }
      return person
    }
  }
}
