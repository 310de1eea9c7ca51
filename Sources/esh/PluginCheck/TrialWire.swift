import Glibc
import Jansson

/// How a trial in a process of its own tells what it is at: lines of JSON on a descriptor that no plugin knows.
///
/// Line by line: `{"step": 3}` a step begins; `{"began": "command notes.add", "limitMs": 9000}` so long it may take;
/// `{"finding": {…}}`; `{"did": {"calls": 12}}`; `{"uses": ["view …"]}`; `{"stuck": true}` the process cannot go on
/// and ends, the next step can; `{"ended": true}`.
struct TrialWire: Sendable {
  static let descriptor: CInt = 3

  func step(_ number: Int) { send(["step": JSONValue(number)]) }
  func began(_ what: String, limitMs: Int64) { send(["began": JSONValue(what), "limitMs": JSONValue(limitMs)]) }
  func found(_ finding: CheckFinding) { send(["finding": finding.json]) }
  func did(_ counts: [String: Int]) { send(["did": JSONValue(counts.mapValues { JSONValue($0) })]) }
  func uses(_ names: Set<String>) { send(["uses": JSONValue(names.sorted().map { JSONValue($0) })]) }
  func stuck() { send(["stuck": true]) }
  func ended() { send(["ended": true]) }

  private func send(_ message: JSONValue) {
    let bytes = message.bytes() + [10]
    var sent = 0
    while sent < bytes.count {
      let count = unsafe bytes[sent...].withUnsafeBytes { unsafe write(Self.descriptor, $0.baseAddress, $0.count) }
      // Whoever asked is gone: nobody wants the rest.
      guard count > 0 else { _exit(1) }
      sent += count
    }
  }
}

/// Bounds of a trial.
struct TrialLimits: Sendable {
  /// Calls of the same kind while memory is watched.
  var calls = 1000
  /// Starts and stops.
  var starts = 100
  /// Seconds for everything.
  var seconds = 300
}
