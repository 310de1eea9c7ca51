import Dispatch
import ShellTime
import Synchronization

/// Answers callers whose time is up, and looks once more whether the plugin has let go of the call. One timer for all
/// plugins, armed only while calls are in flight.
final class Watchdog: Sendable {
  /// Milliseconds that a plugin gets to let go of a call whose time is up.
  static let graceMs: Int64 = 2_000

  private struct Late {
    let at: Int64
    let record: CallRecord
    let phase: CallRecord.Overdue
  }

  private struct State {
    var calls: [ObjectIdentifier: CallRecord] = [:]
    /// Answered calls that the plugin still has, each with when to look at it again, and as what.
    var late: [Late] = []
    /// When the timer fires, on the clock of `monotonicMs`; nil: it is not armed.
    var armedFor: Int64?
    var timer: (any DispatchSourceTimer)?
  }

  private let state = Mutex(State())
  private let queue = DispatchQueue(label: "esh.plugins.watchdog")

  /// Watches a call until `forget`. Call again after its deadline has changed.
  func watch(_ record: CallRecord) {
    guard let deadline = record.deadline else { return }
    state.withLock { state in
      state.calls[ObjectIdentifier(record)] = record
      if deadline < state.armedFor ?? .max { arm(&state, for: deadline) }
    }
  }

  func forget(_ record: CallRecord) {
    state.withLock { state in _ = state.calls.removeValue(forKey: ObjectIdentifier(record)) }
  }

  private func arm(_ state: inout State, for deadline: Int64) {
    let timer = state.timer ?? DispatchSource.makeTimerSource(queue: queue)
    if state.timer == nil {
      timer.setEventHandler { [weak self] in self?.fire() }
      state.timer = timer
      timer.activate()
    }
    state.armedFor = deadline
    let wait = max(0, deadline - monotonicMs())
    timer.schedule(deadline: .now() + .milliseconds(Int(wait)), leeway: .milliseconds(5))
  }

  private func fire() {
    let now = monotonicMs()
    let (expired, due) = state.withLock { state -> ([CallRecord], [Late]) in
      var expired: [CallRecord] = []
      var next = Int64.max
      for (key, record) in state.calls {
        let deadline = record.deadline ?? .max
        if deadline <= now {
          expired.append(record)
          state.calls[key] = nil
        } else {
          next = min(next, deadline)
        }
      }
      state.late += expired.compactMap { record in
        record.budget.map { Late(at: $0, record: record, phase: .timedOut) }
      }
      let due = state.late.filter { $0.at <= now }
      state.late.removeAll { $0.at <= now }
      state.late += due.filter { $0.phase == .timedOut }.map {
        Late(at: now + Self.graceMs, record: $0.record, phase: .graceOver)
      }
      next = state.late.reduce(next) { min($0, $1.at) }
      state.armedFor = nil
      if next < .max { arm(&state, for: next) }
      return (expired, due)
    }
    for record in expired { record.giveUp(.timedOut(afterMs: record.elapsedMs)) }
    for late in due { late.record.isOverdue(late.phase) }
  }
}
