import NIOCore
import NIOHTTP1

/// One connection's requests, one after the other: puts each together, has it answered, writes the answer.
final class RequestHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let routes: WebRoutes
  private var head: HTTPRequestHead?
  private var body = ByteBuffer()
  private var isTooLarge = false
  /// Ends a connection that keeps us waiting.
  private var deadline: Scheduled<Void>?

  init(_ routes: WebRoutes) { self.routes = routes }

  func handlerAdded(context: ChannelHandlerContext) { wait(Patience.request, context) }

  func handlerRemoved(context: ChannelHandlerContext) { deadline?.cancel() }

  func channelInactive(context: ChannelHandlerContext) {
    deadline?.cancel()
    context.fireChannelInactive()
  }

  private func wait(_ seconds: Int64, _ context: ChannelHandlerContext) {
    deadline?.cancel()
    let bound = context.loopBound
    deadline = context.eventLoop.scheduleTask(in: .seconds(seconds)) { bound.value.close(promise: nil) }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch Self.unwrapInboundIn(data) {
    case .head(let head):
      self.head = head
      body = ByteBuffer()
      isTooLarge = false
    case .body(var part):
      guard !isTooLarge, body.readableBytes + part.readableBytes <= WebRequest.bodyBytes else { return refuse(context) }
      body.writeBuffer(&part)
    case .end:
      guard let head, !isTooLarge else { return }
      self.head = nil
      answer(head, context)
    }
  }

  /// Says so at once and closes: the rest of the body is nobody's.
  private func refuse(_ context: ChannelHandlerContext) {
    guard !isTooLarge, let head else { return }
    isTooLarge = true
    write(
      WebResponse(.payloadTooLarge, text: "the body is longer than \(WebRequest.bodyBytes) bytes"), head, context, false
    )
  }

  private func answer(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    let request = WebRequest(head: head, body: body, isLocal: context.isLocal)
    body = ByteBuffer()
    wait(Patience.answer, context)
    let (bound, loop) = (NIOLoopBound((self, context), eventLoop: context.eventLoop), context.eventLoop)
    routes.answer(request) { response in
      let write: @Sendable () -> Void = {
        let (handler, context) = bound.value
        guard context.channel.isActive else { return }
        handler.write(response, head, context, head.isKeepAlive)
      }
      if loop.inEventLoop { write() } else { loop.execute(write) }
    }
  }

  private func write(
    _ response: WebResponse, _ request: HTTPRequestHead, _ context: ChannelHandlerContext, _ keepsAlive: Bool
  ) {
    var headers = HTTPHeaders(WebResponse.protection(host: request.headers["host"].first ?? ""))
    headers.add(contentsOf: response.headers.map { ($0.name, $0.value) })
    if response.status.mayHaveResponseBody {
      headers.add(name: "Content-Length", value: "\(response.body.readableBytes)")
    }
    if !keepsAlive { headers.add(name: "Connection", value: "close") }
    let head = HTTPResponseHead(version: .http1_1, status: response.status, headers: headers)
    context.write(Self.wrapOutboundOut(.head(head)), promise: nil)
    if request.method != .HEAD, response.body.readableBytes > 0 {
      context.write(Self.wrapOutboundOut(.body(.byteBuffer(response.body))), promise: nil)
    }
    wait(Patience.reading, context)
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    context.writeAndFlush(Self.wrapOutboundOut(.end(nil))).whenComplete { result in
      let (handler, context) = bound.value
      guard keepsAlive, case .success = result else { return context.close(promise: nil) }
      handler.wait(Patience.request, context)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // A refused upgrade comes by as an error first and then as the request that it was, which is answered as one.
    if error is SocketUpgrade.Refused { return }
    context.close(promise: nil)
  }
}

extension ChannelHandlerContext {
  /// Whether the other end is on this machine.
  fileprivate var isLocal: Bool {
    guard let address = channel.remoteAddress?.ipAddress else { return false }
    return HostNames.isLoopback(address.hasPrefix("::ffff:") ? String(address.dropFirst(7)) : address)
  }
}

extension HTTPHeaders {
  fileprivate mutating func add(contentsOf more: [(String, String)]) {
    for (name, value) in more { add(name: name, value: value) }
  }
}
