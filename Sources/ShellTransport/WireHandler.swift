import NIOCore

/// The only handler of a connection's channel: passes what happens there to the connection.
final class WireHandler: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let connection: WireConnection
  /// Called once, when the channel is gone.
  private let closed: () -> Void

  init(_ connection: WireConnection, closed: @escaping () -> Void) {
    self.connection = connection
    self.closed = closed
  }

  func handlerAdded(context: ChannelHandlerContext) { connection.attached(context) }

  func channelActive(context: ChannelHandlerContext) {
    connection.becameActive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) { connection.received(unwrapInboundIn(data)) }

  func read(context: ChannelHandlerContext) {
    if connection.mayRead() { context.read() }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable { connection.becameWritable() }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case ChannelEvent.inputClosed? = event as? ChannelEvent { connection.endOfInput() }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { connection.failed(error) }

  func channelInactive(context: ChannelHandlerContext) {
    connection.becameInactive()
    closed()
  }
}
