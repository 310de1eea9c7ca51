import PluginKit

/// «Сохранить»: makes a command's arguments of the form, asks about people who are not bound yet, and runs the command
/// that scripts run.
struct SaveChat {
  private let question: WindowQuestion

  init(_ question: WindowQuestion) { self.question = question }

  func run() throws -> WindowAnswer {
    let isConfirmed = question.arguments["confirmed"]?.bool == true
    let outcome: Outcome
    if let chat = question.state["chat"]?.string {
      let command = try ChangeChat(question.call, changes(chat))
      if !isConfirmed, let warning = Self.warning(try command.unbound()) { return warning }
      outcome = try command.run()
    } else {
      let command = try AddChat(question.call, chat())
      if !isConfirmed, let warning = Self.warning(try command.unbound()) { return warning }
      outcome = try command.run()
    }
    return WindowAnswer(effects: [.closeWindow] + outcome.effects)
  }

  /// The arguments of `chats.addChat`.
  private func chat() -> JSONValue {
    let kind = question.value("kind").string.flatMap(ChatKind.init)
    var members: [(String, JSONValue)] = [
      ("title", question.value("title")), ("kind", question.value("kind")), ("group", question.value("group")),
      ("administrators", JSONValue(marked.map { JSONValue($0) })),
    ]
    for side in kind?.sides ?? [] {
      members.append((side.list, JSONValue(question.rows(side.list).map { JSONValue($0.id) })))
    }
    return JSONValue(members: members)
  }

  private var marked: [String] {
    question.rows(Side.employee.list).filter { $0.cells["administrator"]?.bool == true }.map(\.id)
  }

  /// The arguments of `chats.changeChat`: what the person did since the form was opened.
  private func changes(_ chat: String) -> JSONValue {
    var added: [(String, JSONValue)] = []
    var removed: [(String, JSONValue)] = []
    var marks: [(String, JSONValue)] = []
    for side in Side.allCases {
      let before = question.state["opened"]?[side.list] ?? .emptyObject
      let rows = question.rows(side.list)
      let now = Set(rows.map(\.id))
      let new = rows.filter { before[$0.id] == nil }
      let gone = (before.members ?? []).map(\.key).filter { !now.contains($0) }
      if !new.isEmpty { added.append((side.list, JSONValue(new.map { JSONValue($0.id) }))) }
      if !gone.isEmpty { removed.append((side.list, JSONValue(gone.map { JSONValue($0) }))) }
      guard side == .employee else { continue }
      for row in rows {
        let mark = row.cells["administrator"]?.bool ?? false
        if mark != (before[row.id]?.bool ?? false) { marks.append((row.id, JSONValue(mark))) }
      }
    }
    var members: [(String, JSONValue)] = [
      ("chat", JSONValue(chat)), ("add", JSONValue(members: added)), ("remove", JSONValue(members: removed)),
      ("administrators", JSONValue(members: marks)),
    ]
    // A title that the person left alone may have followed its class meanwhile.
    if question.value("title") != question.state["title"] { members.append(("title", question.value("title"))) }
    return JSONValue(members: members)
  }

  /// The window with the warning: «Ок» saves, «Отмена» goes back to the form. Source: SPEC C7.
  private static func warning(_ names: [String]) -> WindowAnswer? {
    guard !names.isEmpty else { return nil }
    let list = names.joined(separator: ", ")
    return WindowAnswer(effects: [
      .dialog(
        .warning,
        Text(
          "Следующие участники не привязали учётную запись к Сферуму и будут добавлены в чат на стороне Сферума после "
            + "привязки: \(list)",
          en: "These participants are not bound to Sferum and will be added on Sferum's side once they bind: \(list)"),
        buttons: [
          Button("ok", Text("Ок", en: "OK"), .press("save", arguments: ["confirmed": true]), style: .primary),
          Button("cancel", Text("Отмена", en: "Cancel"), .close),
        ])
    ])
  }
}
