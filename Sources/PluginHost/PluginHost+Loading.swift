import Dispatch
import Jansson
import ShellStore
import ShellTime
import Synchronization

extension PluginHost {
  /// Gives the loaded plugin to `waiter`, at once or after loading it and what it requires. Loading happens
  /// on a queue of its own, one plugin at a time; `waiter` runs on any thread.
  func withLoaded(_ instance: PluginInstance, _ waiter: @escaping PluginInstance.Waiter) {
    enum Next { case now(Result<PluginInstance.Loaded, PluginFailure>), load, wait }
    let next = instance.state.withLock { state -> Next in
      if state.disabled { return .now(.failure(.unavailable(instance.id, "it is disabled"))) }
      if let reason = state.heldBack { return .now(.failure(.unavailable(instance.id, reason))) }
      switch state.stage {
      case .active(let loaded): return .now(.success(loaded))
      case .failed(let reason): return .now(.failure(.unavailable(instance.id, reason)))
      case .loading:
        state.waiters.append(waiter)
        return .wait
      case .idle:
        if let rest = state.crashes.restMs(at: monotonicMs()) {
          let reason = "it has crashed and rests before it is started again: \(state.crashes.last ?? "")"
          return .now(.failure(.unavailable(instance.id, reason, retryAfterMs: rest)))
        }
        state.stage = .loading
        state.waiters.append(waiter)
        return .load
      }
    }
    switch next {
    case .now(let result): waiter(result)
    case .wait: break
    case .load: loading.async { [self] in load(instance, behind: []) }
    }
  }

  /// [loading] Loads one plugin after those that it requires, unless someone did meanwhile.
  private func load(_ instance: PluginInstance, behind chain: [String]) {
    guard instance.beginsLoading() else { return }
    let result: Result<PluginInstance.Loaded, PluginLoadError>
    do throws(PluginLoadError) {
      guard !isStopping else { throw .requirement("the host is shutting down") }
      try loadRequirements(of: instance, behind: chain)
      result = .success(try bringUp(instance))
    } catch {
      result = .failure(error)
    }
    let waiters = instance.state.withLock { state -> [PluginInstance.Waiter] in
      switch result {
      case .success(let loaded): state.stage = .active(loaded)
      case .failure(let error): state.stage = .failed("\(error)")
      }
      defer { state.waiters = [] }
      return state.waiters
    }
    switch result {
    case .success(let loaded):
      logger.info("plugin loaded", metadata: ["plugin": "\(instance.id)"])
      // It may have been switched off while it was loaded.
      delegate?.pluginChanged(instance.id, stateAndError(instance).0)
      notice(loaded, of: instance)
      for waiter in waiters { waiter(.success(loaded)) }
    case .failure(let error):
      logger.error("plugin failed", metadata: ["plugin": "\(instance.id)", "reason": "\(error)"])
      delegate?.pluginChanged(instance.id, .failed)
      for waiter in waiters { waiter(.failure(.unavailable(instance.id, "\(error)"))) }
    }
  }

  private func loadRequirements(of instance: PluginInstance, behind chain: [String]) throws(PluginLoadError) {
    for id in owners.requirements(of: instance) {
      guard let required = byID[id] else {
        throw .requirement("it requires plugin '\(id)', which is not there")
      }
      guard !chain.contains(id), id != instance.id else {
        throw .requirement(
          "requirements run in a circle: \((chain + [instance.id, id]).joined(separator: " → "))")
      }
      if required.isDisabled { throw .requirement("it requires plugin '\(id)', which is disabled") }
      if required.loaded == nil, required.failure == nil { load(required, behind: chain + [instance.id]) }
      if let reason = required.failure {
        throw .requirement("it requires plugin '\(id)', which failed: \(reason)")
      }
    }
  }

  /// [loading] From the file to the activated instance.
  private func bringUp(_ instance: PluginInstance) throws(PluginLoadError) -> PluginInstance.Loaded {
    if let reason = instance.heldBack { throw .requirement(reason) }
    try PluginLibrary.checkABI(of: instance.manifest)
    journal.open()
    let (code, description) = try open(instance, freshly: false)
    do throws(PluginLoadError) {
      return try enliven(instance, code, description)
    } catch {
      // Of a plugin that could not be brought to life nothing goes on running, where that is in our hands.
      _ = code.kill(because: "\(error)")
      throw error
    }
  }

