import CShellPlugin
import ShellStore

extension LentColumns {
  /// The columns that a plugin lends, looked over: what it may get wrong by mistake is an error and no crash.
  init(plugin columns: UnsafePointer<shell_columns>?) throws(PluginFailure) {
    guard let columns = unsafe columns else { throw .misuse("query_columns without columns") }
    let given = unsafe columns.pointee
    guard unsafe given.header.struct_size >= MemoryLayout<shell_columns>.size else {
      throw .misuse("shell_columns without a header")
    }
    guard let rows = unsafe Int64(exactly: given.rows) else { throw .misuse("too many rows of shell_columns") }
    let count = unsafe given.count
    guard count <= Self.mostColumns else {
      throw .misuse("\(count) columns are lent, and shell_columns has \(Self.mostColumns)")
    }
    guard let first = unsafe given.columns, count > 0 else { throw .misuse("shell_columns without a column") }
    let lent = unsafe try (0..<Int(count)).map { (place) throws(PluginFailure) in
      unsafe try Self.column(first[place], place, isEmpty: rows == 0)
    }
    unsafe self.init(rows: rows, order: given.order, lent)
  }

  private static func column(
    _ column: shell_column, _ place: Int, isEmpty: Bool
  ) throws(PluginFailure) -> Column {
    let isText = unsafe column.type == UInt32(SHELL_COLUMN_TEXT)
    // Texts that are all empty have no bytes.
    let isThere = unsafe isText ? column.starts != nil && column.ends != nil : column.values != nil
    guard isEmpty || isThere else { throw .misuse("column \(place + 1) of shell_columns has no values") }
    switch unsafe Int(column.type) {
    case Int(SHELL_COLUMN_INT32): return unsafe .int32(column.values?.assumingMemoryBound(to: Int32.self))
    case Int(SHELL_COLUMN_INT64): return unsafe .int64(column.values?.assumingMemoryBound(to: Int64.self))
    case Int(SHELL_COLUMN_TEXT): return unsafe .text(column.values, starts: column.starts, ends: column.ends)
    default: throw unsafe .misuse("column \(place + 1) of shell_columns is of no known type (\(column.type))")
    }
  }
}
