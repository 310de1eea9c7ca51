import CShellPlugin
import Dispatch
import Jansson
import ShellStore
import ShellTime
import Synchronization

/// One plugin of the catalog, from the reading of its manifest to the freeing of its instance.
@safe final class PluginInstance: Sendable {
  /// A plugin whose code has been created and activated.
  struct Loaded: Sendable {
    let code: any PluginCode
    /// Whether other code takes its place: no call enters it any more.
    let isRetired = Retirement()
    /// Table sources that `describe` gave, by table id.
    let sources: [String: TableSource]
  }

  final class Retirement: Sendable {
    private let flag = Atomic(false)
    var value: Bool {
      get { flag.load(ordering: .sequentiallyConsistent) }
      set { flag.store(newValue, ordering: .sequentiallyConsistent) }
    }
  }

  enum Stage {
    case idle
    case loading
    case active(Loaded)
    case failed(String)
  }

  typealias Waiter = @Sendable (Result<Loaded, PluginFailure>) -> Void

  struct State {
    var stage = Stage.idle
    var waiters: [Waiter] = []
    var disabled = false
    /// Why the catalog does without it, when nobody has switched it off: its requirements, or somebody's
    /// names.
    var heldBack: String?
    /// Of the last load, in milliseconds of real time.
    var loadMs: Int64?
    var activateMs: Int64?
    /// Loads so far that brought something to life.
    var generation = 0
    /// Ends of its runner that nobody asked for.
    var crashes = RunnerCrashes()
  }

  let id: String
  let manifest: Manifest
  let context: PluginContext
  let executor: PluginExecutor
  var breaker: CircuitBreaker { context.breaker }
  let callLimitMs: Int64
  let jobLimitMs: Int64
  // Safe to share: set once in init; the table lives to the end of the process.
  nonisolated(unsafe) let hostTable: UnsafePointer<shell_host>
  let state: Mutex<State>

  init(_ manifest: Manifest, context: PluginContext, disabled: Bool, failure: String?) {
    id = manifest.id
    self.manifest = manifest
    self.context = context
    executor = PluginExecutor(plugin: manifest.id, parallel: manifest.concurrency == .parallel)
    callLimitMs = Int64(manifest.limits.callMs)
    jobLimitMs = Int64(manifest.limits.jobMs)
    unsafe hostTable = unsafe context.pinnedTable()
    state = Mutex(State(stage: failure.map { .failed($0) } ?? .idle, disabled: disabled))
  }

  var loaded: Loaded? {
    state.withLock { state in
      if case .active(let loaded) = state.stage { return loaded }
      return nil
    }
  }

  /// The loaded plugin, if it may be called.
  var callable: Loaded? {
    state.withLock { state in
      guard !state.disabled, state.heldBack == nil, case .active(let loaded) = state.stage else { return nil }
      return loaded
    }
  }

  /// Whether it may be given work: one that is stopped or broken is not.
  var isAvailable: Bool {
    state.withLock { state in
      if case .failed = state.stage { return false }
      return !state.disabled && state.heldBack == nil
    }
  }

  var heldBack: String? { state.withLock { $0.heldBack } }

  var isDisabled: Bool { state.withLock { $0.disabled } }

  var failure: String? {
    state.withLock { state in
      if case .failed(let reason) = state.stage { return reason }
      return nil
    }
  }
}

// MARK: Running one call

extension PluginInstance {
  /// Calls that may wait for the plugin's executor.
  static let maxQueued = 2048
  /// Threads that a parallel plugin may keep before no more are given to it.
  static let mostStuck = 4

  /// Puts a call into the executor's queue.
  func enqueue(_ record: CallRecord, _ loaded: Loaded) {
    if let refusal = breaker.refusal() {
      record.answer(.failure(.unavailable(id, refusal.reason, retryAfterMs: refusal.retryAfterMs)))
      return
    }
    guard context.counters.queued.add(1, ordering: .relaxed).newValue <= Self.maxQueued else {
      context.counters.queued.subtract(1, ordering: .relaxed)
      record.answer(.failure(.overloaded(id)))
      return
    }
    if let limit = limitMs(record.call) { record.limit(toMs: limit) }
    context.host?.watchdog.watch(record)
    executor.run { [self] in
      context.counters.queued.subtract(1, ordering: .relaxed)
      run(record, loaded)
    }
  }

