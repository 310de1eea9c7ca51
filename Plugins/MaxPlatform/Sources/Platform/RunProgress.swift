import Synchronization

/// How far a turn of a run has come: who is worked on, and what must end it.
final class RunProgress: Sendable {
  private struct State {
    var working: Set<String> = []
    var calls = 0
    var isUnauthorized = false
    var failure: (any Error)?
  }

  private let state = Mutex(State())

  var working: Set<String> { state.withLock { $0.working } }
  var calls: Int { state.withLock { $0.calls } }
  var isUnauthorized: Bool { state.withLock { $0.isUnauthorized } }
  var failure: (any Error)? { state.withLock { $0.failure } }
  var mustStop: Bool { state.withLock { $0.isUnauthorized || $0.failure != nil } }

  func begin(_ id: String) { state.withLock { _ = $0.working.insert(id) } }

  /// The token is not accepted: nobody else need try.
  func stop() { state.withLock { $0.isUnauthorized = true } }

  func end(_ id: String, _ failure: (any Error)?) {
    state.withLock { state in
      state.working.remove(id)
      state.calls += 1
      state.failure = state.failure ?? failure
    }
  }
}
