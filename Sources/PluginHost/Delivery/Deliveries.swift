import Dispatch
import Jansson
import Logging
import ShellStore
import ShellTime
import Synchronization

/// Brings events to their subscribers and due jobs to their plugins.
///
/// What is to be delivered lies in the store; here is only what is under way. All decisions are made on one
/// serial queue, which reads the store and never waits for a plugin.
final class Deliveries: Sendable {
  /// Jobs of one plugin that run at once; background ones are counted apart.
  static let jobsAtOnce = 8

  /// A subscriber's place in the stream of events.
  struct Subscriber {
    let instance: PluginInstance
    var isBusy = false
    /// Attempts of the event that it refuses.
    var stuck: PluginStatus.StuckEvent?
    /// Something may have been published since its last look.
    var isDirty = true
  }

  /// A job in a plugin's hands.
  struct RunningJob {
    let owner: String
    let name: String
    let key: String
    let isBackground: Bool
    let handle: CallHandle?
  }

  struct State {
    var started = false
    var stopped = false
    /// A look has been asked for and not begun.
    var lookAsked = false
    var eventsDirty = false
    var jobsDirty = false
    var subscribers: [Subscriber] = []
    var jobs: [Int64: RunningJob] = [:]
    /// Resumed when nothing is due and nothing but background jobs runs.
    var idleWaiters: [CheckedContinuation<Void, Never>] = []
    /// Deliveries of one `runDue`, bounded.
    var budget = Int.max
  }

  let store: Store
  let clock: any HostClock
  let logger: Logger
  let jitter: @Sendable () -> Double
  let timer: any WakeTimer
  let queue = DispatchQueue(label: "esh.deliveries")
  let state = Mutex(State())
  private struct Link { weak var host: PluginHost? }
  private let link = Mutex(Link())

  init(
    store: Store, clock: any HostClock, logger: Logger, jitter: @escaping @Sendable () -> Double,
    timer: any WakeTimer
  ) {
    self.store = store
    self.clock = clock
    self.logger = logger
    self.jitter = jitter
    self.timer = timer
  }

  func connect(_ host: PluginHost) { link.withLock { $0.host = host } }
  var host: PluginHost? { link.withLock { $0.host } }

  func start() {
    let subscribers = (host?.instances ?? []).filter { !$0.context.grants.subscribedEvents.isEmpty }
    state.withLock { state in
      state.subscribers = subscribers.map { Subscriber(instance: $0) }
      state.started = true
    }
    kick(events: true, jobs: true)
  }

  /// Starts nothing more. What runs goes on, and its end is no longer looked at.
  func stop() {
    let (waiters, jobs) = state.withLock { state in
      state.stopped = true
      defer { state.idleWaiters = [] }
      return (state.idleWaiters, Array(state.jobs.values))
    }
    timer.wake(atMs: nil) {}
    for waiter in waiters { waiter.resume() }
    // A long poll would hold the end up for as long as it takes.
    for job in jobs where job.isBackground { job.handle?.cancel() }
    queue.sync {}
  }

  /// Says that events were published or jobs changed. Cheap; any thread, also inside the store's observer.
  func kick(events: Bool, jobs: Bool) {
    let first = state.withLock { state -> Bool in
      guard state.started, !state.stopped else { return false }
      if events { state.eventsDirty = true }
      if jobs { state.jobsDirty = true }
      defer { state.lookAsked = true }
      return !state.lookAsked
    }
    if first { queue.async { [self] in look() } }
  }

  /// The event that a subscriber refuses, for `plugin/list`.
  func stuckEvent(of id: String) -> PluginStatus.StuckEvent? {
    state.withLock { state in state.subscribers.first { $0.instance.id == id }?.stuck }
  }

  /// [queue] Starts what can be started, and sets the timer for what comes next.
  func look() {
    let (events, jobs) = state.withLock { state -> (Bool, Bool) in
      guard !state.stopped else { return (false, false) }
      defer { (state.lookAsked, state.eventsDirty, state.jobsDirty) = (false, false, false) }
      if state.eventsDirty {
        for index in state.subscribers.indices { state.subscribers[index].isDirty = true }
      }
      return (true, state.jobsDirty)
    }
    if events { deliverEvents() }
    if jobs { startJobs() }
    if events || jobs { armTimer() }
    resumeIfIdle()
  }

  /// [queue] One timer for the next due job and the next attempt of a refused event.
  private func armTimer() {
    let now = clock.nowMs
    let retry = state.withLock { $0.subscribers.compactMap { $0.stuck?.retryAtMs }.filter { $0 > now }.min() }
    let next = [retry, attempt("next due job") { try store.nextDueMs(after: now) } ?? nil].compactMap { $0 }
      .min()
    timer.wake(atMs: next) { [weak self] in self?.kick(events: true, jobs: true) }
  }

  private func resumeIfIdle() {
    let waiters = state.withLock { state -> [CheckedContinuation<Void, Never>] in
      guard !state.lookAsked, !state.subscribers.contains(where: \.isBusy),
        state.jobs.values.allSatisfy(\.isBackground)
      else { return [] }
      defer { state.idleWaiters = [] }
      return state.idleWaiters
    }
    for waiter in waiters { waiter.resume() }
  }

  /// Runs a read or write of the store; its failure is logged, and tried again at the next look.
  func attempt<Result>(_ what: String, _ body: () throws -> Result) -> Result? {
    do { return try body() } catch {
      logger.error("delivery failed", metadata: ["step": "\(what)", "reason": "\(error)"])
      return nil
    }
  }
}
