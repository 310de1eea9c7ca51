import PluginKit

/// The grid of a group and a period: pupils down, dates of lessons across.
struct Grid: Sendable {
  static let table = "grid"

  private let lessons: [JournalLesson]
  private let pupils: [(id: String, name: String)]
  /// Pupils who were not there, by lesson.
  private let absent: [String: Set<String>]
  private let members: Membership?

  init(_ filters: GridFilters, _ call: Call, _ transaction: Transaction) throws {
    guard let group = filters.group, let period = filters.period else {
      (lessons, pupils, absent, members) = ([], [], [:], nil)
      return
    }
    let all = try JournalLesson.list(group, from: period.first, until: period.last, transaction)
    // A lesson that does not take place has nothing to be written about.
    lessons = try ListLessons.readable(all, of: group, call, transaction).lessons.filter { !$0.isCancelled }
    // Who learned there in those days, whoever it is today.
    let members = try Membership(
      group, from: lessons.first?.date ?? period.first, until: lessons.last?.date ?? period.last, transaction)
    self.members = members
    pupils = try transaction.rows(
      """
      SELECT p.id, p.full_name FROM json_each(?) m JOIN school_v1_pupils p ON p.id = m.value
      ORDER BY p.full_name COLLATE russian, p.id
      """, [JSONValue(JSONValue(members.pupils.map { JSONValue($0) }).text())]
    ).map { ($0["id"]?.string ?? "", $0["full_name"]?.string ?? "") }
    let marks = try transaction.rows(
      """
      SELECT lesson_id, pupil_id FROM class_journal_attendance
      WHERE lesson_id IN (SELECT value FROM json_each(?)) AND present = 0
      """, [JSONValue(JSONValue(lessons.map { JSONValue($0.id) }).text())])
    absent = marks.reduce(into: [:]) {
      $0[$1["lesson_id"]?.string ?? "", default: []].insert($1["pupil_id"]?.string ?? "")
    }
  }

  /// «ФИО» and a column for each lesson: bold until it was held, a press on it opens the lesson.
  var windowTable: WindowTable {
    let name = TableSource.Column("name", Text("ФИО", en: "Full name"), sortable: true, searchable: true)
    let dates = lessons.map { lesson in
      TableSource.Column(
        lesson.id, Text(stringLiteral: title(lesson)), button: button(lesson), isBold: !lesson.isHeld)
    }
    let rows = pupils.map { pupil in
      WindowTable.Row(
        pupil.id,
        JSONValue(
          members: [("name", JSONValue(pupil.name))]
            + lessons.map { ($0.id, JSONValue(cell(pupil.id, $0))) }))
    }
    return WindowTable(Self.table, columns: [name] + dates, rows: rows)
  }

  /// «н»: was not there; «–»: did not learn in the group on that day.
  private func cell(_ pupil: String, _ lesson: JournalLesson) -> String {
    if absent[lesson.id]?.contains(pupil) == true { return "н" }
    return members?.has(pupil, on: lesson.date) == false ? "–" : ""
  }

  var buttons: [Button] {
    lessons.map { lesson in
      Button(
        button(lesson), Text(stringLiteral: title(lesson)),
        .open(LessonWindow.type, arguments: ["lesson": JSONValue(lesson.id)]), table: Self.table)
    }
  }

  private func button(_ lesson: JournalLesson) -> String { "lesson.\(lesson.id)" }

  /// `05.09`, and the time where a day has several lessons.
  private func title(_ lesson: JournalLesson) -> String {
    let day = SchoolClock.display(lesson.date).prefix(5)
    return lessons.count { $0.date == lesson.date } > 1 ? "\(day) \(lesson.starts)" : String(day)
  }
}
