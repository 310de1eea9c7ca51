import NIOCore
import Synchronization

/// The WebSockets that are open, and whether they are all to end. For any thread.
final class OpenSockets: Sendable {
  private let state = Mutex(State())

  private struct State {
    var open: Set<ObjectIdentifier> = []
    var isDraining = false
    var whenGone: (@Sendable () -> Void)?
  }

  var isDraining: Bool { state.withLock { $0.isDraining } }
  var count: Int { state.withLock { $0.open.count } }

  func opened(_ socket: SocketHandler) { state.withLock { _ = $0.open.insert(ObjectIdentifier(socket)) } }

  func closed(_ socket: SocketHandler) {
    let told = state.withLock { state -> (@Sendable () -> Void)? in
      state.open.remove(ObjectIdentifier(socket))
      guard state.open.isEmpty else { return nil }
      defer { state.whenGone = nil }
      return state.whenGone
    }
    told?()
  }

  /// No more are taken; those that the host ends from now on hear that it is going away.
  func drain() { state.withLock { $0.isDraining = true } }

  /// Runs `action` once none is open.
  func whenGone(_ action: @escaping @Sendable () -> Void) {
    let isGone = state.withLock { state -> Bool in
      if !state.open.isEmpty { state.whenGone = action }
      return state.open.isEmpty
    }
    if isGone { action() }
  }
}
