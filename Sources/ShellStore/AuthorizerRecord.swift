import CSQLite

/// What SQLite's authorizer says of the statements that a connection prepares.
///
/// Installed for good on connections that serve nothing else, so no other thread meets it.
final class AuthorizerRecord: @unchecked Sendable {
  enum Mode {
    /// Everything is allowed and nothing noted.
    case off
    /// Everything is allowed and noted.
    case watching
    /// Rows may be read and changed; the rest is refused.
    case statement
    /// Tables, indexes, views and triggers of one prefix may be made, too.
    case migration(isOwn: @Sendable (String) -> Bool)
  }

  struct Read: Hashable {
    let table: String
    /// The innermost view or trigger that reads; empty for the statement itself.
    let accessor: String
  }

  private(set) var reads: Set<Read> = []
  private(set) var writes: Set<String> = []
  private(set) var refusal: String?
  private var mode = Mode.off

  /// Names that stood behind a read.
  var accessors: Set<String> { Set(reads.map(\.accessor)) }

  func begin(_ mode: Mode) {
    self.mode = mode
    reads = []
    writes = []
    refusal = nil
  }

  /// The record must live as long as the connection.
  func install(on connection: Connection) {
    unsafe sqlite3_set_authorizer(
      connection.handle,
      { context, action, first, second, third, fourth in
        guard let context = unsafe context else { return SQLITE_DENY }
        let record = unsafe Unmanaged<AuthorizerRecord>.fromOpaque(context).takeUnretainedValue()
        func text(_ pointer: UnsafePointer<CChar>?) -> String {
          unsafe pointer.map { unsafe String(cString: $0) } ?? ""
        }
        return unsafe record.judge(action, text(first), text(second), text(third), text(fourth))
      }, Unmanaged.passUnretained(self).toOpaque())
  }

  private func judge(_ action: Int32, _ first: String, _ second: String, _ database: String, _ accessor: String)
    -> Int32
  {
    if case .off = mode { return SQLITE_OK }
    switch action {
    case SQLITE_READ: reads.insert(Read(table: first, accessor: accessor))
    case SQLITE_INSERT, SQLITE_UPDATE, SQLITE_DELETE: writes.insert(first)
    default: break
    }
    switch mode {
    case .off, .watching: return SQLITE_OK
    case .statement: return judgeStatement(action, second, database)
    case .migration(let isOwn): return judgeMigration(action, first, second, database, isOwn)
    }
  }

  private func judgeStatement(_ action: Int32, _ function: String, _ database: String) -> Int32 {
    switch action {
    case SQLITE_SELECT, SQLITE_RECURSIVE: return SQLITE_OK
    case SQLITE_READ, SQLITE_INSERT, SQLITE_UPDATE, SQLITE_DELETE:
      return database == "temp" ? refuse("temporary tables are not for plugins") : SQLITE_OK
    case SQLITE_FUNCTION: return judgeFunction(function)
    default: return refuse("a statement may only read and change rows, and this one asks for \(word(action))")
    }
  }

  private func judgeMigration(
    _ action: Int32, _ first: String, _ second: String, _ database: String, _ isOwn: (String) -> Bool
  ) -> Int32 {
    if database == "temp" { return refuse("temporary tables are not for plugins") }
    switch action {
    case SQLITE_SELECT, SQLITE_RECURSIVE: return SQLITE_OK
    case SQLITE_FUNCTION: return judgeFunction(second)
    case SQLITE_READ:
      // Reads by a new view are judged when the views are (see MigrationRun); tables of SQLite are its own reads.
      // SQLite itself checks the rows with it when a column with a CHECK is added.
      let isKnown = isOwn(first) || first.hasPrefix("sqlite_") || first == "pragma_quick_check"
      return isKnown ? SQLITE_OK : refuse("a migration may not read '\(first)'")
    case SQLITE_INSERT, SQLITE_UPDATE, SQLITE_DELETE, SQLITE_CREATE_TABLE, SQLITE_DROP_TABLE, SQLITE_CREATE_VIEW,
      SQLITE_DROP_VIEW, SQLITE_DROP_VTABLE:
      return isOwn(first) || first.hasPrefix("sqlite_") ? SQLITE_OK : refuseForeign(first)
    case SQLITE_CREATE_INDEX, SQLITE_DROP_INDEX, SQLITE_CREATE_TRIGGER, SQLITE_DROP_TRIGGER:
      // SQLite's own index behind UNIQUE or PRIMARY KEY.
      let isNamed = isOwn(first) || first.hasPrefix("sqlite_autoindex_")
      return isNamed && isOwn(second) ? SQLITE_OK : refuseForeign(isNamed ? second : first)
    case SQLITE_CREATE_VTABLE:
      guard isOwn(first) else { return refuseForeign(first) }
      return second == "fts5" ? SQLITE_OK : refuse("virtual tables may only be of fts5, not of '\(second)'")
    case SQLITE_ALTER_TABLE: return isOwn(second) ? SQLITE_OK : refuseForeign(second)
    // fts5 looks at the first to see whether another connection has written; the second is SQLite's own check.
    case SQLITE_PRAGMA where ["data_version", "quick_check"].contains(first): return SQLITE_OK
    case SQLITE_REINDEX: return SQLITE_OK
    default: return refuse("a migration may not ask for \(word(action))")
    }
  }

  private func judgeFunction(_ name: String) -> Int32 {
    switch name.lowercased() {
    case "load_extension", "fts3_tokenizer", "fts5": refuse("the function \(name) is not for plugins")
    default: SQLITE_OK
    }
  }

  private func refuseForeign(_ name: String) -> Int32 { refuse("'\(name)' does not start with the owner's prefix") }

  private func refuse(_ reason: String) -> Int32 {
    refusal = refusal ?? reason
    return SQLITE_DENY
  }

  private func word(_ action: Int32) -> String {
    switch action {
    case SQLITE_ATTACH: "ATTACH"
    case SQLITE_DETACH: "DETACH"
    case SQLITE_PRAGMA: "PRAGMA"
    case SQLITE_TRANSACTION: "a transaction of its own"
    case SQLITE_SAVEPOINT: "a savepoint of its own"
    case SQLITE_ANALYZE: "ANALYZE"
    case SQLITE_REINDEX: "REINDEX"
    case SQLITE_ALTER_TABLE: "ALTER TABLE"
    default: "a change of the schema (action \(action))"
    }
  }
}
