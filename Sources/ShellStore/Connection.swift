import GRDB
import GRDBSQLite

/// One connection to the file, opened by GRDB, with our collation and functions and a cache of prepared
/// statements.
///
/// Unchecked, since it is used by one thread at a time: the one that holds the writer, or that has taken this
/// reader out of the pool. GRDB opens without SQLite's own locks for the same reason.
@safe final class Connection: @unchecked Sendable {
  enum Role { case reader, writer }

  let queue: DatabaseQueue
  let handle: OpaquePointer
  let sink = JSONSink()
  private var statements: [VettedSQL: PreparedSQL] = [:]
  private var numbered: [Int: SQLStatement] = [:]
  private var last: (key: VettedSQL, statement: PreparedSQL)?

  /// A statement costs 2–20 KiB; a plugin that builds its SQL from values would otherwise fill the memory.
  private static let mostStatements = 256

  init(path: String, role: Role) throws {
    var configuration = Configuration()
    configuration.readonly = role == .reader
    configuration.busyMode = .timeout(10)
    configuration.foreignKeysEnabled = true
    // Begins and ends of transactions are ours.
    configuration.allowsUnsafeTransactions = true
    configuration.prepareDatabase { database in
      guard let handle = unsafe database.sqliteConnection else { return }
      try unsafe SQLFunctions.register(handle)
      try unsafe Connection.tune(handle, role)
    }
    do {
      queue = try DatabaseQueue(path: path, configuration: configuration)
    } catch {
      throw StoreError.cannotOpen(path: path, reason: "\(error)")
    }
    guard let handle = unsafe queue.unsafeReentrantRead({ unsafe $0.sqliteConnection }) else {
      throw StoreError.closed
    }
    unsafe self.handle = unsafe handle
    // GRDB watches transactions for observers, which we have none of, and traps at one that it did not begin
    // or that a conflict clause rolled back.
    unsafe _ = sqlite3_commit_hook(handle, nil, nil)
    unsafe _ = sqlite3_rollback_hook(handle, nil, nil)
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
    let statement = PreparedSQL(statement: try unsafe SQLStatement(handle, key.sql), verdict: verdict)
    if statements.count >= Connection.mostStatements { statements.removeAll() }
    statements[key] = statement
    last = (key, statement)
    return statement
  }

  /// The prepared statement of a text that has been vetted and numbered before.
  func numbered(_ text: NumberedSQL) throws(StoreError) -> SQLStatement {
    if let found = numbered[text.number] { return found }
    let statement = try unsafe SQLStatement(handle, text.sql)
    if numbered.count >= Connection.mostStatements { numbered.removeAll() }
    numbered[text.number] = statement
    return statement
  }

  /// Runs statements of our own that give no rows that matter.
  func execute(_ statements: String...) throws(StoreError) {
    for sql in statements { try unsafe SQLStatement(handle, sql, persistent: false).run() }
  }

  func close() throws {
    last = nil
    statements = [:]
    numbered = [:]
    try queue.close()
  }

  private static func tune(_ handle: OpaquePointer, _ role: Role) throws(StoreError) {
    // mmap and a large cache halve the cost of a page of rows. Both only grow with what is read.
    var pragmas = ["mmap_size = 1073741824", "cache_size = -65536", "temp_store = MEMORY"]
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
