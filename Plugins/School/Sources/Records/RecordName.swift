import PluginKit

/// Records in words, by the letters of their ids: «ученик Иванов Пётр».
enum RecordName {
  private struct Naming: Sendable {
    let kind: Text
    /// Gives `name`, and `english` where that is another.
    let sql: String
  }

  /// A record's kind and name; its id when it is gone.
  static func words(_ record: String, _ transaction: Transaction) throws -> Text {
    if let fixed = fixed[record] { return fixed }
    guard let naming = namings[String(record.prefix(1))] else { return Text(record, en: record) }
    guard let row = try transaction.first(naming.sql, [JSONValue(record)]), let name = row["name"]?.string else {
      return Text(record, en: record)
    }
    return Text("\(naming.kind.ru) \(name)", en: "\(naming.kind.en) \(row["english"]?.string ?? name)")
  }

  /// The name alone; the id of a record that is gone.
  static func name(_ record: String, _ transaction: Transaction) throws -> Text {
    guard let naming = namings[String(record.prefix(1))],
      let row = try transaction.first(naming.sql, [JSONValue(record)]), let name = row["name"]?.string
    else { return Text(record, en: record) }
    return Text(name, en: row["english"]?.string ?? name)
  }

  /// Whether a text is spelled like the id of a record that has a name.
  static func isRecord(_ text: String) -> Bool {
    namings[String(text.prefix(1))] != nil && text.utf8.count > 1
      && text.utf8.dropFirst().allSatisfy { (48...57).contains($0) }
  }

  private static let fixed = [
    "school": Text("организация", en: "organization"), "export": Text("вся школа", en: "the whole school"),
  ]

  private static func of(_ table: String, _ ru: String, _ en: String, _ name: String = "full_name") -> Naming {
    Naming(kind: Text(ru, en: en), sql: "SELECT \(name) AS name FROM \(table) WHERE id = ?")
  }

  private static let namings: [String: Naming] = [
    "p": of("school_people", "человек", "person"), "e": of("school_employees", "сотрудник", "employee"),
    "u": of("school_pupils", "ученик", "pupil"), "r": of("school_parents", "родитель", "parent"),
    "c": of("school_classes", "класс", "class", "title"), "g": of("school_groups", "группа", "group", "title"),
    "s": of("school_subjects", "предмет", "subject", "title"),
    "y": of("school_academic_years", "учебный год", "school year", "title"),
    "a": of("school_accounts", "учётная запись", "account", "login"),
    "x": Naming(
      kind: Text("операция", en: "operation"),
      sql: "SELECT title AS name, coalesce(title_en, title) AS english FROM school_operations WHERE id = ?"),
    "l": of(
      "school_lessons", "урок", "lesson",
      "group_title || ', ' || strftime('%d.%m.%Y', date) || ', № ' || number"),
    "t": of("school_plan_topics", "тема КТП", "topic", "number || ', ' || group_title"),
    "n": Naming(
      kind: Text("зачисление", en: "enrolment"),
      sql:
        "SELECT u.full_name AS name FROM school_enrolments n JOIN school_pupils u ON u.id = n.pupil_id WHERE n.id = ?"),
    "o": Naming(
      kind: Text("должность", en: "position"),
      sql:
        "SELECT e.full_name AS name FROM school_positions o JOIN school_employees e ON e.id = o.employee_id WHERE o.id = ?"
    ),
    "k": Naming(
      kind: Text("родитель", en: "parent"),
      sql:
        "SELECT r.full_name AS name FROM school_parent_links k JOIN school_parents r ON r.id = k.parent_id WHERE k.id = ?"
    ),
  ]
}

extension Text {
  /// With a capital at its start.
  var capitalized: Text {
    func raised(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }
    return Text(raised(ru), en: raised(en))
  }
}
