import CShellPlugin
import Jansson
import ShellStore
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// One running body of `transact`, on the thread that runs it.
///
/// The `shell_transaction *` that the plugin holds is a number, not an address: it is looked up through the
/// thread, so a pointer kept past its body, or used on another thread, names nothing.
final class BodyScope {
  let context: PluginContext
  let record: CallRecord?
  let transaction: Transaction
  let writes: Bool
  /// The first failed statement: the transaction then rolls back whatever the body returns.
  var failure: PluginFailure?
  var finishesJob = false
  private let token: Int

  private static let tokens = Atomic<Int>(1)

  init(context: PluginContext, record: CallRecord?, transaction: Transaction, writes: Bool) {
    self.context = context
    self.record = record
    self.transaction = transaction
    self.writes = writes
    // Even and far from any real address; nothing ever follows it.
    token = Self.tokens.wrappingAdd(1, ordering: .relaxed).oldValue &* 2
  }

  /// What the plugin gets for its `shell_transaction *`.
  var pointer: OpaquePointer? { unsafe OpaquePointer(bitPattern: token) }

  /// The scope that this thread runs; nil outside every body.
  static var current: BodyScope? {
    unsafe pthread_getspecific(currentScope).map {
      unsafe Unmanaged<BodyScope>.fromOpaque($0).takeUnretainedValue()
    }
  }

  /// The scope behind a plugin's pointer, if this thread runs it.
  static func running(_ pointer: OpaquePointer?) -> BodyScope? {
    guard let scope = current, Int(bitPattern: pointer) == scope.token else { return nil }
    return scope
  }

  /// Runs `body` as this thread's scope.
  func run<Result>(_ body: () throws -> Result) rethrows -> Result {
    unsafe pthread_setspecific(currentScope, Unmanaged.passUnretained(self).toOpaque())
    defer {
      pthread_setspecific(currentScope, nil)
      withExtendedLifetime(self) {}
    }
    return try body()
  }
}

private let currentScope: pthread_key_t = {
  var key = pthread_key_t()
  unsafe pthread_key_create(&key, nil)
  return key
}()
