import PluginKit

/// The service `journal.proposeAttendance {lesson, pupils: [{pupil, present, cameAt?, leftAt?}]}` → `{accepted}`: what a
/// plugin knows of who was at a lesson, instants in milliseconds. A proposal replaces the one before it and confirms
/// nothing; the teacher sees it in «Журнал на урок». Pupils who are not in the lesson's group are left out.
enum ProposeAttendance {
  static let service = "journal.proposeAttendance"

  static func register(in plugin: inout PluginDefinition) { plugin.service(service, run) }

  @Sendable private static func run(_ call: Call) throws -> JSONValue {
    let id = try call.string("lesson")
    let accepted = try call.write { transaction -> Int in
      let lesson = try JournalLesson.require(id, transaction)
      let members = Set(try Attendance.marks(lesson, transaction).filter(\.isMember).map(\.pupil))
      let proposed = (call.params["pupils"]?.array ?? []).filter { members.contains($0["pupil"]?.string ?? "") }
      try transaction.query(
        """
        UPDATE class_journal_attendance SET proposed = NULL, came_at = NULL, left_at = NULL WHERE lesson_id = ?
        """, [JSONValue(id)])
      try transaction.insertMany(
        """
        INSERT INTO class_journal_attendance(lesson_id, pupil_id, proposed, came_at, left_at) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET proposed = excluded.proposed, came_at = excluded.came_at, left_at = excluded.left_at
        """,
        JSONValue(
          proposed.map { entry in
            [
              JSONValue(id), entry["pupil"] ?? .null, entry["present"] ?? false, entry["cameAt"] ?? .null,
              entry["leftAt"] ?? .null,
            ] as JSONValue
          }))
      try LessonEntry.tell(lesson, ["proposal"], transaction)
      return proposed.count
    }
    return ["accepted": JSONValue(accepted)]
  }
}
