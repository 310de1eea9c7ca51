import CShellPlugin
import Jansson

/// What the host lends to a plugin. Every function may be called from any thread.
@safe public struct Host: @unchecked Sendable {
  // Safe to share: the table and its context live to the end of the process and are never changed.
  let table: UnsafePointer<shell_host>
  /// The call on whose behalf this is used; 0 for none.
  let callID: UInt64

  init(_ table: UnsafePointer<shell_host>, callID: UInt64 = 0) {
    unsafe self.table = unsafe table
    self.callID = callID
  }

  /// The host on behalf of no call. A call's first write is what makes it done: it carries the request's idempotency
  /// key. Writes that only prepare go this way.
  public var detached: Host { unsafe Host(table) }

  /// Tells hosts of one process apart: a plugin's static state is all of theirs.
  public var identity: UInt { UInt(bitPattern: unsafe table) }

  /// The host's clock: milliseconds since 1970-01-01T00:00:00Z. The only source of "now".
  public var nowMs: Int64 { unsafe table.pointee.now_ms(table.pointee.context) }

  /// What the host was configured with for this plugin, an object.
  public var settings: JSONValue {
    unsafe JSONValue(borrowing: table.pointee.settings(table.pointee.context))
  }

  public enum LogLevel: Int32, Sendable { case debug, info, warning, error }

  /// One log line. `fields`: a flat object; no phones, no people's names.
  public func log(_ level: LogLevel, _ message: String, _ fields: JSONValue = .emptyObject) {
    unsafe fields.withPointer { pointer in
      unsafe table.pointee.log(table.pointee.context, level.rawValue, message, pointer)
    }
  }

  /// One state of the database; runs beside other reads.
  public func read<Result>(_ body: (Transaction) throws -> Result) throws -> Result {
    try transact(SHELL_READ, body)
  }

  /// One change, whole or not at all: `body` is the only writer while it runs, so it must wait for nothing.
  /// Rolled back when `body` throws.
  public func write<Result>(_ body: (Transaction) throws -> Result) throws -> Result {
    try transact(SHELL_WRITE, body)
  }

  /// A change that is made to see what would follow, and of which nothing stays: `body` may ask others in it
  /// (`Transaction.previews`, `Transaction.rehearse`). The only writer while it runs, as for `write`. Needs a host of
  /// ABI 1.3.
  public func rehearse<Result>(_ body: (Transaction) throws -> Result) throws -> Result {
    try transact(SHELL_REHEARSE, body)
  }

  /// Shows something to people who did not ask just now; dropped where nobody is.
  public func present(to target: Audience, _ effects: [Effect]) {
    let (key, id) =
      switch target {
      case .session(let id): ("session", id)
      case .user(let id): ("user", id)
      }
    let message: JSONValue = [key: JSONValue(id), "effects": JSONValue(effects.map(\.json))]
    unsafe table.pointee.present(table.pointee.context, message.retainedPointer())
  }

  public enum Audience: Sendable { case session(String), user(String) }

  private func transact<Result>(_ mode: Int, _ body: (Transaction) throws -> Result) throws -> Result {
    var outcome: Swift.Result<Result, any Error>?
    var error: UnsafeMutablePointer<json_t>?
    let status = withoutActuallyEscaping(body) { body in
      var frame = TransactionFrame(host: self) { transaction in
        do {
          outcome = .success(try body(transaction))
          return true
        } catch {
          outcome = .failure(error)
          return false
        }
      }
      return unsafe withUnsafeMutablePointer(to: &frame) { frame in
        unsafe table.pointee.transact(
          table.pointee.context, callID, Int32(mode), runTransactionBody, frame, &error)
      }
    }
    if let error = unsafe error {
      let failure = unsafe PluginError(JSONValue(adopting: error))
      // An error that the body threw says more than the rollback that it caused.
      if case .failure(let thrown)? = outcome { throw thrown }
      throw failure
    }
    switch outcome {
    case .success(let result) where status == 0: return result
    case .failure(let thrown): throw thrown
    default: throw PluginError("store.rolledBack", Text("Изменение отменено", en: "The change was rolled back"))
    }
  }
}

struct TransactionFrame {
  let host: Host
  let body: (Transaction) -> Bool
}

private func runTransactionBody(
  _ transaction: OpaquePointer?, _ user: UnsafeMutableRawPointer?
) -> Int32 {
  guard let transaction = unsafe transaction, let user = unsafe user else { return Int32(SHELL_ROLLBACK) }
  let frame = unsafe user.assumingMemoryBound(to: TransactionFrame.self)
  let committed = unsafe frame.pointee.body(Transaction(frame.pointee.host.table, transaction))
  return Int32(committed ? SHELL_COMMIT : SHELL_ROLLBACK)
}
