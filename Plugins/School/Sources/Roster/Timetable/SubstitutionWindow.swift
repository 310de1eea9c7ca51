import PluginKit

/// «Замена учителя» over `school.substitute`.
enum SubstitutionWindow {
  static let type = "school.substitution"

  static func register(in plugin: inout PluginDefinition) { plugin.window(type, open: open) }

  @Sendable private static func open(_ call: Call) throws -> Window {
    guard let id = call.params["arguments"]?["lesson"]?.string else {
      throw PluginError.invalid("lesson", Text("Выберите урок", en: "Select a lesson"))
    }
    return try call.read { transaction in
      let lesson = try LessonRecord.require(id, transaction)
      let group = try transaction.first(
        "SELECT title, teacher FROM school_groups WHERE id = ?", [JSONValue(lesson.group)])
      var substitute = Employed.field(
        "employee", Text("Заменяет", en: "Substitute"), value: lesson.substitute,
        display: try Employed.name(lesson.substitute, transaction))
      substitute.hint = Text("Пусто — урок ведёт учитель группы", en: "Empty: the group's teacher gives the lesson")
      return Window(
        title: Text("Замена учителя", en: "Substitution"),
        fields: [
          Field("group", Text("Группа", en: "Group"), .label, value: group?["title"] ?? ""),
          Field(
            "lesson", Text("Урок", en: "Lesson"), .label,
            value: JSONValue("\(CivilDate.display(lesson.date)), № \(lesson.number), \(lesson.starts)–\(lesson.ends)")),
          Field("teacher", Text("Учитель", en: "Teacher"), .label, value: group?["teacher"] ?? ""), substitute,
        ],
        buttons: [
          Button(
            "save", Text("Сохранить", en: "Save"),
            .command(Substitute.command, arguments: ["lesson": JSONValue(id), "employee": "=employee"]),
            style: .primary), .cancel,
        ])
    }
  }
}
