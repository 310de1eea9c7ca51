import PluginKit

/// The grid of a group and a month: pupils down, dates of lessons across.
struct Grid: Sendable {
  static let table = "grid"

  private let lessons: [JournalLesson]
  private let pupils: [(id: String, name: String)]
  /// Pupils who were not there, by lesson.
  private let absent: [String: Set<String>]

  init(_ filters: GridFilters, _ call: Call, _ transaction: Transaction) throws {
    guard let group = filters.group, let month = filters.month else {
      (lessons, pupils, absent) = ([], [], [:])
      return
    }
    let all = try JournalLesson.list(group, from: month.first, until: month.last, transaction)
    // A lesson that does not take place has nothing to be written about.
    lessons = try ListLessons.readable(all, of: group, call, transaction).lessons.filter { !$0.isCancelled }
    pupils = try transaction.rows(
      """
      SELECT p.id, p.full_name FROM school_v1_group_members m JOIN school_v1_pupils p ON p.id = m.pupil_id
      WHERE m.group_id = ? ORDER BY p.full_name COLLATE russian, p.id
      """, [JSONValue(group)]
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
            + lessons.map { ($0.id, absent[$0.id]?.contains(pupil.id) == true ? "н" : "") }))
    }
    return WindowTable(Self.table, columns: [name] + dates, rows: rows)
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
