import Synchronization

/// Counts the store's commits and wakes who waits for the next one.
package final class Commits: Sendable {
  private struct State {
    var count = 0
    var waiters: [CheckedContinuation<Void, Never>] = []
    var closed = false
  }

  private let state = Mutex(State())

  package init() {}

  package var count: Int { state.withLock { $0.count } }

  package func rang() {
    let woken = state.withLock { state in
      state.count += 1
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in woken { waiter.resume() }
  }

  /// Nobody waits any longer.
  package func close() {
    state.withLock { $0.closed = true }
    rang()
  }

  /// Returns once there were more than `seen`.
  package func next(after seen: Int) async {
    await withCheckedContinuation { continuation in
      let isLate = state.withLock { state in
        guard state.count == seen, !state.closed else { return true }
        state.waiters.append(continuation)
        return false
      }
      if isLate { continuation.resume() }
    }
  }
}
