import PluginKit

/// «Журнал на урок», tab «Урок». Other plugins may add to it: they get to know the lesson.
enum LessonWindow {
  static let type = "journal.lesson"
  static let unbound = Text("Урок не привязан к КТП", en: "The lesson is bound to no topic of the plan")
  private static let tab = "lesson"

  static func register(in plugin: inout PluginDefinition) {
    plugin.window(type, open: opened, changed: changed, pressed: pressed)
  }

  @Sendable private static func opened(_ call: Call) throws -> Window {
    guard let id = call.params["arguments"]?["lesson"]?.string else {
      throw PluginError.invalid("lesson", Text("Выберите урок", en: "Choose a lesson"))
    }
    return try call.read { transaction in
      let sheet = try LessonSheet(id, call, transaction)
      return Window(
        title: Text("Журнал на урок", en: "Journal of a lesson"), fields: fields(sheet),
        tabs: [Tab(tab, Text("Урок", en: "Lesson"), selected: true)],
        tables: [AttendanceTable.table(sheet, tab: tab)],
        buttons: buttons(sheet), state: sheet.state, isLive: true)
    }
  }

  private static func fields(_ sheet: LessonSheet) -> [Field] {
    let lesson = sheet.lesson
    return [
      Field("place", Text("Дата и время", en: "Date and time"), .label, value: lesson.place.json, tab: tab),
      Field("group", Text("Группа", en: "Group"), .label, value: JSONValue(lesson.groupTitle), tab: tab),
      Field("topic", Text("Тема", en: "Topic"), .label, value: topic(lesson).json, tab: tab),
      Field(
        "kind", Text("Основной вид работы на уроке", en: "Main kind of work"), .select,
        value: JSONValue(lesson.kind ?? ""), enabled: sheet.mayWrite,
        options: [Field.Option("", "—")] + sheet.kinds.map { Field.Option($0, Text(stringLiteral: $0)) }, tab: tab),
      Field(
        "held", Text("Урок проведен", en: "The lesson was held"), .checkbox, value: JSONValue(lesson.isHeld),
        enabled: sheet.mayWrite, hint: sheet.heldHint, tab: tab),
      label("proposal", Text("Посещаемость предложена", en: "Attendance is proposed"), sheet.proposalWords),
      label("visitors", Text("Кроме учеников группы", en: "Besides the pupils"), sheet.proposal?.visitors(sheet.clock)),
    ]
  }

  /// Shown only while it says something.
  private static func label(_ id: String, _ label: Text, _ words: Text?) -> Field {
    Field(id, label, .label, value: words?.json ?? "", visible: words != nil, tab: tab)
  }

  private static func buttons(_ sheet: LessonSheet) -> [Button] {
    let why = sheet.mayWrite ? nil : JournalRights.readOnly(sheet.lesson.groupTitle).message
    let arguments: JSONValue = [
      "lesson": JSONValue(sheet.lesson.id), "held": "=held", "kind": "=kind", "attendance": "=attendance",
    ]
    return [
      Button("bind", Text("Привязать к КТП", en: "Bind to the plan"), enabled: sheet.mayWrite, why: why, tab: tab),
      Button(
        "unbind", Text("Отвязать КТП", en: "Unbind from the plan"), enabled: sheet.mayWrite,
        visible: sheet.lesson.topic != nil, why: why, tab: tab),
      Button(
        "save", Text("Добавить в журнал", en: "Add to the journal"),
        .command(SaveLesson.command, arguments: arguments, keepOpen: true), style: .primary, enabled: sheet.mayWrite,
        why: why),
      Button("close", Text("Закрыть", en: "Close"), .close),
    ]
  }

  private static func topic(_ lesson: JournalLesson) -> Text {
    lesson.topicTitle.map { Text(stringLiteral: $0) } ?? unbound
  }

  // MARK: What a person does in it

  @Sendable private static func pressed(_ question: WindowQuestion) throws -> WindowAnswer {
    let call = question.call
    let id = question.state["lesson"]?.string ?? ""
    switch question.button {
    case "bind" where question.chosen.isEmpty:
      let group = question.state["group"]?.string ?? ""
      return WindowAnswer(effects: [
        .pick(
          table: "school.topicPicker", title: Text("Темы КТП", en: "Topics of the plan"),
          arguments: ["group": JSONValue(group)], button: "bind")
      ])
    case "bind": try BindTopic.bind(id, to: question.chosen.first ?? "", call)
    default: try BindTopic.unbind(id, call)
    }
    return try lookAgain(question)
  }

  @Sendable private static func changed(_ question: WindowQuestion) throws -> WindowAnswer {
    guard let edit = question.edit else { return try lookAgain(question) }
    let rows = question.rows(AttendanceTable.id).map { row in
      row.id == edit["row"]?.string ? AttendanceTable.marked(row, edit["values"]?["present"]?.bool) : row
    }
    return WindowAnswer(patch: Patch().rows(AttendanceTable.id, rows))
  }

  /// The window as the journal is now; what the person has typed and not saved stays.
  private static func lookAgain(_ question: WindowQuestion) throws -> WindowAnswer {
    try question.call.read { transaction in
      let sheet = try LessonSheet(question.state["lesson"]?.string ?? "", question.call, transaction)
      let untouched = fields(sheet).filter { field in
        !["kind", "held"].contains(field.id) || question.value(field.id) == question.state[field.id]
      }
      return WindowAnswer(
        patch: Patch().fields(untouched).buttons(buttons(sheet))
          .tables([AttendanceTable.table(sheet, tab: tab, keeping: question)]), state: sheet.state)
    }
  }
}
