import PluginKit

/// `journal.listLessons {group, from?, until?}` → `{lessons: [{lesson, date, number, starts, ends, cancelled, held, topic,
/// topicTitle, kind}]}`, of the academic year unless days are given; `journal.readLesson {lesson}` → the same of one lesson,
/// with `group`, `attendance: [{pupil, name, proposed, came, left, minutes, note, present}]`, times of day in the school,
/// and `others: [{name, came, left, minutes}]`, who was there besides; a name that nobody knows is null.
enum ListLessons {
  static let list = "journal.listLessons"
  static let read = "journal.readLesson"

  static func register(in plugin: inout PluginDefinition) {
    plugin.command(list, listed)
    plugin.command(read, shown)
  }

  @Sendable private static func listed(_ call: Call) throws -> Outcome {
    let group = try call.string("group")
    let lessons = try call.read { transaction in
      guard
        let row = try transaction.first("SELECT title FROM school_v1_groups WHERE id = ?", [JSONValue(group)])
      else { throw PluginError.notFound("group", group) }
      let year = try SchoolYear(transaction)
      let lessons = try JournalLesson.list(
        group, from: call.params["from"]?.string ?? year.starts, until: call.params["until"]?.string ?? year.ends,
        transaction)
      let open = try readable(lessons, of: group, call, transaction)
      guard open.isAllowed else { throw JournalRights.forbidden(row["title"]?.string ?? group) }
      return open.lessons
    }
    return Outcome(result: ["lessons": JSONValue(lessons.map(json))])
  }

  /// The lessons of a group that the person may see: all of them, or those that they give in the teacher's place.
  static func readable(
    _ lessons: [JournalLesson], of group: String, _ call: Call, _ transaction: Transaction
  ) throws -> (isAllowed: Bool, lessons: [JournalLesson]) {
    let rights = try JournalRights(call, transaction)
    if try rights.access(toGroup: group, transaction) > .none { return (true, lessons) }
    let own = try lessons.filter { try rights.access(to: $0, transaction) > .none }
    return (!own.isEmpty, own)
  }

  @Sendable private static func shown(_ call: Call) throws -> Outcome {
    let id = try call.string("lesson")
    return try call.read { transaction in
      let lesson = try JournalLesson.require(id, transaction)
      try JournalRights(call, transaction).require(.reads, to: lesson, transaction)
      let clock = try SchoolClock(call, transaction)
      let marks = try Attendance.marks(lesson, transaction).map { mark -> JSONValue in
        [
          "pupil": JSONValue(mark.pupil), "name": JSONValue(mark.name), "proposed": JSONValue(mark.proposed),
          "came": JSONValue(mark.stay.cameAt.map(clock.time)), "left": JSONValue(mark.stay.leftAt.map(clock.time)),
          "minutes": JSONValue(mark.stay.minutes), "note": JSONValue(mark.note?.text(call.language)),
          "present": JSONValue(mark.present),
        ]
      }
      let others = try Proposal.of(id, transaction)?.others ?? []
      return Outcome(
        result: json(lesson).merging([
          "group": JSONValue(lesson.group), "attendance": JSONValue(marks),
          "others": JSONValue(others.map { json($0, clock) }),
        ]))
    }
  }

  private static func json(_ visitor: Proposal.Visitor, _ clock: SchoolClock) -> JSONValue {
    [
      "name": JSONValue(visitor.name), "came": JSONValue(visitor.stay.cameAt.map(clock.time)),
      "left": JSONValue(visitor.stay.leftAt.map(clock.time)), "minutes": JSONValue(visitor.stay.minutes),
    ]
  }

  private static func json(_ lesson: JournalLesson) -> JSONValue {
    [
      "lesson": JSONValue(lesson.id), "date": JSONValue(lesson.date), "number": JSONValue(lesson.number),
      "starts": JSONValue(lesson.starts), "ends": JSONValue(lesson.ends), "cancelled": JSONValue(lesson.isCancelled),
      "held": JSONValue(lesson.isHeld), "topic": JSONValue(lesson.topic), "topicTitle": JSONValue(lesson.topicTitle),
      "kind": JSONValue(lesson.kind),
    ]
  }
}