  /// [exec] Enters the plugin with one call.
  private func run(_ record: CallRecord, _ loaded: Loaded) {
    guard !record.isAnswered else { return }
    guard let callID = context.calls.insert(record) else {
      record.answer(.failure(.overloaded(id)))
      return
    }
    // After the slot is taken: whoever retires code waits for its slots.
    guard !loaded.isRetired.value else {
      _ = context.calls.remove(callID)
      guard let host = context.host, !host.isStopping else { return _ = record.answer(.failure(.stopping)) }
      host.withLoaded(self) { [self] result in
        switch result {
        case .success(let fresh): enqueue(record, fresh)
        case .failure(let failure): record.answer(.failure(failure))
        }
      }
      return
    }
    guard record.isHeld(by: CallHolder(plugin: self, id: callID, code: loaded.code)) else {
      _ = context.calls.remove(callID)
      return
    }
    context.counters.calls.add(1, ordering: .relaxed)
    let status = enter(record.call, callID, loaded)
    if status != SHELL_PENDING { context.returned(callID, status) }
  }

  /// Tells the plugin that nobody waits for a call any longer.
  func cancel(_ held: CallHolder) {
    context.outside.began()
    // While the table holds the call, nobody frees the instance.
    if context.calls.record(held.id) != nil {
      context.journaled(.other, "cancel") { held.code.cancel(held.id) }
    }
    context.outside.ended()
  }

  /// Enters the plugin with one call on the caller's thread, which runs a rehearsal: the answer must be there when it
  /// returns.
  func attend(_ call: PluginCall, _ loaded: Loaded) -> Result<JSONValue, PluginFailure> {
    let slot = AnswerSlot()
    let record = CallRecord(call, events: CallEvents()) { slot.fill($0) }
    guard let callID = context.calls.insert(record) else { return .failure(.overloaded(id)) }
    context.counters.calls.add(1, ordering: .relaxed)
    let status = enter(call, callID, loaded)
    if Int(status) == SHELL_PENDING, context.calls.record(callID) != nil {
      context.journaled(.other, "cancel") { loaded.code.cancel(callID) }
    }
    if let left = context.calls.remove(callID) {
      switch Int(status) {
      case SHELL_REJECT: context.end(left, .failure(.notFound(call.kind, call.name)))
      case SHELL_PENDING: context.endBroken(left, "a service that is asked in a rehearsal must answer at once")
      default: context.endBroken(left, "`call` returned \(status) without complete or fail")
      }
    }
    return slot.answer ?? .failure(.brokenContract(id, "no answer"))
  }

  /// Milliseconds that a call may take; nil: no bound, as for a background job.
  private func limitMs(_ call: PluginCall) -> Int64? {
    guard call.kind == .job else { return callLimitMs }
    return context.grants.jobs[call.name]?.background == true ? nil : jobLimitMs
  }

  /// What the plugin is told: the earlier of its own limit and the caller's; 0: no bound.
  private func deadlineMs(_ call: PluginCall) -> Int64 {
    let own = limitMs(call)
    guard let asked = call.deadlineMs else { return own ?? 0 }
    return min(own ?? .max, max(1, asked))
  }

  private func enter(_ call: PluginCall, _ callID: UInt64, _ loaded: Loaded) -> Int32 {
    defer { breaker.cameBack(callID) }
    return context.journaled(.call, "\(call.kind.word) \(call.name)") {
      loaded.code.call(call, id: callID, deadlineMs: deadlineMs(call))
    }
  }
}

/// The answer of a call that the same thread waits for.
private final class AnswerSlot: Sendable {
  private let value = Mutex<Result<JSONValue, PluginFailure>?>(nil)

  func fill(_ answer: Result<JSONValue, PluginFailure>) { value.withLock { $0 = answer } }

  var answer: Result<JSONValue, PluginFailure>? { value.withLock { $0 } }
}
