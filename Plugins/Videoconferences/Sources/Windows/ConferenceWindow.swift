import PluginKit

/// «Видеоконференция Сферума: Добавление» and «…: Изменение» over the commands that scripts run.
enum ConferenceWindow {
  static let type = "videoconferences.conference"

  static func register(in plugin: inout PluginDefinition) {
    plugin.window(type, open: open, changed: changed, pressed: pressed)
  }

  /// `arguments`: `{conference?}` to change one, `{lesson?}` to add one for a lesson.
  @Sendable private static func open(_ call: Call) throws -> Window {
    let user = try call.user()
    let arguments = call.params["arguments"] ?? .emptyObject
    return try call.read { transaction in
      var form = ConferenceForm()
      var text: Text?
      var more: [Button] = []
      if let id = arguments["conference"]?.string {
        let conference = try Conference.require(id, transaction)
        try ConferenceRights.require(ConferenceRights.manages, conference, user, transaction)
        form = try ConferenceForm(conference, transaction)
        if conference.status == "error" {
          text = Text(
            "Ошибка: \(conference.reason). Сохраните, чтобы попробовать ещё раз.",
            en: "Error: \(conference.reason). Save to try again.")
        }
      } else if let lesson = arguments["lesson"]?.string {
        try form.choose(lesson: lesson, transaction)
        let group = form.lesson?.groupID ?? ""
        if let chat = try LessonOfTimetable.chat(group, transaction)?["id"]?.string {
          try form.choose(chat: chat, keepingPeople: false, transaction)
        } else {
          text = Text(
            "У группы нет чата с типом «Предмет». Добавьте его и выберите в поле «Чат».",
            en: "The group has no subject chat. Add one, and choose it in the field 'Chat'.")
          more = [
            Button(
              "add-chat", Text("Добавить чат", en: "Add a chat"),
              .open("chats.chat", arguments: ["group": JSONValue(group)]))
          ]
        }
      }
      return window(form, text, more)
    }
  }

  private static func window(_ form: ConferenceForm, _ text: Text?, _ more: [Button]) -> Window {
    let buttons = ConferenceSide.allCases.map { side in
      Button("remove-\(side.list)", Text("Удалить", en: "Remove"), tab: side.list, table: side.list)
    }
    return Window(
      title: form.id == nil
        ? Text("Видеоконференция Сферума: Добавление", en: "Sferum conference: New")
        : Text("Видеоконференция Сферума: Изменение", en: "Sferum conference: Change"),
      level: text == nil ? nil : .warning, text: text, fields: form.fields, tabs: form.tabs,
      tables: ConferenceSide.allCases.map { form.table($0) },
      buttons: buttons + more + [Button("save", Text("Сохранить", en: "Save"), style: .primary), .cancel],
      state: form.state)
  }

  @Sendable private static func changed(_ question: WindowQuestion) throws -> WindowAnswer {
    try question.call.read { transaction in
      var form = try ConferenceForm(question, transaction)
      let changes = question.changes
      if changes["kind"] != nil, form.kind == "call" { form.lesson = nil }
      if changes["chat"] != nil, let chat = form.chat {
        try form.choose(chat: chat.id, keepingPeople: false, transaction)
        if form.lesson?.groupID != nil, form.isSubjectChat { try dropForeignLesson(&form, chat.id, transaction) }
      }
      if changes["lesson"] != nil, let lesson = form.lesson { try form.choose(lesson: lesson.id, transaction) }
      form.fillName()
      return WindowAnswer(patch: form.patch, state: form.state)
    }
  }

  /// A lesson of another group does not stay when the chat is another group's.
  private static func dropForeignLesson(
    _ form: inout ConferenceForm, _ chat: String, _ transaction: Transaction
  ) throws {
    let row = try transaction.first("SELECT group_id FROM chats_v1_chats WHERE id = ?", [JSONValue(chat)])
    if row?["group_id"]?.string != form.lesson?.groupID { form.lesson = nil }
  }

  @Sendable private static func pressed(_ question: WindowQuestion) throws -> WindowAnswer {
    if question.button == "save" { return try save(question) }
    guard let side = ConferenceSide.allCases.first(where: { "remove-\($0.list)" == question.button }) else {
      throw PluginError.notFound("button", question.button)
    }
    let selected = Set(question.selection(side.list))
    guard !selected.isEmpty else {
      throw PluginError(
        "conferences.nothingSelected", Text("Выберите строки в таблице", en: "Select rows in the table"))
    }
    return WindowAnswer(patch: Patch().rows(side.list, question.rows(side.list).filter { !selected.contains($0.id) }))
  }

  private static func save(_ question: WindowQuestion) throws -> WindowAnswer {
    let form = try question.call.read { try ConferenceForm(question, $0) }
    let arguments = form.arguments(question.value("name").string ?? "", question.value("ends").string ?? "")
    let outcome = try SaveConference(question.call, arguments).run()
    return WindowAnswer(effects: [.closeWindow] + outcome.effects)
  }
}
