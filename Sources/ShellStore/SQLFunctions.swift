import CSQLite

/// What our SQL has beside SQLite's own: the collation `russian` and the functions `shell_fold(text)` and
/// `shell_search_text(a, b, …)`, all deterministic, so that indexes and generated columns may use them; and those of
/// the calendar (`SQLCalendar`), which are not.
enum SQLFunctions {
  static func register(_ database: OpaquePointer) throws(StoreError) {
    let collation = unsafe sqlite3_create_collation_v2(
      database, "russian", SQLITE_UTF8, nil,
      { _, leftCount, left, rightCount, right in
        unsafe RussianOrder.compare(textBuffer(left, leftCount), textBuffer(right, rightCount))
      }, nil)
    guard collation == SQLITE_OK else { throw unsafe StoreError(database, "collation russian") }

    let flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS
    let fold = unsafe sqlite3_create_function_v2(
      database, "shell_fold", 1, flags, nil,
      { context, _, arguments in
        guard let text = unsafe argument(arguments, 0) else {
          unsafe sqlite3_result_null(context)
          return
        }
        var output: [UInt8] = []
        unsafe FoldedText.fold(text, into: &output) { $0.append(0x20) }
        unsafe answer(context, output)
      }, nil, nil, nil)
    guard fold == SQLITE_OK else { throw unsafe StoreError(database, "shell_fold") }

    let search = unsafe sqlite3_create_function_v2(
      database, "shell_search_text", -1, flags, nil,
      { context, count, arguments in
        var output: [UInt8] = []
        for index in 0..<Int(count) {
          guard let text = unsafe argument(arguments, index) else { continue }
          let start = output.count
          mark(&output)
          unsafe FoldedText.fold(text, into: &output, blank: mark)
          if output.count == start + 2 { output.removeLast(2) }
        }
        unsafe answer(context, output)
      }, nil, nil, nil)
    guard search == SQLITE_OK else { throw unsafe StoreError(database, "shell_search_text") }
    try unsafe SQLCalendar.register(database)
  }
}

private func textBuffer(_ start: UnsafeRawPointer?, _ count: Int32) -> UnsafeBufferPointer<UInt8> {
  unsafe UnsafeBufferPointer(start: start?.assumingMemoryBound(to: UInt8.self), count: Int(count))
}

private func mark(_ output: inout [UInt8]) {
  output.append(FoldedText.wordMark)
  output.append(FoldedText.wordMark)
}

/// The text of an argument, valid during the call; nil for NULL.
func argument(
  _ arguments: UnsafeMutablePointer<OpaquePointer?>?, _ index: Int
) -> UnsafeBufferPointer<UInt8>? {
  guard let value = unsafe arguments?[index], let start = unsafe sqlite3_value_text(value) else { return nil }
  return unsafe UnsafeBufferPointer(start: start, count: Int(sqlite3_value_bytes(value)))
}

func answer(_ context: OpaquePointer?, _ text: [UInt8]) {
  unsafe text.withUnsafeBytes { bytes in
    unsafe sqlite3_result_text64(
      context, bytes.baseAddress?.assumingMemoryBound(to: CChar.self) ?? emptyCString, UInt64(bytes.count),
      copyOfText, UInt8(SQLITE_UTF8))
  }
}
