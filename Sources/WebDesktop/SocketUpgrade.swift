import Jansson
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket

/// Makes a WebSocket of a request, and ties it to a connection of the host.
struct SocketUpgrade: Sendable {
  let routes: WebRoutes
  let ask: AskHost
  let limit: Int
  let sockets: OpenSockets

  /// Nothing to close the connection for: the request goes on to be answered.
  struct Refused: Error {}

  /// The code of a close frame: there is no descriptor left, or the host is on its way out.
  private static let tryAgainLater = 1013

  /// Bytes of a frame that the decoder takes.
  private var mostBytes: Int { 4 * min(max(1, limit), 1 << 29) }

  /// NIO's own checks, with every refusal as `Refused`.
  func upgrader() -> any HTTPServerProtocolUpgrader {
    let upgrader = NIOWebSocketServerUpgrader(
      maxFrameSize: mostBytes, automaticErrorHandling: false,
      shouldUpgrade: { [routes, sockets] channel, head in
        let request = WebRequest(head: head, body: ByteBuffer(), isLocal: true)
        let isWelcome = routes.upgradeRefusal(request) == nil && !sockets.isDraining
        return channel.eventLoop.makeSucceededFuture(isWelcome ? HTTPHeaders() : nil)
      },
      upgradePipelineHandler: { channel, head in tie(channel, key: SessionCookie.key(in: head.headers)) })
    return QuietUpgrader(upgrader)
  }

  /// Gives the WebSocket its connection; without one it is closed. Nothing is read of it before.
  private func tie(_ channel: any Channel, key: String?) -> EventLoopFuture<Void> {
    let loop = channel.eventLoop
    let answered = loop.makePromise(of: CInt.self)
    ask(HostQuestion.connect(key: key)) { answer in
      if let descriptor = answer["descriptor"]?.int {
        answered.succeed(CInt(descriptor))
      } else {
        answered.fail(Refused())
      }
    }
    return channel.setOption(.autoRead, value: false)
      .flatMap { answered.futureResult }
      .flatMap { descriptor in
        ClientBootstrap(group: loop).channelInitializer { line in
          line.eventLoop.makeCompletedFuture { try line.pipeline.syncOperations.addHandler(HostLine()) }
        }.withConnectedSocket(descriptor)
      }
      .flatMapThrowing { line in
        let host = try line.pipeline.syncOperations.handler(type: HostLine.self)
        guard channel.isActive else { return host.close() }
        let pipeline = channel.pipeline.syncOperations
        let decoder = try pipeline.handler(type: ByteToMessageHandler<WebSocketFrameDecoder>.self)
        try pipeline.addHandler(LargeFrames(limit: max(1, limit), most: mostBytes), position: .before(decoder))
        try pipeline.addHandler(SocketHandler(host, limit: limit, sockets))
      }
      .flatMap { channel.setOption(.autoRead, value: true) }
      .flatMapError { _ in
        var data = ByteBuffer()
        data.write(webSocketErrorCode: WebSocketErrorCode(codeNumber: Self.tryAgainLater))
        return channel.writeAndFlush(WebSocketFrame(fin: true, opcode: .connectionClose, data: data))
          .flatMap { channel.close() }.recover { _ in }
      }
  }
}

/// Hands every reason not to upgrade on as one error of ours.
private final class QuietUpgrader: HTTPServerProtocolUpgrader, Sendable {
  private let upgrader: NIOWebSocketServerUpgrader

  init(_ upgrader: NIOWebSocketServerUpgrader) { self.upgrader = upgrader }

  var supportedProtocol: String { upgrader.supportedProtocol }
  var requiredUpgradeHeaders: [String] { upgrader.requiredUpgradeHeaders }

  func buildUpgradeResponse(
    channel: any Channel, upgradeRequest: HTTPRequestHead, initialResponseHeaders: HTTPHeaders
  ) -> EventLoopFuture<HTTPHeaders> {
    guard upgradeRequest.method == .GET else { return channel.eventLoop.makeFailedFuture(SocketUpgrade.Refused()) }
    return upgrader.buildUpgradeResponse(
      channel: channel, upgradeRequest: upgradeRequest, initialResponseHeaders: initialResponseHeaders
    ).flatMapErrorThrowing { _ in throw SocketUpgrade.Refused() }
  }

  func upgrade(context: ChannelHandlerContext, upgradeRequest: HTTPRequestHead) -> EventLoopFuture<Void> {
    upgrader.upgrade(context: context, upgradeRequest: upgradeRequest)
  }
}
