import PluginKit
import Synchronization

/// What one process remembers of its traffic: buckets, lanes at work, the poll. A restart forgets it safely.
final class Traffic: Sendable {
  let limiter: RateLimiter
  let lanes = LaneGates()
  let pace = PollPace()
  let chats = RunBell()
  let conferences = RunBell()
  let notices = RunBell()

  init(limiter: RateLimiter = RateLimiter()) { self.limiter = limiter }

  /// Waits until the limits allow one request about a chat. `changing` nil: one that changes nothing there.
  func turn(changing chat: String?, _ host: Host) async throws {
    repeat {
      // The chat's own limit is waited for apart: it must not hold the others up.
      while let chat, case let wait = limiter.wait(forChat: chat, hostMs: host.nowMs), wait > 0 {
        try await pause(for: .milliseconds(wait))
      }
    } while try await !takesTurn(chat, host)
  }

  /// False when the chat's own limit is reached after all.
  private func takesTurn(_ chat: String?, _ host: Host) async throws -> Bool {
    await lanes.enter("chats' turn")
    defer { lanes.leave("chats' turn") }
    while case let wait = limiter.takeForChat(chat, hostMs: host.nowMs), wait > 0 {
      if let chat, limiter.wait(forChat: chat, hostMs: host.nowMs) > 0 { return false }
      try await pause(for: .milliseconds(wait))
    }
    return true
  }
}

/// Tells a run that there may be something new to do. With no run it rings for nobody: a job on disk
/// starts the next one.
final class RunBell: Sendable {
  private let listener = Mutex<AsyncStream<Void>.Continuation?>(nil)

  func ring() { listener.withLock { _ = $0?.yield() } }

  /// Rings from now on; several before one is heard count as one.
  func listen() -> AsyncStream<Void> {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    listener.withLock { $0 = continuation }
    return stream
  }
}

/// Lets one call at a time work on a lane; the next one waits for its turn. The host does not start a job that
/// runs, but a call that it gave up for its slowness may still be here: order and "once" must not hang on that.
final class LaneGates: Sendable {
  // A lane that is here is busy; its list holds those who wait.
  private let lanes = Mutex<[String: [CheckedContinuation<Void, Never>]]>([:])

  func enter(_ lane: String) async {
    await withCheckedContinuation { continuation in
      let isFree = lanes.withLock { lanes in
        guard lanes[lane] != nil else {
          lanes[lane] = []
          return true
        }
        lanes[lane]?.append(continuation)
        return false
      }
      if isFree { continuation.resume() }
    }
  }

  func leave(_ lane: String) {
    let next = lanes.withLock { lanes -> CheckedContinuation<Void, Never>? in
      guard var waiting = lanes[lane], !waiting.isEmpty else {
        lanes[lane] = nil
        return nil
      }
      let first = waiting.removeFirst()
      lanes[lane] = waiting
      return first
    }
    next?.resume()
  }
}

/// How the long poll went lately.
final class PollPace: Sendable {
  private struct State {
    var failures = 0
    var lastStart: ContinuousClock.Instant?
  }

  private let state = Mutex(State())

  /// Failures in a row, this one counted.
  func failed() -> Int {
    state.withLock { state in
      state.failures += 1
      return state.failures
    }
  }

  func answered() { state.withLock { $0.failures = 0 } }

  /// How long to hold the next request back, so that two start `interval` apart at least.
  func pause(_ interval: Duration) -> Duration {
    state.withLock { state in
      let now = ContinuousClock.now
      let start = max(now, state.lastStart.map { $0 + interval } ?? now)
      state.lastStart = start
      return start - now
    }
  }
}
