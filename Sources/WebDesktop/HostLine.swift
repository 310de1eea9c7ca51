import NIOCore
import ShellProtocol
import ShellTransport

/// The host's end of a WebSocket: an ordinary connection of its transport, with `Content-Length` in front of messages.
///
/// So order, limits, cancellation and the end are the host's one code. Each side is read only while the other takes
/// bytes: a client that does not read is noticed by the host as on any other connection.
final class HostLine: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = Never
  typealias OutboundOut = ByteBuffer

  /// The client's end; set once, when both are there.
  weak var socket: SocketHandler?
  private var context: ChannelHandlerContext?
  private var parser = FrameParser(messageBytes: .max, framing: .headers)
  /// The beginning of a message.
  private var kept = ByteBuffer()
  private var holdsRead = false

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  // MARK: To the host

  var isWritable: Bool { context?.channel.isWritable ?? false }

  /// Sends the beginning of a message of `count` bytes, all of it as a rule.
  func send(_ message: ByteBuffer, of count: Int) {
    guard let context else { return }
    let head = ByteBuffer(string: "Content-Length: \(count)\r\n\r\n")
    context.write(Self.wrapOutboundOut(head), promise: nil)
    if message.readableBytes > 0 { context.write(Self.wrapOutboundOut(message), promise: nil) }
  }

  /// Sends more of the message that was begun last.
  func pass(_ bytes: ByteBuffer) { context?.write(Self.wrapOutboundOut(bytes), promise: nil) }

  func flush() { context?.flush() }

  /// Ends the connection; what was said before is still heard.
  func close() {
    context?.flush()
    context?.close(promise: nil)
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable { socket?.readOn() }
    context.fireChannelWritabilityChanged()
  }

  // MARK: From the host

  func read(context: ChannelHandlerContext) {
    if socket?.isWritable ?? false { context.read() } else { holdsRead = true }
  }

  /// Reads again what was not read while the client took nothing.
  func readOn() {
    guard holdsRead else { return }
    holdsRead = false
    context?.read()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var bytes = Self.unwrapInboundIn(data)
    if kept.readableBytes > 0 {
      kept.writeBuffer(&bytes)
      bytes = kept
    }
    kept = ByteBuffer()
    var at = 0
    let start = bytes.readerIndex
    while true {
      let step = unsafe bytes.withUnsafeReadableBytes { bytes in
        unsafe parser.next(in: RawSpan(_unsafeBytes: bytes), from: at)
      }
      switch step {
      case .message(let range, let end):
        at = end
        if let message = bytes.getSlice(at: start + range.lowerBound, length: range.count) { socket?.send(message) }
      case .needMore(let end):
        bytes.moveReaderIndex(forwardBy: end)
        // A slice: growing it does not copy what was handed on.
        kept = bytes.slice()
        return
      case .fault, .foreign, .hangUp:
        // Both ends of this line are ours.
        return context.close(promise: nil)
      }
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    socket?.flush()
    context.fireChannelReadComplete()
  }

  func channelInactive(context: ChannelHandlerContext) {
    socket?.hostEnded()
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
