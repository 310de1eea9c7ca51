import PluginKit

/// `journal.saveLesson {lesson, held?, topic?, kind?, attendance?}` → `{lesson, changed: [name]}`: what «Добавить в
/// журнал» does. What is absent stays; null empties. A lesson that is not held has no confirmed attendance.
enum SaveLesson {
  static let command = "journal.saveLesson"

  static func register(in plugin: inout PluginDefinition) { plugin.command(command, run) }

  @Sendable private static func run(_ call: Call) throws -> Outcome {
    let id = try call.string("lesson")
    let params = call.params
    let changed = try call.write { transaction in
      try LessonEntry.change(id, call, action: command, transaction) { entry in
        if let held = params["held"]?.bool { try entry.hold(held) }
        if let topic = params["topic"] { try entry.bind(words(topic), transaction) }
        if let kind = params["kind"] { try entry.work(words(kind), transaction) }
        if !entry.isHeld {
          entry.hasOtherAttendance = try Attendance.withdraw(id, transaction)
        } else if let marks = params["attendance"] {
          let known = try Attendance.marks(entry.lesson, transaction)
          entry.hasOtherAttendance = try Attendance.confirm(
            try Attendance.wanted(marks, among: known), of: entry.lesson, known, call, transaction)
        }
      }
    }
    return Outcome(result: ["lesson": JSONValue(id), "changed": JSONValue(changed.map { JSONValue($0) })])
  }

  /// A form's empty choice is none.
  private static func words(_ value: JSONValue) -> String? { value.string.flatMap { $0.isEmpty ? nil : $0 } }
}
