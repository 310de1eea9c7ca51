import Dispatch
import Jansson
import Logging
import ShellTime
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// A changed library takes the place of the one that runs, with no restart and no lost call.
extension PluginHost {
  /// Takes a plugin's library up anew from its file.
  ///
  /// The new code is opened and looked over while the old still works. Then new calls wait, the old code finishes those
  /// that it has, the new is brought to life, and the calls go on with it. When something is wrong with the new code, or
  /// the old does not come to rest, everything stays as it was and the failure says why. The result is
  /// `{"generation": n}`, and `"manifestChanged": true` when the manifest's file is no longer what this host has read:
  /// what a plugin contributes is read at the host's start. `completion` runs once, on any thread.
  package func reload(_ id: String, completion: @escaping CallCompletion) {
    guard let instance = byID[id] else {
      let reason = "there is no such plugin"
      return completion(.failure(PluginFailure.unavailable(id, reason)))
    }
    loading.async { [self] in
      guard let old = instance.callable else { return start(instance, completion) }
      do throws(PluginLoadError) {
        try replace(old, of: instance)
        completion(.success(outcome(instance)))
      } catch {
        logger.error("a plugin was not reloaded", metadata: ["plugin": "\(id)", "reason": "\(error)"])
        completion(.failure(.notReloaded(id, "\(error)")))
      }
    }
  }

  /// A plugin that does not run is brought to life from its file as it is.
  private func start(_ instance: PluginInstance, _ completion: @escaping CallCompletion) {
    instance.state.withLock { state in
      if case .failed = state.stage, !state.disabled { state.stage = .idle }
      state.crashes.forgive()
    }
    withLoaded(instance) { [self] result in completion(result.map { _ in outcome(instance) }) }
  }

  private func outcome(_ instance: PluginInstance) -> JSONValue {
    var members: [(String, JSONValue)] = [
      ("generation", JSONValue(instance.state.withLock { $0.generation }))
    ]
    // try?: a file that cannot be read any more has changed, too.
    let now = try? JSONValue(parsing: FileBytes.read(instance.manifest.file, limit: 8 << 20) ?? [])
    if now != instance.manifest.json { members.append(("manifestChanged", true)) }
    return JSONValue(members: members)
  }

  /// [loading]
  private func replace(_ old: PluginInstance.Loaded, of instance: PluginInstance) throws(PluginLoadError) {
    // 1. The new code, while the old works.
    let (code, description) = try open(instance, freshly: true)
    // 2. New calls wait; those under way end.
    guard instance.holdCalls(of: old) else {
      let reason = "it was switched off, or has ended, meanwhile"
      _ = code.kill(because: reason)
      throw .requirement(reason)
    }
    do throws(PluginLoadError) {
      guard cameToRest(instance) else {
        throw .requirement("its calls did not end within \(restLimitMs(instance)) ms; try again when it is less busy")
      }
      // 3. The new code comes to life.
      let new = try enliven(instance, code, description)
      release(instance, with: new)
    } catch {
      release(instance, with: old)
      _ = code.kill(because: "it was not taken: \(error)")
      throw error
    }
    // 4. Nobody calls the old any more.
    end(old, of: instance)
    logger.info("plugin reloaded", metadata: ["plugin": "\(instance.id)"])
    delegate?.pluginChanged(instance.id, stateAndError(instance).0)
    deliveries.kick(events: true, jobs: true)
  }

  private func restLimitMs(_ instance: PluginInstance) -> Int64 { instance.callLimitMs + Watchdog.graceMs }

  private func cameToRest(_ instance: PluginInstance) -> Bool {
    for record in instance.context.calls.records where record.call.kind == .job { record.askToEnd() }
    let limit = restLimitMs(instance)
    let entered = Signal()
    // Calls that were queued before this must have entered.
    instance.executor.run { entered.raise() }
    return entered.wait(limitMs: limit) && Signal.waiting(limitMs: limit) { instance.context.calls.whenEmpty($0) }
  }

  /// Lets the calls that waited go on.
  private func release(_ instance: PluginInstance, with loaded: PluginInstance.Loaded) {
    loaded.isRetired.value = false
    let waiters = instance.state.withLock { state -> [PluginInstance.Waiter] in
      state.stage = .active(loaded)
      defer { state.waiters = [] }
      return state.waiters
    }
    notice(loaded, of: instance)
    for waiter in waiters { waiter(.success(loaded)) }
  }

  /// A copy under a name that the loader has not seen: it tells libraries apart by that, and would give back the one
  /// that is there.
  func freshCopy(of path: String, for id: String) throws(PluginLoadError) -> String {
    guard let folder = configuration.dataFolder else { return path }
    let copies = "\(folder)/plugin-generations"
    _ = unsafe mkdir(copies, 0o700)
    let copy = "\(copies)/\(id).\(getpid()).\(monotonicMs()).so"
    guard let bytes = FileBytes.read(path, limit: 1 << 30), FileBytes.replace(copy, with: bytes),
      unsafe chmod(copy, 0o500) == 0
    else { throw .notLoadable(path: path, reason: "cannot copy it to \(copies)") }
    return copy
  }
}

extension PluginInstance {
  /// From here on calls wait. False: the plugin is no longer the one that was loaded.
  fileprivate func holdCalls(of loaded: Loaded) -> Bool {
    state.withLock { state in
      guard case .active(let now) = state.stage, now.code === loaded.code else { return false }
      state.stage = .loading
      loaded.isRetired.value = true
      return true
    }
  }
}

extension PluginFailure {
  fileprivate static func notReloaded(_ plugin: String, _ reason: String) -> PluginFailure {
    PluginFailure(
      .refused, kind: "plugin.notReloaded",
      .init(
        ru: "Модуль «\(plugin)» не заменён, работает прежний: \(reason)",
        en: "Plugin '\(plugin)' was not reloaded, the old code goes on: \(reason)"),
      data: ["plugin": JSONValue(plugin)])
  }
}
