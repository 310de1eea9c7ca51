import Dispatch
import Glibc
import Jansson
import PluginHost
import ShellProtocol
import Synchronization

/// Calling a plugin once, and seeing what that left behind.
extension Trial {
  typealias Answer = Result<JSONValue, PluginFailure>

  /// So long an answer may take before the call is cancelled; not while the plugin is still inside it.
  private static let patienceMs: Int64 = 1500
  /// So long a cancelled call may take to end, and `cancel` itself.
  private static let graceMs: Int64 = 3000
  /// Values guarded against being given back once too often.
  private static let guards = 64
  /// One value may be kept for good reason, such as the last search; not every one.
  private static let rounds = 3

  /// Who stands behind the calls.
  static var session: JSONValue {
    [
      "id": "check", "client": "check/1", "locale": "ru",
      "user": [
        "id": "check", "login": "check", "displayName": "Проверка", "roles": ["administrator", "employee"],
        "organization": ["id": "check", "title": "Проверка", "timeZone": "Europe/Moscow"],
      ],
    ]
  }

  /// One call; nil: it had to be cancelled, and ended then. A call that never ends ends this process.
  func call(_ call: TrialPlan.Call, _ params: JSONValue, session: JSONValue?) -> Answer? {
    let slot = AnswerBox()
    let request = PluginCall(
      call.kind, call.name, params: params, session: session, plugin: manifest.id, trace: "check")
    let handle = host.call(request, events: CallEvents(read: { [uses] in uses.note(views: $0) })) { slot.fill($0) }
    if let answer = slot.wait(Self.patienceMs) { return answer }
    // Still inside: that is slow, and may be honest work. The manifest's own limit tells.
    let inside = "\(call.kind.word) \(call.name)"
    if host.running(of: manifest.id).contains(inside) {
      let limit = call.kind == .job ? manifest.limits.jobMs : manifest.limits.callMs
      let answer = slot.wait(min(Int64(limit), 20_000))
      if let answer, answer.failure?.kind != "call.timedOut" { return answer }
      if host.running(of: manifest.id).contains(inside) { giveUp(.blocks(at: call.label)) }
    }
    cancel(handle, call)
    return nil
  }

  /// Cancels a call and sees that it ends.
  private func cancel(_ handle: CallHandle, _ call: TrialPlan.Call) {
    handle.cancel()
    wire.did(["cancelled": 1])
    guard !waitUntil(ms: Self.graceMs, { host.callsHeld(by: manifest.id) == 0 && !isInCancel }) else { return }
    giveUp(isInCancel ? .blocksInCancel(at: call.label) : .neverEnds(at: call.label))
  }

  private var isInCancel: Bool { host.running(of: manifest.id).contains("cancel") }

  /// Starts calls and takes them back at once.
  func cancelAtOnce(_ call: TrialPlan.Call, _ params: JSONValue) {
    wire.began("\(call.label), cancel", limitMs: 30_000)
    for _ in 0..<20 {
      let request = PluginCall(call.kind, call.name, params: params, session: Self.session, plugin: manifest.id)
      host.call(request) { _ in }.cancel()
    }
    wire.did(["cancelled": 20])
    guard !waitUntil(ms: 2 * Self.graceMs, { host.callsHeld(by: manifest.id) == 0 && !isInCancel }) else { return }
    giveUp(isInCancel ? .blocksInCancel(at: call.label) : .neverEnds(at: call.label))
  }

  /// Calls the same a few times, with values that are watched. The last answer.
  func balanced(_ call: TrialPlan.Call, _ variant: JSONValue, words: String, signedIn: Bool = true) -> Answer? {
    wire.began("\(call.label) (\(words))", limitMs: 120_000)
    var watched: [Watched] = []
    var results: [JSONValue] = []
    var last: Answer?
    for _ in 0..<Self.rounds {
      let lent = Watched(variant, signedIn ? Self.session : nil, guards: Self.guards)
      last = self.call(call, lent.params, session: lent.session)
      watched.append(lent)
      if case .success(let value)? = last { results.append(value) }
    }
    settle()
    wire.did([call.kind.word: Self.rounds])
    judge(results, of: call)
    // Results may hold parts of what was lent.
    results = []
    judge(watched, of: call)
    tellBreaches(at: call.label)
    return last
  }

