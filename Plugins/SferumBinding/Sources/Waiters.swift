import PluginKit
import Synchronization

/// Presses that wait for the platform's word, by request. In memory: after a restart nobody waits.
final class Waiters: Sendable {
  private let waiting = Mutex<[String: [Waiter]]>([:])

  /// Registered inside the transaction that makes the request, so no word can come before.
  func register(_ requestID: String) -> Waiter {
    let waiter = Waiter()
    waiting.withLock { $0[requestID, default: []].append(waiter) }
    return waiter
  }

  func remove(_ waiter: Waiter, _ requestID: String) {
    waiting.withLock { waiting in
      waiting[requestID]?.removeAll { $0 === waiter }
      if waiting[requestID]?.isEmpty == true { waiting[requestID] = nil }
    }
  }

  /// Hands a word to whoever waits. False when nobody did: then the person is to be told otherwise.
  func tell(_ requestID: String, _ word: Word) -> Bool {
    let waiters = waiting.withLock { $0[requestID] ?? [] }
    return waiters.reduce(false) { told, waiter in waiter.take(word) || told }
  }
}

/// One press that waits. A word and the end of the wait race; exactly one of them wins.
final class Waiter: Sendable {
  private enum State {
    case waiting(CheckedContinuation<Word?, Never>?)
    case ended(Word?)
  }

  private let state = Mutex(State.waiting(nil))

  /// False when the wait is over.
  func take(_ word: Word) -> Bool { end(word) }

  /// The word, or nil when `limit` of real time has passed or the caller has gone.
  func word(within limit: Duration) async -> Word? {
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        try? await pause(for: limit)  // cut short when the word was first; ending twice is nothing
        _ = self.end(nil)
      }
      let word = await withTaskCancellationHandler {
        await withCheckedContinuation { continuation in
          let ended = state.withLock { state -> Word?? in
            if case .ended(let word) = state { return .some(word) }
            state = .waiting(continuation)
            return nil
          }
          if let ended { continuation.resume(returning: ended) }
        }
      } onCancel: {
        _ = end(nil)
      }
      group.cancelAll()
      return word
    }
  }

  private func end(_ word: Word?) -> Bool {
    let (isFirst, continuation) = state.withLock { state -> (Bool, CheckedContinuation<Word?, Never>?) in
      guard case .waiting(let continuation) = state else { return (false, nil) }
      state = .ended(word)
      return (true, continuation)
    }
    continuation?.resume(returning: word)
    return isFirst
  }
}
