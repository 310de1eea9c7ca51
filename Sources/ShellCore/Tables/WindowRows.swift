import Jansson
import ShellProtocol
import ShellStore

/// Rows that stand in a window's description instead of in the store: what a person has put together in a form and
/// has not saved yet.
struct WindowRows {
  let columns: [JSONValue]
  let rows: [JSONValue]
  private let locale: Locale

  /// Nil for a table whose rows come from a source. Cells that are texts of both languages are read in `locale`.
  init?(_ table: JSONValue, _ locale: Locale = .ru) {
    guard let rows = table["rows"]?.array else { return nil }
    self.rows = rows
    self.locale = locale
    columns = table["columns"]?.array ?? []
  }

  func row(_ id: String) -> JSONValue? { rows.first { $0["id"]?.string == id } }

  func isLocked(_ row: String, _ column: String) -> Bool {
    self.row(row)?["locked"]?.array?.contains { $0.string == column } ?? false
  }

  /// What a command's argument gets: of each row its value, or its id.
  var values: JSONValue { JSONValue(rows.map { $0["value"] ?? $0["id"] ?? .null }) }

  /// The columns as clients see them.
  var clientColumns: JSONValue {
    JSONValue(
      columns.map { column in
        var members: [(String, JSONValue)] = [
          ("id", column["id"] ?? ""), ("title", JSONValue(LocalizedText(column["title"])?.text(locale) ?? "")),
          ("type", column["type"] ?? "text"), ("sortable", JSONValue(column.flag("sortable", default: false))),
          ("editable", JSONValue(column.flag("editable", default: false))),
        ]
        for name in ["button", "emphasis"] {
          if let value = column[name] { members.append((name, value)) }
        }
        return JSONValue(members: members)
      })
  }

  /// A row as clients see it: nothing but the cells of columns.
  func clientRow(_ row: JSONValue) -> JSONValue {
    let cells = columns.compactMap { $0["id"]?.string }.map { ($0, cell(row, $0)) }
    var members: [(String, JSONValue)] = [("id", row["id"] ?? ""), ("cells", JSONValue(members: cells))]
    for name in ["actions", "locked", "emphasis"] {
      if let value = row[name] { members.append((name, value)) }
    }
    return JSONValue(members: members)
  }

  private func cell(_ row: JSONValue, _ column: String) -> JSONValue {
    (row["cells"]?[column] ?? .null).read(in: locale)
  }

  /// `{columns, rows, total, next}`, by the rules of every other table.
  func page(_ request: PageRequest) -> Result<JSONValue, WireError> {
    do throws(PageError) {
      guard PageRequest.limits.contains(request.limit) else { throw .badLimit(request.limit) }
      let found = try sorted(searched(filtered(rows, request), request), request)
      let start = request.after.map { Int($0) ?? -1 } ?? 0
      guard (0...found.count).contains(start) else {
        throw .badCursor
      }
      let end = min(found.count, start + request.limit)
      return .success([
        "columns": clientColumns, "rows": JSONValue(found[start..<end].map(clientRow)),
        "total": JSONValue(found.count), "next": JSONValue(end < found.count ? String(end) : nil),
      ])
    } catch {
      return .failure(error.wire(locale))
    }
  }

  private func column(_ id: String) -> JSONValue? { columns.first { $0["id"]?.string == id } }

  private func filtered(_ rows: [JSONValue], _ request: PageRequest) throws(PageError) -> [JSONValue] {
    for (id, _) in request.filter where column(id) == nil { throw .unknownColumn(path: "/filter/\(id)", column: id) }
    return rows.filter { row in request.filter.allSatisfy { cell(row, $0) == $1 } }
  }

  private func searched(_ rows: [JSONValue], _ request: PageRequest) throws(PageError) -> [JSONValue] {
    let words = FoldedText.words(request.search ?? "")
    guard !words.isEmpty else { return rows }
    let searchable = columns.filter { $0.flag("searchable", default: false) }.compactMap { $0["id"]?.string }
    guard !searchable.isEmpty else { throw .notSearchable }
    return rows.filter { row in
      let text = searchable.map { FoldedText.fold(cell(row, $0).string ?? "") }.joined(separator: " ")
      return words.allSatisfy { text.contains($0) }
    }
  }

  private func sorted(_ rows: [JSONValue], _ request: PageRequest) throws(PageError) -> [JSONValue] {
    for (index, sort) in request.sort.enumerated() {
      let path = "/sort/\(index)/column"
      guard let column = column(sort.column) else { throw .unknownColumn(path: path, column: sort.column) }
      guard column.flag("sortable", default: false) else { throw .notSortable(path: path, column: sort.column) }
    }
    guard !request.sort.isEmpty else { return rows }
    return rows.enumerated().sorted { left, right in
      for sort in request.sort {
        let (a, b) = (SortValue(cell(left.element, sort.column)), SortValue(cell(right.element, sort.column)))
        if a != b { return (a < b) != sort.descending }
      }
      return left.offset < right.offset
    }.map(\.element)
  }
}

/// A cell as rows are sorted by it: numbers by size, texts as they are searched.
private struct SortValue: Comparable {
  let number: Double
  let text: String

  init(_ cell: JSONValue) {
    number = cell.double ?? (cell.bool == true ? 1 : 0)
    text = FoldedText.fold(cell.string ?? "")
  }

  static func < (left: SortValue, right: SortValue) -> Bool { (left.number, left.text) < (right.number, right.text) }
}
