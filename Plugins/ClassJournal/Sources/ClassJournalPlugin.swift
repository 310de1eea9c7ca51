import PluginKit

/// The class journal: which lessons were held, on what topic, with what work, and who was there. This is its table of
/// contents.
package enum ClassJournalPlugin {
  package static let definition: PluginDefinition = {
    var plugin = PluginDefinition(id: "class-journal")
    plugin.migrations = JournalSchema.migrations

    SaveLesson.register(in: &plugin)
    BindTopic.register(in: &plugin)
    ConfirmAttendance.register(in: &plugin)
    ListLessons.register(in: &plugin)
    ProposeAttendance.register(in: &plugin)
    TimetableNews.register(in: &plugin)

    GridWindow.register(in: &plugin)
    LessonWindow.register(in: &plugin)
    return plugin
  }()
}

/// The journal's news. Payload: `{lessonId, groupId, changed: [name]}`, names as in `journal.saveLesson`.
enum JournalEvent {
  static let lessonChanged = "journal.v1.lessonChanged"
}
