import Dispatch
import Glibc
import ShellCore
import ShellTransport

/// The application's side of its connections. Desk only.
final class ShellWire: @unchecked Sendable {
  // Safe to share: what changes is touched on the desk only.
  private let shell: Shell
  private var conversations: [ObjectIdentifier: Conversation] = [:]
  /// Prepares the stdio client's conversation; its messages wait until it calls back.
  var onStdio: ((Conversation, @escaping () -> Void) -> Void)?

  /// How long a WebSocket may go without a sign-in; 0: any time.
  private let signInMs: Int64

  init(_ shell: Shell, signInMs: Int64) {
    self.shell = shell
    self.signInMs = signInMs
  }

  /// What the transport's server tells. `stdioEnded` gets the exit status when the stdio client is gone.
  func front(stdioEnded: @escaping @Sendable (Int32) -> Void) -> WireFront {
    WireFront(
      shell.dispatcher,
      onOpen: { [self] conversation, connection in
        conversations[ObjectIdentifier(conversation)] = conversation
        switch connection.peer {
        case .stdio:
          shell.connected(conversation, isOwner: true)
          conversation.onEnd = stdioEnded
          guard let onStdio else { return }
          connection.pauseReading()
          onStdio(conversation) { connection.resumeReading() }
        case .unix(let uid, _, _):
          // The host's own user owns the folder, and root may read it anyway.
          shell.connected(conversation, isOwner: uid == getuid() || uid == 0)
        case .web(let session):
          shell.connected(conversation, isOwner: false)
          if signInMs > 0 { shell.expectSignIn(conversation, withinMs: signInMs) }
          guard let session else { return }
          connection.pauseReading()
          shell.resumeWeb(conversation, key: session) { connection.resumeReading() }
        }
      },
      onClose: { [self] conversation, _ in
        conversations[ObjectIdentifier(conversation)] = nil
        shell.disconnected(conversation)
      })
  }

  /// Lets what runs finish and closes all connections; waits for that. Not from the desk.
  func drain(_ desk: ShellTransport.Desk) {
    let isDrained = DispatchSemaphore(value: 0)
    desk.execute { [self] in
      var left = conversations.count
      guard left > 0 else { return _ = isDrained.signal() }
      for conversation in conversations.values {
        conversation.drain {
          conversation.leave()
          left -= 1
          if left == 0 { isDrained.signal() }
        }
      }
    }
    isDrained.wait()
  }
}
