import Dispatch
import Jansson
import ShellTime
import Synchronization

/// One call from its start until the plugin lets go of it. The caller may have been answered long before.
final class CallRecord: Sendable {
  /// The write that carries an event's cursor or an idempotency key comes once.
  enum FirstWrite { case none, running, done }

  private struct State {
    var completion: CallCompletion?
    /// Calls and requests that this one waits for; given up with it.
    var children: [CallHandle] = []
    /// Set while the plugin has the call and somebody waits for it.
    var holder: CallHolder?
    /// Set while the plugin has the call and nobody waits any longer.
    var lateHolder: LateHolder?
    /// Whether the plugin's code has been entered with it.
    var hasBegun = false
    var cancelled = false
    var firstWrite = FirstWrite.none
    var jobFinished = false
    var deadline: Int64?
    /// When the plugin's own limit ends, on the same clock; the caller's may be earlier.
    var budget: Int64?

    /// For who answers the caller: nobody else will. The plugin may have the call for long yet.
    mutating func takeCompletion() -> CallCompletion? {
      defer { completion = nil }
      children = []
      if let holder { (self.holder, lateHolder) = (nil, LateHolder(holder)) }
      return completion
    }
  }

  let call: PluginCall
  /// The job's row or the event's number, for a delivery of the host.
  let delivery: Delivery?
  private let events: CallEvents
  private static let givingUp = DispatchQueue(label: "esh.plugins.giving-up")
  private let startedMs = monotonicMs()
  private let state: Mutex<State>

  init(
    _ call: PluginCall, delivery: Delivery? = nil, events: CallEvents, completion: @escaping CallCompletion
  ) {
    self.call = call
    self.delivery = delivery
    self.events = events
    state = Mutex(State(completion: completion, deadline: call.deadlineMs.map { monotonicMs() + max(0, $0) }))
  }

  /// Answers the caller. False when it has been answered before. `isOver`: the plugin has let go of the call.
  @discardableResult
  func answer(_ result: Result<JSONValue, PluginFailure>, isOver: Bool = false) -> Bool {
    let completion = state.withLock { state -> CallCompletion? in
      if isOver { (state.holder, state.lateHolder) = (nil, nil) }
      return state.takeCompletion()
    }
    completion?(result)
    return completion != nil
  }

  /// Answers the caller with a failure and asks the plugin to stop. Nothing happens when it was answered.
  func giveUp(_ failure: PluginFailure) { giveUp(failure, unlessOwed: false) }

  /// The caller is gone. The plugin is asked to stop; its answer counts if somebody may ask for it again.
  func leave() { giveUp(.cancelled, unlessOwed: true) }

  private func giveUp(_ failure: PluginFailure, unlessOwed: Bool) {
    let (completion, holder, children) = state.withLock { state -> (CallCompletion?, CallHolder?, [CallHandle]) in
      guard state.completion != nil else { return (nil, nil, []) }
      state.cancelled = true
      let (holder, children) = (state.holder, state.children)
      let mustAnswer = unlessOwed && isOwed && state.firstWrite != .none
      return (mustAnswer ? nil : state.takeCompletion(), holder, children)
    }
    completion?(.failure(failure))
    tell(holder, children)
  }

  /// The plugin's `cancel` and what hangs on this call run elsewhere: the caller may be the desk.
  private func tell(_ holder: CallHolder?, _ children: [CallHandle]) {
    guard holder != nil || !children.isEmpty else { return }
    Self.givingUp.async {
      holder?.cancel()
      for child in children { child.cancel() }
    }
  }

  /// Lets the plugin see that its work is to end soon; the call goes on, and its answer counts.
  func askToEnd() { state.withLock { $0.cancelled = true } }

  /// What the watchdog finds: the plugin's own limit is over, and then its grace as well. A caller's earlier deadline
  /// says nothing about the plugin.
  enum Overdue: Sendable { case timedOut, graceOver }

  func isOverdue(_ phase: Overdue) {
    let holder = state.withLock { $0.holder ?? $0.lateHolder?.holder }
    if let holder { holder.plugin.overdue(self, holder, phase) }
  }

  func begin() { state.withLock { $0.hasBegun = true } }
  var hasBegun: Bool { state.withLock { $0.hasBegun } }

  var isAnswered: Bool { state.withLock { $0.completion == nil } }
  var isCancelled: Bool { state.withLock { $0.cancelled } }
  /// Milliseconds since the call was made.
  var elapsedMs: Int64 { monotonicMs() - startedMs }

  /// On the clock of `monotonicMs`; nil: no bound yet. Past its change only the plugin's own limit ends it.
  var deadline: Int64? {
    state.withLock { isOwed && $0.firstWrite != .none ? $0.budget ?? $0.deadline : $0.deadline }
  }

  /// Whether a repetition is owed the answer, once something was done.
  private var isOwed: Bool { call.idempotency != nil }

  /// When the plugin itself is too late; nil: it was never told.
  var budget: Int64? { state.withLock { $0.budget } }

  /// Puts the plugin's own limit beside the caller's; the earlier one holds.
  func limit(toMs limit: Int64) {
    let end = monotonicMs() + limit
    state.withLock { state in
      state.deadline = min(state.deadline ?? .max, end)
      state.budget = end
    }
  }

  func progress(_ value: JSONValue) {
    guard !isAnswered else { return }
    events.progress?(value)
  }

  var notesReads: Bool { events.read != nil }

  func read(_ tables: Set<String>) {
    guard !isAnswered else { return }
    events.read?(tables)
  }

  func settled() {
    guard !isAnswered else { return }
    events.settled?()
  }

  /// The plugin has the call from now on. False when the caller has gone already.
  func isHeld(by holder: CallHolder) -> Bool {
    state.withLock { state in
      guard state.completion != nil else { return false }
      state.holder = holder
      return true
    }
  }

  /// Ties another call to this one; given up at once when this one was.
  func adopt(_ child: CallHandle) {
    let late = state.withLock { state -> Bool in
      guard state.completion != nil else { return state.cancelled }
      state.children.append(child)
      return false
    }
    if late { child.cancel() }
  }
}

extension CallRecord {
  /// Claims the call's first write; what it must carry is decided by that.
  func beginWrite() -> FirstWrite {
    state.withLock { state in
      defer { if state.firstWrite == .none { state.firstWrite = .running } }
      return state.firstWrite
    }
  }

  /// Ends the write that `beginWrite` returned `.none` for. A rolled back one leaves the claim open.
  func endWrite(committed: Bool) {
    let isGivenUp = state.withLock { state in
      state.firstWrite = committed ? .done : .none
      return !committed && state.cancelled && isOwed
    }
    // Nobody waits, and nothing was done after all.
    if isGivenUp { giveUp(.cancelled) }
  }

  var hasWritten: Bool { state.withLock { $0.firstWrite == .done } }

  var jobFinished: Bool {
    get { state.withLock { $0.jobFinished } }
    set { state.withLock { $0.jobFinished = newValue } }
  }
}

/// What the host delivers by itself, beside what people ask for.
enum Delivery: Sendable {
  case event(subscriber: String, seq: Int64)
  case job(id: Int64)
}
