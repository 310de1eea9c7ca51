import PluginKit

/// «Синхронизация чатов»: the plan in words, and a way to let removals go that wait. Source: SPEC X2.
struct PreviewDialog {
  private let plan: JSONValue
  /// Chats that are named; the rest is counted.
  private static let shown = 20

  init(_ plan: JSONValue) { self.plan = plan }

  var effect: Effect {
    let held = number("heldLeaves")
    let confirm = Button(
      "confirm", Text("Подтвердить исключения: \(held)", en: "Confirm \(held) removals"),
      .command("chats.confirmRemovals"), style: .danger)
    return .dialog(
      held > 0 ? .warning : .info, text, title: Text("Синхронизация чатов", en: "Chat synchronization"),
      buttons: held > 0 ? [confirm, close] : [close])
  }

  private let close = Button("close", Text("Закрыть", en: "Close"), .close)

  private var text: Text {
    guard number("calls") > 0 || number("heldLeaves") > 0 else {
      let waiting = number("waiting")
      guard waiting > 0 else {
        return Text("Чаты на платформе совпадают с реестром.", en: "The platform's chats are as they should be.")
      }
      return Text(
        "Чаты на платформе совпадают с реестром. Ждут привязки: \(waiting).",
        en: "The platform's chats are as they should be. Waiting to be bound: \(waiting).")
    }
    let ru =
      "Будет создано чатов: \(number("creations")). Войдут: \(number("joins")), выйдут: \(number("leaves")). "
      + "Изменений администраторов: \(number("administratorChanges")), наименований: \(number("titles")). "
      + "Запросов к платформе: \(number("calls")). Исключений ждёт подтверждения: \(number("heldLeaves")). "
      + "Ждут привязки: \(number("waiting"))."
    let en =
      "Chats to make: \(number("creations")). Joining: \(number("joins")), leaving: \(number("leaves")). "
      + "Administrators changed: \(number("administratorChanges")), titles: \(number("titles")). "
      + "Requests: \(number("calls")). Removals that wait for confirmation: \(number("heldLeaves")). "
      + "Waiting to be bound: \(number("waiting"))."
    let list = lines
    return Text(
      (["\(ru)"] + list.map(\.ru)).joined(separator: "\n"), en: ([en] + list.map(\.en)).joined(separator: "\n"))
  }

  private var lines: [Text] {
    let details = plan["details"]?.array ?? []
    var lines = details.prefix(Self.shown).map { chat -> Text in
      let title = chat["title"]?.string ?? ""
      let (joins, leaves) = (chat["joins"]?.array?.count ?? 0, chat["leaves"]?.array?.count ?? 0)
      let calls = chat["calls"]?.int ?? 0
      return Text(
        "\(title): войдут \(joins), выйдут \(leaves), запросов \(calls)",
        en: "\(title): \(joins) join, \(leaves) leave, \(calls) requests")
    }
    if details.count > Self.shown {
      let rest = details.count - Self.shown
      lines.append(Text("и ещё чатов: \(rest)", en: "and \(rest) more chats"))
    }
    return lines
  }

  private func number(_ member: String) -> Int { plan[member]?.int ?? 0 }
}
