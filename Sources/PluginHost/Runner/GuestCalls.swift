import CShellPlugin
import Jansson
import Synchronization

/// Calls that the host has sent, until they are ended.
final class GuestCalls: Sendable {
  enum Stage: Sendable { case waiting, givenUp, inside }

  private let calls = Mutex<[UInt64: Stage]>([:])

  func arrived(_ id: UInt64) { calls.withLock { $0[id] = .waiting } }

  /// The plugin is entered with it. False: its caller has gone meanwhile.
  func begin(_ id: UInt64) -> Bool {
    calls.withLock { calls in
      guard calls[id] == .waiting else { return false }
      calls[id] = .inside
      return true
    }
  }

  /// Its caller has gone; where it was then. One that waits is not entered any more.
  func cancel(_ id: UInt64) -> Stage? {
    calls.withLock { calls in
      let stage = calls[id]
      if stage == .waiting { calls[id] = .givenUp }
      return stage
    }
  }

  func ended(_ id: UInt64) { calls.withLock { _ = $0.removeValue(forKey: id) } }
  func contains(_ id: UInt64) -> Bool { calls.withLock { $0[id] != nil } }
}

/// Whom to tell an answer, once.
@safe struct GuestReply: @unchecked Sendable {
  // Safe to send: the plugin promised to take its answer on any thread.
  let function: shell_reply?
  let user: UnsafeMutableRawPointer?

  func callAsFunction(_ result: Result<JSONValue, PluginFailure>) {
    switch result {
    case .success(let value): unsafe value.withPointer { unsafe function?(user, $0, nil) }
    case .failure(let failure): unsafe failure.abi.withPointer { unsafe function?(user, nil, $0) }
    }
  }
}
