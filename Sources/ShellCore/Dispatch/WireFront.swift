import ShellProtocol
import ShellTransport

/// Joins the transport to the conversations: each connection gets one, and bytes go to and fro.
package final class WireFront: WireDelegate, @unchecked Sendable {
  // Safe to share: the transport calls on the desk only.
  private let dispatcher: Dispatcher
  private let onOpen: (Conversation, WireConnection) -> Void
  private let onClose: (Conversation, CloseReason) -> Void

  /// `onOpen` gets each new conversation before its first message, `onClose` when its connection is gone.
  package init(
    _ dispatcher: Dispatcher, onOpen: @escaping (Conversation, WireConnection) -> Void,
    onClose: @escaping (Conversation, CloseReason) -> Void
  ) {
    self.dispatcher = dispatcher
    self.onOpen = onOpen
    self.onClose = onClose
  }

  package func opened(_ connection: WireConnection) {
    let conversation = Conversation(dispatcher, outlet: WireOutlet(connection))
    conversation.onLocale = { [weak connection] in connection?.locale = $0 }
    connection.attachment = conversation
    onOpen(conversation, connection)
  }

  package func received(_ body: RawSpan, on connection: WireConnection) {
    (connection.attachment as? Conversation)?.receive(body)
  }

  package func rejected(_ error: WireError, on connection: WireConnection) {
    dispatcher.metrics.count(.invalidMessages)
  }

  package func inputEnded(_ connection: WireConnection) {
    (connection.attachment as? Conversation)?.leave()
  }

  package func closed(_ connection: WireConnection, reason: CloseReason) {
    guard let conversation = connection.attachment as? Conversation else { return }
    connection.attachment = nil
    conversation.disconnected()
    onClose(conversation, reason)
  }
}

/// The way out through a connection of the transport.
private final class WireOutlet: Outlet {
  private let connection: WireConnection

  init(_ connection: WireConnection) { self.connection = connection }

  func send(_ message: [UInt8]) { connection.send { $0.append(message) } }
  func close() { connection.closeAfterFlush() }
}

/// The transport's thread as the desk of conversations.
package final class WireDesk: Desk {
  package let thread: ShellTransport.Desk

  package init(_ thread: ShellTransport.Desk) { self.thread = thread }

  package var isCurrent: Bool { thread.isCurrent }
  package func execute(_ action: @escaping @Sendable () -> Void) { thread.execute(action) }
  package func schedule(afterMs ms: Int64, _ action: @escaping @Sendable () -> Void) -> any DeskAlarm {
    thread.schedule(afterMs: ms, action)
  }
}

extension DeskTimer: DeskAlarm {}
