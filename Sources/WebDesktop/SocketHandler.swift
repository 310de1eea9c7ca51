import NIOCore
import NIOWebSocket

/// A client's end of a WebSocket: frames become messages for the host, the host's messages become text frames.
final class SocketHandler: ChannelDuplexHandler {
  typealias InboundIn = WebSocketFrame
  typealias OutboundIn = Never
  typealias OutboundOut = WebSocketFrame

  let host: HostLine
  private let sockets: OpenSockets
  private var context: ChannelHandlerContext?
  private var message: FragmentedMessage
  private var state = State.open
  private var holdsRead = false
  /// Whether the bytes of the large frame that passes are the host's.
  private var passesOn = false
  /// The code of the close frame when the host ends the connection; nil: see `hostEnded`.
  private var closeCode: WebSocketErrorCode?
  private var pulse: Scheduled<Void>?
  private var lastHeard = NIODeadline.now()

  private enum State {
    case open
    /// A close frame was sent; everything but the other side's end is passed over.
    case closing
  }

  /// `limit`: bytes of a message, as the host has it.
  init(_ host: HostLine, limit: Int, _ sockets: OpenSockets) {
    self.host = host
    self.sockets = sockets
    message = FragmentedMessage(limit: limit)
  }

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    host.socket = self
    sockets.opened(self)
    watch(context)
    host.readOn()
  }

  func handlerRemoved(context: ChannelHandlerContext) { gone() }

  func channelInactive(context: ChannelHandlerContext) {
    gone()
    context.fireChannelInactive()
  }

  private func gone() {
    guard context != nil else { return }
    context = nil
    pulse?.cancel()
    host.close()
    sockets.closed(self)
  }
}

// MARK: - From the client

extension SocketHandler {
  func read(context: ChannelHandlerContext) {
    if state == .closing || host.isWritable { context.read() } else { holdsRead = true }
  }

  /// Reads again what was not read while the host took nothing.
  func readOn() {
    guard holdsRead else { return }
    holdsRead = false
    context?.read()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let frame = Self.unwrapInboundIn(data)
    lastHeard = .now()
    if state == .closing {
      if frame.opcode == .connectionClose { context.close(promise: nil) }
      return
    }
    // Clients mask, and nobody has agreed on an extension.
    guard frame.maskKey != nil, frame.reservedBits.isEmpty else { return close(.protocolError) }
    switch frame.opcode {
    case .text, .continuation: take(frame)
    case .binary: close(.unacceptableData)
    case .ping: pong(frame, context)
    case .pong: break
    case .connectionClose: answerClose(frame)
    default: close(.protocolError)
    }
  }

  private func take(_ frame: WebSocketFrame) {
    switch message.add(frame.unmaskedData, isFirst: frame.opcode == .text, isLast: frame.fin) {
    case .more: break
    case .message(let bytes, let count): hand(bytes, of: count)
    case .outOfOrder: close(.protocolError)
    case .hopeless: close(.messageTooLarge)
    }
  }

  /// Past four times the limit the host says so in words and closes the line, which ends in `hostEnded`.
  private func hand(_ bytes: ByteBuffer, of count: Int) {
    if count >= message.hopelessBytes { closeCode = .messageTooLarge }
    host.send(bytes, of: count)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard let large = event as? LargeFrame else { return context.fireUserInboundEventTriggered(event) }
    lastHeard = .now()
    guard state == .open else { return }
    switch large {
    case .began(let head): begin(head)
    case .bytes(let bytes): if passesOn { host.pass(bytes) }
    }
  }

  /// A frame that is too large: the host gets its bytes as they come, to refuse it in words and skip exactly those.
  private func begin(_ head: FrameHead) {
    passesOn = false
    guard head.isMasked, !head.hasReservedBits else { return close(.protocolError) }
    guard head.opcode != FrameHead.binary else { return close(.unacceptableData) }
    switch message.add(tooLarge: head.length, isFirst: head.opcode == FrameHead.text, isLast: head.isLast) {
    case .more: break
    case .message(let bytes, let count):
      passesOn = true
      hand(bytes, of: count)
    case .outOfOrder: close(.protocolError)
    case .hopeless: close(.messageTooLarge)
    }
  }

