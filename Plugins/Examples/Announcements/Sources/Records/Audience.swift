import PluginKit

/// For whom an announcement is.
enum Audience: Equatable {
  case all
  /// `employee`, `pupil` or `parent`.
  case role(String)
  /// Its pupils, their parents, its homeroom teacher.
  case schoolClass(String)

  /// `word`: as in the command's argument. A class that is not named has an empty id.
  init(_ word: String, classID: String?) {
    switch word {
    case "class": self = .schoolClass(classID ?? "")
    case "employee", "pupil", "parent": self = .role(word)
    default: self = .all
    }
  }

  var word: String {
    switch self {
    case .all: "all"
    case .role(let role): role
    case .schoolClass: "class"
    }
  }

  var classID: String? {
    if case .schoolClass(let id) = self { return id }
    return nil
  }

  /// The class's title; empty when it is for no class, nil when there is no such class.
  func classTitle(_ transaction: Transaction) throws -> String? {
    guard let classID else { return "" }
    return try transaction.first(
      "SELECT title FROM school_v1_classes WHERE id = ? AND archived = 0", [JSONValue(classID)])?["title"]?.string
  }

  /// The words that lists and forms show; a class shows its title.
  static let options = [
    Field.Option("all", Text("Все", en: "Everybody")), Field.Option("employee", Text("Сотрудники", en: "Employees")),
    Field.Option("pupil", Text("Ученики", en: "Pupils")), Field.Option("parent", Text("Родители", en: "Parents")),
    Field.Option("class", Text("Класс", en: "A class")),
  ]

  /// Accounts that belong to `:audience`, with `:class`. A blocked account gets nothing.
  static let accounts = """
    SELECT a.id FROM school_v1_accounts a WHERE a.blocked = 0 AND (
      :audience = 'all'
      OR EXISTS (SELECT 1 FROM school_v1_account_roles r WHERE r.account_id = a.id AND r.role = :audience)
      OR (:audience = 'class' AND a.person_id IN (
        SELECT person_id FROM school_v1_pupils WHERE class_id = :class
        UNION ALL SELECT parent_person_id FROM school_v1_parent_links WHERE class_id = :class
        UNION ALL SELECT homeroom_person_id FROM school_v1_classes WHERE id = :class)))
    """
}
