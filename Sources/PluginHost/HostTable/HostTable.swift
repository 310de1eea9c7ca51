import CJansson
import CShellPlugin
import Jansson
import ShellStore
import ShellTime

// The functions lent to plugins, as C sees them. Each turns its pointers into values and asks the plugin's
// context; the rules are there. Plain functions on purpose: a closure could carry an actor's isolation and
// trap on a foreign thread.

typealias ErrorOut = UnsafeMutablePointer<UnsafeMutablePointer<json_t>?>

extension PluginContext {
  /// The table for this plugin. It is never freed.
  static func makeTable(_ context: UnsafeMutableRawPointer) -> UnsafePointer<shell_host> {
    let table = UnsafeMutablePointer<shell_host>.allocate(capacity: 1)
    var host = unsafe shell_host()
    unsafe host.header = shell_header(
      struct_size: UInt32(MemoryLayout<shell_host>.size), abi_major: UInt16(SHELL_ABI_MAJOR),
      abi_minor: UInt16(SHELL_ABI_MINOR))
    unsafe host.context = unsafe context
    unsafe host.complete = unsafe hostComplete
    unsafe host.fail = unsafe hostFail
    unsafe host.progress = unsafe hostProgress
    unsafe host.settled = unsafe hostSettled
    unsafe host.is_cancelled = unsafe hostIsCancelled
    unsafe host.log = unsafe hostLog
    unsafe host.now_ms = unsafe hostNow
    unsafe host.transact = unsafe hostTransact
    unsafe host.query = unsafe hostQuery
    unsafe host.changes = unsafe hostChanges
    unsafe host.emit = unsafe hostEmit
    unsafe host.schedule = unsafe hostSchedule
    unsafe host.unschedule = unsafe hostUnschedule
    unsafe host.set_context = unsafe hostSetContext
    unsafe host.audit = unsafe hostAudit
    unsafe host.finish = unsafe hostFinish
    unsafe host.call_service = unsafe hostCallService
    unsafe host.http = unsafe hostHTTP
    unsafe host.present = unsafe hostPresent
    unsafe host.settings = unsafe hostSettings
    unsafe host.get_extension = unsafe hostGetExtension
    unsafe host.insert_many = unsafe hostInsertMany
    unsafe host.query_columns = unsafe hostQueryColumns
    unsafe host.rehearse = unsafe hostRehearse
    unsafe table.initialize(to: host)
    return unsafe UnsafePointer(table)
  }

  /// The context behind a plugin's pointer; it lives to the end of the process.
  fileprivate static func behind(_ pointer: UnsafeMutableRawPointer?) -> PluginContext? {
    unsafe pointer.map { unsafe Unmanaged<PluginContext>.fromOpaque($0).takeUnretainedValue() }
  }
}

/// A value that the plugin hands over; nil for NULL.
private func stolen(_ value: UnsafeMutablePointer<json_t>?) -> JSONValue? {
  unsafe value.map { unsafe JSONValue(adopting: $0) }
}

private func borrowed(_ value: UnsafePointer<json_t>?) -> JSONValue? {
  unsafe value.map { unsafe JSONValue(borrowing: $0) }
}

private func text(_ pointer: UnsafePointer<CChar>?) -> String? {
  unsafe pointer.map { unsafe String(cString: $0) }
}

/// Hands an error over to the plugin, if it wants one.
private func report(_ failure: PluginFailure, _ error: ErrorOut?) {
  if let error = unsafe error { unsafe error.pointee = failure.abi.retainedPointer() }
}

/// Runs `body`: the number it returns, or -1 and the error that it throws.
private func status(_ error: ErrorOut?, _ body: () throws(PluginFailure) -> Int32) -> Int32 {
  unsafe error?.pointee = nil
  do throws(PluginFailure) { return try body() } catch let failure {
    unsafe report(failure, error)
    return -1
  }
}

// MARK: Calls

private func hostComplete(
  _ context: UnsafeMutableRawPointer?, _ id: UInt64, _ result: UnsafeMutablePointer<json_t>?
) {
  let value = unsafe stolen(result)
  unsafe PluginContext.behind(context)?.complete(id, value ?? .emptyObject)
}

private func hostFail(
  _ context: UnsafeMutableRawPointer?, _ id: UInt64, _ error: UnsafeMutablePointer<json_t>?
) {
  let value = unsafe stolen(error)
  unsafe PluginContext.behind(context)?.fail(id, value ?? .emptyObject)
}

