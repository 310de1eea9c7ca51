import PluginKit
import ZoneRules

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
        text = try standing(conference, transaction)
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

  /// What is wrong with it just now, and what happens next.
  private static func standing(_ conference: Conference, _ transaction: Transaction) throws -> Text? {
    if conference.status == "error" {
      return Text(
        "Ошибка: \(conference.reason). Сохраните, чтобы попробовать ещё раз.",
        en: "Error: \(conference.reason). Save to try again.")
    }
    guard !conference.failure.ru.isEmpty else { return nil }
    guard let attempts = conference.attempts else { return conference.failure }
    let next = try conference.nextAttemptAtMs.map { ms in
      let zone = try LocalTime.ofOrganization(transaction)
      return Text(" Следующая: \(zone.moment(ms)).", en: " The next one: \(zone.moment(ms)).")
    }
    return Text(
      "\(conference.failure.ru). Неудачных попыток: \(attempts).\(next?.ru ?? "")",
      en: "\(conference.failure.en). Failed attempts: \(attempts).\(next?.en ?? "")")
  }

  private static func window(_ form: ConferenceForm, _ text: Text?, _ more: [Button]) -> Window {
    let buttons = ConferenceSide.allCases.flatMap { side in
      [
        Button("add-\(side.list)", Text("Добавить", en: "Add"), tab: side.list, table: side.list),
        Button("remove-\(side.list)", Text("Удалить", en: "Remove"), tab: side.list, table: side.list),
      ]
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
    for side in ConferenceSide.allCases {
      if question.button == "add-\(side.list)" { return try add(question, side) }
      if question.button == "remove-\(side.list)" { return try remove(question, side) }
    }
    throw PluginError.notFound("button", question.button)
  }

  private static func add(_ question: WindowQuestion, _ side: ConferenceSide) throws -> WindowAnswer {
    guard !question.chosen.isEmpty else {
      return WindowAnswer(effects: [
        .pick(table: side.picker, title: side.title, multiple: true, button: question.button)
      ])
    }
    return try question.call.read { transaction in
      var form = try ConferenceForm(question, transaction)
      try form.add(question.chosen, to: side, transaction)
      return WindowAnswer(patch: Patch().rows(side.list, form.rows[side] ?? []))
    }
  }

  private static func remove(_ question: WindowQuestion, _ side: ConferenceSide) throws -> WindowAnswer {
    let selected = Set(question.selection(side.list))
    guard !selected.isEmpty else {
      throw PluginError(
        "conferences.nothingSelected", Text("Выберите строки в таблице", en: "Select rows in the table"))
    }
    let rows = question.rows(side.list)
    if side == .employee {
      let staying = try question.call.read { try ConferenceForm(question, $0).staying($0) }
      if let row = rows.first(where: { selected.contains($0.id) && staying.contains($0.id) }) {
        let name = row.cells["name"]?.string ?? ""
        throw PluginError(
          "conferences.participantStays",
          Text(
            "\(name) участвует всегда: администратор чатов Сферума или учитель этого урока",
            en: "\(name) always takes part: the Sferum chat administrator, or the lesson's teacher"))
      }
    }
    return WindowAnswer(patch: Patch().rows(side.list, rows.filter { !selected.contains($0.id) }))
  }

  /// The window with the warning: «Ок» saves, «Отмена» goes back to the form.
  private static func warning(_ names: [String]) -> Effect {
    let list = names.joined(separator: ", ")
    return .dialog(
      .warning,
      Text(
        "Следующие участники не привязали учётную запись к Сферуму и смогут подключиться после привязки: \(list)",
        en: "These participants are not bound to Sferum and can join once they bind: \(list)"),
      buttons: [
        Button("ok", Text("Ок", en: "OK"), .press("save", arguments: ["confirmed": true]), style: .primary),
        Button("cancel", Text("Отмена", en: "Cancel"), .close),
      ])
  }

  private static func save(_ question: WindowQuestion) throws -> WindowAnswer {
    let form = try question.call.read { try ConferenceForm(question, $0) }
    let unbound = form.addedUnbound
    if !unbound.isEmpty, question.arguments["confirmed"]?.bool != true {
      return WindowAnswer(effects: [warning(unbound)])
    }
    let arguments = form.arguments(question.value("name").string ?? "", question.value("ends").string ?? "")
    let outcome = try SaveConference(question.call, arguments).run()
    return WindowAnswer(effects: [.closeWindow] + outcome.effects)
  }
}
