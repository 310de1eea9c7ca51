import Dispatch
import ShellProtocol
import ShellStore
import Synchronization

/// What only somebody asks who tries a plugin out: `esh plugin check`.
extension PluginHost {
  /// Loads a plugin, unless it is loaded, and waits for that. The answer is why it cannot be; nil: it is loaded. Not on a
  /// plugin's own thread.
  package func bringUp(_ id: String) -> PluginFailure? {
    guard let instance = byID[id] else { return .unavailable(id, "there is no such plugin") }
    let failure = Mutex<PluginFailure?>(nil)
    let isEnded = DispatchSemaphore(value: 0)
    withLoaded(instance) { result in
      if case .failure(let reason) = result { failure.withLock { $0 = reason } }
      isEnded.signal()
    }
    isEnded.wait()
    return failure.withLock { $0 }
  }

  /// Waits until what was to be loaded or taken down has been.
  package func waitForLoading() { loading.sync {} }

  /// Calls that the plugin has not ended, those included whose callers have gone.
  package func callsHeld(by id: String) -> Int { byID[id]?.context.calls.count ?? 0 }

  /// Completions of calls that had ended before.
  package func lateCompletions(of id: String) -> Int {
    byID[id]?.context.counters.lateCompletions.load(ordering: .relaxed) ?? 0
  }

  /// The sources of its tables, when it is loaded, with what their SQL may touch.
  package func tableSources(of id: String) -> [(id: String, source: TableSource, policy: StatementPolicy)] {
    guard let instance = byID[id], let loaded = instance.loaded else { return [] }
    return loaded.sources.sorted { $0.key < $1.key }.map { ($0.key, $0.value, instance.context.policy) }
  }

  /// What of a plugin's code runs at this instant, as the crash journal has it: "command notes.add", "cancel". Empty
  /// without a data folder.
  package func running(of id: String) -> [String] {
    guard let folder = configuration.dataFolder else { return [] }
    return CrashJournal.unfinished(path: "\(folder)/plugins.journal").filter { $0.plugin == id }.map(\.name)
  }
}
