import PluginKit

/// `school.substitute {lesson, employee}` → `{lesson, substitute}`: who gives one lesson in the teacher's place; null
/// gives it back to the teacher.
///
/// Somebody who gives another lesson at that time may take this one too only where both are held in one room: two
/// classes can be taught together, but not in two places.
enum Substitute {
  static let command = "school.substitute"

  static func register(in plugin: inout PluginDefinition) { plugin.command(command, run) }

  @Sendable private static func run(_ call: Call) throws -> Outcome {
    let arguments = Arguments(call)
    let id = try arguments.requiredID("lesson")
    guard arguments.has("employee") else {
      throw PluginError.invalid("employee", Text("Обязательное поле", en: "Required"))
    }
    let employee = arguments.id("employee")
    return try RosterChange.outcome(call) { change in
      let transaction = change.transaction
      let old = try LessonRecord.require(id, transaction)
      guard employee != old.substitute else {
        return Outcome(result: ["lesson": JSONValue(id), "substitute": JSONValue(employee)])
      }
      if let employee { try check(employee, old, transaction) }
      try transaction.query(
        "UPDATE school_lessons SET substitute_id = ? WHERE id = ?", [JSONValue(employee), JSONValue(id)])
      var record = RosterRecord(
        id, old: ["substitute": JSONValue(old.substitute)], new: ["substitute": JSONValue(employee)])
      record.emit(SchoolEvent.timetableChanged, ["lessonIds": [JSONValue(id)]])
      try record.write(change)
      return Outcome(result: ["lesson": JSONValue(id), "substitute": JSONValue(employee)])
    }
  }

  private static func check(_ employee: String, _ lesson: LessonRecord, _ transaction: Transaction) throws {
    let name = try Employed.require(employee, argument: "employee", transaction)
    let group = try transaction.first("SELECT teacher_id FROM school_groups WHERE id = ?", [JSONValue(lesson.group)])
    if group?["teacher_id"]?.string == employee {
      throw PluginError.invalid(
        "employee",
        Text(
          "\(name) и так ведёт этот урок. Чтобы снять замену, очистите поле",
          en: "\(name) gives this lesson anyway; leave the field empty to take a substitution back"),
        kind: "school.ownTeacher")
    }
    let other = try transaction.first(
      """
      SELECT l.group_title, l.room FROM school_lessons l JOIN school_groups g ON g.id = l.group_id
      WHERE l.date = :date AND l.starts < :ends AND l.ends > :starts AND l.id <> :id AND l.cancelled = 0
        AND coalesce(l.substitute_id, g.teacher_id) = :employee AND (l.room <> :room OR :room = '') LIMIT 1
      """,
      [
        "date": JSONValue(lesson.date), "starts": JSONValue(lesson.starts), "ends": JSONValue(lesson.ends),
        "id": JSONValue(lesson.id), "employee": JSONValue(employee), "room": JSONValue(lesson.room),
      ])
    guard let other, let title = other["group_title"]?.string else { return }
    let room = other["room"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    throw PluginError.invalid(
      "employee",
      Text(
        "\(name) ведёт в это время «\(title)»\(room.map { " в кабинете \($0)" } ?? "")",
        en: "\(name) teaches '\(title)' at that time\(room.map { " in room \($0)" } ?? "")"), kind: "school.teacherBusy"
    )
  }
}
