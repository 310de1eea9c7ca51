import CSQLite

/// One connection to the file, with our collation and functions and a cache of prepared statements.
///
/// Unchecked, since it is used by one thread at a time: the one that holds the writer, or that has taken this
/// reader out of the pool. It is opened without SQLite's own locks for the same reason.
@safe final class Connection: @unchecked Sendable {
  enum Role { case reader, writer }

  let handle: OpaquePointer
  let sink = JSONSink()
  /// Outlives every statement of the connection.
  let lent: LentPlace
  private var statements: [VettedSQL: PreparedSQL] = [:]
  private var numbered: [Int: SQLStatement] = [:]
  private var last: (key: VettedSQL, statement: PreparedSQL)?
  private var isClosed = false
  private let schema: SchemaChanges
  /// The change of the schema that this connection has seen.
  private var seenChange: Int

  /// A statement costs 2–20 KiB; a plugin that builds its SQL from values would otherwise fill the memory.
  private static let mostStatements = 256

  init(path: String, role: Role, schema: SchemaChanges = SchemaChanges()) throws(StoreError) {
    self.schema = schema
    seenChange = schema.number
    let handle = unsafe try Connection.open(path, role)
    unsafe self.handle = unsafe handle
    lent = try unsafe LentPlace(handle)
    do throws(StoreError) {
      guard unsafe csqlite_refuse_quoted_texts(handle) == SQLITE_OK else { throw unsafe StoreError(handle, "") }
      try unsafe SQLFunctions.register(handle)
      try unsafe Connection.tune(handle, role)
    } catch {
      // A file that is no database shows here, at the first statement that reads it.
      throw .cannotOpen(path: path, reason: "\(error)")
    }
  }

  deinit {
    // Statements that are still about keep the file open until they go, too.
    if !isClosed { unsafe _ = sqlite3_close_v2(handle) }
  }

  private static func open(_ path: String, _ role: Role) throws(StoreError) -> OpaquePointer {
    let access = role == .reader ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
    var handle: OpaquePointer?
    let code = unsafe sqlite3_open_v2(path, &handle, access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
    guard code == SQLITE_OK, let handle = unsafe handle else {
      let reason = unsafe String(cString: handle == nil ? sqlite3_errstr(code) : sqlite3_errmsg(handle))
      unsafe sqlite3_close(handle)
      throw .cannotOpen(path: path, reason: reason)
    }
    unsafe sqlite3_busy_timeout(handle, 10_000)
    unsafe sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, mostBytes)
    return unsafe handle
  }

  /// True between BEGIN and COMMIT or ROLLBACK. SQLite rolls back by itself after some errors.
  var isInTransaction: Bool { unsafe sqlite3_get_autocommit(handle) == 0 }

  /// The prepared statement of a vetted text, from the cache if it is there.
  func prepared(_ key: VettedSQL, _ vetting: Vetting) throws(StoreError) -> PreparedSQL {
    if let last, last.key == key { return last.statement }
    if let found = statements[key] {
      last = (key, found)
      return found
    }
    let verdict = try vetting.verdict(key)
    try meetSchema()
    let statement = PreparedSQL(statement: try unsafe SQLStatement(handle, key.sql), verdict: verdict)
    if statements.count >= Connection.mostStatements { statements.removeAll() }
    statements[key] = statement
    last = (key, statement)
    return statement
  }

  /// The prepared statement of a text that has been vetted and numbered before.
  func numbered(_ text: NumberedSQL) throws(StoreError) -> SQLStatement {
    if let found = numbered[text.number] { return found }
    try meetSchema()
    let statement = try unsafe SQLStatement(handle, text.sql)
    if numbered.count >= Connection.mostStatements { numbered.removeAll() }
    numbered[text.number] = statement
    return statement
  }

  /// Reads the schema again when another connection has changed it: see `SchemaChanges`.
  func meetSchema() throws(StoreError) {
    let change = schema.number
    guard change != seenChange else { return }
    try execute("SELECT 1 FROM sqlite_master LIMIT 1")
    seenChange = change
  }

  /// Runs statements of our own that give no rows that matter.
  func execute(_ statements: String...) throws(StoreError) {
    for sql in statements { try unsafe SQLStatement(handle, sql, persistent: false).run() }
  }

  /// Steps of SQLite's machine between two looks, some tenths of a millisecond.
  private static let stepsOfALook: Int32 = 20_000

  private final class Look {
    let isOver: () -> Bool
    init(_ isOver: @escaping () -> Bool) { self.isOver = isOver }
  }

  /// Runs `body`; a statement that is at work when `isOver` says so fails with SQLITE_INTERRUPT.
  func stoppingStatements<T>(when isOver: @escaping () -> Bool, _ body: () throws -> T) rethrows -> T {
    let look = Look(isOver)
    unsafe sqlite3_progress_handler(
      handle, Self.stepsOfALook,
      { pointer in
        guard let pointer = unsafe pointer else { return 0 }
        return unsafe Unmanaged<Look>.fromOpaque(pointer).takeUnretainedValue().isOver() ? 1 : 0
      }, Unmanaged.passUnretained(look).toOpaque())
    defer {
      unsafe sqlite3_progress_handler(handle, 0, nil, nil)
      withExtendedLifetime(look) {}
    }
    return try body()
  }

  /// Bytes of one text, blob or row; SQLite's own bound is a thousand megabytes.
  private static let mostBytes: Int32 = 256 << 20

  /// Ends the connection. Refused while a statement of it is kept elsewhere.
  func close() throws(StoreError) {
    guard !isClosed else { return }
    last = nil
    statements = [:]
    numbered = [:]
    guard unsafe sqlite3_close(handle) == SQLITE_OK else { throw unsafe StoreError(handle, "") }
    isClosed = true
  }

  private static func tune(_ handle: OpaquePointer, _ role: Role) throws(StoreError) {
    // mmap and a large cache halve the cost of a page of rows. Both only grow with what is read.
    var pragmas = [
      "foreign_keys = ON", "mmap_size = 1073741824", "cache_size = -65536", "temp_store = MEMORY",
    ]
    if role == .writer {
      // FULL, not NORMAL: with NORMAL a commit in WAL mode may be lost when the power goes, and by then a
      // person has been told that it is saved and the platform may have been asked to act on it.
      // With recursive triggers a row that REPLACE pushes out fires the triggers of a deletion: search indexes
      // stay right, and the audit log cannot be overwritten.
      pragmas += [
        "recursive_triggers = ON", "journal_mode = WAL", "synchronous = FULL", "journal_size_limit = 67108864",
      ]
    }
    for pragma in pragmas { try unsafe SQLStatement(handle, "PRAGMA \(pragma)", persistent: false).run() }
  }
}

/// A statement and what it touches.
final class PreparedSQL {
  let statement: SQLStatement
  let verdict: Verdict

  init(statement: SQLStatement, verdict: Verdict) {
    self.statement = statement
    self.verdict = verdict
  }
}

/// A vetted text with a number of its own, so that a connection finds its statement without hashing the text.
struct NumberedSQL: Sendable {
  let sql: String
  let number: Int

  static let begin = NumberedSQL(sql: "BEGIN", number: -1)
  static let commit = NumberedSQL(sql: "COMMIT", number: -2)
  static let rollback = NumberedSQL(sql: "ROLLBACK", number: -3)
  static let beginWriting = NumberedSQL(sql: "BEGIN IMMEDIATE", number: -4)
}
