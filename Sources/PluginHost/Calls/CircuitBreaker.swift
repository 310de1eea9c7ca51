import ShellTime
import Synchronization

/// Keeps calls away from a plugin that does not come back from them, so that each new one is answered at once and not
/// at its own deadline.
///
/// It opens when as many threads are stuck in the plugin as it can have, or after several calls in a row that ran out
/// of time. In the first case it closes when a thread comes back; in the second one call is let through after a while,
/// and closes it by ending in time.
final class CircuitBreaker: Sendable {
  /// Calls in a row that ran out of time.
  static let patience = 5
  /// Milliseconds until one call is tried again; doubled each time it fails, up to the last.
  static let rests: (first: Int64, last: Int64) = (5_000, 60_000)

  private struct State {
    var stuck: [UInt64: String] = [:]
    var timeouts = 0
    var lastName = ""
    /// On the clock of `monotonicMs`; nil: calls are let through.
    var closedUntil: Int64?
    var restMs = CircuitBreaker.rests.first
    var isTrying = false
  }

  private let state = Mutex(State())
  /// Stuck calls at which it opens.
  private let width: Int

  init(width: Int) { self.width = width }

  struct Refusal {
    let reason: String
    let retryAfterMs: Int64?
  }

  /// Why a call is not let through now; nil: it is. After its rest one call is let through; until that has ended in its
  /// time, or another rest is over, no other one is.
  func refusal(at now: Int64 = monotonicMs()) -> Refusal? {
    state.withLock { state in
      guard let refusal = reason(state, now) else { return nil }
      guard refusal.retryAfterMs == 0 else { return refusal }
      state.isTrying = true
      state.closedUntil = now + state.restMs
      return nil
    }
  }

  /// The same for who only looks.
  var openReason: String? { state.withLock { reason($0, monotonicMs())?.reason } }

  private func reason(_ state: State, _ now: Int64) -> Refusal? {
    if state.stuck.count >= width, let name = state.stuck.values.min() {
      return Refusal(reason: "it does not come back from '\(name)'", retryAfterMs: nil)
    }
    guard let until = state.closedUntil else { return nil }
    return Refusal(
      reason: "\(state.timeouts) calls in a row ran out of time, the last of them '\(state.lastName)'",
      retryAfterMs: max(0, until - now))
  }

  /// A call is still inside the plugin long after its time was up. True: that opened the circuit.
  func stuck(_ id: UInt64, _ name: String) -> Bool {
    state.withLock { state in
      state.stuck[id] = name
      return state.stuck.count == width
    }
  }

  /// A stuck call has come back.
  func cameBack(_ id: UInt64) { state.withLock { _ = $0.stuck.removeValue(forKey: id) } }

  /// True: that opened the circuit.
  func timedOut(_ name: String, at now: Int64 = monotonicMs()) -> Bool {
    state.withLock { state in
      state.timeouts += 1
      state.lastName = name
      guard state.timeouts >= Self.patience else { return false }
      if state.isTrying { state.restMs = min(state.restMs * 2, Self.rests.last) }
      let isNew = state.closedUntil == nil
      state.isTrying = false
      state.closedUntil = now + state.restMs
      return isNew
    }
  }

  /// A call ended in its time, well or not.
  func answered() {
    state.withLock { state in
      state.timeouts = 0
      state.closedUntil = nil
      state.isTrying = false
      state.restMs = Self.rests.first
    }
  }

  func reset() { state.withLock { $0 = State() } }
}
