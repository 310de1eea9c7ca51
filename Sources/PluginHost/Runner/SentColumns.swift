import CShellPlugin
import Jansson
import ShellStore

/// Columns that a plugin lends to a statement (`query_columns`), sent to the host and looked over there: what lies in
/// another process's message is bounds-checked before SQLite may follow it.
///
/// Parts after SQL and bindings: rows, the order or nothing, then for each column its type, values, starts, ends.
enum SentColumns {
  private static let first = 4
  private static let partsOfColumn = 4

  /// [guest] Writes the columns into a frame. They have been checked by `LentColumns`.
  static func write(_ columns: shell_columns, into frame: inout FrameText) {
    unsafe frame.number(Int64(columns.rows))
    let order = unsafe UnsafeBufferPointer(start: columns.order, count: columns.order == nil ? 0 : Int(columns.rows))
    unsafe frame.memory(UnsafeRawBufferPointer(order))
    // An order may pick from columns that are longer than the rows that SQL sees.
    let rows = unsafe order.isEmpty ? Int(columns.rows) : Int(order.max() ?? 0) + 1
    for place in unsafe 0..<Int(columns.count) {
      guard let column = unsafe columns.columns.map({ unsafe $0[place] }) else { return }
      unsafe frame.number(Int64(column.type))
      switch unsafe Int(column.type) {
      case Int(SHELL_COLUMN_INT32):
        unsafe frame.memory(UnsafeRawBufferPointer(start: column.values, count: rows * 4))
      case Int(SHELL_COLUMN_INT64):
        unsafe frame.memory(UnsafeRawBufferPointer(start: column.values, count: rows * 8))
      default:
        let ends = unsafe UnsafeBufferPointer(start: column.ends, count: column.ends == nil ? 0 : rows)
        unsafe frame.memory(UnsafeRawBufferPointer(start: column.values, count: Int(ends.max() ?? 0)))
      }
      let bounds = unsafe column.type == UInt32(SHELL_COLUMN_TEXT) ? rows * 4 : 0
      unsafe frame.memory(UnsafeRawBufferPointer(start: column.starts, count: bounds))
      unsafe frame.memory(UnsafeRawBufferPointer(start: column.ends, count: bounds))
    }
  }

  /// [host] Runs the statement over the columns that lie in the frame.
  static func query(_ frame: Frame, _ scope: BodyScope) throws(PluginFailure) -> JSONValue {
    let rows = frame.number(2)
    let count = (frame.count - first) / partsOfColumn
    guard count > 0, count <= LentColumns.mostColumns, rows >= 0, rows <= Int64(Frame.most) else {
      throw .misuse("columns of no shape")
    }
    // The parts' own storage, at multiples of eight, for the length of the statement.
    var storage: [[UInt8]] = [Array(frame.bytes(3))]
    for place in 0..<count {
      for part in 1..<partsOfColumn { storage.append(Array(frame.bytes(first + place * partsOfColumn + part))) }
    }
    let types = (0..<count).map { frame.number(first + $0 * partsOfColumn) }
    try check(storage, types, Int(rows))
    let result: Result<JSONValue, PluginFailure> = unsafe withPointers(storage) { pointers in
      let columns = unsafe (0..<count).map { place -> LentColumns.Column in
        let values = unsafe pointers[1 + place * 3]
        switch Int(types[place]) {
        case Int(SHELL_COLUMN_INT32): return unsafe .int32(values?.assumingMemoryBound(to: Int32.self))
        case Int(SHELL_COLUMN_INT64): return unsafe .int64(values?.assumingMemoryBound(to: Int64.self))
        default:
          return unsafe .text(
            values, starts: pointers[2 + place * 3]?.assumingMemoryBound(to: UInt32.self),
            ends: pointers[3 + place * 3]?.assumingMemoryBound(to: UInt32.self))
        }
      }
      let order = unsafe storage[0].isEmpty ? nil : pointers[0]?.assumingMemoryBound(to: UInt32.self)
      let lent = unsafe LentColumns(rows: rows, order: order, columns)
      do throws(PluginFailure) {
        return .success(try scope.query(frame.text(0), try frame.json(1) ?? .emptyArray, over: lent))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  private static func check(_ storage: [[UInt8]], _ types: [Int64], _ rows: Int) throws(PluginFailure) {
    let order = numbers(storage[0])
    guard storage[0].isEmpty || order.count == rows else { throw .misuse("the order of the columns is not whole") }
    let length = order.isEmpty ? rows : Int(order.max() ?? 0) + 1
    for (place, type) in types.enumerated() {
      let (values, starts, ends) = (
        storage[1 + place * 3], numbers(storage[2 + place * 3]), numbers(storage[3 + place * 3])
      )
      let isWhole =
        switch Int(type) {
        case Int(SHELL_COLUMN_INT32): values.count == length * 4
        case Int(SHELL_COLUMN_INT64): values.count == length * 8
        case Int(SHELL_COLUMN_TEXT):
          starts.count == length && ends.count == length
            && zip(starts, ends).allSatisfy { $0 <= $1 && $1 <= values.count }
        default: false
        }
      guard isWhole else { throw .misuse("column \(place + 1) of shell_columns is not whole") }
    }
  }

  private static func numbers(_ bytes: [UInt8]) -> [UInt32] {
    unsafe bytes.withUnsafeBytes { unsafe Array($0.bindMemory(to: UInt32.self)) }
  }

  /// The arrays' addresses for the length of `body`.
  private static func withPointers<Result>(
    _ arrays: [[UInt8]], _ body: ([UnsafeRawPointer?]) -> Result
  ) -> Result {
    func next(_ place: Int, _ known: [UnsafeRawPointer?]) -> Result {
      guard place < arrays.count else { return unsafe body(known) }
      return unsafe arrays[place].withUnsafeBytes { unsafe next(place + 1, known + [$0.baseAddress]) }
    }
    return unsafe next(0, [])
  }
}
