import PluginKit

/// «Чат: Добавление» and «Чат: Изменение»: the fields, and a tab for each side of participants.
enum ChatWindow {
  static let type = "chats.chat"

  static func register(in plugin: inout PluginDefinition) {
    plugin.window(type, open: open, changed: changed, pressed: pressed)
  }

  @Sendable private static func open(_ call: Call) throws -> Window {
    let user = try call.user()
    let arguments = call.params["arguments"] ?? .emptyObject
    return try call.read { transaction in
      guard let id = arguments["chat"]?.string else { return try adding(arguments, user, call, transaction) }
      let chat = try ChatRecord.require(id, transaction)
      try ChatRights.require(ChatRights.manages, chat, user, transaction)
      return try changing(chat, user, call, transaction)
    }
  }

  /// `arguments`: `{group?}`, filled in from where the window is opened.
  private static func adding(
    _ arguments: JSONValue, _ user: User, _ call: Call, _ transaction: Transaction
  ) throws -> Window {
    var form = ChatForm(kind: arguments["group"].isAbsent ? nil : .subject)
    form.fill(.employee, try FormRows.founders(user, transaction))
    if let group = arguments["group"]?.string { try form.choose(group, user, transaction) }
    return Window(
      title: Text("Чат: Добавление", en: "Chat: New"), fields: form.fields, tabs: form.tabs,
      tables: Side.allCases.map { form.table($0, isNew: true) }, buttons: participantButtons + endButtons,
      state: form.state)
  }

  private static func changing(
    _ chat: ChatRecord, _ user: User, _ call: Call, _ transaction: Transaction
  ) throws -> Window {
    var form = ChatForm(chat)
    let isEnglish = call.session?.locale == "en"
    for side in chat.kind.sides {
      form.fill(side, try FormRows.participants(chat.id, side, user, isEnglish, transaction))
    }
    let excluded = try ExclusionLine.of(chat, transaction)
    return Window(
      title: Text("Чат: Изменение", en: "Chat: Change"), fields: form.fields,
      tabs: form.tabs + [ExcludedTab.tab(excluded)],
      tables: Side.allCases.map { form.table($0, isNew: false) } + [ExcludedTab.table(excluded)],
      buttons: participantButtons + [ExcludedTab.button] + endButtons, state: form.state)
  }

  private static let participantButtons = Side.allCases.flatMap { side in
    [
      Button("add-\(side.list)", Text("Добавить", en: "Add"), tab: side.list, table: side.list),
      Button("remove-\(side.list)", Text("Удалить", en: "Remove"), tab: side.list, table: side.list),
    ]
  }
  private static let endButtons = [Button("save", Text("Сохранить", en: "Save"), style: .primary), .cancel]

  // MARK: What a person does in it

  @Sendable private static func changed(_ question: WindowQuestion) throws -> WindowAnswer {
    if let edit = question.edit { return try edited(question, edit) }
    let user = try question.call.user()
    var form = ChatForm(question)
    if !question.changes["kind"].isAbsent {
      form.kind = question.value("kind").string.flatMap(ChatKind.init)
      if form.kind != .subject { form.clearGroup() }
      if form.kind?.sides.contains(.parent) != true { form.fill(.parent, []) }
    }
    if question.changes["group"] != nil, form.kind == .subject {
      try question.call.read { transaction in
        try form.choose(question.value("group").string ?? "", user, transaction)
      }
    }
    return WindowAnswer(patch: form.patch, state: form.state)
  }

  /// A mark that was set or cleared in the table. A locked one never comes here.
  private static func edited(_ question: WindowQuestion, _ edit: JSONValue) throws -> WindowAnswer {
    let side = Side.employee.list
    guard edit["table"]?.string == side, let mark = edit["values"]?["administrator"]?.bool else {
      throw PluginError.invalid("values/administrator", Text("Нужно да или нет", en: "Must be true or false"))
    }
    let rows = question.rows(side).map { row in
      guard row.id == edit["row"]?.string else { return row }
      var row = row
      row.cells = row.cells.setting("administrator", JSONValue(mark))
      return row
    }
    return WindowAnswer(patch: Patch().rows(side, rows))
  }

  @Sendable private static func pressed(_ question: WindowQuestion) throws -> WindowAnswer {
    if question.button == "save" { return try SaveChat(question).run() }
    if question.button == ExcludedTab.restore { return try ExcludedTab.pressed(question) }
    let parts = question.button.split(separator: "-").map(String.init)
    guard parts.count == 2, let side = Side.allCases.first(where: { $0.list == parts[1] }) else {
      throw PluginError.notFound("button", question.button)
    }
    return parts[0] == "add" ? try add(question, side) : try remove(question, side)
  }

  private static func add(_ question: WindowQuestion, _ side: Side) throws -> WindowAnswer {
    guard !question.chosen.isEmpty else {
      return WindowAnswer(effects: [
        .pick(table: ChatRegistry.picker(side), title: side.title, multiple: true, button: question.button)
      ])
    }
    let old = question.rows(side.list)
    let new = question.chosen.filter { id in !old.contains { $0.id == id } }
    let user = try question.call.user()
    let added = try question.call.read { try FormRows.people(new, side, user, $0) }
    return WindowAnswer(patch: Patch().rows(side.list, old + added))
  }

  private static func remove(_ question: WindowQuestion, _ side: Side) throws -> WindowAnswer {
    let selected = Set(question.selection(side.list))
    guard !selected.isEmpty else {
      throw PluginError("chats.nothing_selected", Text("Выберите строки в таблице", en: "Select rows in the table"))
    }
    let rows = question.rows(side.list)
    // Whose mark is locked is who can't be taken out either.
    if let locked = rows.first(where: { selected.contains($0.id) && $0.locked.contains("administrator") }) {
      let name = locked.cells["name"]?.string ?? ""
      throw PluginError(
        "chats.administrator_stays",
        Text(
          "\(name) — администратор этого чата, удалить его нельзя",
          en: "\(name) administers this chat and can't be taken out"))
    }
    return WindowAnswer(patch: Patch().rows(side.list, rows.filter { !selected.contains($0.id) }))
  }
}
