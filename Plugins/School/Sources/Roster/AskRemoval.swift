import PluginKit

/// `school.askRemoval {record}`: the question before a record of a registry is removed. «Да» runs the command that
/// scripts run.
enum AskRemoval {
  static let command = "school.askRemoval"

  /// By the letter of a record's id: what its row is called, and how it goes.
  private struct Kind: Sendable {
    let sql: String
    var english: String?
    let ru: String
    let en: String
    let command: String
    let argument: String
  }

  private static let kinds: [Character: Kind] = [
    "r": Kind(
      sql: "SELECT full_name AS title FROM school_parents WHERE id = ?", ru: "родителя", en: "the parent",
      command: RemoveParent.command, argument: "parent"),
    "c": Kind(
      sql: "SELECT title FROM school_classes WHERE id = ?", ru: "класс", en: "the class",
      command: RemoveClass.command, argument: "class"),
    "g": Kind(
      sql: "SELECT title FROM school_groups WHERE id = ?", ru: "группу", en: "the group",
      command: RemoveGroup.command, argument: "group"),
    "l": Kind(
      sql: """
        SELECT group_title || ', ' || strftime('%d.%m.%Y', date) || ', урок ' || number AS title
        FROM school_lessons WHERE id = ?
        """,
      english: """
        SELECT group_title || ', ' || strftime('%d.%m.%Y', date) || ', lesson ' || number AS title
        FROM school_lessons WHERE id = ?
        """, ru: "урок", en: "the lesson", command: ChangeLesson.remove, argument: "lesson"),
    "t": Kind(
      sql: "SELECT number || '. ' || title AS title FROM school_plan_topics WHERE id = ?", ru: "тему", en: "the topic",
      command: ChangeTopic.remove, argument: "topic"),
  ]

  static func register(in plugin: inout PluginDefinition) { plugin.command(command, run) }

  @Sendable private static func run(_ call: Call) throws -> Outcome {
    let id = try Arguments(call).requiredID("record")
    guard let kind = id.first.flatMap({ kinds[$0] }) else { throw PluginError.notFound("record", id) }
    return try call.read { transaction in
      guard let title = try transaction.first(kind.sql, [JSONValue(id)])?["title"]?.string else {
        throw PluginError.notFound("record", id)
      }
      var arguments: JSONValue = [kind.argument: JSONValue(id)]
      let english = try kind.english.map { try transaction.first($0, [JSONValue(id)])?["title"]?.string ?? title }
      var question = Text("Удалить \(kind.ru) «\(title)»?", en: "Remove \(kind.en) '\(english ?? title)'?")
      if kind.command == RemoveGroup.command {
        let lessons = try RemoveGroup.lessonsToCome(id, call, transaction).count
        if lessons > 0 {
          arguments = arguments.setting("withLessons", true)
          question = Text(
            "У группы «\(title)» впереди уроков: \(lessons). Удалить группу вместе с ними?",
            en: "The group '\(title)' has \(lessons) lessons to come. Remove it with them?")
        }
      }
      return Outcome(effects: [
        .dialog(
          .warning, question,
          buttons: [
            Button("yes", Text("Да", en: "Yes"), .command(kind.command, arguments: arguments), style: .danger),
            Button("no", Text("Нет", en: "No"), .close),
          ])
      ])
    }
  }
}