private func hostProgress(
  _ context: UnsafeMutableRawPointer?, _ id: UInt64, _ value: UnsafeMutablePointer<json_t>?
) {
  guard let value = unsafe stolen(value) else { return }
  unsafe PluginContext.behind(context)?.progress(id, value)
}

private func hostSettled(_ context: UnsafeMutableRawPointer?, _ id: UInt64) {
  unsafe PluginContext.behind(context)?.calls.record(id)?.settled()
}

private func hostIsCancelled(_ context: UnsafeMutableRawPointer?, _ id: UInt64) -> Int32 {
  guard let record = unsafe PluginContext.behind(context)?.calls.record(id) else { return 1 }
  return record.isCancelled ? 1 : 0
}

private func hostLog(
  _ context: UnsafeMutableRawPointer?, _ level: Int32, _ message: UnsafePointer<CChar>?,
  _ fields: UnsafePointer<json_t>?
) {
  unsafe PluginContext.behind(context)?.log(level, text(message) ?? "", borrowed(fields))
}

private func hostNow(_ context: UnsafeMutableRawPointer?) -> Int64 {
  unsafe PluginContext.behind(context)?.nowMs ?? SystemClock().nowMs
}

// MARK: Transactions

private func hostTransact(
  _ context: UnsafeMutableRawPointer?, _ id: UInt64, _ mode: Int32, _ body: shell_body?,
  _ user: UnsafeMutableRawPointer?, _ error: ErrorOut?
) -> Int32 {
  unsafe status(error) { () throws(PluginFailure) in
    guard let context = unsafe PluginContext.behind(context), let body = unsafe body else {
      throw .misuse("transact without a context or a body")
    }
    guard let mode = TransactMode(rawValue: mode) else {
      throw .misuse("transact with an unknown mode \(mode)")
    }
    let isWanted = unsafe try context.transact(call: id, mode) { pointer in
      unsafe body(pointer, user) == SHELL_COMMIT
    }
    return isWanted ? 0 : -1
  }
}

/// The scope of a plugin's `shell_transaction *`, or the error that it names none.
private func scope(_ pointer: OpaquePointer?) throws(PluginFailure) -> BodyScope {
  guard let scope = unsafe BodyScope.running(pointer) else {
    throw .misuse("a transaction was used outside of its body or on another thread")
  }
  return scope
}

private func hostQuery(
  _ transaction: OpaquePointer?, _ sql: UnsafePointer<CChar>?, _ bindings: UnsafePointer<json_t>?,
  _ error: ErrorOut?
) -> UnsafeMutablePointer<json_t>? {
  unsafe error?.pointee = nil
  do throws(PluginFailure) {
    let rows = unsafe try scope(transaction).query(text(sql) ?? "", borrowed(bindings) ?? .emptyArray)
    return unsafe rows.retainedPointer()
  } catch let failure {
    unsafe report(failure, error)
    return nil
  }
}

private func hostInsertMany(
  _ transaction: OpaquePointer?, _ sql: UnsafePointer<CChar>?, _ rows: UnsafePointer<json_t>?, _ error: ErrorOut?
) -> Int64 {
  unsafe error?.pointee = nil
  do throws(PluginFailure) {
    return unsafe try scope(transaction).insertMany(text(sql) ?? "", borrowed(rows) ?? .emptyArray)
  } catch let failure {
    unsafe report(failure, error)
    return -1
  }
}

private func hostQueryColumns(
  _ transaction: OpaquePointer?, _ sql: UnsafePointer<CChar>?, _ bindings: UnsafePointer<json_t>?,
  _ columns: UnsafePointer<shell_columns>?, _ error: ErrorOut?
) -> UnsafeMutablePointer<json_t>? {
  unsafe error?.pointee = nil
  do throws(PluginFailure) {
    let scope = try unsafe scope(transaction)
    let rows = try unsafe scope.query(
      text(sql) ?? "", borrowed(bindings) ?? .emptyArray, over: LentColumns(plugin: columns))
    return unsafe rows.retainedPointer()
  } catch let failure {
    unsafe report(failure, error)
    return nil
  }
}

private func hostRehearse(
  _ transaction: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ params: UnsafeMutablePointer<json_t>?,
  _ error: ErrorOut?
) -> UnsafeMutablePointer<json_t>? {
  unsafe error?.pointee = nil
  let params = unsafe stolen(params) ?? .emptyObject
  do throws(PluginFailure) {
    return unsafe try scope(transaction).rehearse(text(name) ?? "", params).retainedPointer()
  } catch let failure {
    unsafe report(failure, error)
    return nil
  }
}

