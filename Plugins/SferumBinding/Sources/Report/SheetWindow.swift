import PluginKit

/// «Печать» and the command behind it, `sferum.bindingSheet {class?, rows?}` → `{sheet, text}`: a sheet whose text can
/// be printed. `rows`: of the report's tabs, as its toolbar gives them.
enum SheetWindow {
  static let type = "sferum.bindingSheet"
  static let command = "sferum.bindingSheet"

  static func register(in plugin: inout PluginDefinition) {
    plugin.command(command, run)
    plugin.command("sferum.exportReport", tellExport)
    plugin.window(type, open: open, changed: changed, pressed: pressed)
  }

  @Sendable private static func run(_ call: Call) throws -> Outcome {
    let user = try call.user()
    let sheet = try call.read { transaction in
      let scope = try SheetScopes.read(transaction, user).find(SheetScopes.asked(call.params, transaction))
      return try BindingSheet.read(transaction, scope, nowMs: call.host.nowMs)
    }
    return Outcome(
      result: ["sheet": JSONValue(sheet.scope.value), "text": JSONValue(SheetText.text(sheet, call.language))],
      effects: [.openWindow(type, arguments: ["sheet": JSONValue(sheet.scope.value)])])
  }

  @Sendable private static func open(_ call: Call) throws -> Window {
    let (scopes, sheet) = try read(call, call.params["arguments"]?["sheet"]?.string)
    return Window(
      title: title(sheet.scope), text: text(sheet, call),
      fields: [
        Field(
          "sheet", Text("Лист", en: "Sheet"), .select, value: JSONValue(sheet.scope.value),
          options: scopes.all.map { Field.Option($0.value, $0.title) }, notify: true)
      ],
      buttons: [
        Button("refresh", Text("Обновить", en: "Refresh")), Button("close", Text("Закрыть", en: "Close"), .close),
      ])
  }

  @Sendable private static func changed(_ question: WindowQuestion) throws -> WindowAnswer { try answer(question) }

  /// «Обновить»: the only button that asks.
  @Sendable private static func pressed(_ question: WindowQuestion) throws -> WindowAnswer { try answer(question) }

  private static func answer(_ question: WindowQuestion) throws -> WindowAnswer {
    let (_, sheet) = try read(question.call, question.value("sheet").string)
    return WindowAnswer(patch: Patch().title(title(sheet.scope)).text(text(sheet, question.call)))
  }

  private static func read(_ call: Call, _ value: String?) throws -> (SheetScopes, BindingSheet) {
    let user = try call.user()
    return try call.read { transaction in
      let scopes = try SheetScopes.read(transaction, user)
      return (scopes, try BindingSheet.read(transaction, scopes.find(value), nowMs: call.host.nowMs))
    }
  }

  private static func title(_ scope: SheetScope) -> Text {
    Text("Отчёт о привязке: \(scope.title.ru)", en: "Binding report: \(scope.title.en)")
  }

  private static func text(_ sheet: BindingSheet, _ call: Call) -> Text {
    let text = SheetText.text(sheet, call.language)
    return Text(text, en: text)
  }

  /// «Экспорт»: a host has no way to put a file on a client's disk; the command line has.
  @Sendable private static func tellExport(_ call: Call) throws -> Outcome {
    let tab = try call.string("tab")
    let line = "esh export binding-report/\(tab) --format csv --bom --output binding-\(tab).csv"
    return Outcome(
      result: ["command": JSONValue(line)],
      effects: [
        .dialog(
          .info,
          Text("Вкладка выгружается таблицей в файл командой: \(line)", en: "This writes the tab to a file: \(line)"),
          title: Text("Экспорт", en: "Export"))
      ])
  }
}
