import Jansson
import ShellProtocol

/// Remembers the answers to changes that carried an idempotency key, across restarts.
package protocol IdempotencyStore: AnyObject {
  /// The first answer to `key` of `user` within the last 24 hours.
  func lookup(user: String, key: String, requestHash: Int64) -> IdempotencyLookup

  /// Keeps an answer: bytes that a later `lookup` of the same user, key and hash gives back unchanged.
  func storeAnswer(user: String, key: String, requestHash: Int64, answer: [UInt8])
}

/// What is known of an idempotency key.
package enum IdempotencyLookup: Sendable, Equatable {
  case unknown
  /// The bytes that were stored.
  case answered([UInt8])
  /// The key belongs to a request with another method or other params.
  case mismatch
}

/// One attempt of one change by one user.
struct IdempotencyScope: Hashable {
  let user: String
  let key: String
}

/// Sees to it that a change with a key happens once: the first call runs, its repetitions get its answer.
final class IdempotencyGate {
  enum Entry {
    /// Nobody has done this yet: run it, and tell the gate how it ended.
    case run
    case replay([UInt8])
    /// The first one is still running; its end will end this one too.
    case wait
    case mismatch
  }

  private struct First {
    let hash: Int64
    var waiting: [Request] = []
  }

  private let store: (any IdempotencyStore)?
  private var running: [IdempotencyScope: First] = [:]

  init(_ store: (any IdempotencyStore)?) { self.store = store }

  func enter(_ request: Request, _ scope: IdempotencyScope) -> Entry {
    let hash = Self.hash(request)
    if let first = running[scope] {
      guard first.hash == hash else { return .mismatch }
      running[scope]?.waiting.append(request)
      return .wait
    }
    switch store?.lookup(user: scope.user, key: scope.key, requestHash: hash) ?? .unknown {
    case .answered(let member): return .replay(member)
    case .mismatch: return .mismatch
    case .unknown:
      running[scope] = First(hash: hash)
      return .run
    }
  }

  /// Ends a first call. The answer is those who wait for it, to be ended with the same words.
  func leave(_ scope: IdempotencyScope, _ outcome: Outcome, _ locale: Locale) -> (
    waiting: [Request], member: [UInt8]
  ) {
    guard let first = running.removeValue(forKey: scope) else { return ([], []) }
    var member: [UInt8] = []
    if outcome.isFinal || !first.waiting.isEmpty { outcome.writeMember(into: &member, locale) }
    if outcome.isFinal {
      store?.storeAnswer(user: scope.user, key: scope.key, requestHash: first.hash, answer: member)
    }
    return (first.waiting, member)
  }

  /// Takes one that gave up out of the waiting ones.
  func forget(_ request: Request, _ scope: IdempotencyScope) {
    running[scope]?.waiting.removeAll { $0 === request }
  }

  /// FNV-1a of the method and the params with sorted members, so that it is the same after a restart.
  static func hash(_ request: Request) -> Int64 {
    var hash: UInt64 = 14_695_981_039_346_656_037
    for byte in request.method.utf8 { hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211 }
    hash = hash &* 1_099_511_628_211
    for byte in request.params.bytes(sorted: true) { hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211 }
    return Int64(bitPattern: hash)
  }
}

extension Outcome {
  /// Whether a repetition should get this too.
  ///
  /// A failure that says nothing about the change itself is not kept, so the same key may try again.
  fileprivate var isFinal: Bool {
    switch self {
    case .reply: true
    case .replay: false
    case .failure(let error):
      switch error.code {
      case .internal, .overloaded, .timedOut, .cancelled, .pluginUnavailable, .signInRequired: false
      default: true
      }
    }
  }
}
