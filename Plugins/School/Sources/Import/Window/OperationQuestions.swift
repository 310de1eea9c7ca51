import PluginKit

/// The registry «Импорт» lists operations; its buttons ask before they confirm, drop or undo one.
enum OperationQuestions {
  static func register(in plugin: inout PluginDefinition) {
    plugin.table("school.operations", table)
    plugin.command("school.askUndo") { call in
      try ask(
        call, UndoOperation.command,
        { Text("Отменить «\($0.ru)» и вернуть школу к прежнему виду?", en: "Undo '\($0.en)' and put the school back?") }
      )
    }
    plugin.command("school.askConfirmRemovals") { call in
      try ask(
        call, ConfirmRemovals.confirm,
        {
          Text(
            "Исключить всех, кого больше нет в наборе «\($0.ru)»?",
            en: "Remove everybody whom '\($0.en)' no longer has?")
        },
        withNames: true)
    }
    plugin.command("school.askDropRemovals") { call in
      try ask(
        call, ConfirmRemovals.drop,
        {
          Text(
            "Оставить всех, кого больше нет в наборе «\($0.ru)»?", en: "Keep everybody whom '\($0.en)' no longer has?")
        },
        withNames: true)
    }
  }

  private static func ask(
    _ call: Call, _ command: String, _ question: (Text) -> Text, withNames: Bool = false
  ) throws -> Outcome {
    let id = try call.string("operation")
    return try call.read { transaction in
      let row = try transaction.first(
        "SELECT n, title, coalesce(title_en, title) AS title_en FROM school_operations WHERE id = ?", [JSONValue(id)])
      guard let row, let number = row["n"]?.int else { throw PluginError.notFound("operation", id) }
      var text = question(Text(row["title"]?.string ?? "", en: row["title_en"]?.string ?? ""))
      let names = withNames ? try HeldRemovals.list(number, in: call.language, transaction).array ?? [] : []
      for name in names.prefix(20) {
        text.ru += "\n\(name["name"]?.string ?? "")"
        text.en += "\n\(name["name"]?.string ?? "")"
      }
      if names.count > 20 {
        text.ru += "\n…"
        text.en += "\n…"
      }
      return Outcome(effects: [
        .dialog(
          .warning, text,
          buttons: [
            Button(
              "yes", Text("Да", en: "Yes"), .command(command, arguments: ["operation": JSONValue(id)]), style: .danger),
            Button("no", Text("Нет", en: "No"), .close),
          ])
      ])
    }
  }

  private static let table = TableSource(
    from: "school_operations",
    columns: [
      .init("at", Text("Когда", en: "When"), .instant, sortable: true),
      .init("title", Text("Операция", en: "Operation"), english: "title_en"),
      .init("login", Text("Кто", en: "Who")), .init("source", Text("Источник", en: "Source")),
      .init("added", Text("Добавлено", en: "Added"), .number),
      .init("changed", Text("Изменено", en: "Changed"), .number),
      .init("removed", Text("Выбыло", en: "Removed"), .number),
      .init("held", Text("Ждёт подтверждения", en: "Held"), .number),
      .init(
        "state", Text("Состояние", en: "State"), sql: "state_title",
        options: [
          .init("Выполнен", Text("Выполнен", en: "Done")), .init("Отменён", Text("Отменён", en: "Undone")),
          .init(
            "Ждёт подтверждения исключений",
            Text("Ждёт подтверждения исключений", en: "Waits for removals to be confirmed")),
        ]),
    ], sort: [TableSource.Sort("at", descending: true)], rowConditions: RowConditions.operations)
}
