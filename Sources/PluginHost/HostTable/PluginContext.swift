import CShellPlugin
import Dispatch
import Jansson
import Logging
import ShellStore
import ShellTime
import Synchronization

/// What stands behind the `context` pointer of one plugin's host table. It lives to the end of the process,
/// so a stray call of a stopped plugin finds an answer rather than freed memory; the host behind it may be
/// gone.
final class PluginContext: Sendable {
  let id: String
  let grants: PluginGrants
  let policy: StatementPolicy
  /// Asked for once, when the plugin first wants it; kept to the end of the process.
  private let makeSettings: @Sendable () -> JSONValue
  private let keptSettings = Mutex<JSONValue?>(nil)
  let calls = CallTable()
  let counters = PluginCounters()
  let inside = InsideCalls()
  let breaker: CircuitBreaker
  let announcing = Mutex(MinuteBudget(BodyScope.mostAnnounced.inMinute))
  let logging = Mutex(MinuteBudget(PluginContext.mostLogged))
  let printing = Mutex(MinuteBudget(PluginContext.mostPrinted))
  /// Requests to services and to the network whose answers the plugin still awaits, and `cancel`s under way.
  let outside = OutsideWork()

  private struct Link { weak var host: PluginHost? }
  private let link = Mutex(Link())

  init(
    id: String, grants: PluginGrants, policy: StatementPolicy, breaker: CircuitBreaker,
    settings: @escaping @Sendable () -> JSONValue
  ) {
    self.id = id
    self.grants = grants
    self.policy = policy
    self.breaker = breaker
    makeSettings = settings
  }

  /// What the host was configured with for this plugin, an object. May wait; not for the desk.
  var settings: JSONValue {
    keptSettings.withLock { kept in
      if let kept { return kept }
      let made = makeSettings()
      kept = made
      return made
    }
  }

  /// Ties the context to the host that it serves.
  func connect(_ host: PluginHost?) { link.withLock { $0.host = host } }

  var host: PluginHost? { link.withLock { $0.host } }

  /// The host table with this context behind it. Called once: each call pins the context for good.
  func pinnedTable() -> UnsafePointer<shell_host> {
    unsafe Self.makeTable(Unmanaged.passRetained(self).toOpaque())
  }

  var nowMs: Int64 { host?.clock.nowMs ?? SystemClock().nowMs }

  /// Runs plugin code with its name in the crash journal.
  func journaled<Result>(_ phase: CrashJournal.Phase, _ name: @autoclosure () -> String, _ body: () -> Result)
    -> Result
  {
    guard let journal = host?.journal.value else { return body() }
    return journal.during(phase, id, name(), body)
  }

  /// The failure for something that the manifest does not allow; counted and logged.
  func denied(_ permission: String) -> PluginFailure {
    counters.denials.add(1, ordering: .relaxed)
    host?.logger.warning(
      "a plugin lacks a permission", metadata: ["plugin": "\(id)", "permission": "\(permission)"])
    return .permissionDenied(permission)
  }

  /// Tells whoever watches that the plugin made use of a permission that it has.
  func used(_ use: PermissionUse) { host?.configuration.onPermissionUse?(id, use) }

  /// Something that the ABI forbids and that was contained.
  func misbehaved(_ what: String, _ fields: Logger.Metadata = [:]) {
    counters.violations.add(1, ordering: .relaxed)
    guard mayLog() else { return }
    host?.logger.warning(
      "a plugin broke the contract",
      metadata: ["plugin": "\(id)", "what": "\(what)"].merging(fields) { mine, _ in mine })
  }
}

// MARK: The course of a call

extension PluginContext {
  /// The plugin's code is entered with a call.
  func began(_ callID: UInt64, _ call: PluginCall) {
    inside.enter(callID, call)
    calls.record(callID)?.begin()
  }

  func complete(_ callID: UInt64, _ value: JSONValue) {
    guard let record = take(callID, "complete") else { return }
    end(record, value.isSane ? .success(value) : .failure(tooDeep("a result")))
  }

  func fail(_ callID: UInt64, _ error: JSONValue) {
    guard let record = take(callID, "fail") else { return }
    end(record, .failure(error.isSane ? PluginFailure(abi: error) : tooDeep("an error")))
  }

  func progress(_ callID: UInt64, _ value: JSONValue) {
    guard let record = calls.record(callID) else { return }
    guard value.isSane else { return misbehaved("progress nested too deep") }
    record.progress(value)
  }

  /// Answers the caller, if one still waits.
  func end(_ record: CallRecord, _ result: Result<JSONValue, PluginFailure>) {
    host?.watchdog.forget(record)
    if case .failure = result { counters.failures.add(1, ordering: .relaxed) }
    // Told too late: the caller has its answer, and a write that was made stands.
    if record.answer(result, isOver: true) {
      breaker.answered()
    } else {
      counters.dropped.add(1, ordering: .relaxed)
    }
  }

  private func take(_ callID: UInt64, _ function: String) -> CallRecord? {
    if let record = calls.remove(callID) { return record }
    counters.lateCompletions.add(1, ordering: .relaxed)
    host?.logger.warning(
      "a call was ended twice, or never was",
      metadata: ["plugin": "\(id)", "function": "\(function)", "call": "\(callID)"])
    return nil
  }

  private func tooDeep(_ what: String) -> PluginFailure {
    misbehaved("\(what) nested deeper than \(maxNesting)")
    return .brokenContract(id, "\(what) is nested deeper than \(maxNesting)")
  }
}
