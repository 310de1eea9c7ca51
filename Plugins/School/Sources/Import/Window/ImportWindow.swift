import PluginKit

/// «Импорт»: a form that checks a package and loads it, over the same code as `school.importRoster`.
enum ImportWindow {
  static let type = "school.import"

  static func register(in plugin: inout PluginDefinition) {
    plugin.window(type, open: open, pressed: pressed)
    plugin.command("school.openImport") { _ in Outcome(effects: [.openWindow(type)]) }
  }

  @Sendable private static func open(_ call: Call) throws -> Window {
    Window(
      title: title,
      text: Text(
        "Набор OneRoster 1.1 или 1.2: папка или архив zip на компьютере, где работает сервер",
        en: "A OneRoster 1.1 or 1.2 package: a folder or a zip archive on the host's machine"),
      fields: [
        Field("path", Text("Папка или архив", en: "Folder or archive"), required: true),
        Field(
          "strict", Text("С любой ошибкой не принимать ничего", en: "With any bad row apply nothing"), .checkbox,
          value: false),
      ],
      tables: [changes(.emptyObject), SchoolPreview.table(nil), errors(.emptyArray)],
      buttons: [
        Button("check", Text("Проверить", en: "Check")),
        Button("load", Text("Загрузить", en: "Load"), style: .primary), .cancel,
      ])
  }

  @Sendable private static func pressed(_ question: WindowQuestion) throws -> WindowAnswer {
    let path = String((question.value("path").string ?? "").trimmed)
    guard !path.isEmpty else {
      throw PluginError.invalid("path", Text("Укажите папку или архив", en: "Name a folder or an archive"))
    }
    let isDryRun = question.button == "check"
    let result = try ImportRoster.perform(
      question.call,
      ImportRoster.Wishes(path: path, isDryRun: isDryRun, isStrict: question.value("strict").bool == true))
    let text = words(result, isDryRun: isDryRun)
    let isDone = result["applied"]?.bool == true && result["errorCount"]?.int == 0
    if isDone { return WindowAnswer(effects: [.closeWindow, .dialog(.info, text, title: title)]) }
    let patch = Patch().text(text).tables([
      changes(result["registries"] ?? .emptyObject), SchoolPreview.table(result["previews"]),
      errors(result["errors"] ?? .emptyArray),
    ])
    return WindowAnswer(patch: patch)
  }

  private static let title = Text("Импорт", en: "Import")

  private static func words(_ result: JSONValue, isDryRun: Bool) -> Text {
    let isApplied = result["applied"]?.bool == true
    func number(_ name: String) -> Int { result[name]?.int ?? 0 }
    let numbers = Text(
      "добавлено \(number("added")), изменено \(number("changed")), выбыло \(number("removed"))",
      en: "\(number("added")) added, \(number("changed")) changed, \(number("removed")) removed")
    let start =
      isApplied
      ? Text("Принято", en: "Applied")
      : isDryRun ? Text("Проверка", en: "Check") : Text("Не принято", en: "Not applied")
    var text = Text("\(start.ru): \(numbers.ru)", en: "\(start.en): \(numbers.en)")
    if number("held") > 0 {
      text.ru += "; ждут подтверждения исключения: \(number("held"))"
      text.en += "; \(number("held")) removals wait for confirmation"
    }
    if number("errorCount") > 0 {
      text.ru += "; строк с ошибками: \(number("errorCount"))"
      text.en += "; \(number("errorCount")) errors"
    }
    for warning in (result["warnings"]?.array ?? []).prefix(5) {
      let line = "\n\(warning["file"]?.string ?? ""): \(warning["reason"]?.string ?? "")"
      text.ru += line
      text.en += line
    }
    return text
  }

  private static let registries: [(id: String, title: Text)] = [
    ("employees", Text("Сотрудники", en: "Employees")), ("pupils", Text("Ученики", en: "Pupils")),
    ("parents", Text("Родители", en: "Parents")), ("classes", Text("Классы", en: "Classes")),
    ("groups", Text("Группы", en: "Groups")), ("members", Text("Состав групп", en: "Members of groups")),
    ("timetable", Text("Расписание уроков", en: "Timetable")), ("plans", Text("КТП", en: "Lesson plans")),
  ]

  private static func changes(_ counts: JSONValue) -> WindowTable {
    let rows = registries.compactMap { registry -> WindowTable.Row? in
      guard let count = counts[registry.id] else { return nil }
      var cells: [(String, JSONValue)] = [("registry", registry.title.json)]
      for name in ["added", "changed", "removed", "held"] { cells.append((name, count[name] ?? 0)) }
      return WindowTable.Row(registry.id, JSONValue(members: cells))
    }
    return WindowTable(
      "changes",
      columns: [
        .init("registry", Text("Реестр", en: "Registry")), .init("added", Text("Добавлено", en: "Added"), .number),
        .init("changed", Text("Изменено", en: "Changed"), .number),
        .init("removed", Text("Выбыло", en: "Removed"), .number),
        .init("held", Text("Ждёт подтверждения", en: "Held"), .number),
      ], rows: rows, title: Text("Изменения", en: "Changes"))
  }

  /// The first thousand: nobody reads more in a window, and `esh import` gives them all.
  private static func errors(_ errors: JSONValue) -> WindowTable {
    let rows = (errors.array ?? []).prefix(1000).enumerated().map { WindowTable.Row("\($0.offset + 1)", $0.element) }
    return WindowTable(
      "errors",
      columns: [
        .init("file", Text("Файл", en: "File")), .init("line", Text("Строка", en: "Line"), .number),
        .init("column", Text("Столбец", en: "Column")), .init("value", Text("Значение", en: "Value")),
        .init("reason", Text("Причина", en: "Reason")),
      ], rows: rows, title: Text("Ошибки", en: "Errors"))
  }
}
