import Jansson
import ShellProtocol

/// Turns the elements of a window into what a client sees: strings in its language, flags spelt out, nothing that
/// only the host needs.
struct ElementView {
  let locale: Locale

  func field(_ field: JSONValue) -> JSONValue {
    let type = field["type"]?.string ?? "text"
    let value = Self.value(field, type).read(in: locale)
    var members: [(String, JSONValue)] = [
      ("id", field["id"] ?? ""), ("label", text(field["label"])), ("type", JSONValue(type)), ("value", value),
    ]
    if let display = field["display"]?.string {
      members.append(("display", JSONValue(display)))
    } else if let display = Self.display(type, value) {
      members.append(("display", JSONValue(display)))
    }
    members += [
      ("enabled", JSONValue(field.flag("enabled", default: true))),
      ("visible", JSONValue(field.flag("visible", default: true))),
      ("required", JSONValue(field.flag("required", default: false))),
    ]
    if let options = field["options"]?.array {
      let list = options.map { option -> JSONValue in
        ["value": option["value"] ?? .null, "title": text(option["title"])]
      }
      members.append(("options", JSONValue(list)))
    }
    for name in ["error", "hint"] {
      if let words = field[name], !words.isNull { members.append((name, text(words))) }
    }
    if let tab = field["tab"], !tab.isNull { members.append(("tab", tab)) }
    return JSONValue(members: members)
  }

  /// What a client gets to know of a field's value: a password stays here until it is saved.
  private static func value(_ field: JSONValue, _ type: String) -> JSONValue {
    type == "password" ? "" : field["value"] ?? .null
  }

  func tab(_ tab: JSONValue, isSelected: Bool) -> JSONValue {
    [
      "id": tab["id"] ?? "", "title": text(tab["title"]),
      "visible": JSONValue(tab.flag("visible", default: true)), "selected": JSONValue(isSelected),
    ]
  }

  func button(_ button: JSONValue) -> JSONValue {
    let isEnabled = button.flag("enabled", default: true)
    var members: [(String, JSONValue)] = [
      ("id", button["id"] ?? ""), ("label", text(button["label"])), ("enabled", JSONValue(isEnabled)),
      ("visible", JSONValue(button.flag("visible", default: true))),
      ("style", JSONValue(button["style"]?.string ?? "default")),
    ]
    if !isEnabled, let why = button["why"], !why.isNull { members.append(("why", text(why))) }
    for name in ["tab", "table"] {
      if let value = button[name], !value.isNull { members.append((name, value)) }
    }
    if button.flag("row", default: false) { members.append(("row", true)) }
    return JSONValue(members: members)
  }

  /// A table's head; `columns`, `total` and `revision` come from its source.
  func table(
    _ table: JSONValue, columns: JSONValue, selected: [String], revision: Int, total: Int
  ) -> JSONValue {
    var members: [(String, JSONValue)] = [("id", table["id"] ?? "")]
    if let title = table["title"], !title.isNull { members.append(("title", text(title))) }
    if let tab = table["tab"], !tab.isNull { members.append(("tab", tab)) }
    members += [
      ("columns", columns), ("selection", JSONValue(table["selection"]?.string ?? "none")),
      ("selected", JSONValue(selected.map { JSONValue($0) })), ("revision", JSONValue(revision)),
      ("total", JSONValue(total)),
    ]
    return JSONValue(members: members)
  }

  func text(_ words: JSONValue?) -> JSONValue { JSONValue(LocalizedText(words)?.text(locale) ?? "") }

  /// How a person reads a value of that type; nil when the value says it itself.
  static func display(_ type: String, _ value: JSONValue) -> String? {
    guard let raw = value.string else { return nil }
    let bytes = Array(raw.utf8)
    switch type {
    case "phone":
      guard bytes.count == 12, raw.hasPrefix("+7"), bytes.dropFirst().allSatisfy({ (48...57).contains($0) })
      else { return nil }
      let digits = raw.dropFirst(2)
      func part(_ from: Int, _ count: Int) -> Substring { digits.dropFirst(from).prefix(count) }
      return "+7 (\(part(0, 3))) \(part(3, 3))-\(part(6, 2))-\(part(8, 2))"
    case "date": return DateInput.display(raw)
    default: return nil
    }
  }
}
