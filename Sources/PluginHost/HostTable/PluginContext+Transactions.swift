import CShellPlugin
import Jansson
import ShellProtocol
import ShellStore

/// The modes of `transact`; the numbers are the ABI's.
enum TransactMode: Int32 {
  case read = 0
  case write = 1
  case rehearse = 2
}

extension PluginContext {
  /// Runs a plugin's body in one transaction. True: committed, or rehearsed to its end; false: the body rolled it back.
  func transact(
    call callID: UInt64, _ mode: TransactMode, body: (OpaquePointer?) -> Bool
  ) throws(PluginFailure) -> Bool {
    let outer = BodyScope.current
    guard outer == nil || outer?.guest === self else {
      throw .misuse("transact inside the body of another transaction")
    }
    guard let host else { throw .stopping }
    let record = calls.record(callID)
    if callID != 0, record == nil { throw .misuse("the call of this transaction has ended") }
    if let outer { return unsafe try take(part: mode, of: outer, record, body) }
    switch mode {
    case .read: return unsafe try run(host.store, .read, record, body)
    case .rehearse: return unsafe try rehearse(host, record, body)
    case .write: break
    }

    // An event's cursor and a request's idempotency key go with the call's first write.
    let first = record?.beginWrite() ?? .done
    if case .event? = record?.delivery, first != .none {
      throw .misuse("the call of an event makes one write; a second one could be repeated without the first")
    }
    guard first == .none else { return unsafe try run(host.store, .write, record, body) }
    var committed = false
    defer { record?.endWrite(committed: committed) }
    committed = unsafe try run(host.store, .write, record, carriesDelivery: true, body)
    return committed
  }

  private func run(
    _ store: Store, _ mode: TransactionMode, _ record: CallRecord?, carriesDelivery: Bool = false,
    _ body: (OpaquePointer?) -> Bool
  ) throws(PluginFailure) -> Bool {
    do {
      try store.transact(mode, ofPlugin: true) { transaction in
        transaction.notesReads = record?.notesReads ?? false
        defer { if transaction.notesReads { record?.read(transaction.reads) } }
        let scope = BodyScope(context: self, record: record, transaction: transaction, writes: mode == .write)
        let wanted = scope.run { journaled(.other, "transaction body") { unsafe body(scope.pointer) } }
        if let failure = scope.failure { throw failure }
        guard wanted else { throw RolledBack() }
        if carriesDelivery, let record { try carry(record, in: transaction) }
        if scope.finishesJob { try finish(record, in: transaction) }
      }
      return true
    } catch is RolledBack {
      return false
    } catch let failure as PluginFailure {
      throw failure
    } catch {
      throw PluginFailure(storeError: error)
    }
  }

  private func carry(_ record: CallRecord, in transaction: Transaction) throws {
    if case .event(let subscriber, let seq)? = record.delivery {
      try transaction.moveCursor(subscriber: subscriber, to: seq)
    }
    if let request = record.call.idempotency {
      try transaction.recordIdempotency(
        user: record.call.userID, key: request.key, requestHash: request.requestHash)
    }
  }

  private func finish(_ record: CallRecord?, in transaction: Transaction) throws {
    guard case .job(let id)? = record?.delivery else {
      throw PluginFailure.misuse("finish outside of a job's call")
    }
    try transaction.finishJob(id: id)
    record?.jobFinished = true
  }
}

/// The body said SHELL_ROLLBACK: no error, only no commit.
private struct RolledBack: Error {}

extension PluginCall {
  /// Who stands behind the call; empty for the host itself.
  var userID: String { session?["user"]?["id"]?.string ?? "" }
}

// MARK: Inside a body

extension BodyScope {
  func query(
    _ sql: String, _ bindings: JSONValue, over columns: LentColumns? = nil
  ) throws(PluginFailure) -> JSONValue {
    try noting { try transaction.query(sql, bindings, over: columns, policy: context.policy) }
  }

  /// Runs a statement once a row; the number of rows that it changed in all.
  func insertMany(_ sql: String, _ rows: JSONValue) throws(PluginFailure) -> Int64 {
    try mustWrite("insert_many")
    return try noting {
      try transaction.insertMany(sql, rows, policy: context.policy)
      return Int64(transaction.changes)
    }
  }

  /// Runs a statement; its failure fails the transaction, and a refused one is written to the log.
  private func noting<Result>(_ run: () throws -> Result) throws(PluginFailure) -> Result {
    do {
      return try run()
    } catch {
      let failure = PluginFailure(storeError: error)
      if self.failure == nil { self.failure = failure }
      if case StoreError.refused(let reason, _)? = error as? StoreError {
        _ = context.denied("store: \(reason)")
      }
      throw failure
    }
  }

