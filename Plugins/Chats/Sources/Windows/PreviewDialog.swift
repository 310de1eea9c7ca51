import PluginKit

/// «Синхронизация чатов»: the plan in words, and a way to let removals go that wait. Source: SPEC X2.
struct PreviewDialog {
  private let plan: PlatformPlan
  /// Chats that are named; the rest is counted.
  private static let shown = 20

  init(_ plan: PlatformPlan) { self.plan = plan }

  var effect: Effect {
    let held = plan.number("heldLeaves")
    let confirm = Button(
      "confirm", Text("Подтвердить исключения: \(held)", en: "Confirm \(held) removals"),
      .command("chats.confirmRemovals"), style: .danger)
    return .dialog(
      held > 0 ? .warning : .info, text, title: Text("Синхронизация чатов", en: "Chat synchronization"),
      buttons: held > 0 ? [confirm, close] : [close])
  }

  private let close = Button("close", Text("Закрыть", en: "Close"), .close)

  private var text: Text {
    guard !plan.isNothing else {
      let waiting = plan.number("waiting")
      guard waiting > 0 else {
        return Text("Чаты на платформе совпадают с реестром.", en: "The platform's chats are as they should be.")
      }
      return Text(
        "Чаты на платформе совпадают с реестром. Ждут привязки: \(waiting).",
        en: "The platform's chats are as they should be. Waiting to be bound: \(waiting).")
    }
    let summary = plan.summary
    let list = lines
    return Text(
      ([summary.ru.sentence] + list.map(\.ru)).joined(separator: "\n"),
      en: ([summary.en.sentence] + list.map(\.en)).joined(separator: "\n"))
  }

  private var lines: [Text] {
    let rows = plan.rows
    var lines = rows.prefix(Self.shown).map { row -> Text in
      Text("\(row.title.ru): \(row.text.ru)", en: "\(row.title.en): \(row.text.en)")
    }
    let rest = plan.number("chats") - Self.shown
    if rest > 0 { lines.append(Text("и ещё чатов: \(rest)", en: "and \(rest) more chats")) }
    return lines
  }
}

extension String {
  /// With a capital letter and a full stop.
  fileprivate var sentence: String { prefix(1).uppercased() + dropFirst() + "." }
}
