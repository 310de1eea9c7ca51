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
  /// Whether nothing of it stays, so that others may be asked in it.
  let isRehearsal: Bool
  /// Who has been asked in this rehearsal and answers now: until it has, the body waits, and only the guest may make
  /// transactions on this thread, as parts of this one.
  private(set) var guest: PluginContext?
  /// The first failed statement: the transaction then rolls back whatever the body returns.
  var failure: PluginFailure?
  var finishesJob = false
  /// Events published and jobs scheduled in it.
  private(set) var announced = 0
  private let token: Int

  private static let tokens = Atomic<Int>(1)

  init(
    context: PluginContext, record: CallRecord?, transaction: Transaction, writes: Bool, isRehearsal: Bool = false
  ) {
    self.context = context
    self.record = record
    self.transaction = transaction
    self.writes = writes
    self.isRehearsal = isRehearsal
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
    guard let scope = current, scope.guest == nil, Int(bitPattern: pointer) == scope.token else { return nil }
    return scope
  }

  /// Runs `body` as this thread's scope; then the one is back that ran before, if any did.
  func run<Result>(_ body: () throws -> Result) rethrows -> Result {
    let outer = unsafe pthread_getspecific(currentScope)
    unsafe pthread_setspecific(currentScope, Unmanaged.passUnretained(self).toOpaque())
    defer {
      unsafe pthread_setspecific(currentScope, outer)
      withExtendedLifetime(self) {}
    }
    return try body()
  }

  /// Events and jobs that one transaction may hold, and a plugin in a minute: each is a row that somebody must work off.
  static let mostAnnounced = (once: 10_000, inMinute: 100_000)

  /// Takes one event or job off the plugin's budget.
  func announce() throws(PluginFailure) {
    announced += 1
    guard announced <= Self.mostAnnounced.once else {
      throw .overBudget(context.id, "\(Self.mostAnnounced.once) events and jobs in one transaction")
    }
    guard context.mayAnnounce() else {
      throw .overBudget(context.id, "\(Self.mostAnnounced.inMinute) events and jobs in a minute")
    }
  }

  /// Runs `body` while `guest` answers in this rehearsal.
  func hosting<Result>(_ guest: PluginContext, _ body: () throws -> Result) rethrows -> Result {
    self.guest = guest
    defer { self.guest = nil }
    return try body()
  }
}

private let currentScope: pthread_key_t = {
  var key = pthread_key_t()
  unsafe pthread_key_create(&key, nil)
  return key
}()
