import Synchronization

/// What happened to one plugin since the host started.
final class PluginCounters: Sendable {
  let calls = Atomic<Int>(0)
  /// Calls that ended with an error, a timeout included.
  let failures = Atomic<Int>(0)
  /// Completions of calls that had ended or never were.
  let lateCompletions = Atomic<Int>(0)
  /// Results that came after the caller had gone.
  let dropped = Atomic<Int>(0)
  let denials = Atomic<Int>(0)
  /// Other breaches of shell_plugin.h that the host contained.
  let violations = Atomic<Int>(0)
  /// Calls that wait for the plugin's executor.
  let queued = Atomic<Int>(0)
}

/// Work of a plugin that goes on outside of its calls. Its instance may be freed only when none is left.
final class OutsideWork: Sendable {
  private let state = Mutex((count: 0, whenQuiet: [@Sendable () -> Void]()))

  func began() { state.withLock { $0.count += 1 } }

  func ended() {
    let waiting = state.withLock { state -> [@Sendable () -> Void] in
      state.count -= 1
      guard state.count == 0 else { return [] }
      defer { state.whenQuiet = [] }
      return state.whenQuiet
    }
    for action in waiting { action() }
  }

  /// Runs `action` once when nothing is left; at once when that is so now.
  func whenQuiet(_ action: @escaping @Sendable () -> Void) {
    let now = state.withLock { state -> Bool in
      guard state.count > 0 else { return true }
      state.whenQuiet.append(action)
      return false
    }
    if now { action() }
  }

  var isQuiet: Bool { state.withLock { $0.count == 0 } }
}
