import Glibc
import NIOCore
import NIOPosix

/// A listening Unix socket: for the user that the host runs as, for root, and for one group when it is named.
package final class UnixListener: Sendable {
  package let path: String
  private let channel: any Channel
  private let identity: UnixSocket.Identity?

  private init(path: String, channel: any Channel) {
    self.path = path
    self.channel = channel
    identity = UnixSocket.identity(path)
  }

  /// Begins to listen. `group` is a name or a number. A socket that a crash left behind is taken over.
  package static func open(path: String, group: String? = nil, server: WireServer) async throws -> UnixListener {
    let groupID = try group.map { name throws(TransportError) in try UnixSocket.groupID(name) }
    let descriptor = try UnixSocket.listen(path: path, group: groupID)
    let bootstrap = ServerBootstrap(group: server.desk.loop)
      .childChannelOption(.maxMessagesPerRead, value: 1)
      .childChannelOption(.recvAllocator, value: WireServer.readAllocator)
      .childChannelOption(.writeBufferWaterMark, value: WireServer.waterMark)
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try accept(channel, groupID, server) }
      }
    do {
      return UnixListener(path: path, channel: try await bootstrap.withBoundSocket(descriptor).get())
    } catch {
      Glibc.close(descriptor)
      throw error
    }
  }

  /// Takes no more clients and removes the socket; those who are connected stay.
  package func close() async {
    UnixSocket.remove(path, if: identity)
    try? await channel.close()  // closed already is as good
  }

  private static func accept(_ channel: any Channel, _ group: UInt32?, _ server: WireServer) throws {
    var peer: Peer?
    var inGroup = false
    try channel.pipeline.syncOperations.withUnsafeTransportIfAvailable { descriptor in
      peer = UnixSocket.peer(descriptor)
      if let group { inGroup = UnixSocket.peer(descriptor, hasGroup: group) }
    }
    guard case .unix(let uid, let gid, let pid)? = peer, uid == geteuid() || uid == 0 || inGroup || gid == group
    else {
      server.log.warning("connection of a foreign user refused", metadata: ["peer": "\(peer.map { "\($0)" } ?? "?")"])
      throw ChannelError.inappropriateOperationForState
    }
    guard let connection = server.makeConnection(.unix(uid: uid, gid: gid, pid: pid)) else {
      server.log.warning("too many connections, closed without a word")
      throw ChannelError.inappropriateOperationForState
    }
    try server.attach(connection, to: channel)
  }
}
