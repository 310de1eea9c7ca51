import CSQLite
import Jansson

/// A running transaction. Only inside the body that received it, on its thread; afterwards every call throws.
package final class Transaction {
  private let connection: Connection
  private let store: Store
  let mode: TransactionMode
  private var isOpen = true
  private var failure: (any Error)?
  private var depth = 0
  private var lastWritten: Verdict?
  private(set) var change = CommittedChange()
  /// Whether it keeps note of what it reads.
  package var notesReads = false
  /// Tables and views that it has read, while it keeps note.
  package private(set) var reads: Set<String> = []
  /// Rows that the last statement inserted, changed or removed.
  package private(set) var changes = 0

  init(_ connection: Connection, _ store: Store, mode: TransactionMode) {
    self.connection = connection
    self.store = store
    self.mode = mode
  }

  var nowMs: Int64 { store.clock.nowMs }

  /// Runs one SQL statement. `bindings`: an array for `?`, an object for `:name`; strings, numbers, booleans
  /// (1 and 0) and null. Returns an array of rows, each an object by column name, empty when there are none.
  /// `policy` nil: the host's own SQL. `columns`: what the statement reads as `shell_columns`. After an error the
  /// transaction can only be rolled back.
  @discardableResult
  package func query(
    _ sql: String, _ bindings: JSONValue?, over columns: LentColumns? = nil, policy: StatementPolicy?
  ) throws -> JSONValue {
    try noting {
      let prepared = try prepare(sql, policy)
      try prepared.statement.bindAll(bindings)
      return try connection.lent.lending(columns) { () throws(StoreError) in
        try run(prepared) { statement throws(StoreError) in
          if statement.columnCount > 0 { return try statement.rowObjects() }
          while try statement.step() {}
          return JSONValue.emptyArray
        }
      }
    }
  }

  /// Runs one statement that gives no rows once for each element of `rows`, an array of bindings. `changes`
  /// is then the sum.
  package func insertMany(_ sql: String, _ rows: JSONValue, policy: StatementPolicy?) throws {
    try noting {
      let prepared = try prepare(sql, policy)
      guard rows.kind == .array else { throw StoreError.binding(reason: "rows are an array of bindings", sql: sql) }
      try run(prepared) { statement throws(StoreError) in
        for row in rows.array ?? [] {
          try statement.bindAll(row)
          while try statement.step() {}
          statement.reset()
        }
      }
      changes = Int(clamping: lastDelta)
    }
  }

  /// The rowid of the last inserted row.
  package var lastInsertID: Int64 { unsafe sqlite3_last_insert_rowid(connection.handle) }

  /// Runs `body` so that what it did can be undone by itself: when it throws, its changes are rolled back, the
  /// error goes on to the caller, and the transaction is as it was before.
  @discardableResult
  package func savepoint<T>(_ body: () throws -> T) throws -> T {
    try checkOpen()
    let name = "shell_\(depth)"
    try connection.execute("SAVEPOINT \(name)")
    depth += 1
    defer { depth -= 1 }
    let before = change
    do {
      let result = try body()
      if let failure { throw failure }
      try connection.execute("RELEASE \(name)")
      return result
    } catch {
      try connection.execute("ROLLBACK TO \(name)", "RELEASE \(name)")
      change = before
      lastWritten = nil
      failure = nil
      throw error
    }
  }

  /// Runs `body`; while it runs, a statement of this transaction that is at work when `isOver` says so fails. Asked
  /// every few thousand steps of SQLite, on the transaction's thread.
  package func stoppingStatements<T>(when isOver: @escaping () -> Bool, _ body: () throws -> T) rethrows -> T {
    try connection.stoppingStatements(when: isOver, body)
  }

  // MARK: For the store

  /// Runs the whole body; a statement that failed in it fails it.
  func finishing<T>(_ body: (Transaction) throws -> T) throws -> T {
    let result = try body(self)
    if let failure { throw failure }
    return result
  }

  func end() { isOpen = false }

  /// Runs a statement of the host that needs a write transaction.
  @discardableResult
  func write(_ sql: String, _ bindings: JSONValue) throws -> JSONValue {
    guard mode == .write else { throw StoreError.readOnly(sql: sql) }
    return try query(sql, bindings, policy: nil)
  }

  func noteEvents() { change.events = true }
  func noteJobs() { change.jobs = true }
  func noteContext(of user: String) { change.contextUsers.insert(user) }

  // MARK: Private

  private var lastDelta: Int64 = 0

  private func checkOpen() throws(StoreError) {
    guard isOpen else { throw .invalid(reason: "the transaction has ended") }
  }

  private func noting<T>(_ body: () throws -> T) throws -> T {
    try checkOpen()
    if let failure { throw failure }
    do {
      return try body()
    } catch {
      failure = failure ?? error
      throw error
    }
  }

  private func prepare(_ sql: String, _ policy: StatementPolicy?) throws(StoreError) -> PreparedSQL {
    let prepared = try connection.prepared(VettedSQL(sql: sql, policy: policy), store.vetting)
    if mode == .read, !prepared.verdict.isReadOnly { throw .readOnly(sql: sql) }
    return prepared
  }

  private func run<T>(
    _ prepared: PreparedSQL, _ body: (SQLStatement) throws(StoreError) -> T
  ) throws(StoreError) -> T {
    let statement = prepared.statement
    if notesReads { reads.formUnion(prepared.verdict.reads) }
    if prepared.verdict.isReadOnly {
      defer { statement.reset() }
      changes = 0
      return try body(statement)
    }
    let before = unsafe sqlite3_total_changes64(connection.handle)
    defer { statement.reset() }
    let result = try body(statement)
    lastDelta = unsafe sqlite3_total_changes64(connection.handle) - before
    changes = lastDelta == 0 ? 0 : Int(unsafe sqlite3_changes64(connection.handle))
    // The same statement again, as in a bulk insert, has nothing to add.
    if lastDelta > 0, lastWritten !== prepared.verdict {
      change.tables.formUnion(prepared.verdict.writes)
      lastWritten = prepared.verdict
    }
    return result
  }
}
