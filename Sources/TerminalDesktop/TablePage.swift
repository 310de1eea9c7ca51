import Jansson

/// A table of a window: headings that sort, rows that are selected, the row's own buttons behind them.
struct TablePage {
  let window: JSONValue
  let table: JSONValue
  let rows: TableRows
  let words: Words
  let width: Int

  func draw(on canvas: inout Canvas) {
    if !rows.search.isEmpty { canvas.line(words.found(rows.search, rows.total), .hint) }
    let columns = table.elements("columns")
    let widths = widths(columns)
    headings(columns, widths, on: &canvas)
    let selected = Set(table.elements("selected").compactMap(\.string))
    for row in rows.rows { draw(row, columns, widths, isSelected: selected.contains(row.id), on: &canvas) }
    if rows.rows.isEmpty { canvas.line("  \(words.noRows)", .hint) }
    if rows.next != nil {
      canvas.put(words.more(rows.total - rows.rows.count), .hint, .more(window: window.id, table: table.id))
      canvas.newline()
    }
  }

  private func cell(_ row: JSONValue, _ column: JSONValue) -> String {
    FieldText.cell(row["cells"]?[column.id] ?? .null, type: column["type"]?.string ?? "text", words)
  }

  /// As wide as the widest cell; when the screen has no room for that, the widest columns give way.
  private func widths(_ columns: [JSONValue]) -> [Int] {
    var widths = columns.map { column in
      rows.rows.reduce(TextWidth.of(column["title"]?.string ?? "")) { max($0, TextWidth.of(cell($1, column))) }
    }
    let room = width - 2 - 2 * columns.count
    while widths.reduce(0, +) > room, let widest = widths.max(), widest > 8, let place = widths.firstIndex(of: widest) {
      widths[place] = widest - 1
    }
    return widths
  }

  private func headings(_ columns: [JSONValue], _ widths: [Int], on canvas: inout Canvas) {
    canvas.put("  ")
    for (column, width) in zip(columns, widths) {
      let sort = rows.sort.flatMap { $0.column == column.id ? $0 : nil }
      canvas.put(TextWidth.fit(column["title"]?.string ?? "", width), .heading, action(heading: column))
      canvas.put(sort.map { $0.isDescending ? "↓ " : "↑ " } ?? "  ")
    }
    canvas.newline()
  }

  private func action(heading column: JSONValue) -> Action? {
    if let button = column["button"]?.string { return .press(window: window.id, button: button, row: nil) }
    return column["sortable"] == true ? .sort(window: window.id, table: table.id, column: column.id) : nil
  }

  private func draw(
    _ row: JSONValue, _ columns: [JSONValue], _ widths: [Int], isSelected: Bool, on canvas: inout Canvas
  ) {
    canvas.put(isSelected ? "▸ " : "  ")
    for (column, width) in zip(columns, widths) {
      let isBold = row["emphasis"]?.string == "bold" || column["emphasis"]?.string == "bold"
      canvas.put(
        TextWidth.fit(cell(row, column), width), isSelected ? .selected : isBold ? .bold : .plain,
        .cell(window: window.id, table: table.id, row: row.id, column: column.id))
      canvas.put("  ")
    }
    for id in row.elements("actions").compactMap(\.string) {
      guard let button = window.element("buttons", id), window.shows(button) else { continue }
      canvas.put(
        ButtonText.label(button), button["enabled"] == true ? .button : .disabled,
        .press(window: window.id, button: id, row: row.id))
      canvas.put(" ")
    }
    canvas.newline()
  }
}
