import Jansson

/// A window of the host as a page. Knows the shape of windows and nothing of what is in them.
package struct WindowPage {
  let session: DeskSession
  let id: String
  let width: Int
  private(set) var canvas = Canvas()

  /// Draws the window; rows that are missing are read meanwhile. Nil when the window is gone.
  package static func draw(_ session: DeskSession, _ id: String, width: Int) throws -> Canvas? {
    guard let window = session.window(id) else { return nil }
    var page = WindowPage(session: session, id: id, width: width)
    try page.draw(window)
    return page.canvas
  }

  private mutating func draw(_ window: JSONValue) throws {
    canvas.line(window["title"]?.string ?? "", .title)
    if let text = window["text"]?.string, !text.isEmpty {
      for line in TextWidth.wrap(text, width) { canvas.line(line, Self.style(level: window["level"]?.string)) }
    }
    tabs(window)
    canvas.newline()
    for field in window.elements("fields") where window.shows(field) { self.field(field) }
    for table in window.shownTables {
      if let title = table["title"]?.string { canvas.line(title, .label) }
      buttons(window) { $0["table"]?.string == table.id }
      let rows = try session.rows(id, table)
      TablePage(window: window, table: table, rows: rows, words: session.words, width: width).draw(on: &canvas)
    }
    buttons(window) { $0["table"]?.string == nil }
  }

  private static func style(level: String?) -> Style {
    switch level {
    case "warning": .warning
    case "error", "system": .error
    default: .plain
    }
  }

  private mutating func tabs(_ window: JSONValue) {
    let tabs = window.elements("tabs").filter { $0["visible"] != false }
    guard tabs.count > 1 else { return }
    for tab in tabs {
      let style: Style = tab["selected"] == true ? .tabSelected : .tab
      canvas.put("[\(tab["title"]?.string ?? "")]", style, .tab(window: id, tab: tab.id))
      canvas.put(" ")
    }
    canvas.newline()
  }

  private mutating func buttons(_ window: JSONValue, _ fits: (JSONValue) -> Bool) {
    let shown = window.elements("buttons").filter { window.shows($0) && $0["row"] != true && fits($0) }
    guard !shown.isEmpty else { return }
    var used = 0
    for button in shown {
      let label = ButtonText.label(button)
      let size = TextWidth.of(label) + 1
      if used > 0, used + size > width {
        canvas.newline()
        used = 0
      }
      canvas.put(
        label, button["enabled"] == true ? .button : .disabled, .press(window: id, button: button.id, row: nil))
      canvas.put(" ")
      used += size
    }
    canvas.newline()
  }

  private mutating func field(_ field: JSONValue) {
    let label = field["label"]?.string ?? ""
    if !label.isEmpty {
      canvas.put(label, .label)
      canvas.put(field["required"] == true ? " *: " : ": ")
    }
    let text = FieldText.shown(field, session.words)
    if field["type"]?.string == "label" {
      for (index, line) in TextWidth.wrap(text, width).enumerated() {
        if index > 0 { canvas.newline() }
        canvas.put(line)
      }
    } else {
      let style: Style = field["enabled"] == true ? .value : .disabled
      canvas.put(text.isEmpty ? "____" : text, style, .field(window: id, field: field.id))
    }
    if let error = field["error"]?.string {
      canvas.put("  \(error)", .error)
    } else if let hint = field["hint"]?.string {
      canvas.put("  \(hint)", .hint)
    }
    canvas.newline()
  }
}

/// A button that can't be pressed now is told apart without colours, as `window/render` does it.
enum ButtonText {
  static func label(_ button: JSONValue) -> String {
    let label = button["label"]?.string ?? ""
    return button["enabled"] == true ? "<\(label)>" : "(\(label))"
  }
}

/// Values as a person reads them.
enum FieldText {
  static func shown(_ field: JSONValue, _ words: Words) -> String {
    let value = field["value"] ?? .null
    switch field["type"]?.string {
    case "checkbox": return value == true ? "[x]" : "[ ]"
    case "password": return (value.string ?? "").isEmpty ? "" : "••••"
    case "select": return field.elements("options").first { $0["value"] == value }?["title"]?.string ?? ""
    case let type: return field["display"]?.string ?? cell(value, type: type ?? "text", words)
    }
  }

  static func cell(_ value: JSONValue, type: String, _ words: Words) -> String {
    if let flag = value.bool { return flag ? words.yes : words.no }
    guard let text = value.string else { return value.isNull ? "" : value.text() }
    guard type == "date", text.count >= 10 else { return text }
    let parts = text.prefix(10).split(separator: "-")
    return parts.count == 3 ? "\(parts[2]).\(parts[1]).\(parts[0])" : text
  }
}
