import CShellPlugin
import Jansson
import ShellStore
import Synchronization

extension PluginHost {
  /// Calls a plugin, and loads it first if need be. `completion` runs exactly once, on any thread, possibly
  /// before this returns.
  @discardableResult
  package func call(
    _ call: PluginCall, events: CallEvents = CallEvents(), completion: @escaping CallCompletion
  ) -> CallHandle {
    start(CallRecord(call, events: events, completion: completion))
  }

  /// The same for a caller that may wait. Cancelling the task cancels the call.
  package func call(_ call: PluginCall, events: CallEvents = CallEvents()) async throws(PluginFailure)
    -> JSONValue
  {
    let slot = HandleSlot()
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation {
        (continuation: CheckedContinuation<Result<JSONValue, PluginFailure>, Never>) in
        slot.set(self.call(call, events: events) { continuation.resume(returning: $0) })
      }
    } onCancel: {
      slot.cancel()
    }
    return try result.get()
  }

  /// Puts a call on its way.
  @discardableResult
  func start(_ record: CallRecord) -> CallHandle {
    let handle = CallHandle(record: record)
    guard !isStopping else {
      record.answer(.failure(.stopping))
      return handle
    }
    guard let instance = owners.owner(of: record.call) else {
      record.answer(.failure(.notFound(record.call.kind, record.call.name)))
      return handle
    }
    if let loaded = instance.callable {
      instance.enqueue(record, loaded)
    } else {
      watchdog.watch(record)
      withLoaded(instance) { result in
        switch result {
        case .success(let loaded): instance.enqueue(record, loaded)
        case .failure(let failure): record.answer(.failure(failure))
        }
      }
    }
    return handle
  }

  /// A service call of a plugin: to the host's own services first, then to the plugin that offers it.
  func callService(_ call: PluginCall, from caller: String, completion: @escaping CallCompletion)
    -> CallHandle
  {
    guard let service = hostService(call.name) else {
      return start(CallRecord(call, events: CallEvents(), completion: completion))
    }
    let record = CallRecord(call, events: CallEvents(), completion: completion)
    watchdog.watch(record)
    service.handler(call.params, call.session, caller) { [watchdog] result in
      watchdog.forget(record)
      record.answer(result)
    }
    return CallHandle(record: record)
  }

  /// Where a table's rows come from. Loads the owner if need be. nil for a table that its plugin answers itself
  /// (SHELL_CALL_TABLE_ROWS).
  package func tableSource(
    _ id: String,
    completion: @escaping @Sendable (Result<FoundTable?, PluginFailure>) -> Void
  ) {
    guard let instance = owners.table(id) else { return completion(.failure(.notFound(.tableRows, id))) }
    withLoaded(instance) { result in
      completion(result.map { FoundTable(id, $0, instance) })
    }
  }

  /// A table of a plugin kept a reader for longer than it may.
  package func tableWasSlow(_ table: String, of plugin: String, ms: Int64) {
    guard let instance = byID[plugin] else {
      return logger.warning("a table was not read in time", metadata: ["table": "\(table)", "ms": "\(ms)"])
    }
    instance.context.misbehaved("a table was not read in time", ["table": "\(table)", "ms": "\(ms)"])
  }

  /// Loads a plugin that nobody has called yet.
  package func load(_ id: String) async throws(PluginFailure) {
    guard let instance = byID[id] else { throw .unavailable(id, "there is no such plugin") }
    let result = await withCheckedContinuation {
      (continuation: CheckedContinuation<Result<Void, PluginFailure>, Never>) in
      withLoaded(instance) { result in continuation.resume(returning: result.map { _ in () }) }
    }
    try result.get()
  }

  /// The same when the owner is loaded already: needs no hop. nil: not loaded, or no such source.
  package func loadedTableSource(_ id: String) -> FoundTable? {
    guard let instance = owners.table(id), let loaded = instance.callable else { return nil }
    return FoundTable(id, loaded, instance)
  }
}

/// Where a table's rows come from.
package struct FoundTable: Sendable {
  package let source: TableSource
  /// What its SQL may touch.
  package let policy: StatementPolicy
  /// Whether the code that gave the source has a process of its own.
  package let isStranger: Bool

  fileprivate init?(_ id: String, _ loaded: PluginInstance.Loaded, _ instance: PluginInstance) {
    guard let source = loaded.sources[id] else { return nil }
    self.source = source
    policy = instance.context.policy
    isStranger = loaded.code.process != nil
  }
}

/// A handle that may be cancelled before it is there.
private final class HandleSlot: Sendable {
  private let state = Mutex<(handle: CallHandle?, cancelled: Bool)>((nil, false))

  func set(_ handle: CallHandle) {
    let late = state.withLock { state -> Bool in
      state.handle = handle
      return state.cancelled
    }
    if late { handle.cancel() }
  }

  func cancel() {
    let handle = state.withLock { state -> CallHandle? in
      state.cancelled = true
      return state.handle
    }
    handle?.cancel()
  }
}
