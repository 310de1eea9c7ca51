import Logging
import ShellProtocol

/// One client's stream of messages.
///
/// Lives on the desk: every member but `id` and `peer` is for the desk's thread only.
package final class WireConnection: @unchecked Sendable {
  // Safe to send: all that changes is touched on the desk only, see above.

  /// Counts up from 1, never used twice in a process.
  package let id: UInt64
  package let peer: Peer
  /// What the core keeps with the connection.
  package var attachment: AnyObject?
  /// The language of the errors that the transport itself answers.
  package var locale: Locale = .ru

  let desk: Desk
  let limits: Limits
  let log: Logger
  /// Let go of when the connection is gone, so that a core may keep its connections.
  var delegate: (any WireDelegate)?
  /// Set for a client that came when there was no room: the only thing that it will hear.
  let refusal: WireError?

  var stream: WireStream?
  /// Told once, when the descriptors are closed.
  var whenGone: () -> Void = {}
  var state = State.open
  var reason: CloseReason?

  var parser: FrameParser
  /// Bytes that were read and not delivered: the beginning of a message, or what came while reading was paused.
  var inbound: [UInt8] = []
  var isDelivering = false
  var isPaused = false
  var inputHasEnded = false
  var endWasTold = false
  var lingers = true

  var writer = FrameWriter()
  /// Messages that the system has not taken yet.
  var outgoing = WireBuffer()
  var flushIsDue = false
  /// Whether so much waits for the client that nothing more of its is read; `drained` tells the end of it.
  package internal(set) var isCongested = false
  var watch = ConnectionWatch()

  enum State {
    case open
    /// Answers nothing more; closes when all is written.
    case closing
    /// Written and shut down for writing; waits for the client's end of the stream.
    case lingering
    case closed
  }

  init(
    id: UInt64, peer: Peer, desk: Desk, limits: Limits, log: Logger, delegate: any WireDelegate,
    refusal: WireError? = nil
  ) {
    self.id = id
    self.peer = peer
    self.desk = desk
    self.limits = limits
    self.log = log
    self.delegate = delegate
    self.refusal = refusal
    parser = FrameParser(messageBytes: limits.messageBytes, framing: peer.framing)
  }

  var isRefusal: Bool { refusal != nil }

  package var isOpen: Bool { state == .open }

  var isInsideMessage: Bool { !inbound.isEmpty || parser.isSkipping }
  var isHeldBack: Bool { isPaused || isCongested }
  var inboundBytes: Int { inbound.count }

  /// How the client frames its messages; nil until it has said something.
  package var framing: FrameParser.Framing? { parser.framing }
}

// MARK: What the core does

extension WireConnection {
  /// Sends one message that `write` appends, whole and without line breaks. During a read it leaves with everything
  /// else that the read brings about, at other times as soon as what is due on the desk has run. Does nothing
  /// on a connection that is closing.
  package func send(_ write: (inout WireBuffer) -> Void) {
    guard state == .open else { return }
    writer.write(parser.framing, to: &outgoing, write)
    flushLater()
  }

  /// Bytes that the client has not taken yet.
  package var outgoingBytes: Int { outgoing.count }

  /// Stops delivering this client's messages, from the next one on, and then reading them.
  package func pauseReading() {
    isPaused = true
    stream?.update()
  }

  package func resumeReading() {
    guard isPaused else { return }
    isPaused = false
    proceed()
  }

  /// Closes once everything that was sent is written. Nothing is delivered any more. `linger`: see `finishClosing`;
  /// false where the process ends anyway and `closed` should come as soon as it can.
  package func closeAfterFlush(linger: Bool = true) {
    lingers = linger
    close(.host)
  }

  /// Closes at once; what was not written is lost.
  package func closeNow() { abort(.host) }
}
