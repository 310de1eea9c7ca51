import PluginKit

/// Whom a sheet is of: the whole school, its employees, or one class.
struct SheetScope: Sendable {
  static let school = SheetScope(value: "school", title: Text("Вся школа", en: "Whole school"))
  static let employees = SheetScope(value: "employees", title: PersonKind.employee.title)

  /// A word for the windows: the class's id where it is a class.
  let value: String
  let title: Text
  /// The homeroom teacher's name; nil for what is no class.
  var homeroom: String?

  var classID: String? { homeroom == nil ? nil : value }
}

/// The sheets that a person may see: administrators all, homeroom teachers those of their classes.
struct SheetScopes: Sendable {
  /// In the order in which they are offered.
  let all: [SheetScope]
  private let isAdministrator: Bool

  static func read(_ transaction: Transaction, _ user: User) throws -> SheetScopes {
    let isAdministrator = user.roles.contains("administrator")
    let classes = try transaction.rows(
      """
      SELECT c.id, c.title, c.homeroom_teacher FROM sferum_binding_counts k
      JOIN school_v1_classes c ON c.id = k.class_id
      WHERE k.kind = 'pupil' AND c.archived = 0 AND (:all OR c.id IN (
        SELECT t.class_id FROM school_v1_teaching t JOIN school_v1_accounts a ON a.person_id = t.person_id
        WHERE t.role = 'leads' AND a.id = :user))
      ORDER BY k.label_order COLLATE russian, k.id
      """, ["all": JSONValue(isAdministrator), "user": JSONValue(user.id)])
    let own = classes.map { row in
      let title = row["title"]?.string ?? ""
      return SheetScope(
        value: row["id"]?.string ?? "", title: Text(title, en: title), homeroom: row["homeroom_teacher"]?.string ?? "")
    }
    return SheetScopes(all: isAdministrator ? [.school, .employees] + own : own, isAdministrator: isAdministrator)
  }

  /// The sheet that is asked for; the widest one that the person may see when none is.
  func find(_ value: String?) throws(PluginError) -> SheetScope {
    if let found = value.map({ value in all.first { $0.value == value } }) ?? all.first { return found }
    if isAdministrator, let value { throw .notFound("class", value) }
    throw PluginError(
      "sferum.notYourClass",
      Text(
        "Лист привязки класса открывают его классный руководитель и администратор",
        en: "The binding sheet of a class is for its homeroom teacher and for administrators"),
      code: -32003, level: .error, data: ["permission": "sferum.bindingSheet"])
  }

  /// What the arguments of `sferum.bindingSheet` ask for: a class, or rows of the report that are all of one sheet.
  static func asked(_ arguments: JSONValue, _ transaction: Transaction) throws -> String? {
    if let given = arguments["class"]?.string, !given.isEmpty { return given }
    let rows = JSONValue((arguments["rows"]?.array ?? []).compactMap { $0 })
    let found = try transaction.rows(
      """
      SELECT kind, class_id FROM sferum_binding_counts WHERE id IN (SELECT value FROM json_each(:rows))
      UNION SELECT kind, class_id FROM sferum_binding_places WHERE id IN (SELECT value FROM json_each(:rows))
      """, ["rows": JSONValue(rows.text())])
    let scopes = Set(
      found.map { row in
        if let id = row["class_id"]?.string, !id.isEmpty { return id }
        return row["kind"] == "employee" ? SheetScope.employees.value : SheetScope.school.value
      })
    return scopes.count == 1 ? scopes.first : nil
  }
}
