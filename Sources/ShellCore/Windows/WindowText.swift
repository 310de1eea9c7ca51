import Jansson
import ShellProtocol

/// A window as plain text, the same for the same state: for scripts, screen readers and golden tests.
struct WindowText {
  let width: Int
  private(set) var lines: [String] = []

  init(width: Int) { self.width = width }

  var text: String { lines.joined(separator: "\n") + "\n" }

  mutating func write(_ window: RenderedWindow, kind: String, rows: (JSONValue) -> [JSONValue]) {
    lines.append(clip("=== \(window.title) " + String(repeating: "=", count: max(3, width - window.title.count - 5))))
    if let text = window.text {
      lines += wrap((window.level.map { "[\($0)] " } ?? "") + text)
    }
    let tabs = window.tabs.filter(isVisible)
    if !tabs.isEmpty {
      let titles = tabs.map { tab -> String in
        let title = tab["title"]?.string ?? ""
        return tab["selected"]?.bool == true ? "[\(title)]" : " \(title) "
      }
      lines += wrap(titles.joined(separator: " "))
    }
    let current = tabs.first { $0["selected"]?.bool == true }?["id"]
    func stands(_ element: JSONValue) -> Bool {
      isVisible(element) && (element["tab"] == nil || tabs.isEmpty || element["tab"] == current)
    }
    // A button that a heading presses is the heading.
    let headings = Set(
      window.tables.flatMap { $0["columns"]?.array ?? [] }.compactMap { $0["button"]?.string })
    let buttons = window.buttons.filter {
      stands($0) && $0["row"]?.bool != true && !headings.contains($0["id"]?.string ?? "")
    }
    if kind == "registry" { write(buttons: buttons) }
    for field in window.fields where stands(field) { write(field: field) }
    let tables = window.tables.filter(stands)
    for table in tables {
      if let title = table["title"]?.string { lines += wrap("\(title):") }
      if kind != "registry" { write(buttons: buttons.filter { $0["table"] == table["id"] }) }
      write(table: table, rows: rows(table))
    }
    if kind != "registry" {
      write(buttons: buttons.filter { button in !tables.contains { $0["id"] == button["table"] } })
    }
  }

  private func isVisible(_ element: JSONValue) -> Bool { element["visible"]?.bool ?? true }

  private mutating func write(buttons: [JSONValue]) {
    guard !buttons.isEmpty else { return }
    let labels = buttons.map { button -> String in
      let label = button["label"]?.string ?? ""
      return button["enabled"]?.bool == false ? "(\(label))" : "<\(label)>"
    }
    lines += wrap(labels.joined(separator: " "))
  }

  private mutating func write(field: JSONValue) {
    let label = field["label"]?.string ?? ""
    let mark = field["required"]?.bool == true ? "*" : ""
    lines += wrap("\(label)\(mark): \(shown(field))")
    if let error = field["error"]?.string, !error.isEmpty { lines += wrap("  ! \(error)") }
  }

  private func shown(_ field: JSONValue) -> String {
    let value = field["value"] ?? .null
    switch field["type"]?.string {
    case "password": return String(repeating: "•", count: value.string?.count ?? 0)
    case "checkbox": return value.bool == true ? "[x]" : "[ ]"
    case "select":
      let option = field["options"]?.array?.first { $0["value"] == value }
      return option?["title"]?.string ?? ""
    default: return field["display"]?.string ?? cell(value, "text")
    }
  }

  private mutating func write(table: JSONValue, rows: [JSONValue]) {
    let columns = table["columns"]?.array ?? []
    guard !columns.isEmpty else { return }
    let selected = Set((table["selected"]?.array ?? []).compactMap(\.string))
    let body = rows.map { row in
      columns.map { cell(row["cells"]?[$0["id"]?.string ?? ""] ?? .null, $0["type"]?.string ?? "text") }
    }
    let titles = columns.map { column in
      let title = column["title"]?.string ?? ""
      return column["emphasis"] == "bold" ? "*\(title)*" : title
    }
    let widths = fit(titles.indices.map { index in ([titles] + body).map { $0[index].count }.max() ?? 0 })
    lines.append(line(titles, widths, mark: " "))
    lines.append(clip("  " + widths.map { String(repeating: "-", count: $0) }.joined(separator: "-+-")))
    for (row, cells) in zip(rows, body) {
      lines.append(line(cells, widths, mark: selected.contains(row["id"]?.string ?? "") ? ">" : " "))
    }
    lines.append("  \(rows.count)/\(table["total"]?.int ?? rows.count)")
  }

  /// Takes from the widest columns until all of them fit.
  private func fit(_ wanted: [Int]) -> [Int] {
    var widths = wanted
    func total() -> Int { 2 + widths.reduce(0, +) + 3 * max(0, widths.count - 1) }
    while total() > width, let widest = widths.indices.max(by: { widths[$0] < widths[$1] }), widths[widest] > 4 {
      widths[widest] -= 1
    }
    return widths
  }

  private func line(_ cells: [String], _ widths: [Int], mark: String) -> String {
    let padded = zip(cells, widths).map { cell, width in
      let cut = cell.count > width ? String(cell.prefix(max(0, width - 1))) + "…" : cell
      return cut + String(repeating: " ", count: width - cut.count)
    }
    var text = "\(mark) " + padded.joined(separator: " | ")
    while text.last == " " { text.removeLast() }
    return clip(text)
  }

  private func cell(_ value: JSONValue, _ type: String) -> String {
    if type == "date" || type == "phone" { return ElementView.display(type, value) ?? value.string ?? "" }
    if let flag = value.bool { return flag ? "Да" : "Нет" }
    // A row is one line.
    return value.isNull ? "" : (value.string ?? value.text()).replacing("\n", with: "; ")
  }

  private func clip(_ text: String) -> String { text.count > width ? String(text.prefix(width)) : text }

  private func wrap(_ text: String) -> [String] {
    var result: [String] = []
    for paragraph in text.split(separator: "\n", omittingEmptySubsequences: false) {
      var line = ""
      for word in paragraph.split(separator: " ") {
        if !line.isEmpty, line.count + 1 + word.count > width {
          result.append(line)
          line = ""
        }
        line += line.isEmpty ? String(word) : " \(word)"
      }
      result.append(line)
    }
    return result
  }
}
