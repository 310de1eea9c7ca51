import PluginKit

/// `school.removeGroup {group, withLessons?}` → `{group, lessons}`: archives a group. Lessons to come stand in the way
/// unless `withLessons` takes them along; lessons that were held, and the plan, stay.
enum RemoveGroup {
  static let command = "school.removeGroup"

  static func register(in plugin: inout PluginDefinition) { plugin.command(command, run) }

  @Sendable private static func run(_ call: Call) throws -> Outcome {
    let id = try Arguments(call).requiredID("group")
    let withLessons = call.params["withLessons"]?.bool == true
    return try RosterChange.outcome(call) { change in
      let transaction = change.transaction
      let group = try GroupRecord.require(id, transaction)
      let lessons = try lessonsToCome(id, call, transaction)
      if let first = lessons.first, !withLessons {
        throw PluginError(
          "school.groupHasLessons",
          Text(
            "У группы «\(group.title)» впереди уроков: \(lessons.count), первый \((CivilDate(text: first.date)?.display ?? first.date)). "
              + "Сначала удалите их из расписания",
            en: "The group '\(group.title)' has \(lessons.count) lessons to come, the first on \(first.date): "
              + "remove them first"), data: ["lessons": JSONValue(lessons.count)])
      }
      for lesson in lessons { try transaction.query("DELETE FROM school_lessons WHERE id = ?", [JSONValue(lesson.id)]) }
      try transaction.query("DELETE FROM school_timetable_slots WHERE group_id = ?", [JSONValue(id)])
      try transaction.query("UPDATE school_groups SET archived = 1 WHERE id = ?", [JSONValue(id)])
      var record = RosterRecord(
        id, old: ["archived": false], new: ["archived": true, "lessonsRemoved": JSONValue(lessons.count)],
        touched: lessons.map(\.id))
      record.emit(SchoolEvent.groupChanged, ["groupId": JSONValue(id)])
      if !lessons.isEmpty {
        record.emit(SchoolEvent.timetableChanged, ["lessonIds": JSONValue(lessons.map { JSONValue($0.id) })])
      }
      try record.write(change)
      return Outcome(result: ["group": JSONValue(id), "lessons": JSONValue(lessons.count)])
    }
  }

  /// Those that are not over, in order.
  static func lessonsToCome(
    _ group: String, _ call: Call, _ transaction: Transaction
  ) throws -> [(id: String, date: String)] {
    try transaction.rows(
      """
      SELECT id, date FROM school_lessons WHERE group_id = :group AND (date > :today OR (date = :today AND ends > :time))
      ORDER BY date, number
      """,
      [
        "group": JSONValue(group), "today": JSONValue(try SchoolDay.today(call, transaction).text),
        "time": JSONValue(try SchoolDay.time(transaction, nowMs: call.host.nowMs)),
      ]
    ).map { ($0["id"]?.string ?? "", $0["date"]?.string ?? "") }
  }
}
