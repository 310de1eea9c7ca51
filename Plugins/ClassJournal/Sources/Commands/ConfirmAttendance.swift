import PluginKit

/// `journal.confirmAttendance {lesson, attendance?: [{pupil, present}]}` → `{lesson, changed}`: marks who was at a
/// lesson that was held; without marks everything that was proposed is confirmed as it stands.
enum ConfirmAttendance {
  static let command = "journal.confirmAttendance"

  static func register(in plugin: inout PluginDefinition) { plugin.command(command, run) }

  @Sendable private static func run(_ call: Call) throws -> Outcome {
    let id = try call.string("lesson")
    let changed = try call.write { transaction in
      try LessonEntry.change(id, call, action: command, transaction) { entry in
        guard entry.isHeld else {
          throw PluginError(
            "journal.notHeld",
            Text(
              "Сначала отметьте «Урок проведен»: посещаемость отмечают у проведённого урока",
              en: "Mark the lesson as held first: attendance is for lessons that were"))
        }
        let known = try Attendance.marks(entry.lesson, transaction)
        let wanted =
          try call.params["attendance"].map { try Attendance.wanted($0, among: known) }
          ?? known.filter { $0.proposed != nil && $0.present == nil }.map { ($0.pupil, $0.proposed) }
        entry.hasOtherAttendance = try Attendance.confirm(wanted, of: entry.lesson, known, call, transaction)
      }
    }
    return Outcome(result: ["lesson": JSONValue(id), "changed": JSONValue(changed.map { JSONValue($0) })])
  }
}
