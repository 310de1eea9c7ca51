import CSQLite
import Jansson
import ShellTime

/// Writes rows of a table source as JSON text, straight from SQLite's row.
struct RowWriter {
  private let source: TableSource
  private let sink: JSONSink
  private let texts: RowTexts
  private let instants: InstantText

  init(source: TableSource, sink: JSONSink, presentation: Presentation) {
    self.source = source
    self.sink = sink
    texts = source.shown(presentation).texts
    instants = InstantText(texts.hasInstants ? presentation : Presentation())
  }

  func begin() {
    sink.clear()
    sink.write(UInt8(ascii: "["))
  }

  func end() { sink.write(UInt8(ascii: "]")) }

  func write(_ statement: SQLStatement) {
    if sink.count > 1 { sink.write(UInt8(ascii: ",")) }
    sink.write("{\"id\":")
    writeText(statement, 0)
    sink.write(",\"cells\":{")
    var column: Int32 = 1
    for cell in texts.cells {
      sink.write(cell.name)
      if let titles = cell.titles {
        writeTitles(statement, column, titles)
      } else {
        writeCell(statement, column, cell.type)
      }
      column += 1
    }
    sink.write(UInt8(ascii: "}"))
    if !texts.actions.isEmpty {
      sink.write(",\"actions\":[")
      var isFirst = true
      for action in texts.actions {
        if statement.int64(column) != 0 {
          if !isFirst { sink.write(UInt8(ascii: ",")) }
          sink.write(action)
          isFirst = false
        }
        column += 1
      }
      sink.write(UInt8(ascii: "]"))
    }
    if source.emphasis != nil, !statement.isNull(column) {
      sink.write(",\"emphasis\":")
      writeText(statement, column)
    }
    sink.write(UInt8(ascii: "}"))
  }

  private func writeCell(_ statement: SQLStatement, _ column: Int32, _ type: TableSource.CellType) {
    switch unsafe (sqlite3_column_type(statement.handle, column), type) {
    case (SQLITE_TEXT, .text): unsafe sink.writeString(statement.blobBytes(column))
    case (SQLITE_NULL, _): sink.write("null")
    case (_, .boolean): if statement.int64(column) != 0 { sink.write("true") } else { sink.write("false") }
    case (SQLITE_INTEGER, .number): sink.write(statement.int64(column))
    case (SQLITE_FLOAT, .number):
      let number = unsafe sqlite3_column_double(statement.handle, column)
      if number.isFinite { sink.write(Array(number.description.utf8)) } else { sink.write("null") }
    case (SQLITE_INTEGER, .instant): sink.write(JSONValue(instants.text(statement.int64(column))).bytes())
    case (SQLITE_TEXT, .instant):
      let text = statement.text(column)
      sink.write(JSONValue(RFC3339.parse(text).map(instants.text) ?? text).bytes())
    default: writeText(statement, column)
    }
  }

  /// The title of a value, or those of several; a value without one as it is.
  private func writeTitles(_ statement: SQLStatement, _ column: Int32, _ titles: RowTexts.Titles) {
    guard !statement.isNull(column) else { return sink.write("null") }
    sink.write(JSONValue(titles.shown(statement.text(column))).bytes())
  }

  private func writeText(_ statement: SQLStatement, _ column: Int32) {
    unsafe sink.writeString(statement.textBytes(column))
  }
}

/// The pieces of a row's text that are the same in every row.
struct RowTexts: Sendable {
  struct Cell: Sendable {
    /// `"name":`, with a comma before it unless it is the first.
    let name: [UInt8]
    let type: TableSource.CellType
    let titles: Titles?
  }

  /// Titles of a column's values in one language.
  struct Titles: Sendable {
    let byValue: [String: String]
    let separator: String?

    init?(_ column: TableSource.Column, isEnglish: Bool) {
      guard !column.options.isEmpty else { return nil }
      byValue = Dictionary(
        column.options.map { ($0.value, isEnglish ? $0.en : $0.ru) }, uniquingKeysWith: { first, _ in first })
      separator = column.separator
    }

    func shown(_ text: String) -> String {
      guard let separator else { return byValue[text] ?? text }
      return text.split(separator: separator).map { byValue[String($0)] ?? String($0) }.joined(separator: separator)
    }
  }

  let cells: [Cell]
  let actions: [[UInt8]]
  let hasInstants: Bool

  init(columns: [TableSource.Column], actions: [TableSource.RowAction], isEnglish: Bool) {
    hasInstants = columns.contains { $0.type == .instant }
    cells = columns.enumerated().map { index, column in
      Cell(
        name: Array((index == 0 ? "" : ",").utf8) + JSONValue(column.id).bytes() + [UInt8(ascii: ":")],
        type: column.type, titles: Titles(column, isEnglish: isEnglish))
    }
    self.actions = actions.map { JSONValue($0.button).bytes() }
  }
}
