import Dispatch
import Jansson
import Synchronization

extension PluginHost {
  /// Every plugin that is installed, sorted by id.
  package func statuses() -> [PluginStatus] {
    catalog.plugins.map { plugin in
      if let instance = byID[plugin.id] {
        var status = status(instance)
        status.leftOut = plugin.leftOut.map(\.en)
        return status
      }
      return PluginStatus(id: plugin.id, unreadable: plugin.error?.en ?? "its manifest cannot be read")
    }
  }

  private func status(_ instance: PluginInstance) -> PluginStatus {
    let (state, error) = stateAndError(instance)
    let counters = instance.context.counters
    let (times, crashes, generation) = instance.state.withLock {
      (($0.loadMs, $0.activateMs), $0.crashes, $0.generation)
    }
    var status = PluginStatus(
      id: instance.id, version: instance.manifest.version.description, state: state, error: error,
      contributes: instance.manifest.json["contributes"] ?? .emptyObject,
      permissions: instance.manifest.json["permissions"] ?? .emptyObject,
      calls: counters.calls.load(ordering: .relaxed), failures: counters.failures.load(ordering: .relaxed),
      lateCompletions: counters.lateCompletions.load(ordering: .relaxed),
      dropped: counters.dropped.load(ordering: .relaxed), denials: counters.denials.load(ordering: .relaxed),
      violations: counters.violations.load(ordering: .relaxed), inFlight: instance.context.calls.count,
      stuckEvent: deliveries.stuckEvent(of: instance.id), loadMs: times.0, activateMs: times.1)
    status.process = instance.loaded?.code.process
    status.walls = instance.loaded?.code.walls ?? []
    status.generation = generation
    status.crashes = crashes.total
    status.lastCrash = crashes.last
    return status
  }

  func stateAndError(_ instance: PluginInstance) -> (PluginStatus.State, String?) {
    if instance.isDisabled { return (.disabled, nil) }
    if let reason = instance.heldBack { return (.failed, reason) }
    if let reason = instance.failure { return (.failed, reason) }
    if instance.loaded != nil {
      return instance.breaker.openReason.map { (.failed, $0) } ?? (.active, nil)
    }
    for id in owners.requirements(of: instance) {
      guard let required = byID[id] else {
        return (.failed, "it requires plugin '\(id)', which is not there")
      }
      if required.isDisabled { return (.failed, "it requires plugin '\(id)', which is disabled") }
      if let reason = required.failure {
        return (.failed, "it requires plugin '\(id)', which failed: \(reason)")
      }
    }
    return (.resolved, nil)
  }

  /// The state of one plugin; nil when there is none of that id.
  package func state(of id: String) -> PluginStatus.State? { byID[id].map { stateAndError($0).0 } }

  /// Lets a plugin work again: one that was disabled, has failed, or is in quarantine. It is loaded at its
  /// next need. False when there is no such plugin. The decision is on disk when this returns.
  @discardableResult
  package func enable(_ id: String) -> Bool {
    guard let instance = byID[id] else { return false }
    decisions.change { content in
      content.disabled.remove(id)
      content.quarantined[id] = nil
      content.suspicions[id] = nil
    }
    instance.state.withLock { state in
      state.disabled = false
      if case .failed = state.stage { state.stage = .idle }
      state.crashes.forgive()
    }
    // Those that failed only because of this one get another chance with it.
    for dependent in dependents(of: id) {
      dependent.state.withLock { state in
        if case .failed(let reason) = state.stage, reason.hasPrefix("it requires plugin '\(id)'") {
          state.stage = .idle
        }
      }
    }
    rebuildCatalog()
    delegate?.pluginChanged(id, stateAndError(instance).0)
    deliveries.kick(events: true, jobs: true)
    return true
  }

  /// Stops a plugin, and those that require it, and keeps it stopped over restarts. Its calls in flight may
  /// finish; new ones are refused from now on. False when there is no such plugin.
  @discardableResult
  package func disable(_ id: String) -> Bool {
    guard let instance = byID[id] else { return false }
    decisions.change { $0.disabled.insert(id) }
    instance.state.withLock { $0.disabled = true }
    rebuildCatalog()
    delegate?.pluginChanged(id, .disabled)
    loading.async { [self] in
      for dependent in dependents(of: id).reversed() where dependent.loaded != nil {
        takeDown(dependent)
        delegate?.pluginChanged(dependent.id, stateAndError(dependent).0)
      }
      takeDown(instance)
    }
    return true
  }

