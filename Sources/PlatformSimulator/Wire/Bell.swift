import Synchronization

/// Wakes whoever waits for something to happen: a long poll, a delayed answer.
final class Bell: Sendable {
  private struct State {
    var rings: UInt64 = 0
    var isClosed = false
    var nextWaiter: UInt64 = 0
    var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
  }

  private let state = Mutex(State())

  /// How often it rang.
  ///
  /// Read before looking, and handed to `wait`, so that no ring between the two is lost.
  var rings: UInt64 { state.withLock { $0.rings } }

  /// Nobody waits any more from now on: the simulator stops.
  var isClosed: Bool { state.withLock { $0.isClosed } }

  func ring() { ring(closing: false) }

  func close() { ring(closing: true) }

  private func ring(closing: Bool) {
    let woken = state.withLock { state in
      state.rings += 1
      state.isClosed = state.isClosed || closing
      defer { state.waiters.removeAll() }
      return state.waiters.values.map { $0 }
    }
    for waiter in woken { waiter.resume() }
  }

  /// Returns at the first ring after `seen`, when so much real time has passed, or when the task is cancelled.
  func wait(after seen: UInt64, upTo limit: Duration) async {
    await withTaskGroup { group in
      group.addTask { await self.next(after: seen) }
      group.addTask { try? await pause(for: limit) }  // cancelled when the bell was first
      await group.next()
      group.cancelAll()
    }
  }

  private func next(after seen: UInt64) async {
    let id = state.withLock { state in
      state.nextWaiter += 1
      return state.nextWaiter
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        // Cancellation comes under the same lock: either it finds the waiter here, or it is seen here.
        let isLate = state.withLock { state in
          guard state.rings == seen, !state.isClosed, !Task.isCancelled else { return true }
          state.waiters[id] = continuation
          return false
        }
        if isLate { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
    }
  }
}
