import PluginKit

/// All that «Журнал на урок» shows of one lesson to one person.
struct LessonSheet: Sendable {
  let lesson: JournalLesson
  let mayWrite: Bool
  /// The organization's, and the lesson's own where it has left the list.
  let kinds: [String]
  let marks: [Attendance.Mark]
  let proposal: Proposal?
  let clock: SchoolClock
  /// Who marked the lesson as held.
  private let holder: String?

  init(_ id: String, _ call: Call, _ transaction: Transaction) throws {
    lesson = try JournalLesson.require(id, transaction)
    let rights = try JournalRights(call, transaction)
    try rights.require(.reads, to: lesson, transaction)
    mayWrite = try rights.access(to: lesson, transaction) == .writes
    let listed = try LessonEntry.kinds(transaction)
    kinds = listed + [lesson.kind].compactMap { $0 }.filter { !listed.contains($0) }
    marks = try Attendance.marks(lesson, transaction)
    proposal = try Proposal.of(id, transaction)
    clock = try SchoolClock(call, transaction)
    holder = try lesson.heldBy.flatMap {
      try transaction.first("SELECT full_name FROM school_v1_accounts WHERE id = ?", [JSONValue($0)])
    }?["full_name"]?.string
  }

  /// Kept with the window: what it showed, to tell what the person has typed from that.
  var state: JSONValue {
    [
      "lesson": JSONValue(lesson.id), "group": JSONValue(lesson.group), "held": JSONValue(lesson.isHeld),
      "kind": JSONValue(lesson.kind ?? ""),
      "present": JSONValue(members: marks.map { ($0.pupil, JSONValue(AttendanceTable.shown($0))) }),
    ]
  }

  /// Where the proposed attendance comes from, and since when.
  var proposalWords: Text? {
    guard let proposal else { return nil }
    let at = clock.moment(proposal.proposedAtMs)
    let source = proposal.source ?? Text("другой модуль", en: "another plugin")
    return Text(
      "\(source.ru), \(at). Проверьте отметки и нажмите «Добавить в журнал»",
      en: "\(source.en), \(at). Check the marks and press 'Add to the journal'")
  }

  var heldHint: Text? {
    guard let heldAt = lesson.heldAt else { return nil }
    let who = holder.map { ", \($0)" } ?? ""
    return Text("Отмечено \(clock.moment(heldAt))\(who)", en: "Marked \(clock.moment(heldAt))\(who)")
  }
}