  /// Plugins that need this one, directly or through others, in load order.
  private func dependents(of id: String) -> [PluginInstance] {
    var needed: Set = [id]
    var found: [PluginInstance] = []
    // Load order puts a plugin after all that it requires, so one pass is enough.
    for instance in instances where !needed.isDisjoint(with: owners.requirements(of: instance)) {
      needed.insert(instance.id)
      found.append(instance)
    }
    return found
  }

  /// Ends the deliveries, gives the calls in flight a little time, then cancels them and ends every plugin.
  /// Waits; not for the desk.
  package func stop() {
    guard beginStopping() else { return }
    deliveries.stop()
    loading.sync {
      for instance in instances.reversed() { takeDown(instance, givingUp: .stopping) }
    }
  }

  /// [loading] Drains, deactivates and frees one plugin. One that does not end in time is left as it is: its
  /// code stays mapped, and nobody calls it any more.
  private func takeDown(_ instance: PluginInstance, givingUp failure: PluginFailure? = nil) {
    guard let loaded = instance.takeLoaded() else { return }
    let limit = configuration.drainLimitMs
    let context = instance.context
    // A long job ends after the step that it is in, and goes on another time.
    for record in context.calls.records where record.call.kind == .job { record.askToEnd() }
    // 1. Calls that were queued before this must have entered or gone.
    let entered = Signal()
    instance.executor.run { entered.raise() }
    _ = entered.wait(limitMs: limit)
    // Whoever got hold of the code before, and comes only now, goes another way.
    loaded.isRetired.value = true
    // 2. Calls in flight.
    var calm = Signal.waiting(limitMs: limit) {
      context.calls.whenEmpty($0)
    }
    if !calm {
      for record in context.calls.records {
        record.giveUp(failure ?? .unavailable(instance.id, "it was disabled"))
      }
      calm = Signal.waiting(limitMs: limit) { context.calls.whenEmpty($0) }
    }
    end(loaded, of: instance, isCalm: calm)
  }

  /// [loading] The plugin's own end, then what it still awaits from outside. `isCalm`: it has no call left.
  func end(_ loaded: PluginInstance.Loaded, of instance: PluginInstance, isCalm: Bool = true) {
    let limit = configuration.drainLimitMs
    let context = instance.context
    let ended = Signal()
    instance.executor.run {
      context.journaled(.load, "deactivate") { loaded.code.deactivate() }
      ended.raise()
    }
    guard ended.wait(limitMs: limit), isCalm, Signal.waiting(limitMs: limit, { context.outside.whenQuiet($0) })
    else {
      logger.warning("plugin did not end in time", metadata: ["plugin": "\(instance.id)"])
      _ = loaded.code.kill(because: "it did not end in time")
      return
    }
    let isFreed = Signal()
    DispatchQueue(label: "esh.plugins.destroy").async {
      context.journaled(.load, "destroy") { loaded.code.destroy() }
      isFreed.raise()
    }
    if !isFreed.wait(limitMs: limit) { _ = loaded.code.kill(because: "it did not end in time") }
  }
}

/// Something that happens once.
struct Signal: Sendable {
  private let semaphore = DispatchSemaphore(value: 0)

  func raise() { semaphore.signal() }

  /// False when it did not happen in time.
  func wait(limitMs: Int64) -> Bool {
    semaphore.wait(timeout: .now() + .milliseconds(Int(limitMs))) == .success
  }

  static func waiting(limitMs: Int64, _ register: (@escaping @Sendable () -> Void) -> Void) -> Bool {
    let signal = Signal()
    register { signal.raise() }
    return signal.wait(limitMs: limitMs)
  }
}

extension PluginInstance {
  /// Takes the loaded plugin out: from here on calls load it anew, or are refused.
  fileprivate func takeLoaded() -> Loaded? {
    state.withLock { state in
      guard case .active(let loaded) = state.stage else { return nil }
      state.stage = .idle
      return loaded
    }
  }
}
