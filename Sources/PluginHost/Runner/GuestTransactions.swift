import CShellPlugin
import Jansson
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// Transactions as a runner's plugin sees them: the body runs here, every statement in the host.
final class GuestTransactions: Sendable {
  /// Statuses of the answer to `transact`, beside 0 (committed) and -1 (failed).
  static let begun = 1
  static let rolledBack = 2

  private let pipe: FramePipe
  private let waiting: Mailboxes
  /// Apart from the numbers of other requests.
  private let next = Atomic<UInt64>(1 << 62)

  init(_ pipe: FramePipe, _ waiting: Mailboxes) {
    self.pipe = pipe
    self.waiting = waiting
  }

  /// Runs a plugin's `call` with its number known to this thread.
  func inCall<Result>(_ call: UInt64, _ body: () -> Result) -> Result {
    let outer = GuestThread.current
    let thread = GuestThread(call: call, transaction: nil)
    return thread.run(over: outer, body)
  }

  /// The answer of the host's `transact`: 0 or -1 with an error.
  func transact(call: UInt64, mode: Int32, _ body: (OpaquePointer?) -> Bool) throws(PluginFailure) -> Bool {
    let outer = GuestThread.current
    guard outer?.transaction == nil else { throw .misuse("transact inside the body of another transaction") }
    let id = next.wrappingAdd(1, ordering: .relaxed).oldValue
    let box = waiting.open(id)
    defer { waiting.forget(id) }
    var frame = FrameText(.transact, id)
    frame.number(Int64(bitPattern: call))
    frame.number(Int64(mode))
    frame.number(Int64(bitPattern: outer?.call ?? 0))
    pipe.send(frame)
    guard case .frame(let first) = box.next(limitMs: nil) else { throw .stopping }
    guard first.number(0) == Int64(Self.begun) else { throw Self.failure(first) }
    let transaction = GuestTransaction(id: id, box: box, pipe: pipe)
    let thread = GuestThread(call: outer?.call ?? 0, transaction: transaction)
    let wanted = thread.run(over: outer) { unsafe body(transaction.pointer) }
    var end = FrameText(.end, id)
    end.number(wanted && transaction.failure == nil ? 1 : 0)
    end.number(transaction.finishesJob ? 1 : 0)
    pipe.send(end)
    guard case .frame(let last) = box.next(limitMs: nil) else { throw .stopping }
    guard last.number(0) >= 0 else { throw Self.failure(last) }
    if let failure = transaction.failure { throw failure }
    return last.number(0) == 0
  }

  static func failure(_ frame: Frame) -> PluginFailure { PluginFailure(abi: frame.value(1) ?? .emptyObject) }
}

/// One running body.
final class GuestTransaction {
  let id: UInt64
  private let box: Mailbox
  private let pipe: FramePipe
  /// Of the last statement.
  private(set) var changes: Int64 = 0
  var finishesJob = false
  /// Of a step that the host never saw: the transaction then rolls back whatever the body returns.
  private(set) var failure: PluginFailure?

  init(id: UInt64, box: Mailbox, pipe: FramePipe) {
    self.id = id
    self.box = box
    self.pipe = pipe
  }

  /// What the plugin gets for its `shell_transaction *`: a number, looked up through the thread.
  var pointer: OpaquePointer? { unsafe OpaquePointer(bitPattern: UInt(id &* 2)) }

  /// The one behind a plugin's pointer, if this thread runs it.
  static func running(_ pointer: OpaquePointer?) throws(PluginFailure) -> GuestTransaction {
    guard let transaction = GuestThread.current?.transaction, unsafe transaction.pointer == pointer else {
      throw .misuse("a transaction was used outside of its body or on another thread")
    }
    return transaction
  }

  /// Asks the host to do something in this transaction; what it answers.
  func step(_ kind: Frame.Kind, _ fill: (inout FrameText) -> Void = { _ in }) throws(PluginFailure) -> JSONValue {
    var frame = FrameText(kind, id)
    fill(&frame)
    return try step(frame)
  }

  /// The same with a frame that is ready but for its id.
  func step(_ ready: FrameText) throws(PluginFailure) -> JSONValue {
    var frame = ready
    frame.address(id)
    guard frame.fits else {
      let failure = PluginFailure.misuse("a statement larger than the host takes from a runner")
      self.failure = self.failure ?? failure
      throw failure
    }
    pipe.send(frame)
    guard case .frame(let answer) = box.next(limitMs: nil) else { throw .stopping }
    guard answer.number(0) >= 0 else { throw GuestTransactions.failure(answer) }
    changes = answer.number(2)
    return answer.value(1) ?? .null
  }
}

/// What a thread of the plugin is in: a call, and perhaps the body of a transaction.
final class GuestThread {
  /// 0: none.
  let call: UInt64
  let transaction: GuestTransaction?

  init(call: UInt64, transaction: GuestTransaction?) {
    self.call = call
    self.transaction = transaction
  }

  static var current: GuestThread? {
    unsafe pthread_getspecific(currentThread).map {
      unsafe Unmanaged<GuestThread>.fromOpaque($0).takeUnretainedValue()
    }
  }

  /// Runs `body` as this; afterwards the thread is in what it was in before.
  func run<Result>(over outer: GuestThread?, _ body: () -> Result) -> Result {
    unsafe pthread_setspecific(currentThread, Unmanaged.passUnretained(self).toOpaque())
    defer {
      unsafe pthread_setspecific(currentThread, outer.map { unsafe Unmanaged.passUnretained($0).toOpaque() })
      withExtendedLifetime((self, outer)) {}
    }
    return body()
  }
}

private let currentThread: pthread_key_t = {
  var key = pthread_key_t()
  unsafe pthread_key_create(&key, nil)
  return key
}()
