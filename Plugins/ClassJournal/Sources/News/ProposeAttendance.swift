import PluginKit

/// The service `journal.proposeAttendance {lesson, key?, source?, pupils: [{pupil, present, cameAt?, leftAt?, minutes?,
/// note?}], others?: [{name?, cameAt?, leftAt?, minutes?}]}` → `{accepted, repeated}`: what a plugin knows of who was at
/// a lesson, instants in milliseconds. `present` null: it cannot tell, `note` says why. `source` and `note` are words in
/// both languages.
///
/// A proposal replaces the one before it and confirms nothing; the teacher sees it in «Журнал на урок». What the teacher
/// has confirmed stays as it is. A key that the lesson's proposal has already changes nothing. Pupils who are not in the
/// lesson's group are left out.
enum ProposeAttendance {
  static let service = "journal.proposeAttendance"

  static func register(in plugin: inout PluginDefinition) { plugin.service(service, run) }

  @Sendable private static func run(_ call: Call) throws -> JSONValue {
    let id = try call.string("lesson")
    let accepted = try call.write { transaction -> Int? in
      let lesson = try JournalLesson.require(id, transaction)
      if let key = call.params["key"]?.string, key == (try Proposal.of(id, transaction))?.key { return nil }
      let open = Set(
        try Attendance.marks(lesson, transaction).filter { $0.isMember && $0.present == nil }.map(\.pupil))
      let pupils = (call.params["pupils"]?.array ?? []).filter { open.contains($0["pupil"]?.string ?? "") }
      try replace(lesson, pupils, transaction)
      try Proposal.note(id, call.params, nowMs: call.host.nowMs, transaction)
      try LessonEntry.tell(lesson, ["proposal"], transaction)
      return pupils.count
    }
    return ["accepted": JSONValue(accepted ?? 0), "repeated": JSONValue(accepted == nil)]
  }

  /// Confirmed marks keep what was proposed when they were made.
  private static func replace(
    _ lesson: JournalLesson, _ pupils: [JSONValue], _ transaction: Transaction
  ) throws {
    try transaction.query(
      """
      UPDATE class_journal_attendance SET proposed = NULL, came_at = NULL, left_at = NULL, minutes = NULL, note = NULL
      WHERE lesson_id = ? AND present IS NULL
      """, [JSONValue(lesson.id)])
    try transaction.insertMany(
      """
      INSERT INTO class_journal_attendance(lesson_id, pupil_id, proposed, came_at, left_at, minutes, note)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET proposed = excluded.proposed, came_at = excluded.came_at, left_at = excluded.left_at,
        minutes = excluded.minutes, note = excluded.note
      """,
      JSONValue(
        pupils.map { entry in
          [
            JSONValue(lesson.id), entry["pupil"] ?? .null, entry["present"] ?? .null, entry["cameAt"] ?? .null,
            entry["leftAt"] ?? .null, entry["minutes"] ?? .null, JSONValue(entry["note"]?.text()),
          ] as JSONValue
        }))
  }
}
