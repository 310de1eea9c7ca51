import PluginKit

/// «Посещаемость» in «Журнал на урок»: a mark for each pupil, as it was confirmed, or as somebody proposes it until the
/// teacher saves.
enum AttendanceTable {
  static let id = "attendance"

  /// `keeping`: the window as it stands; marks that the person has set in it and not saved stay.
  static func table(_ sheet: LessonSheet, tab: String, keeping question: WindowQuestion? = nil) -> WindowTable {
    let hasProposals = sheet.marks.contains { $0.proposed != nil || $0.note != nil }
    var columns = [
      TableSource.Column("name", Text("ФИО", en: "Full name"), sortable: true, searchable: true),
      TableSource.Column("present", Text("Присутствовал", en: "Present"), .boolean, editable: sheet.mayWrite),
    ]
    if hasProposals { columns.append(TableSource.Column("proposed", Text("Предложено", en: "Proposed"))) }
    let typed = question.map(typed) ?? [:]
    return WindowTable(
      id, columns: columns, rows: sheet.marks.map { row($0, sheet.clock, present: typed[$0.pupil] ?? shown($0)) },
      title: Text("Посещаемость", en: "Attendance"), tab: tab)
  }

  /// What the table shows of a mark.
  static func shown(_ mark: Attendance.Mark) -> Bool? { mark.present ?? mark.proposed }

  /// The row with another mark.
  static func marked(_ row: WindowTable.Row, _ present: Bool?) -> WindowTable.Row {
    WindowTable.Row(row.id, row.cells.setting("present", JSONValue(present)), value: value(row.id, present))
  }

  private static func row(_ mark: Attendance.Mark, _ clock: SchoolClock, present: Bool?) -> WindowTable.Row {
    WindowTable.Row(
      mark.pupil,
      [
        "name": JSONValue(mark.name), "present": JSONValue(present), "proposed": proposal(mark, clock).json,
      ], value: value(mark.pupil, present))
  }

  private static func value(_ pupil: String, _ present: Bool?) -> JSONValue {
    ["pupil": JSONValue(pupil), "present": JSONValue(present)]
  }

  /// «08:02–08:44, 40 мин», «да», «нет», or why nothing is known.
  private static func proposal(_ mark: Attendance.Mark, _ clock: SchoolClock) -> Text {
    guard let proposed = mark.proposed else { return mark.note ?? "" }
    let stay = mark.stay.words(clock)
    guard stay.ru.isEmpty else { return stay }
    return proposed ? Text("да", en: "yes") : Text("нет", en: "no")
  }

  /// Marks that differ from what the window showed.
  private static func typed(_ question: WindowQuestion) -> [String: Bool?] {
    let shown = question.state["present"] ?? .emptyObject
    return question.rows(id).reduce(into: [:]) { typed, row in
      let present = row.cells["present"] ?? .null
      if present != shown[row.id] ?? .null { typed[row.id] = .some(present.bool) }
    }
  }
}
