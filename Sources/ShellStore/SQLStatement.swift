import CSQLite
import Jansson

/// One prepared statement of one connection. Used by one thread at a time: whoever holds the connection.
@safe final class SQLStatement {
  let handle: OpaquePointer
  private let database: OpaquePointer
  let sql: String
  /// Names of `:name` parameters without their sign, by index − 1; nil for `?`.
  let parameterNames: [String?]
  let columnCount: Int32
  /// What the parameters of a page's SQL stand for.
  private(set) lazy var parameters: [Parameter] = parameterNames.map { Parameter($0 ?? "") }

  /// Prepares the first statement of `sql`; `persistent` for one that will be kept.
  init(_ database: OpaquePointer, _ sql: String, persistent: Bool = true) throws(StoreError) {
    let (code, handle, rest) = unsafe SQLStatement.prepare(database, sql, persistent: persistent)
    guard code == SQLITE_OK else { throw unsafe StoreError(database, sql) }
    guard let handle = unsafe handle else { throw .refused(reason: "there is no statement", sql: sql) }
    guard rest.isEmpty else {
      unsafe sqlite3_finalize(handle)
      throw .refused(reason: "there is more than one statement", sql: sql)
    }
    unsafe self.handle = unsafe handle
    unsafe self.database = unsafe database
    self.sql = sql
    parameterNames = unsafe (0..<sqlite3_bind_parameter_count(handle)).map { index in
      unsafe sqlite3_bind_parameter_name(handle, index + 1).map { unsafe String(cString: $0 + 1) }
    }
    columnCount = unsafe sqlite3_column_count(handle)
  }

  deinit { unsafe sqlite3_finalize(handle) }

  /// Next row: true; the end: false.
  @inline(__always)
  func step() throws(StoreError) -> Bool {
    let code = unsafe sqlite3_step(handle)
    if code == SQLITE_ROW { return true }
    if code == SQLITE_DONE { return false }
    let error = unsafe StoreError(database, sql)
    unsafe sqlite3_reset(handle)
    throw error
  }

  /// Ready to run again. Bound values stay until they are replaced.
  @inline(__always)
  func reset() { unsafe _ = sqlite3_reset(handle) }

  func clearBindings() { unsafe _ = sqlite3_clear_bindings(handle) }

  /// Runs a statement to its end and forgets its rows.
  func run() throws(StoreError) {
    while try step() {}
    reset()
  }

  var isReadOnly: Bool { unsafe sqlite3_stmt_readonly(handle) != 0 }

  // MARK: Bindings (indexes from 1). Texts are copied by SQLite.

  func bind(_ index: Int32, _ value: Int64) { unsafe _ = sqlite3_bind_int64(handle, index, value) }
  func bindNull(_ index: Int32) { unsafe _ = sqlite3_bind_null(handle, index) }
  func bind(_ index: Int32, _ value: Double) { unsafe _ = sqlite3_bind_double(handle, index, value) }

  func bind(_ index: Int32, _ value: String) {
    var copy = value
    copy.withUTF8 { bytes in
      unsafe bytes.withMemoryRebound(to: CChar.self) { characters in
        unsafe _ = sqlite3_bind_text64(
          handle, index, characters.baseAddress ?? emptyCString, UInt64(characters.count), copyOfText,
          UInt8(SQLITE_UTF8))
      }
    }
  }

  func bind(_ index: Int32, _ value: String?) {
    if let value { bind(index, value) } else { bindNull(index) }
  }

  // MARK: Columns (from 0)

  func int64(_ column: Int32) -> Int64 { unsafe sqlite3_column_int64(handle, column) }
  func isNull(_ column: Int32) -> Bool { unsafe sqlite3_column_type(handle, column) == SQLITE_NULL }

  func text(_ column: Int32) -> String {
    guard let start = unsafe sqlite3_column_text(handle, column) else { return "" }
    let count = unsafe Int(sqlite3_column_bytes(handle, column))
    return unsafe String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  }

  /// The bytes of a text, or of a number as text; valid until the next step.
  ///
  /// A text is asked for as a blob: asked for as text, SQLite copies it to put a zero behind it, which costs
  /// more than writing it out.
  @inline(__always)
  func textBytes(_ column: Int32) -> UnsafeBufferPointer<UInt8> {
    if unsafe sqlite3_column_type(handle, column) == SQLITE_TEXT { return unsafe blobBytes(column) }
    let start = unsafe sqlite3_column_text(handle, column)
    return unsafe UnsafeBufferPointer(start: start, count: start == nil ? 0 : Int(sqlite3_column_bytes(handle, column)))
  }

  /// The bytes of a text or blob; valid until the next step.
  @inline(__always)
  func blobBytes(_ column: Int32) -> UnsafeBufferPointer<UInt8> {
    let start = unsafe sqlite3_column_blob(handle, column)?.assumingMemoryBound(to: UInt8.self)
    return unsafe UnsafeBufferPointer(start: start, count: start == nil ? 0 : Int(sqlite3_column_bytes(handle, column)))
  }

  func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }

  func columnName(_ column: Int32) -> String {
    unsafe sqlite3_column_name(handle, column).map { unsafe String(cString: $0) } ?? ""
  }

  /// `rest`: what follows the first statement, without blanks, comments and semicolons.
  private static func prepare(
    _ database: OpaquePointer, _ sql: String, persistent: Bool
  ) -> (Int32, OpaquePointer?, rest: Substring.UTF8View) {
    var handle: OpaquePointer? = nil
    var copy = sql
    let flags = persistent ? UInt32(SQLITE_PREPARE_PERSISTENT) : 0
    let (code, used) = copy.withUTF8 { bytes in
      unsafe bytes.withMemoryRebound(to: CChar.self) { characters -> (Int32, Int) in
        let start = unsafe characters.baseAddress ?? emptyCString
        var tail: UnsafePointer<CChar>? = nil
        let code = unsafe sqlite3_prepare_v3(
          database, start, Int32(clamping: characters.count), flags, &handle, &tail)
        return unsafe (code, tail.map { unsafe $0 - start } ?? characters.count)
      }
    }
    let rest = SQLText.skippingBlanks(copy.utf8.dropFirst(used))
    return unsafe (code, handle, rest)
  }
}

extension StoreError {
  /// What SQLite says about the call that just failed on `database`.
  init(_ database: OpaquePointer, _ sql: String) {
    let message = unsafe sqlite3_errmsg(database).map { unsafe String(cString: $0) } ?? "no message"
    self = .sql(code: unsafe sqlite3_extended_errcode(database), message: message, sql: sql)
  }
}

/// Tells SQLite to copy a text or blob before the call returns (SQLITE_TRANSIENT, a cast that Swift cannot import).
nonisolated(unsafe) let copyOfText = unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)

/// An address for empty texts. Never written, so any thread may read it.
nonisolated(unsafe) let emptyCString: UnsafePointer<CChar> = {
  let pointer = UnsafeMutablePointer<CChar>.allocate(capacity: 1)
  unsafe pointer.initialize(to: 0)
  return unsafe UnsafePointer(pointer)
}()