  /// Waits until no code of the plugin runs that a call has started.
  func settle() {
    _ = waitUntil(ms: 1000) { host.callsHeld(by: manifest.id) == 0 && host.running(of: manifest.id).isEmpty }
  }

  /// Whether it came true in time.
  func waitUntil(ms: Int64, _ isTrue: () -> Bool) -> Bool {
    // In small steps: while the machine stood still, nobody had that time.
    var (left, last) = (ms, monotonicMilliseconds())
    while !isTrue() {
      guard left > 0 else { return false }
      usleep(500)
      let now = monotonicMilliseconds()
      left -= min(now - last, 20)
      last = now
    }
    return true
  }

  // MARK: Judging

  /// References to what was lent must be back where they were.
  private func judge(_ watched: [Watched], of call: TrialPlan.Call) {
    // A task of the plugin's may let go a moment later.
    if waitUntil(ms: 2000, { watched.allSatisfy { $0.surplus == 0 } }) {
      for lent in watched { lent.release() }
      return
    }
    if let missing = watched.map(\.surplus).min(), missing < 0 {
      // From here on values may be freed under whoever holds them.
      giveUp(.overRelease(at: call.label, count: -missing))
    } else if let kept = watched.map(\.surplus).min(), kept > 0 {
      wire.found(.leak(at: call.label, count: kept))
    }
    // What is not balanced is left as it is: nobody knows who still holds it.
  }

  private func judge(_ results: [JSONValue], of call: TrialPlan.Call) {
    guard results.count == Self.rounds, let first = results.first else { return }
    let isSettled = waitUntil(ms: 2000) { results.contains { ($0.rootReferences ?? 1) == 1 } }
    if !isSettled {
      let isShared = results.dropFirst().allSatisfy { $0.isSame(as: first) }
      wire.found(isShared ? .sharedResult(at: call.label) : .keptResult(at: call.label))
    }
    for finding in ResultCheck(call, first).findings { wire.found(finding) }
  }
}

/// Values lent to one call, with the references that they had before.
private struct Watched {
  let params: JSONValue
  let session: JSONValue?
  private let before: Int
  private let guards: Int

  init(_ params: JSONValue, _ session: JSONValue?, guards: Int) {
    self.params = params.copied
    self.session = session?.copied
    self.guards = guards
    self.params.guardParts(times: guards)
    self.session?.guardParts(times: guards)
    before = self.params.references + (self.session?.references ?? 0)
  }

  /// References that were not given back; below zero: that were given back without being taken.
  var surplus: Int { params.references + (session?.references ?? 0) - before }

  func release() {
    params.unguardParts(times: guards)
    session?.unguardParts(times: guards)
  }
}

extension JSONValue {
  /// The same value in memory of its own.
  fileprivate var copied: JSONValue {
    // try?: a value that was written can be read.
    (try? JSONValue(parsing: text())) ?? self
  }
}

/// An answer on its way from a plugin's thread.
final class AnswerBox: Sendable {
  private let value = Mutex<Trial.Answer?>(nil)
  private let isThere = DispatchSemaphore(value: 0)

  func fill(_ answer: Trial.Answer) {
    value.withLock { $0 = answer }
    isThere.signal()
  }

  /// nil when it has not come in time.
  func wait(_ ms: Int64) -> Trial.Answer? {
    guard isThere.wait(timeout: .now() + .milliseconds(Int(ms))) == .success else { return nil }
    return value.withLock { $0 }
  }
}

extension Result where Failure == PluginFailure {
  var failure: PluginFailure? {
    if case .failure(let failure) = self { return failure }
    return nil
  }
}
