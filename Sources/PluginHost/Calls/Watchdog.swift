import Dispatch
import ShellTime
import Synchronization

/// Answers callers whose time is up. One timer for all plugins, armed only while calls are in flight.
final class Watchdog: Sendable {
  private struct State {
    var calls: [ObjectIdentifier: CallRecord] = [:]
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
    let expired = state.withLock { state -> [CallRecord] in
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
      state.armedFor = nil
      if next < .max { arm(&state, for: next) }
      return expired
    }
    for record in expired { record.giveUp(.timedOut(afterMs: record.elapsedMs)) }
  }
}
