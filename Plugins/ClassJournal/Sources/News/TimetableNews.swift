import PluginKit

/// A lesson that was held and is moved to a time to come, or is cancelled, was not held: the mark goes, with a line in
/// the audit log. One that leaves the timetable keeps its row, in case it comes back.
enum TimetableNews {
  private static let action = "journal.releaseLesson"
  private static let title = Text(
    "Отметка о проведении снята: урок перенесён или отменён", en: "Not held any more: the lesson was moved or cancelled"
  )

  static func register(in plugin: inout PluginDefinition) {
    plugin.event("school.v1.timetableChanged") { call throws in
      try release(call.params["payload"]?["lessonIds"]?.array ?? [], call)
    }
    plugin.event("school.v1.rosterChanged") { call throws in try release(nil, call) }
  }

  /// `ids`: the lessons that may have changed; nil for all.
  private static func release(_ ids: [JSONValue]?, _ call: Call) throws {
    try call.write { transaction in
      let clock = try SchoolClock(call, transaction)
      for lesson in try JournalLesson.heldFrom(clock.today, among: ids, transaction)
      where lesson.isCancelled || !clock.hasCome(lesson.date, lesson.starts) {
        _ = try LessonEntry.change(lesson, call, action: action, title: title, transaction) { entry in
          try entry.hold(false)
          entry.hasOtherAttendance = try Attendance.withdraw(lesson.id, transaction)
        }
      }
    }
  }
}
