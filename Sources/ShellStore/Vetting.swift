import CSQLite
import Synchronization

/// Judges each distinct statement once, on a connection of its own, and remembers the verdict.
final class Vetting: Sendable {
  private struct State {
    var connection: Connection?
    var record: AuthorizerRecord?
    var verdicts: [VettedSQL: Verdict] = [:]
    var prefixes: Set<String> = []
  }

  private let path: String
  private let schema: SchemaChanges
  private let state = Mutex(State())

  /// Texts built from values would fill the memory; past this the cache starts again.
  private static let mostVerdicts = 4096

  init(path: String, schema: SchemaChanges) {
    self.path = path
    self.schema = schema
  }

  /// Tells of an owner's prefix: of two owners `a_` and `a_b_`, the first may not touch the second's tables.
  func addPrefix(_ prefix: String) {
    state.withLock { state in
      state.prefixes.insert(prefix)
      // The schema may have changed with the owner.
      state.verdicts = [:]
    }
  }

  var prefixes: Set<String> { state.withLock { $0.prefixes } }

  func verdict(_ key: VettedSQL) throws(StoreError) -> Verdict {
    do {
      return try state.withLock { state in
        if let known = state.verdicts[key] { return known }
        let (connection, record) = try open(&state)
        let verdict = try judge(key, connection, record, state.prefixes)
        if state.verdicts.count >= Vetting.mostVerdicts { state.verdicts = [:] }
        state.verdicts[key] = verdict
        return verdict
      }
    } catch let error as StoreError {
      throw error
    } catch {
      throw .cannotOpen(path: path, reason: "\(error)")
    }
  }

  func close() throws {
    let connection = state.withLock { state in
      defer { state.connection = nil }
      return state.connection
    }
    try connection?.close()
  }

  private func open(_ state: inout State) throws -> (Connection, AuthorizerRecord) {
    if let connection = state.connection, let record = state.record { return (connection, record) }
    let connection = try Connection(path: path, role: .reader, schema: schema)
    let record = AuthorizerRecord()
    record.install(on: connection)
    state.connection = connection
    state.record = record
    return (connection, record)
  }

  private func judge(
    _ key: VettedSQL, _ connection: Connection, _ record: AuthorizerRecord, _ prefixes: Set<String>
  ) throws(StoreError) -> Verdict {
    // Once with no policy: a virtual table reads its own settings when a connection first meets it, and
    // those reads are nobody's.
    record.begin(.off)
    try connection.meetSchema()
    _ = try unsafe SQLStatement(connection.handle, key.sql, persistent: false)
    return try Vetting.judge(key, connection, record, prefixes)
  }

  /// Prepares a statement under its policy and judges what it touches.
  static func judge(
    _ key: VettedSQL, _ connection: Connection, _ record: AuthorizerRecord, _ prefixes: Set<String>
  ) throws(StoreError) -> Verdict {
    record.begin(key.policy == nil ? .watching : .statement)
    defer { record.begin(.off) }
    let statement: SQLStatement
    do {
      statement = try unsafe SQLStatement(connection.handle, key.sql, persistent: false)
    } catch {
      if let reason = record.refusal { throw .refused(reason: reason, sql: key.sql) }
      throw error
    }
    if let policy = key.policy, let reason = policy.objection(to: record, prefixes: prefixes, sql: key.sql) {
      throw .refused(reason: reason, sql: key.sql)
    }
    return Verdict(
      isReadOnly: statement.isReadOnly, reads: Set(record.reads.map(\.table)), writes: record.writes)
  }
}

extension StatementPolicy {
  /// Why the owner may not do what was recorded; nil when it may.
  func objection(to record: AuthorizerRecord, prefixes: Set<String>, sql: String) -> String? {
    // The one statement of which the authorizer hears nothing.
    if SQLText.words(sql).first == "vacuum" { return "VACUUM is the host's" }
    if SQLText.defines(anyOf: views, sql) {
      return "'\(owner)' may not give a name of its own that is a published view's"
    }
    for table in record.writes where !owns(table, among: prefixes) {
      return "'\(owner)' may not change the table '\(table)': its own start with '\(prefix)'"
    }
    // A view's reads count as the view's, and so do those of the views under it.
    var granted = views
    var isGrowing = true
    while isGrowing {
      let under = record.reads.filter { granted.contains($0.accessor) && record.accessors.contains($0.table) }
      let grown = granted.union(under.map(\.table))
      isGrowing = grown.count > granted.count
      granted = grown
    }
    for read in record.reads where !views.contains(read.table) && !granted.contains(read.accessor) {
      if owns(read.table, among: prefixes) || StatementPolicy.tableFunctions.contains(read.table) { continue }
      return "'\(owner)' may not read '\(read.table)': it is neither its own ('\(prefix)…') nor a published "
        + "view that its manifest names"
    }
    return nil
  }

  /// True when `table` is the owner's and not one of an owner with a longer prefix that starts the same.
  func owns(_ table: String, among prefixes: Set<String>) -> Bool {
    guard table.hasPrefix(prefix), table.utf8.count > prefix.utf8.count else { return false }
    return !prefixes.contains { $0.utf8.count > prefix.utf8.count && table.hasPrefix($0) }
  }

  /// What stands in the place of a table and reads nothing but the caller's arguments, or the columns that it lends.
  private static let tableFunctions: Set<String> = ["json_each", "json_tree", "shell_columns"]
}
