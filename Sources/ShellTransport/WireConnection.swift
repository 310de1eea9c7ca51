import ShellProtocol
import Logging
import NIOCore

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
  private let delegate: any WireDelegate
  /// Set for a client that came when there was no room: the only thing that it will hear.
  private let refusal: WireError?

  private(set) var context: ChannelHandlerContext?
  var state = State.open
  var reason: CloseReason?

  private var parser: FrameParser
  /// Bytes that were read and not delivered: the beginning of a message, or what came while reading was paused.
  private var inbound = ByteBuffer()
  /// Whether `inbound` was put together here, and is not the channel's own read buffer.
  private var inboundIsOurs = false
  private var isDelivering = false
  private var isPaused = false
  private var wantsRead = false
  private var inputHasEnded = false
  private var endWasTold = false

  private var writer = FrameWriter()
  /// Messages that were not handed to the system yet.
  private var outgoing = ByteBuffer()
  private var flushIsDue = false
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
    parser = FrameParser(messageBytes: limits.messageBytes)
  }

  var isRefusal: Bool { refusal != nil }

  package var isOpen: Bool { state == .open }

  var isInsideMessage: Bool { inbound.readableBytes > 0 || parser.isSkipping }
  var isHeldBack: Bool { isPaused || isCongested }
  var inboundBytes: Int { inbound.readableBytes }

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
  package var outgoingBytes: Int { outgoing.readableBytes + (watch.hasUnsent ? unsentBytes : 0) }

  /// Whether so much waits for the client that nothing more of its is read; `drained` tells the end of it.
  package var isCongested: Bool { watch.hasUnsent && context?.channel.isWritable == false }

  /// Stops delivering this client's messages, from the next one on, and then reading them.
  package func pauseReading() { isPaused = true }

  package func resumeReading() {
    guard isPaused else { return }
    isPaused = false
    proceed()
  }

  /// Closes once everything that was sent is written. Nothing is delivered any more.
  package func closeAfterFlush() { close(.host) }

  /// Closes at once; what was not written is lost.
  package func closeNow() { abort(.host) }
}

// MARK: Reading

extension WireConnection {
  func attached(_ context: ChannelHandlerContext) { self.context = context }

  func becameActive() {
    guard refusal == nil else {
      // A client that waits for us to speak first shows no framing; a quarter of a second, then it gets a line.
      desk.schedule(afterMs: 250) { [weak self] in self?.refuse() }
      return
    }
    delegate.opened(self)
  }

  func received(_ buffer: ByteBuffer) {
    guard state == .open else { return }
    watch.received &+= buffer.readableBytes
    if inbound.readableBytes == 0 {
      (inbound, inboundIsOurs) = (buffer, false)
    } else {
      if !inboundIsOurs { inbound = copy(inbound, from: 0) }
      inbound.writeImmutableBuffer(buffer)
      inboundIsOurs = true
    }
    deliver()
  }

  /// The channel asks whether it may read on.
  func mayRead() -> Bool {
    let may = state == .lingering || !isHeldBack
    if !may { wantsRead = true }
    return may
  }

  func endOfInput() {
    inputHasEnded = true
    if state == .lingering { return abort(reason ?? .client) }
    deliver()
  }

  /// Goes on after a pause, or after the client has caught up.
  func proceed() {
    guard !isDelivering, !isHeldBack else { return }
    if inbound.readableBytes > 0 || inputHasEnded { deliver() }
    guard wantsRead, mayRead() else { return }
    wantsRead = false
    context?.read()
  }

  /// Hands over what has come, message by message, and writes what that brought about in one go.
  private func deliver() {
    guard !isDelivering, state == .open, !isHeldBack else { return }
    isDelivering = true
    // Out of the property: a callback may send, pause or close while the bytes are looked at.
    let bytes = inbound
    inbound = ByteBuffer()
    let used = deliverMessages(bytes.readableBytesSpan)
    keep(bytes, from: used)
    if refusal == nil { delegate.readEnded(self) }
    isDelivering = false
    flush()
    if state == .closing { return finishClosing() }
    guard state == .open else { return }
    if isHeldBack { return }
    if inputHasEnded { return deliverEnd() }
    if isInsideMessage { watchPartialFrame() }
  }

  /// Delivers until more bytes are needed or nobody wants more; the answer is how many bytes are done with.
  private func deliverMessages(_ bytes: RawSpan) -> Int {
    var at = 0
    while state == .open, !isPaused {
      switch parser.next(in: bytes, from: at) {
      case .message(let range, let end):
        at = end
        if refusal != nil {
          refuse()
        } else {
          delegate.received(bytes.extracting(range), on: self)
        }
        guard relieve() else { return at }
      case .fault(let error, let closes, let end):
        at = end
        if refusal != nil {
          refuse()
        } else {
          reject(error)
          if closes { close(.framing) }
        }
      case .foreign(let end):
        at = end
        outgoing.writeStaticString("This is ESh: it speaks JSON-RPC 2.0 here, not HTTP.\n")
        close(.framing)
      case .hangUp(let end):
        at = end
        close(.framing)
      case .needMore(let end): return end
      }
    }
    return at
  }