  /// [loading] The code and what it brings, after the checks that need none of the plugin's state.
  func open(
    _ instance: PluginInstance, freshly isFresh: Bool
  ) throws(PluginLoadError) -> (any PluginCode, JSONValue) {
    let started = monotonicMs()
    let place = CodePlace()
    let description: JSONValue
    do throws(PluginLoadError) {
      description = try apart(instance, "load", limitMs: configuration.activationLimitMs) {
        [self] () throws(PluginLoadError) -> JSONValue in
        let code = try self.code(of: instance, freshly: isFresh)
        place.keep(code)
        let description = try code.describe()
        guard code.id == instance.id else {
          throw .otherID(expected: instance.id, found: code.id, path: code.path)
        }
        return description
      }
    } catch {
      place.abandon(because: "\(error)")
      throw error
    }
    guard let code = place.code else { throw .requirement("it was abandoned") }
    let differences = instance.manifest.differences(from: description)
    guard differences.isEmpty else {
      _ = code.kill(because: "it does not fit its manifest")
      throw .disagreesWithManifest(differences)
    }
    if code.process != nil, !code.walls.contains(.calls) {
      logger.error("a plugin runs in a process without walls", metadata: ["plugin": "\(instance.id)"])
    }
    if let image = code.image { journal.value?.note(image, of: instance.id) }
    instance.state.withLock { $0.loadMs = monotonicMs() - started }
    return (code, description)
  }

  /// [loading] Makes the plugin's instance, and the tables, which is the host's own work and takes as long as it takes.
  func enliven(
    _ instance: PluginInstance, _ code: any PluginCode, _ description: JSONValue
  ) throws(PluginLoadError) -> PluginInstance.Loaded {
    let limit = configuration.activationLimitMs
    try apart(instance, "create", limitMs: limit) { () throws(PluginLoadError) in try code.create() }
    // As late as can be: what has been migrated stays so, also when the code then fails.
    let sources = try migrate(instance, code, description)
    let created = monotonicMs()
    try apart(instance, "activate", limitMs: limit) { () throws(PluginLoadError) in try code.activate() }
    instance.state.withLock { state in
      state.activateMs = monotonicMs() - created
      state.generation += 1
    }
    instance.breaker.reset()
    decisions.change { $0.suspicions[instance.id] = nil }
    return PluginInstance.Loaded(code: code, sources: sources)
  }

  /// Milliseconds that the migrations of a plugin in a runner may take: nobody else writes meanwhile.
  private static let strangersMigrationMs: Int64 = 60_000

  private func migrate(
    _ instance: PluginInstance, _ code: any PluginCode, _ description: JSONValue
  ) throws(PluginLoadError) -> [String: TableSource] {
    do {
      let steps = try (description["migrations"]?.array ?? []).map(MigrationStep.init(abi:))
      try store.migrate(
        owner: instance.id, steps: steps, views: instance.context.policy.views,
        limitMs: code.process == nil ? nil : Self.strangersMigrationMs)
    } catch {
      throw .migration("\(error)")
    }
    var sources: [String: TableSource] = [:]
    for (id, json) in description["tables"]?.members ?? [] {
      do {
        sources[id] = try TableSource(json: json, owner: instance.id)
      } catch {
        throw .badDescription(path: instance.manifest.library, reason: "table '\(id)': \(error)")
      }
    }
    return sources
  }

  /// Runs plugin code that comes before all calls, journaled, and waits for it no longer than `limitMs`. What comes later
  /// is lost with the plugin. On a queue of its own: code that hangs must not hold up the plugin's executor, which may
  /// be at work for the code that is to be replaced.
  private func apart<Value: Sendable>(
    _ instance: PluginInstance, _ phase: String, limitMs: Int64,
    _ body: @escaping @Sendable () throws(PluginLoadError) -> Value
  ) throws(PluginLoadError) -> Value {
    let slot = ResultSlot<Value>()
    DispatchQueue(label: "esh.plugins.\(phase)").async {
      let result = instance.context.journaled(.load, phase) { () -> Result<Value, PluginLoadError> in
        do throws(PluginLoadError) { return .success(try body()) } catch { return .failure(error) }
      }
      slot.fill(result)
    }
    guard let result = slot.wait(limitMs: limitMs) else { throw .tooSlow(phase: phase, limitMs: limitMs) }
    return try result.get()
  }
}

extension PluginInstance {
  /// Claims an idle plugin for loading, or one that waits for it. False: it is loaded, failed or disabled.
  fileprivate func beginsLoading() -> Bool {
    state.withLock { state in
      switch state.stage {
      case .idle:
        state.stage = .loading
        return true
      case .loading: return true
      case .active, .failed: return false
      }
    }
  }
}

extension MigrationStep {
  fileprivate init(abi json: JSONValue) throws(StoreError) {
    guard let name = json["name"]?.string, let sql = json["sql"]?.array, sql.allSatisfy({ $0.string != nil })
    else {
      throw .invalid(reason: "a migration is {\"name\", \"sql\": [statement]}")
    }
    self.init(name: name, sql: sql.compactMap(\.string))
  }
}