private func hostChanges(_ transaction: OpaquePointer?) -> Int64 {
  unsafe BodyScope.running(transaction).map { Int64($0.transaction.changes) } ?? 0
}

private func hostEmit(
  _ transaction: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ payload: UnsafeMutablePointer<json_t>?,
  _ error: ErrorOut?
) -> Int32 {
  let payload = unsafe stolen(payload) ?? .null
  return unsafe status(error) { () throws(PluginFailure) in
    unsafe try scope(transaction).emit(text(name) ?? "", payload)
    return 0
  }
}

private func hostSchedule(
  _ transaction: OpaquePointer?, _ job: UnsafeMutablePointer<json_t>?, _ error: ErrorOut?
) -> Int32 {
  let job = unsafe stolen(job) ?? .null
  return unsafe status(error) { () throws(PluginFailure) in
    unsafe try scope(transaction).schedule(job)
    return 0
  }
}

private func hostUnschedule(
  _ transaction: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ key: UnsafePointer<CChar>?,
  _ error: ErrorOut?
) -> Int32 {
  unsafe status(error) { () throws(PluginFailure) in
    unsafe try scope(transaction).unschedule(text(name) ?? "", key: text(key) ?? "") ? 1 : 0
  }
}

private func hostSetContext(
  _ transaction: OpaquePointer?, _ user: UnsafePointer<CChar>?, _ key: UnsafePointer<CChar>?,
  _ value: UnsafeMutablePointer<json_t>?, _ error: ErrorOut?
) -> Int32 {
  let value = unsafe stolen(value)
  return unsafe status(error) { () throws(PluginFailure) in
    unsafe try scope(transaction).setContext(user: text(user), key: text(key) ?? "", value: value)
    return 0
  }
}

private func hostAudit(
  _ transaction: OpaquePointer?, _ entry: UnsafeMutablePointer<json_t>?, _ error: ErrorOut?
) -> Int32 {
  let entry = unsafe stolen(entry) ?? .null
  return unsafe status(error) { () throws(PluginFailure) in
    unsafe try scope(transaction).audit(entry)
    return 0
  }
}

private func hostFinish(_ transaction: OpaquePointer?) {
  unsafe BodyScope.running(transaction)?.finishesJob = true
}

// MARK: Asking others

/// Whom to tell the answer, once.
@safe private struct Reply: @unchecked Sendable {
  // Safe to send: the plugin promised to take its answer on any thread.
  let function: shell_reply?
  let user: UnsafeMutableRawPointer?

  func callAsFunction(_ result: Result<JSONValue, PluginFailure>) {
    switch result {
    case .success(let value): unsafe value.withPointer { unsafe function?(user, $0, nil) }
    case .failure(let failure): unsafe failure.abi.withPointer { unsafe function?(user, nil, $0) }
    }
  }
}

private func hostCallService(
  _ context: UnsafeMutableRawPointer?, _ id: UInt64, _ name: UnsafePointer<CChar>?,
  _ params: UnsafeMutablePointer<json_t>?, _ reply: shell_reply?, _ user: UnsafeMutableRawPointer?
) {
  let params = unsafe stolen(params) ?? .emptyObject
  let reply = unsafe Reply(function: reply, user: user)
  unsafe PluginContext.behind(context)?.callService(text(name) ?? "", params, call: id) { reply($0) }
}

private func hostHTTP(
  _ context: UnsafeMutableRawPointer?, _ id: UInt64, _ request: UnsafeMutablePointer<json_t>?,
  _ reply: shell_reply?,
  _ user: UnsafeMutableRawPointer?
) {
  let request = unsafe stolen(request) ?? .emptyObject
  let reply = unsafe Reply(function: reply, user: user)
  unsafe PluginContext.behind(context)?.fetch(request, call: id) { reply($0) }
}

private func hostPresent(_ context: UnsafeMutableRawPointer?, _ message: UnsafeMutablePointer<json_t>?) {
  guard let message = unsafe stolen(message) else { return }
  unsafe PluginContext.behind(context)?.present(message)
}

private func hostSettings(_ context: UnsafeMutableRawPointer?) -> UnsafePointer<json_t>? {
  // The context keeps the value to the end of the process.
  unsafe PluginContext.behind(context)?.settings.withPointer { unsafe UnsafePointer($0) }
}

private func hostGetExtension(_ context: UnsafeMutableRawPointer?, _ name: UnsafePointer<CChar>?)
  -> UnsafeRawPointer?
{
  nil
}