  func emit(_ name: String, _ payload: JSONValue) throws(PluginFailure) {
    try mustWrite("emit")
    guard context.grants.publishedEvents.contains(name) else { throw context.denied("publish event \(name)") }
    context.used(.event(name))
    guard payload.isSane else { throw .misuse("the event's payload is nested deeper than \(maxNesting)") }
    try announce()
    _ = try stored { try transaction.emit(name: name, owner: context.id, payload: payload) }
  }

  func schedule(_ job: JSONValue) throws(PluginFailure) {
    try mustWrite("schedule")
    guard job.isSane, let name = job["name"]?.string, let key = job["key"]?.string,
      let dueAt = job["dueAt"]?.int64
    else { throw .misuse("a job needs a name, a key and a dueAt in milliseconds") }
    guard context.grants.jobs[name] != nil else { throw context.denied("schedule job \(name)") }
    context.used(.job(name))
    try announce()
    let request = JobRequest(
      owner: context.id, name: name, key: key, dueAtMs: dueAt, payload: job["payload"] ?? .null)
    try stored { try transaction.schedule(request) }
  }

  func unschedule(_ name: String, key: String) throws(PluginFailure) -> Bool {
    try mustWrite("unschedule")
    guard context.grants.jobs[name] != nil else { throw context.denied("unschedule job \(name)") }
    return try stored { try transaction.unschedule(owner: context.id, name: name, key: key) }
  }

  func setContext(user: String?, key: String, value: JSONValue?) throws(PluginFailure) {
    try mustWrite("set_context")
    guard let declared = context.grants.contextKeys[key] else { throw context.denied("context key \(key)") }
    context.used(.contextKey(key))
    guard (declared.scope == .user) == (user != nil) else {
      throw .misuse(
        "context key '\(key)' has values for \(declared.scope == .user ? "single users" : "all users")")
    }
    if let value, !declared.accepts(value) {
      throw .misuse("context key '\(key)' takes a \(declared.type.rawValue)")
    }
    try stored { try transaction.setContext(user: user ?? "", key: key, value: value) }
  }

  func audit(_ entry: JSONValue) throws(PluginFailure) {
    try mustWrite("audit")
    guard entry.isSane, let action = entry["action"]?.string, let object = entry["object"]?.string else {
      throw .misuse("an audit line needs an action and an object")
    }
    let call = record?.call
    let session = call?.session
    let title = LocalizedText(entry["title"]) ?? context.host?.catalog.command(action)?.title
    let line = AuditLine(
      user: session?["user"]?["id"]?.string, login: session?["user"]?["login"]?.string,
      session: session?["id"]?.string, client: session?["client"]?.string,
      method: call.map { "\($0.kind.word) \($0.name)" }, plugin: context.id, action: action, object: object,
      old: entry["old"], new: entry["new"], trace: call?.trace,
      zone: session?["user"]?["organization"]?["timeZone"]?.string,
      title: AuditLine.Words(title), objectTitle: AuditLine.Words(LocalizedText(entry["objectTitle"])),
      changes: AuditLine.Words(LocalizedText(entry["changes"])))
    try stored { try transaction.audit(line) }
  }

  private func mustWrite(_ function: String) throws(PluginFailure) {
    guard writes else { throw .misuse("\(function) in a transaction that only reads") }
  }

  private func stored<Result>(_ body: () throws -> Result) throws(PluginFailure) -> Result {
    do { return try body() } catch { throw PluginFailure(storeError: error) }
  }
}

extension AuditLine.Words {
  init?(_ text: LocalizedText?) {
    guard let text else { return nil }
    self.init(ru: text.ru, en: text.en)
  }
}

extension PluginFailure {
  /// The store's words as an error of the ABI. A constraint of the schema is the plugin's to explain.
  init(storeError error: any Error) {
    let reason = String(describing: error)
    switch error as? StoreError {
    case .refused?, .readOnly?:
      self.init(.forbidden, kind: "permission.denied", .init(verbatim: reason))
    case let known? where known.isConstraint:
      self.init(.refused, kind: "store.constraint", .init(verbatim: reason))
    case .idempotencyConflict?:
      self.init(.conflict, kind: "idempotency.conflict", .init(verbatim: reason))
    case .binding?, .invalid?, .nested?:
      self.init(.internal, kind: "plugin.misuse", .init(verbatim: reason))
    default:
      self.init(.internal, kind: "store.failed", .init(verbatim: reason))
    }
  }
}