  /// One that cannot be written now is as good as one that is written later.
  private func pong(_ ping: WebSocketFrame, _ context: ChannelHandlerContext) {
    guard context.channel.isWritable else { return }
    context.writeAndFlush(
      Self.wrapOutboundOut(WebSocketFrame(fin: true, opcode: .pong, data: ping.unmaskedData)), promise: nil)
  }

  private func answerClose(_ frame: WebSocketFrame) {
    var data = frame.unmaskedData
    let code = data.readWebSocketErrorCode()
    let isGood = frame.length != 1 && (code.map { UInt16(webSocketErrorCode: $0).mayBeSent } ?? true)
    close(isGood ? code ?? .normalClosure : .protocolError)
    if let context, isGood { context.close(promise: nil) }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    host.flush()
    context.fireChannelReadComplete()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard state == .open else { return }
    switch error as? NIOWebSocketError {
    case .invalidFrameLength:
      // The host says in words how large a message may be, and closes the line, which ends in `hostEnded`.
      hand(ByteBuffer(), of: message.hopelessBytes)
      host.flush()
    case .fragmentedControlFrame, .multiByteControlFrameLength: close(.protocolError)
    case nil:
      // What comes after a frame without a bound.
      if closeCode == nil { context.close(promise: nil) }
    }
  }
}

// MARK: - To the client

extension SocketHandler {
  var isWritable: Bool { context?.channel.isWritable ?? false }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable { host.readOn() }
    context.fireChannelWritabilityChanged()
  }

  func send(_ message: ByteBuffer) {
    guard state == .open, let context else { return }
    context.write(Self.wrapOutboundOut(WebSocketFrame(fin: true, opcode: .text, data: message)), promise: nil)
  }

  func flush() { context?.flush() }

  /// The host has ended the connection, and everything that it said is written.
  func hostEnded() { close(closeCode ?? (sockets.isDraining ? .goingAway : .normalClosure)) }

  /// Sends a close frame and waits a little for the other side's.
  private func close(_ code: WebSocketErrorCode) {
    guard state == .open, let context else { return }
    state = .closing
    pulse?.cancel()
    host.close()
    var data = ByteBuffer()
    data.write(webSocketErrorCode: code)
    context.writeAndFlush(
      Self.wrapOutboundOut(WebSocketFrame(fin: true, opcode: .connectionClose, data: data)), promise: nil)
    let bound = context.loopBound
    pulse = context.eventLoop.scheduleTask(in: .seconds(Patience.farewell)) { bound.value.close(promise: nil) }
    // Whatever was held back is passed over until the end.
    readOn()
  }

  /// Notices a client that has gone without a word, such as a machine that fell asleep.
  private func watch(_ context: ChannelHandlerContext) {
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    pulse = context.eventLoop.scheduleTask(in: .seconds(Patience.silence)) {
      let (handler, context) = bound.value
      guard handler.state == .open else { return }
      // While we do not read, silence is ours.
      let silence = handler.holdsRead ? .zero : NIODeadline.now() - handler.lastHeard
      if silence >= .seconds(2 * Patience.silence) { return context.close(promise: nil) }
      if silence >= .seconds(Patience.silence - 1) {
        context.writeAndFlush(
          Self.wrapOutboundOut(WebSocketFrame(fin: true, opcode: .ping, data: ByteBuffer())), promise: nil)
      }
      handler.watch(context)
    }
  }
}

extension UInt16 {
  /// Whether a client may close with this code: RFC 6455, section 7.4.
  fileprivate var mayBeSent: Bool {
    switch self {
    case 1000...1003, 1007...1014, 3000...4999: true
    default: false
    }
  }
}
