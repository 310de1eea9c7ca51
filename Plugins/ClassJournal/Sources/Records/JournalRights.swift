import PluginKit

/// What somebody may do with a journal. Administrators write in all; a teacher in those of the groups that they teach;
/// who gives one lesson in the teacher's place, in that lesson; the leader of a class reads what its groups have.
struct JournalRights: Sendable {
  enum Access: Int, Comparable, Sendable {
    case none, reads, writes
    static func < (left: Access, right: Access) -> Bool { left.rawValue < right.rawValue }
  }

  let isAdministrator: Bool
  /// The person behind the account; empty for an account without one.
  private let person: String
  /// Who they are as an employee of today.
  private let employees: [String]

  init(_ call: Call, _ transaction: Transaction) throws {
    let user = try call.user()
    isAdministrator = user.roles.contains("administrator")
    person = user.json["personId"]?.string ?? ""
    let rows =
      user.roles.contains("employee")
      ? try transaction.rows(
        "SELECT id FROM school_v1_employees WHERE person_id = ? AND dismissed IS NULL", [JSONValue(person)]) : []
    employees = rows.compactMap { $0["id"]?.string }
  }

  /// To all lessons of a group.
  func access(toGroup group: String, _ transaction: Transaction) throws -> Access {
    if isAdministrator { return .writes }
    guard !employees.isEmpty else { return .none }
    let row = try transaction.first(
      """
      SELECT EXISTS (SELECT 1 FROM school_v1_teaching
          WHERE person_id = :person AND role = 'teaches' AND group_id = :group) AS teaches,
        EXISTS (SELECT 1 FROM school_v1_group_classes gc JOIN school_v1_teaching t ON t.class_id = gc.class_id
          WHERE gc.group_id = :group AND t.person_id = :person AND t.role = 'leads') AS leads
      """, ["person": JSONValue(person), "group": JSONValue(group)])
    if row?["teaches"]?.int == 1 { return .writes }
    return row?["leads"]?.int == 1 ? .reads : .none
  }

  func access(to lesson: JournalLesson, _ transaction: Transaction) throws -> Access {
    if let substitute = lesson.substitute, employees.contains(substitute) { return .writes }
    return try access(toGroup: lesson.group, transaction)
  }

  /// Throws unless the person may do that with the lesson.
  func require(_ wanted: Access, to lesson: JournalLesson, _ transaction: Transaction) throws {
    let access = try access(to: lesson, transaction)
    guard access < wanted else { return }
    throw access == .none ? Self.forbidden(lesson.groupTitle) : Self.readOnly(lesson.groupTitle)
  }

  /// Groups whose journals the person may open: `{id, title, subject, part, class_id, class}`, a line for each class.
  func groups(_ transaction: Transaction) throws -> [JSONValue] {
    let own = """
      g.id IN (SELECT group_id FROM school_v1_teaching WHERE person_id = :person AND role = 'teaches')
        OR g.id IN (SELECT gc.group_id FROM school_v1_teaching t
          JOIN school_v1_group_classes gc ON gc.class_id = t.class_id WHERE t.person_id = :person AND t.role = 'leads')
        OR g.id IN (SELECT group_id FROM school_v1_lessons
          WHERE substitute_id IN (SELECT value FROM json_each(:employees)))
      """
    guard isAdministrator || !employees.isEmpty else { return [] }
    return try transaction.rows(
      """
      SELECT g.id, g.title, g.subject, g.part, c.id AS class_id, c.title AS class
      FROM school_v1_groups g JOIN school_v1_group_classes gc ON gc.group_id = g.id
      JOIN school_v1_classes c ON c.id = gc.class_id
      WHERE g.archived = 0 AND (\(isAdministrator ? "1" : own))
      ORDER BY c.grade, c.letter, g.subject COLLATE russian, g.part, g.id
      """,
      isAdministrator
        ? .emptyObject
        : [
          "person": JSONValue(person),
          "employees": JSONValue(JSONValue(employees.map { JSONValue($0) }).text()),
        ])
  }

  static func forbidden(_ group: String) -> PluginError {
    PluginError(
      "journal.forbidden",
      Text("Журнал группы «\(group)» вам недоступен", en: "The journal of '\(group)' is not open to you"), code: -32003)
  }

  static func readOnly(_ group: String) -> PluginError {
    PluginError(
      "journal.readOnly",
      Text(
        "Журнал группы «\(group)» заполняет её учитель или тот, кто его замещает",
        en: "The journal of '\(group)' is kept by its teacher or a substitute"), code: -32003)
  }
}
