import Jansson
import ShellStore

/// The answers to changes with an idempotency key, kept in the store for a day. Desk only.
final class StoredAnswers: IdempotencyStore, @unchecked Sendable {
  // Safe to carry to the writing thread and back: what changes is touched on the desk only.
  private let store: Store
  private let background: BackgroundWrites
  private let desk: any Desk
  /// Answers on their way to the disk: a repetition may be faster.
  private var underway: [Key: (hash: Int64, answer: [UInt8])] = [:]

  private struct Key: Hashable {
    let user: String
    let key: String
  }

  init(_ store: Store, _ background: BackgroundWrites, desk: any Desk) {
    self.store = store
    self.background = background
    self.desk = desk
  }

  func lookup(user: String, key: String, requestHash: Int64) -> IdempotencyLookup {
    if let known = underway[Key(user: user, key: key)] {
      return known.hash == requestHash ? .answered(known.answer) : .mismatch
    }
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
    let place = Key(user: user, key: key)
    underway[place] = (requestHash, answer)
    let text = JSONValue(String(decoding: answer, as: UTF8.self))
    background.write { [store, desk] in
      // A lost answer costs a repetition its words, never its effect: that was recorded with the change.
      try? store.storeAnswer(user: user, key: key, requestHash: String(requestHash), answer: text)
      desk.execute { [weak self] in self?.underway[place] = nil }
    }
  }
}
