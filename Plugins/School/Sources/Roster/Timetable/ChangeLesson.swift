import PluginKit

/// `school.addLesson {group, date, number, starts?, ends?, room?, clashes?}` → `{lesson, warnings}`,
/// `school.changeLesson {lesson, date?, number?, starts?, ends?, room?, clashes?}` → `{lesson, changed, warnings}` and
/// `school.removeLesson {lesson}` → `{lesson}`.
///
/// Times are the bells' unless given. `clashes`: `allow` (what scripts get) tells of a teacher, a room or pupils who
/// are wanted twice as `warnings`; `ask` (what forms say) asks first and saves nothing.
enum ChangeLesson {
  static let add = "school.addLesson"
  static let change = "school.changeLesson"
  static let remove = "school.removeLesson"

  static func register(in plugin: inout PluginDefinition) {
    plugin.command(add) { call throws -> Outcome in
      var arguments = Arguments(call)
      let group = try arguments.requiredID("group")
      return try RosterChange.outcome(call) { change in
        let transaction = change.transaction
        _ = try GroupRecord.require(group, transaction)
        return try save(LessonRecord(group: group), nil, &arguments, change)
      }
    }
    plugin.command(change) { call throws -> Outcome in
      var arguments = Arguments(call)
      let id = try arguments.requiredID("lesson")
      return try RosterChange.outcome(call) { change in
        let transaction = change.transaction
        let old = try LessonRecord.require(id, transaction)
        return try save(old, old, &arguments, change)
      }
    }
    plugin.command(remove, removed)
  }

  private static func save(
    _ start: LessonRecord, _ old: LessonRecord?, _ arguments: inout Arguments, _ change: RosterChange
  ) throws -> Outcome {
    let (call, transaction) = (change.call, change.transaction)
    var lesson = start
    try lesson.apply(&arguments, transaction)
    try arguments.check()
    try lesson.checkPlace(against: old, change)
    let differences = lesson.differences(from: old ?? LessonRecord(group: lesson.group))
    let clashes = differences.isEmpty ? [] : try Clashes.find(lesson, transaction)
    if !clashes.isEmpty, call.params["clashes"]?.string == "ask" {
      return Outcome(result: ["warnings": json(clashes, call)], effects: [Clashes.question(clashes)])
    }
    if !differences.isEmpty { try write(&lesson, old, differences, change) }
    var result: JSONValue = ["lesson": JSONValue(lesson.id), "warnings": json(clashes, call)]
    if old != nil { result = result.setting("changed", JSONValue(differences.names.map { JSONValue($0) })) }
    return Outcome(result: result, effects: call.params["clashes"]?.string == nil ? [] : [.closeWindow])
  }

  private static func write(
    _ lesson: inout LessonRecord, _ old: LessonRecord?, _ differences: Differences, _ change: RosterChange
  ) throws {
    let transaction = change.transaction
    let values: [(String, JSONValue)] = [
      ("date", JSONValue(lesson.date)), ("number", JSONValue(lesson.number)), ("starts", JSONValue(lesson.starts)),
      ("ends", JSONValue(lesson.ends)), ("room", JSONValue(lesson.room)),
    ]
    if old == nil {
      let row = try transaction.first(
        """
        INSERT INTO school_lessons(date, number, starts, ends, room, group_id, group_title)
        SELECT :date, :number, :starts, :ends, :room, id, title FROM school_groups WHERE id = :group RETURNING id
        """, JSONValue(members: values + [("group", JSONValue(lesson.group))]))
      lesson.id = row?["id"]?.string ?? ""
    } else {
      try transaction.query(
        """
        UPDATE school_lessons SET date = :date, number = :number, starts = :starts, ends = :ends, room = :room
        WHERE id = :id
        """, JSONValue(members: values + [("id", JSONValue(lesson.id))]))
    }
    var record = RosterRecord(lesson.id)
    record.old = old == nil ? nil : differences.oldJSON
    record.new = old == nil ? lesson.json : differences.newJSON
    record.emit(SchoolEvent.timetableChanged, ["lessonIds": [JSONValue(lesson.id)]])
    try record.write(change)
  }

  @Sendable private static func removed(_ call: Call) throws -> Outcome {
    let id = try Arguments(call).requiredID("lesson")
    return try RosterChange.outcome(call) { change in
      let transaction = change.transaction
      let old = try LessonRecord.require(id, transaction)
      try old.checkRemoval(change)
      var record = RosterRecord(id, old: old.json)
      record.name = try old.name(transaction)
      try transaction.query("DELETE FROM school_lessons WHERE id = ?", [JSONValue(id)])
      record.emit(SchoolEvent.timetableChanged, ["lessonIds": [JSONValue(id)]])
      try record.write(change)
      return Outcome(result: ["lesson": JSONValue(id)])
    }
  }

  private static func json(_ clashes: [Text], _ call: Call) -> JSONValue {
    JSONValue(clashes.map { JSONValue(call.session?.locale == "en" ? $0.en : $0.ru) })
  }
}
