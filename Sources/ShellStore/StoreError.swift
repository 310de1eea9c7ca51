/// Why the store could not do what it was asked.
package enum StoreError: Error, Equatable, Sendable {
  /// The file cannot be opened, created or read as a database.
  case cannotOpen(path: String, reason: String)
  /// The store has been closed.
  case closed
  /// A transaction was asked for inside the body of another one, on the same thread.
  case nested
  /// SQLite refused a statement. `code` is its extended result code.
  case sql(code: Int32, message: String, sql: String)
  /// A statement does something that its owner may not do.
  case refused(reason: String, sql: String)
  /// A statement that changes something, in a transaction that only reads.
  case readOnly(sql: String)
  /// The bindings do not fit the statement.
  case binding(reason: String, sql: String)
  /// A migration is not the one that was applied before, or failed.
  case migration(owner: String, step: String, reason: String)
  /// The idempotency key was used before for a different request.
  case idempotencyConflict(key: String)
  /// A value of ours cannot be stored as it is.
  case invalid(reason: String)
}

extension StoreError: CustomStringConvertible {
  /// What, which and why. Bound values never appear: they may be people's names.
  package var description: String {
    switch self {
    case .cannotOpen(let path, let reason): "cannot open the database \(path): \(reason)"
    case .closed: "the store is closed"
    case .nested: "a transaction cannot run inside the body of another one"
    case .sql(let code, let message, let sql): "SQLite error \(code): \(message) (in: \(sql.shortened))"
    case .refused(let reason, let sql): "\(reason) (in: \(sql.shortened))"
    case .readOnly(let sql): "a transaction that only reads cannot run this (in: \(sql.shortened))"
    case .binding(let reason, let sql): "\(reason) (in: \(sql.shortened))"
    case .migration(let owner, let step, let reason): "migration '\(step)' of '\(owner)': \(reason)"
    case .idempotencyConflict(let key): "the idempotency key '\(key)' belongs to another request"
    case .invalid(let reason): reason
    }
  }
}

extension StoreError {
  /// True when a statement was given up while it was at work.
  package var isInterrupted: Bool {
    if case .sql(let code, _, _) = self { return code & 0xff == 9 }
    return false
  }

  /// True when a constraint of the schema (unique, foreign key, check, not null) refused the change.
  package var isConstraint: Bool {
    if case .sql(let code, _, _) = self { return code & 0xff == 19 }
    return false
  }
}

extension String {
  fileprivate var shortened: String { count <= 200 ? self : "\(prefix(200))…" }
}
