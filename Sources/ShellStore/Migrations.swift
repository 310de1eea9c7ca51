import CSQLite
import Jansson
import ShellTime

/// One named, append-only step of an owner's schema. Each element of `sql` is one statement.
package struct MigrationStep: Equatable, Sendable {
  package let name: String
  package let sql: [String]

  package init(name: String, sql: [String]) {
    self.name = name
    self.sql = sql
  }

  /// A fingerprint of the step's SQL, kept beside its name.
  var digest: String {
    var hash = StableHash()
    for statement in sql { hash.add(statement) }
    return hash.text
  }
}

/// Brings one owner's schema up to date, all steps or none, on a connection of its own.
struct MigrationRun {
  let owner: String
  let steps: [MigrationStep]
  /// Published views of others that the owner's views may read.
  let views: Set<String>
  let prefixes: Set<String>
  let nowMs: Int64
  /// Milliseconds; nil: as long as it takes.
  let limitMs: Int64?

  /// What of `steps` is still to be applied; throws when `applied` is not how `steps` begins.
  func pending(after applied: [(name: String, digest: String)]) throws(StoreError) -> ArraySlice<MigrationStep> {
    let names = steps.map(\.name)
    if let double = names.enumerated().first(where: { names[..<$0.offset].contains($0.element) }) {
      throw .migration(owner: owner, step: double.element, reason: "two steps have this name")
    }
    for (index, done) in applied.enumerated() {
      guard index < steps.count, names.contains(done.name) else {
        throw .migration(owner: owner, step: done.name, reason: "was applied to this database, and is missing here")
      }
      guard steps[index].name == done.name else {
        throw .migration(
          owner: owner, step: done.name, reason: "was applied as step \(index + 1), and here that is '\(names[index])'")
      }
      guard steps[index].digest == done.digest else {
        throw .migration(owner: owner, step: done.name, reason: "has changed since it was applied")
      }
    }
    return steps[applied.count...]
  }

  func apply(_ pending: ArraySlice<MigrationStep>, path: String) throws {
    let connection = try Connection(path: path, role: .writer)
    let record = AuthorizerRecord()
    record.install(on: connection)
    defer {
      // try?: everything has been committed or thrown by now.
      try? connection.close()
      withExtendedLifetime(record) {}
    }
    try connection.execute("BEGIN IMMEDIATE")
    do {
      let others = try foreignObjects(connection)
      let end = limitMs.map { monotonicMs() + $0 }
      try limited(connection, end) {
        for (index, step) in pending.enumerated() {
          try run(step, connection, record, end)
          try note(step, position: pending.startIndex + index, connection)
        }
      }
      guard try foreignObjects(connection) == others else {
        let step = pending.last?.name ?? ""
        throw StoreError.migration(owner: owner, step: step, reason: "changes what does not start with '\(prefix)'")
      }
      try judgeViews(connection, record, step: pending.last?.name ?? "")
      try connection.execute("COMMIT")
    } catch {
      // try?: the first error is the one to report.
      try? connection.execute("ROLLBACK")
      throw error
    }
  }

  private var prefix: String { StatementPolicy.prefix(of: owner) }
  private var isHost: Bool { owner == Store.hostOwner }

  private func limited(_ connection: Connection, _ end: Int64?, _ body: () throws -> Void) throws {
    guard let end else { return try body() }
    try connection.stoppingStatements(when: { monotonicMs() >= end }, body)
  }

  private func run(
    _ step: MigrationStep, _ connection: Connection, _ record: AuthorizerRecord, _ end: Int64?
  ) throws(StoreError) {
    let policy = StatementPolicy(owner: owner, prefix: prefix)
    let prefixes = prefixes
    for sql in step.sql {
      if let end, monotonicMs() >= end { throw late(step.name) }
      record.begin(isHost ? .off : .migration(isOwn: { policy.owns($0, among: prefixes) }))
      defer { record.begin(.off) }
      do {
        try unsafe SQLStatement(connection.handle, sql, persistent: false).run()
      } catch {
        if error.isInterrupted { throw late(step.name) }
        throw .migration(owner: owner, step: step.name, reason: record.refusal ?? "\(error)")
      }
    }
  }

  private func late(_ step: String) -> StoreError {
    .migration(owner: owner, step: step, reason: "was not done in \(limitMs ?? 0) ms")
  }

  private func note(_ step: MigrationStep, position: Int, _ connection: Connection) throws(StoreError) {
    let statement = try unsafe SQLStatement(
      connection.handle,
      "INSERT INTO shell_migrations(owner, position, name, digest, applied_at) VALUES (?, ?, ?, ?, ?)")
    statement.bind(1, owner)
    statement.bind(2, Int64(position))
    statement.bind(3, step.name)
    statement.bind(4, step.digest)
    statement.bind(5, nowMs)
    try statement.run()
  }

  /// Everything in the schema that is not the owner's. Compared before and after, since the authorizer does
  /// not tell a table's new name.
  private func foreignObjects(_ connection: Connection) throws(StoreError) -> [String] {
    guard !isHost else { return [] }
    let policy = StatementPolicy(owner: owner, prefix: prefix)
    let statement = try unsafe SQLStatement(
      connection.handle, "SELECT name, tbl_name, sql FROM sqlite_master ORDER BY type, name")
    var objects: [String] = []
    while try statement.step() {
      let name = statement.text(0)
      let table = statement.text(1)
      if policy.owns(name, among: prefixes) { continue }
      // Indexes that SQLite makes for UNIQUE, and its own tables.
      if name.hasPrefix("sqlite_"), name == table || policy.owns(table, among: prefixes) { continue }
      objects.append("\(name)\n\(table)\n\(statement.text(2))")
    }
    return objects
  }

  /// What one view of a stranger may take to prepare, in milliseconds of the processor: SQLite asks nobody meanwhile,
  /// and a view over views that name others twice over takes twice as long with each.
  private static let mostPreparingMs: Int64 = 250

  private func checkPreparing(_ ms: Int64) throws(StoreError) {
    guard limitMs != nil, ms > Self.mostPreparingMs else { return }
    throw .invalid(reason: "takes \(ms) ms to prepare; at most \(Self.mostPreparingMs) are allowed")
  }

  /// A view is made without a look at what it reads, and whoever may read the view reads through it.
  private func judgeViews(_ connection: Connection, _ record: AuthorizerRecord, step: String) throws(StoreError) {
    guard !isHost else { return }
    let policy = StatementPolicy(owner: owner, prefix: prefix, views: views)
    let statement = try unsafe SQLStatement(
      connection.handle, "SELECT name, sql FROM sqlite_master WHERE type = 'view'")
    var own: [(name: String, sql: String)] = []
    while try statement.step() {
      let name = statement.text(0)
      if policy.owns(name, among: prefixes) { own.append((name, statement.text(1))) }
    }
    for view in own {
      if SQLText.defines(anyOf: views, view.sql) {
        throw .migration(owner: owner, step: step, reason: "the view '\(view.name)' takes the name of a published view")
      }
      do {
        let key = VettedSQL(sql: "SELECT * FROM \(SQLText.quoted(view.name))", policy: policy)
        let start = threadMs()
        _ = try Vetting.judge(key, connection, record, prefixes)
        try checkPreparing(threadMs() - start)
      } catch {
        throw .migration(owner: owner, step: step, reason: "the view '\(view.name)': \(error)")
      }
    }
  }
}
