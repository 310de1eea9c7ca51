import PluginKit

/// «Урок: Добавление», «Урок: Изменение» over `school.addLesson` and `school.changeLesson`.
enum LessonWindow {
  static let type = "school.lesson"

  static func register(in plugin: inout PluginDefinition) { plugin.window(type, open: open, changed: changed) }

  @Sendable private static func open(_ call: Call) throws -> Window {
    let given = call.params["arguments"] ?? .emptyObject
    return try call.read { transaction in
      let lesson = try given["lesson"]?.string.map { try LessonRecord.require($0, transaction) }
      let like = try given["like"]?.string.map { try LessonRecord.require($0, transaction) }
      let today = try SchoolDay.today(call, transaction).text
      let group = lesson?.group ?? given["group"]?.string ?? like?.group
      let template: JSONValue = [
        "date": "=date", "number": "=number", "starts": "=starts", "ends": "=ends", "room": "=room", "clashes": "ask",
      ]
      return Window(
        title: lesson == nil
          ? Text("Урок: Добавление", en: "Lesson: New") : Text("Урок: Изменение", en: "Lesson: Change"),
        fields: [try GroupField.field("group", group, enabled: lesson == nil, transaction)]
          // A day that is over would only be refused.
          + fields(lesson, date: like.flatMap { $0.date < today ? nil : $0.date }),
        buttons: [
          // The outcome says whether the window closes: a clash is asked about before.
          Button(
            "save", Text("Сохранить", en: "Save"),
            .command(
              lesson == nil ? ChangeLesson.add : ChangeLesson.change,
              arguments: lesson.map { template.setting("lesson", JSONValue($0.id)) }
                ?? template.setting("group", "=group"), keepOpen: true, changedOnly: lesson != nil),
            style: .primary),
          .cancel,
        ])
    }
  }

  private static func fields(_ lesson: LessonRecord?, date: String?) -> [Field] {
    [
      Field("date", Text("Дата", en: "Date"), .date, value: JSONValue(lesson?.date ?? date), required: true),
      Field(
        "number", Text("Номер урока", en: "Lesson number"), .number,
        value: lesson.map { JSONValue($0.number) } ?? .null, required: true, notify: true),
      Field(
        "starts", Text("Начало", en: "Starts"), .time, value: JSONValue(lesson?.starts),
        hint: Text("Пусто — по расписанию звонков", en: "Empty: as the bells say")),
      Field("ends", Text("Окончание", en: "Ends"), .time, value: JSONValue(lesson?.ends)),
      Field("room", Text("Кабинет", en: "Room"), value: JSONValue(lesson?.room)),
    ]
  }

  /// Another number has other times.
  @Sendable private static func changed(_ question: WindowQuestion) throws -> WindowAnswer {
    guard let number = question.value("number").int else { return WindowAnswer() }
    return try question.call.read { transaction in
      guard let bell = try Bells.times(number, transaction) else { return WindowAnswer() }
      return WindowAnswer(
        patch: Patch().field("starts", ["value": JSONValue(bell.starts)]).field("ends", ["value": JSONValue(bell.ends)])
      )
    }
  }
}

/// A reference field over the groups.
enum GroupField {
  static func field(
    _ id: String, _ group: String?, label: Text = Text("Группа", en: "Group"), enabled: Bool = true,
    _ transaction: Transaction
  ) throws -> Field {
    let row = try group.flatMap {
      try transaction.first("SELECT title FROM school_groups WHERE id = ?", [JSONValue($0)])
    }
    return Field(
      id, label, .reference, value: JSONValue(row == nil ? nil : group), display: row?["title"]?.string,
      enabled: enabled, required: true,
      picker: Field.Picker(
        table: SchoolTables.groupPicker, display: "title", title: Text("Группы", en: "Groups")))
  }
}
