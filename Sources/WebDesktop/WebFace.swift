import Dispatch
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// The web desktop's server: the page, sessions by cookie, JSON-RPC over WebSockets. HTTP/1.1 with no TLS, which is for
/// somebody in front of it.
///
/// One thread of its own carries all of it; what it does is hand bytes to the host and back.
package final class WebFace: Sendable {
  private let options: WebOptions
  private let routes: WebRoutes
  private let ask: AskHost
  private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  private let listener = Mutex<(any Channel)?>(nil)
  private let sockets = OpenSockets()
  /// Connections of all kinds.
  private let connections = Atomic<Int>(0)
  /// More of them than clients may be at once: pages are fetched beside the WebSockets.
  private static let spareConnections = 256

  package init(_ options: WebOptions, _ ask: @escaping AskHost) {
    self.options = options
    self.ask = ask
    routes = WebRoutes(options, ask)
  }

  /// Listens; the port. Not on a thread of the loop.
  package func start() throws -> Int {
    let upgrade = SocketUpgrade(routes: routes, ask: ask, limit: options.messageBytes, sockets: sockets)
    let channel = try ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 1024)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { [self] channel in
        channel.eventLoop.makeCompletedFuture { try setUp(channel, upgrade) }
      }
      .bind(host: options.address, port: options.port).wait()
    listener.withLock { $0 = channel }
    return channel.localAddress?.port ?? options.port
  }

  private func setUp(_ channel: any Channel, _ upgrade: SocketUpgrade) throws {
    let count = connections.add(1, ordering: .relaxed).newValue
    channel.closeFuture.whenComplete { [self] _ in connections.subtract(1, ordering: .relaxed) }
    guard count <= min(options.connections, .max / 2) + Self.spareConnections else {
      return channel.close(promise: nil)
    }
    let requests = NIOLoopBound(RequestHandler(routes), eventLoop: channel.eventLoop)
    let pipeline = channel.pipeline.syncOperations
    try pipeline.configureHTTPServerPipeline(
      withPipeliningAssistance: true,
      withServerUpgrade: (
        upgraders: [upgrade.upgrader()],
        completionHandler: { context in context.pipeline.syncOperations.removeHandler(requests.value, promise: nil) }
      ), withErrorHandling: true)
    try pipeline.addHandler(requests.value)
  }

  /// Takes nobody in any more. Those who are there stay until the host ends their connections.
  package func drain() {
    sockets.drain()
    listener.withLock { $0 }?.close(promise: nil)
  }

  /// Waits for the WebSockets to have said good-bye, for a few seconds at most, and ends everything.
  package func stop() {
    drain()
    let gone = DispatchSemaphore(value: 0)
    sockets.whenGone { gone.signal() }
    _ = gone.wait(timeout: .now() + .seconds(Int(Patience.farewell) + 1))
    // A loop that does not end is no reason to keep the process.
    try? group.syncShutdownGracefully()
  }
}
