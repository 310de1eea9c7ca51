import PluginKit

/// Employees whom commands name: teachers of classes, groups and single lessons.
enum Employed {
  /// The employee's name. Refuses an id that is no employee's, and somebody who was dismissed.
  static func require(_ id: String, argument: String, _ transaction: Transaction) throws -> String {
    let row = try transaction.first("SELECT full_name, dismissed FROM school_employees WHERE id = ?", [JSONValue(id)])
    guard let row, let name = row["full_name"]?.string else { throw PluginError.notFound("employee", id) }
    if let since = row["dismissed"]?.string {
      throw PluginError.invalid(
        argument,
        Text(
          "\(name) не работает с \(CivilDate(text: since)?.display ?? since): выберите работающего сотрудника",
          en: "\(name) was dismissed on \(since): choose somebody who is employed"), kind: "school.dismissed")
    }
    return name
  }

  static func name(_ id: String?, _ transaction: Transaction) throws -> String? {
    guard let id else { return nil }
    return try transaction.first("SELECT full_name FROM school_employees WHERE id = ?", [JSONValue(id)])?["full_name"]?
      .string
  }

  /// A reference field over the employees who are employed.
  static func field(_ id: String, _ label: Text, value: String?, display: String?, notify: Bool = false) -> Field {
    Field(
      id, label, .reference, value: JSONValue(value), display: display, notify: notify,
      picker: Field.Picker(
        table: SchoolTables.employeePicker, display: "name", title: Text("Сотрудники", en: "Employees")))
  }
}
