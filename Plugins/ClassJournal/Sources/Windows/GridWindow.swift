import PluginKit

/// «Журнал»: choose a class and a group, see its lessons, open one by its date.
enum GridWindow {
  static let type = "journal.grid"
  static let open = "journal.open"

  static func register(in plugin: inout PluginDefinition) {
    plugin.command(open) { _ throws -> Outcome in Outcome(effects: [.openWindow(type)]) }
    plugin.window(type, open: opened, changed: changed)
  }

  @Sendable private static func opened(_ call: Call) throws -> Window {
    try call.read { transaction in
      let given = call.params["arguments"] ?? .emptyObject
      let filters = try GridFilters(call, transaction) { given[$0]?.string }
      let grid = try Grid(filters, call, transaction)
      return Window(
        title: Text("Журнал", en: "Journal"), fields: filters.fields,
        tables: [grid.windowTable],
        buttons: grid.buttons + [Button("close", Text("Закрыть", en: "Close"), .close)], isLive: true)
    }
  }

  /// Another choice, or news of what is shown.
  @Sendable private static func changed(_ question: WindowQuestion) throws -> WindowAnswer {
    try question.call.read { transaction in
      let filters = try GridFilters(question.call, transaction) { question.value($0).string }
      let grid = try Grid(filters, question.call, transaction)
      let buttons = grid.buttons
      let gone = (question.window["buttons"]?.array ?? []).compactMap { $0["id"]?.string }.filter { id in
        id != "close" && !buttons.contains { $0.id == id }
      }
      return WindowAnswer(
        patch: Patch().fields(filters.fields).tables([grid.windowTable]).buttons(buttons).removing(buttons: gone))
    }
  }
}
