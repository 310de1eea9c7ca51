import CSQLite
import Jansson

/// Writes rows of a table source as JSON text, straight from SQLite's row.
struct RowWriter {
  let source: TableSource
  let sink: JSONSink

  func begin() {
    sink.clear()
    sink.write(UInt8(ascii: "["))
  }

  func end() { sink.write(UInt8(ascii: "]")) }

  func write(_ statement: SQLStatement) {
    let texts = source.texts
    if sink.count > 1 { sink.write(UInt8(ascii: ",")) }
    sink.write("{\"id\":")
    writeText(statement, 0)
    sink.write(",\"cells\":{")
    var column: Int32 = 1
    for cell in texts.cells {
      sink.write(cell.name)
      writeCell(statement, column, cell.type)
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
    default: writeText(statement, column)
    }
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
  }

  let cells: [Cell]
  let actions: [[UInt8]]

  init(columns: [TableSource.Column], actions: [TableSource.RowAction]) {
    cells = columns.enumerated().map { index, column in
      Cell(
        name: Array((index == 0 ? "" : ",").utf8) + JSONValue(column.id).bytes() + [UInt8(ascii: ":")],
        type: column.type)
    }
    self.actions = actions.map { JSONValue($0.button).bytes() }
  }
}