  /// Writes early when much has gathered; false when the client does not take it.
  private func relieve() -> Bool {
    guard outgoing.readableBytes >= Self.earlyFlush else { return true }
    flush()
    return !isCongested
  }

  /// So many bytes are written before the read that brought them about is over.
  private static let earlyFlush = 64 << 10

  private func keep(_ bytes: ByteBuffer, from used: Int) {
    guard used < bytes.readableBytes, state == .open else { return }
    // What is put together here, as a large message comes, stays as it is. The channel's read buffer must be free
    // for the next read.
    inbound = inboundIsOurs && used == 0 ? bytes : copy(bytes, from: used)
    inboundIsOurs = true
  }

  private func copy(_ bytes: ByteBuffer, from start: Int) -> ByteBuffer {
    ByteBuffer(bytes: bytes.readableBytesView.dropFirst(start))
  }

  /// The largest read.
  static let readBytes = 64 << 10

  private func deliverEnd() {
    // A last line without its end is a message too; what is left of a body is not.
    if parser.framing == .lines, inbound.readableBytes > 0, !parser.isSkipping {
      inbound.writeInteger(UInt8(ascii: "\n"))
      return deliver()
    }
    if isInsideMessage {
      log.info("input ended inside a message", metadata: ["connection": "\(id)", "bytes": "\(inbound.readableBytes)"])
      inbound = ByteBuffer()
    }
    guard refusal == nil else { return close(.client) }
    if !endWasTold {
      endWasTold = true
      delegate.inputEnded(self)
    }
  }

  private func reject(_ error: WireError) {
    send { AnswerWriter.error(nil, error, locale, to: &$0) }
    delegate.rejected(error, on: self)
  }

  private func refuse() {
    guard let refusal, state == .open else { return }
    send { AnswerWriter.error(nil, refusal, locale, to: &$0) }
    close(.host)
  }
}

// MARK: Writing

extension WireConnection {
  private func flushLater() {
    guard !isDelivering, !flushIsDue else { return }
    flushIsDue = true
    desk.flushSoon(self)
  }

  /// Hands what was sent to the system, in one write.
  func flush() {
    flushIsDue = false
    guard outgoing.readableBytes > 0, let context else { return }
    watch.queued &+= outgoing.readableBytes
    context.writeAndFlush(NIOAny(outgoing), promise: nil)
    // Nobody else holds the bytes when the system took them all, and then their memory serves again.
    let taken = outgoing.modifyIfUniquelyOwned { $0.clear() } != nil
    if !taken || outgoing.capacity > 4 * Self.earlyFlush { outgoing = ByteBuffer() }
    if !taken, state != .closed { watchReader() }
  }

  /// Bytes that were handed over and not taken by the system.
  var unsentBytes: Int {
    guard let options = context?.channel.syncOptions, state != .closed else { return 0 }
    return (try? options.getOption(.bufferedWritableBytes)) ?? 0  // a closed channel has none
  }

  func becameWritable() {
    guard state == .open else { return }
    // During a delivery the loop there sees it by itself.
    guard !isDelivering else { return }
    delegate.drained(self)
    proceed()
  }
}

// MARK: Closing

extension WireConnection {
  func close(_ why: CloseReason) {
    guard state == .open else { return }
    reason = why
    state = .closing
    inbound = ByteBuffer()
    if !isDelivering { finishClosing() }
  }

  /// Writes what is left, then shuts down. A socket lingers for two seconds: closing it with something unread makes
  /// the kernel answer the client's next read with an error, where it should find our last words and the end.
  private func finishClosing() {
    guard let context else { return }
    let written = context.eventLoop.makePromise(of: Void.self)
    written.futureResult.whenComplete { [self] _ in
      guard state == .closing, let context = self.context else { return }
      guard peer != .stdio, !inputHasEnded else { return abort(reason ?? .host) }
      state = .lingering
      context.channel.close(mode: .output, promise: nil)
      context.read()
      desk.schedule(afterMs: 2000) { [weak self] in self?.abort(self?.reason ?? .host) }
    }
    flush()
    context.writeAndFlush(NIOAny(ByteBuffer()), promise: written)
  }

  /// Closes without a further word.
  func abort(_ why: CloseReason) {
    guard state != .closed, let context else { return }
    if reason == nil { reason = why }
    state = state == .open ? .closing : state
    context.close(promise: nil)
  }

  func failed(_ error: any Error) {
    if reason == nil { reason = .failed("\(error)") }
    abort(.client)
  }

  /// The channel is gone. The core hears of it after `drained`, the end of whatever stood between us and a file.
  func becameInactive() {
    guard state != .closed else { return }
    state = .closed
    context = nil
    inbound = ByteBuffer()
    outgoing = ByteBuffer()
    watch.cancel()
  }

  func reportClosed() {
    if refusal == nil { delegate.closed(self, reason: reason ?? .client) }
    attachment = nil
  }
}
