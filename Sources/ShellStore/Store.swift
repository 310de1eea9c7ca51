import CSQLite
import Dispatch
import Jansson
import ShellTime
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// Whether a transaction only reads. Reads run side by side; there is one writer at a time.
package enum TransactionMode: Sendable { case read, write }

/// What a committed transaction changed.
package struct CommittedChange: Equatable, Sendable {
  /// Names of tables whose rows changed, the host's own included.
  package var tables: Set<String>
  /// True when an event was published.
  package var events: Bool
  /// True when a job was scheduled, taken back or ended.
  package var jobs: Bool
  /// Users whose context keys changed; "" stands for all users.
  package var contextUsers: Set<String>

  package init(
    tables: Set<String> = [], events: Bool = false, jobs: Bool = false, contextUsers: Set<String> = []
  ) {
    self.tables = tables
    self.events = events
    self.jobs = jobs
    self.contextUsers = contextUsers
  }

  package var isEmpty: Bool { tables.isEmpty && !events && !jobs && contextUsers.isEmpty }
}

/// One SQLite file that holds everything of one organization. Any thread may use it.
///
/// Every call runs on the caller's thread and waits for the disk; a write also for the writes before it.
package final class Store: Sendable {
  /// The owner of the tables that start with `shell_`.
  package static let hostOwner = "host"

  package let path: String
  package let clock: any HostClock
  let vetting: Vetting
  let readers: ReaderPool
  /// For reads that may take long: tables that are read beside the desk.
  let patientReaders: ReaderPool
  /// For transactions of plugins, which take as long as the plugin likes.
  private let pluginReaders: ReaderPool
  let pages = PagePlans()
  let totals = TotalsCache()
  let subscriptions = Mutex<[String: [String]]>([:])
  private let schema = SchemaChanges()
  private let writer: Connection
  /// Held by whoever writes.
  private let writing = DispatchSemaphore(value: 1)
  private let writerThread = Atomic<UInt>(0)
  private let isClosed = Atomic<Bool>(false)
  private static let configured: Void = csqlite_forgo_memory_statistics()
  private let observer = Mutex(Observer())

  /// A structure and not the bare function: a mutex of a function wraps it into two more at every look at it, and the
  /// hundred-thousandth commit would be told through all of them.
  private struct Observer {
    var tell: (@Sendable (CommittedChange) -> Void)?
  }

  /// Opens the file, makes it (readable and writable by its owner only) when there is none, and brings the
  /// host's own tables up to date. `readers`: how many reads run side by side.
  package init(path: String, clock: any HostClock, readers: Int = 4) throws {
    Store.configured
    try Store.restrictFile(path)
    self.path = path
    self.clock = clock
    vetting = Vetting(path: path, schema: schema)
    self.readers = ReaderPool(path: path, size: max(1, readers), schema: schema)
    patientReaders = ReaderPool(path: path, size: max(1, readers), schema: schema)
    pluginReaders = ReaderPool(path: path, size: max(1, readers), schema: schema)
    writer = try Connection(path: path, role: .writer, schema: schema)
    do {
      try writer.execute(HostSchema.migrations)
      for owner in try appliedOwners() { vetting.addPrefix(StatementPolicy.prefix(of: owner)) }
      try migrate(owner: Store.hostOwner, steps: HostSchema.steps)
    } catch {
      // try?: the first error is the one to report.
      try? writer.close()
      throw error
    }
  }

  /// Ends all connections and leaves one file with everything in it, which may be copied.
  package func close() throws {
    guard !isClosed.exchange(true, ordering: .acquiringAndReleasing) else { return }
    try readers.close()
    try patientReaders.close()
    try pluginReaders.close()
    try vetting.close()
    writing.wait()
    defer { writing.signal() }
    try writer.execute("PRAGMA optimize", "PRAGMA wal_checkpoint(TRUNCATE)")
    try writer.close()
  }

  /// Called after each commit that changed something, in the order of the commits, on the thread that
  /// committed. It must return soon and may not use the store.
  package func setCommitObserver(_ observer: @escaping @Sendable (CommittedChange) -> Void) {
    self.observer.withLock { $0.tell = observer }
  }

  /// Runs `body` in one transaction on this thread; `ofPlugin`: one that may keep its connection for long, so that it gets
  /// none of those that the host reads with. It commits when `body` returns, and leaves no trace when
  /// `body` throws or a statement failed in it, even if `body` went on. The `Transaction` ends with `body`.
  @discardableResult
  package func transact<T>(
    _ mode: TransactionMode, ofPlugin: Bool = false, _ body: (Transaction) throws -> T
  ) throws -> T {
    switch mode {
    case .read: try read(ofPlugin ? pluginReaders : readers, body)
    case .write: try write(body)
    }
  }

  /// Bytes on disk: the file and what waits beside it to be moved into it.
  package func sizeBytes() -> Int64 {
    ["", "-wal"].reduce(0) { total, suffix in
      var status = stat()
      return unsafe stat(path + suffix, &status) == 0 ? total + Int64(status.st_size) : total
    }
  }

  /// Brings an owner's tables up to date: `steps` must begin with what was applied before, unchanged, and the
  /// rest is applied now, all or nothing. `views`: published views of others that the owner's views may read.
  /// `limitMs`: what all steps together may take, since nobody else writes meanwhile; nil: as long as it takes.
  package func migrate(
    owner: String, steps: [MigrationStep], views: Set<String> = [], limitMs: Int64? = nil
  ) throws {
    guard SQLText.isName(StatementPolicy.prefix(of: owner)) else {
      throw StoreError.migration(owner: owner, step: "", reason: "an owner's id has letters, digits and '-' only")
    }
    let applied = try exclusively { try appliedSteps(of: owner) }
    vetting.addPrefix(StatementPolicy.prefix(of: owner))
    let run = MigrationRun(
      owner: owner, steps: steps, views: views, prefixes: vetting.prefixes, nowMs: clock.nowMs, limitMs: limitMs)
    let pending = try run.pending(after: applied)
    guard !pending.isEmpty else { return }
    try exclusively { try run.apply(pending, path: path) }
    schema.noted()
    vetting.addPrefix(StatementPolicy.prefix(of: owner))
    pages.removeAll()
  }

  /// How many steps of each owner's schema have been applied.
  package func schemaVersions() throws -> [String: Int] {
    let rows = try transact(.read) { transaction in
      try transaction.query("SELECT owner, count(*) AS steps FROM shell_migrations GROUP BY owner", nil, policy: nil)
    }
    let pairs = (rows.array ?? []).map { ($0["owner"]?.string ?? "", $0["steps"]?.int ?? 0) }
    return Dictionary(pairs, uniquingKeysWith: { $1 })
  }

  // Both on the writer's own connection: a start that finds everything in place opens no other.

  private func appliedOwners() throws(StoreError) -> [String] {
    let statement = try unsafe SQLStatement(
      writer.handle, "SELECT DISTINCT owner FROM shell_migrations", persistent: false)
    var owners: [String] = []
    while try statement.step() { owners.append(statement.text(0)) }
    return owners
  }

  private func appliedSteps(of owner: String) throws(StoreError) -> [(name: String, digest: String)] {
    let statement = try unsafe SQLStatement(
      writer.handle, "SELECT name, digest FROM shell_migrations WHERE owner = ? ORDER BY position", persistent: false)
    statement.bind(1, owner)
    var steps: [(name: String, digest: String)] = []
    while try statement.step() { steps.append((statement.text(0), statement.text(1))) }
    return steps
  }
}

