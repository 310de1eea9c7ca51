import PluginKit

/// The answer of `platform.chat.plan` in words: in all, and chat by chat.
struct PlatformPlan: Sendable {
  let json: JSONValue
  /// Chats that are named; the rest is counted.
  private static let mostNamed = 60

  init(_ json: JSONValue) { self.json = json }

  func number(_ member: String) -> Int { json[member]?.int ?? 0 }

  /// Whether removals would wait for somebody's word.
  var needsConfirmation: Bool { number("heldLeaves") > 0 }

  var isNothing: Bool { number("calls") == 0 && !needsConfirmation }

  var summary: Text {
    var parts: [Text] = []
    func add(_ member: String, _ words: (Int) -> Text) {
      if number(member) > 0 { parts.append(words(number(member))) }
    }
    if isNothing {
      parts.append(Text("на платформе ничего не изменится", en: "nothing changes on the platform"))
    } else {
      add("creations") { Text("будет создано чатов: \($0)", en: "chats to make: \($0)") }
      add("titles") { Text("получат другое наименование: \($0)", en: "chats to rename: \($0)") }
      add("emptied") { Text("останутся без участников: \($0)", en: "chats left empty: \($0)") }
      add("deletions") { Text("будет удалено чатов: \($0)", en: "chats to delete: \($0)") }
      parts.append(
        Text(
          "войдут: \(number("joins")), выйдут: \(number("leaves"))",
          en: "joining: \(number("joins")), leaving: \(number("leaves"))"))
      add("administratorChanges") { Text("изменений администраторов: \($0)", en: "administrators changed: \($0)") }
      add("calls") {
        Text("запросов к платформе: \($0), около \(duration.ru)", en: "requests: \($0), about \(duration.en)")
      }
      add("heldLeaves") {
        let percent = number("thresholdPercent")
        return Text(
          "исключений будут ждать подтверждения: \($0) (больше \(percent) %)",
          en: "removals that will wait for confirmation: \($0) (more than \(percent) %)")
      }
      add("reads") {
        Text(
          "сначала будет уточнено, что на платформе сейчас (запросов: \($0))",
          en: "what the platform has now is looked up first (requests: \($0))")
      }
    }
    add("waiting") { Text("ждут привязки: \($0)", en: "waiting to be bound: \($0)") }
    return Text(parts.map(\.ru).joined(separator: "; "), en: parts.map(\.en).joined(separator: "; "))
  }

  private var duration: Text {
    let seconds = number("seconds")
    guard seconds > 90 else { return Text("\(seconds) с", en: "\(seconds) s") }
    let minutes = (seconds + 30) / 60
    return Text("\(minutes) мин", en: "\(minutes) min")
  }

  /// A row a chat that would change.
  var rows: [Preview.Row] {
    let details = json["details"]?.array ?? []
    var rows = details.prefix(Self.mostNamed).map { Preview.Row(Self.title($0), Self.change($0)) }
    let rest = number("chats") - rows.count
    if rest > 0 { rows.append(Preview.Row("…", Text("и ещё чатов: \(rest)", en: "and \(rest) more chats"))) }
    return rows
  }

  private static func title(_ chat: JSONValue) -> Text {
    let title = chat["title"]?.string ?? ""
    return "\(title)"
  }

  private static func change(_ chat: JSONValue) -> Text {
    var parts: [Text] = []
    if chat["created"]?.bool == true { parts.append(Text("будет создан", en: "to be made")) }
    if chat["deleted"]?.bool == true { parts.append(Text("будет удалён", en: "to be deleted")) }
    if let former = chat["formerTitle"]?.string {
      parts.append(Text("сейчас «\(former)»", en: "now '\(former)'"))
    }
    let (joins, leaves) = (chat["joins"]?.array?.count ?? 0, chat["leaves"]?.array?.count ?? 0)
    if joins > 0 { parts.append(Text("войдут: \(joins)", en: "joining: \(joins)")) }
    if leaves > 0 { parts.append(Text("выйдут: \(leaves)", en: "leaving: \(leaves)")) }
    if let held = chat["held"]?.int {
      parts.append(Text("ждут подтверждения: \(held)", en: "to be confirmed: \(held)"))
    }
    if chat["emptied"]?.bool == true { parts.append(Text("никого не останется", en: "nobody stays")) }
    if let calls = chat["calls"]?.int, calls > 0 { parts.append(Text("запросов: \(calls)", en: "requests: \(calls)")) }
    return Text(parts.map(\.ru).joined(separator: ", "), en: parts.map(\.en).joined(separator: ", "))
  }
}
