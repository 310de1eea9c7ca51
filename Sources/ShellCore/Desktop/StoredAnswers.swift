import Jansson
import ShellStore

/// The answers to changes with an idempotency key, kept in the store for a day.
final class StoredAnswers: IdempotencyStore {
  private let store: Store
  private let background: BackgroundWrites

  init(_ store: Store, _ background: BackgroundWrites) {
    self.store = store
    self.background = background
  }

  func lookup(user: String, key: String, requestHash: Int64) -> IdempotencyLookup {
    // A store that cannot be read cannot be written either: the call itself will say so.
    guard let state = try? store.idempotent(user: user, key: key, requestHash: String(requestHash)) else {
      return .unknown
    }
    switch state {
    case .none: return .unknown
    case .conflict: return .mismatch
    case .answered(let answer): return .answered(Array((answer.string ?? "").utf8))
    case .committed:
      // Carried out, and the host ended before the answer was kept: nothing more can be said of it.
      return .answered(Array(#""result":{"effects":[]}"#.utf8))
    }
  }

  func storeAnswer(user: String, key: String, requestHash: Int64, answer: [UInt8]) {
    let text = JSONValue(String(decoding: answer, as: UTF8.self))
    background.write { [store] in
      // A lost answer costs a repetition its words, never its effect: that was recorded with the change.
      try? store.storeAnswer(user: user, key: key, requestHash: String(requestHash), answer: text)
    }
  }
}
