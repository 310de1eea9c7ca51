import Jansson

/// One line of `plugin/list`.
package struct PluginStatus: Sendable {
  package enum State: String, Sendable { case discovered, resolved, active, failed, disabled }

  /// An event that the plugin's handler refuses, and that is tried again.
  package struct StuckEvent: Sendable, Equatable {
    package var name: String
    package var seq: Int64
    package var attempts: Int
    package var error: String
    package var retryAtMs: Int64
  }

  package var id: String
  package var version: String
  package var state: State
  /// Why it is failed.
  package var error: String?
  /// Contributions that are left out while the rest of the plugin works, each with its reason.
  package var leftOut: [String] = []
  package var contributes: JSONValue
  package var permissions: JSONValue
  package var calls: Int
  package var failures: Int
  /// Completions of calls that had ended or never were.
  package var lateCompletions: Int
  /// Results that came when the caller had gone.
  package var dropped: Int
  /// What the manifest did not allow.
  package var denials: Int
  /// Other breaches of the contract that were contained.
  package var violations: Int
  package var inFlight: Int
  package var stuckEvent: StuckEvent?
  /// Real time of the last load and activation; nil: not loaded yet.
  package var loadMs: Int64?
  package var activateMs: Int64?
  /// The process that it runs in; nil: the host's, or it is not loaded.
  package var process: Int32?
  package var walls: [RunnerWall] = []
  /// How often it has been brought to life since the host started.
  package var generation = 0
  /// Ends of its own process that nobody had asked for, and the last of them.
  package var crashes = 0
  package var lastCrash: String?

  init(
    id: String, version: String, state: State, error: String?, contributes: JSONValue, permissions: JSONValue,
    calls: Int, failures: Int, lateCompletions: Int, dropped: Int, denials: Int, violations: Int,
    inFlight: Int,
    stuckEvent: StuckEvent? = nil, loadMs: Int64? = nil, activateMs: Int64? = nil
  ) {
    self.id = id
    self.version = version
    self.state = state
    self.error = error
    self.contributes = contributes
    self.permissions = permissions
    self.calls = calls
    self.failures = failures
    self.lateCompletions = lateCompletions
    self.dropped = dropped
    self.denials = denials
    self.violations = violations
    self.inFlight = inFlight
    self.stuckEvent = stuckEvent
    self.loadMs = loadMs
    self.activateMs = activateMs
  }

  /// A plugin of which only the broken manifest is there.
  init(id: String, unreadable reason: String) {
    self.init(
      id: id, version: "", state: .failed, error: reason, contributes: .emptyObject,
      permissions: .emptyObject,
      calls: 0, failures: 0, lateCompletions: 0, dropped: 0, denials: 0, violations: 0, inFlight: 0)
  }

  package var json: JSONValue {
    var members: [(String, JSONValue)] = [
      ("id", JSONValue(id)), ("version", JSONValue(version)), ("state", JSONValue(state.rawValue)),
    ]
    if let error { members.append(("error", JSONValue(error))) }
    if !leftOut.isEmpty { members.append(("leftOut", JSONValue(leftOut.map { JSONValue($0) }))) }
    members += [
      ("contributes", contributes), ("permissions", permissions), ("calls", JSONValue(calls)),
      ("failures", JSONValue(failures)), ("lateCompletions", JSONValue(lateCompletions)),
      ("dropped", JSONValue(dropped)), ("denials", JSONValue(denials)), ("violations", JSONValue(violations)),
      ("inFlight", JSONValue(inFlight)),
    ]
    if let stuckEvent {
      members.append(
        (
          "stuckEvent",
          [
            "name": JSONValue(stuckEvent.name), "seq": JSONValue(stuckEvent.seq),
            "attempts": JSONValue(stuckEvent.attempts), "error": JSONValue(stuckEvent.error),
          ]
        ))
    }
    if let loadMs { members.append(("loadMs", JSONValue(loadMs))) }
    if !walls.isEmpty { members.append(("walls", JSONValue(walls.map { JSONValue($0.rawValue) }))) }
    if let process { members.append(("process", JSONValue(Int(process)))) }
    if generation > 0 { members.append(("generation", JSONValue(generation))) }
    if crashes > 0 { members.append(("crashes", JSONValue(crashes))) }
    if let lastCrash { members.append(("lastCrash", JSONValue(lastCrash))) }
    if let activateMs { members.append(("activateMs", JSONValue(activateMs))) }
    return JSONValue(members: members)
  }
}
