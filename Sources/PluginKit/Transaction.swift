import CShellPlugin
import Jansson

/// One open transaction; use it only inside the body that received it.
@safe public struct Transaction {
  private let table: UnsafePointer<shell_host>
  private let pointer: OpaquePointer

  init(_ table: UnsafePointer<shell_host>, _ pointer: OpaquePointer) {
    unsafe self.table = unsafe table
    unsafe self.pointer = unsafe pointer
  }

  /// Runs one statement. `bindings`: an array for `?`, an object for `:name`. Rows are objects by column name.
  @discardableResult
  public func query(_ sql: String, _ bindings: JSONValue = .emptyArray) throws(PluginError) -> JSONValue {
    var error: UnsafeMutablePointer<json_t>?
    let rows = unsafe bindings.withPointer { bound in
      unsafe table.pointee.query(pointer, sql, bound, &error)
    }
    guard let rows = unsafe rows else { throw unsafe failure(error) }
    return unsafe JSONValue(adopting: rows)
  }

  /// Runs one statement that reads `columns` as the table `shell_columns`. Needs a host of ABI 1.2.
  @discardableResult
  public func query(
    _ sql: String, _ bindings: JSONValue = .emptyArray, over columns: Columns
  ) throws(PluginError) -> JSONValue {
    try unsafe require(\.query_columns, "1.2")
    var error: UnsafeMutablePointer<json_t>?
    let rows = unsafe bindings.withPointer { bound in
      unsafe columns.withPointer { unsafe table.pointee.query_columns(pointer, sql, bound, $0, &error) }
    }
    guard let rows = unsafe rows else { throw unsafe failure(error) }
    return unsafe JSONValue(adopting: rows)
  }

  /// The rows of a query.
  public func rows(_ sql: String, _ bindings: JSONValue = .emptyArray) throws(PluginError) -> [JSONValue] {
    try query(sql, bindings).array ?? []
  }

  /// The first row of a query; nil when there is none.
  public func first(_ sql: String, _ bindings: JSONValue = .emptyArray) throws(PluginError) -> JSONValue? {
    try query(sql, bindings)[0]
  }

  /// Runs one statement that gives no rows once for each row of bindings, in half the time of `query` row by row.
  /// Returns how many rows it changed in all. Needs a host of ABI 1.1.
  @discardableResult
  public func insertMany(_ sql: String, _ rows: JSONValue) throws(PluginError) -> Int {
    try unsafe require(\.insert_many, "1.1")
    var error: UnsafeMutablePointer<json_t>?
    let changed = unsafe rows.withPointer { rows in
      unsafe table.pointee.insert_many(pointer, sql, rows, &error)
    }
    if changed < 0 { throw unsafe failure(error) }
    return Int(changed)
  }

  /// Rows changed by the last statement.
  public var changes: Int { Int(unsafe table.pointee.changes(pointer)) }

  /// Publishes an event to every plugin that subscribes to it, after the commit.
  public func emit(_ name: String, _ payload: JSONValue) throws(PluginError) {
    var error: UnsafeMutablePointer<json_t>?
    let status = unsafe table.pointee.emit(pointer, name, payload.retainedPointer(), &error)
    if status != 0 { throw unsafe failure(error) }
  }

  /// Schedules a job; one of the same name and key is replaced. A due time in the past runs at once.
  public func schedule(
    _ name: String, key: String, dueAtMs: Int64, payload: JSONValue = .emptyObject
  ) throws(PluginError) {
    let job: JSONValue = [
      "name": JSONValue(name), "key": JSONValue(key), "dueAt": JSONValue(dueAtMs), "payload": payload,
    ]
    var error: UnsafeMutablePointer<json_t>?
    if unsafe table.pointee.schedule(pointer, job.retainedPointer(), &error) != 0 { throw unsafe failure(error) }
  }

  /// Takes a scheduled job back. True when there was one.
  @discardableResult
  public func unschedule(_ name: String, key: String) throws(PluginError) -> Bool {
    var error: UnsafeMutablePointer<json_t>?
    let status = unsafe table.pointee.unschedule(pointer, name, key, &error)
    if status < 0 { throw unsafe failure(error) }
    return status == 1
  }

  /// Sets a context key for one user, or for all (`user` nil); a nil value returns it to its default.
  public func setContext(_ key: String, _ value: JSONValue?, user: String?) throws(PluginError) {
    var error: UnsafeMutablePointer<json_t>?
    let raw = unsafe value?.retainedPointer()
    let status = unsafe table.pointee.set_context(pointer, user, key, raw, &error)
    if status != 0 { throw unsafe failure(error) }
  }

  /// Adds a line to the audit log; who, when and from which client are the call's. `words`: the line for people.
  public func audit(
    _ action: String, object: String, old: JSONValue? = nil, new: JSONValue? = nil, words: AuditWords = AuditWords()
  ) throws(PluginError) {
    var members: [(String, JSONValue)] = [("action", JSONValue(action)), ("object", JSONValue(object))]
    if let old { members.append(("old", old)) }
    if let new { members.append(("new", new)) }
    if let title = words.title { members.append(("title", title.json)) }
    if let object = words.object { members.append(("objectTitle", object.json)) }
    if let changes = words.changes { members.append(("changes", changes.json)) }
    var error: UnsafeMutablePointer<json_t>?
    let status = unsafe table.pointee.audit(pointer, JSONValue(members: members).retainedPointer(), &error)
    if status != 0 { throw unsafe failure(error) }
  }

  /// In a rehearsal: asks a service of a plugin that the manifest requires, inside this transaction. What it does stays
  /// for the rest of the rehearsal, unless it fails. Needs a host of ABI 1.3.
  public func rehearse(_ service: String, _ params: JSONValue = .emptyObject) throws(PluginError) -> JSONValue {
    try unsafe require(\.rehearse, "1.3")
    var error: UnsafeMutablePointer<json_t>?
    let result = unsafe table.pointee.rehearse(pointer, service, params.retainedPointer(), &error)
    guard let result = unsafe result else { throw unsafe failure(error) }
    return unsafe JSONValue(adopting: result)
  }

  /// In a rehearsal: what everybody who answers `point`, one of the manifest's own, says would follow from what was
  /// changed so far. Needs a host of ABI 1.3.
  public func previews(_ point: String, _ params: JSONValue = .emptyObject) throws(PluginError) -> [Preview] {
    (try rehearse(point, params).array ?? []).map { Preview(answer: $0) }
  }

  /// In a job's call: the job ends with this transaction.
  public func finishJob() { unsafe table.pointee.finish(pointer) }

  /// Refuses a host whose table ends before `function`.
  private func require(_ function: PartialKeyPath<shell_host>, _ version: String) throws(PluginError) {
    let end = unsafe MemoryLayout<shell_host>.offset(of: function).map { $0 + MemoryLayout<Int>.size }
    guard let end, unsafe table.pointee.header.struct_size >= end else {
      throw PluginError(
        "host.old", Text("Серверу нужна версия ABI \(version)", en: "The host must speak ABI \(version)"), code: -32603)
    }
  }

  private func failure(_ error: UnsafeMutablePointer<json_t>?) -> PluginError {
    guard let error = unsafe error else {
      return PluginError("store.failed", Text("Ошибка хранилища", en: "The store failed"))
    }
    return unsafe PluginError(JSONValue(adopting: error))
  }
}
