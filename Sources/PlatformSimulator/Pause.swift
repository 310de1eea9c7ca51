import Dispatch
import Synchronization

/// Waits for so much real time; ends early, with `CancellationError`, when the task is cancelled.
///
/// `Task.sleep` wakes by a queue which libdispatch then watches once a second for as long as the process lives, and a host
/// that has nothing to do is to sleep.
func pause(for time: Duration) async throws {
  let sleeper = Sleeper()
  await withTaskCancellationHandler {
    await withCheckedContinuation { sleeper.sleep(time, $0) }
  } onCancel: {
    sleeper.wake()
  }
  try Task.checkCancellation()
}

/// One pause. Its end and its cancellation race; exactly one of them wins.
private final class Sleeper: Sendable {
  private enum State {
    case awake(CheckedContinuation<Void, Never>?)
    case over
  }

  private static let queue = DispatchQueue(label: "simulator.pauses")
  private let state = Mutex(State.awake(nil))

  func sleep(_ time: Duration, _ continuation: CheckedContinuation<Void, Never>) {
    let isOver = state.withLock { state in
      if case .over = state { return true }
      state = .awake(continuation)
      return false
    }
    guard !isOver else { return continuation.resume() }
    let (seconds, attoseconds) = time.components
    let nanoseconds = Int(clamping: seconds) &* 1_000_000_000 &+ Int(attoseconds / 1_000_000_000)
    Self.queue.asyncAfter(deadline: .now() + .nanoseconds(max(0, nanoseconds))) { self.wake() }
  }

  func wake() {
    let continuation = state.withLock { state -> CheckedContinuation<Void, Never>? in
      guard case .awake(let continuation) = state else { return nil }
      state = .over
      return continuation
    }
    continuation?.resume()
  }
}