// MARK: - Transactions

extension Store {
  private func read<T>(_ pool: ReaderPool, _ body: (Transaction) throws -> T) throws -> T {
    let thread = currentThread()
    guard writerThread.load(ordering: .relaxed) != thread, !isReading(thread) else { throw StoreError.nested }
    return try pool.lend { connection in
      try connection.numbered(.begin).run()
      let transaction = Transaction(connection, self, mode: .read)
      defer {
        transaction.end()
        // try?: a read that cannot be ended has nothing to lose; the next BEGIN would say so.
        try? connection.numbered(.commit).run()
      }
      return try transaction.finishing(body)
    }
  }

  private func write<T>(_ body: (Transaction) throws -> T) throws -> T {
    try exclusively {
      try writer.numbered(.beginWriting).run()
      let transaction = Transaction(writer, self, mode: .write)
      let result: T
      do {
        defer { transaction.end() }
        result = try transaction.finishing(body)
        try writer.numbered(.commit).run()
      } catch {
        // try?: the first error is the one to report; a rollback fails only when there is nothing to roll back.
        if writer.isInTransaction { try? writer.numbered(.rollback).run() }
        throw error
      }
      let change = transaction.change
      if !change.isEmpty {
        totals.invalidate(change.tables)
        observer.withLock { $0.tell }?(change)
      }
      return result
    }
  }

  /// Whether the thread has a connection of a transaction out.
  private func isReading(_ thread: UInt) -> Bool { readers.holds(thread) || pluginReaders.holds(thread) }

  /// Runs `body` as the only writer.
  private func exclusively<T>(_ body: () throws -> T) throws -> T {
    let thread = currentThread()
    guard writerThread.load(ordering: .relaxed) != thread, !isReading(thread) else { throw StoreError.nested }
    writing.wait()
    defer { writing.signal() }
    guard !isClosed.load(ordering: .acquiring) else { throw StoreError.closed }
    writerThread.store(thread, ordering: .relaxed)
    defer { writerThread.store(0, ordering: .relaxed) }
    return try body()
  }

  /// Makes the file before SQLite does, so that nobody else can read it for a moment; SQLite gives the files
  /// beside it the same mode.
  private static func restrictFile(_ path: String) throws {
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw StoreError.cannotOpen(path: path, reason: unsafe String(cString: strerror(errno)))
    }
    defer { Glibc.close(descriptor) }
    guard fchmod(descriptor, 0o600) == 0 else {
      throw StoreError.cannotOpen(path: path, reason: unsafe String(cString: strerror(errno)))
    }
  }
}
