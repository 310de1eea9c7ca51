import CPoll
import Glibc
import Logging

/// A listening Unix socket: for the user that the host runs as, for root, and for one group when it is named.
package final class UnixListener: EventSource, @unchecked Sendable {
  // Safe to share: what changes is touched on the desk only.

  package let path: String
  private let descriptor: CInt
  private let group: UInt32?
  private let server: WireServer
  private let identity: UnixSocket.Identity?
  private var isOpen = true

  /// Clients that are let in before others are served again.
  private static let acceptsATurn = 64
  /// How long nobody is let in when there are no more descriptors. Milliseconds.
  private static let pauseMs: Int64 = 100

  private init(path: String, descriptor: CInt, group: UInt32?, server: WireServer) {
    self.path = path
    self.descriptor = descriptor
    self.group = group
    self.server = server
    identity = UnixSocket.identity(path)
  }

  /// Begins to listen. `group` is a name or a number. A socket that a crash left behind is taken over.
  package static func open(path: String, group: String? = nil, server: WireServer) throws(TransportError)
    -> UnixListener
  {
    let groupID = try group.map { name throws(TransportError) in try UnixSocket.groupID(name) }
    let descriptor = try UnixSocket.listen(path: path, group: groupID)
    let listener = UnixListener(path: path, descriptor: descriptor, group: groupID, server: server)
    server.desk.execute { listener.start() }
    return listener
  }

  /// Takes no more clients and removes the socket; those who are connected stay.
  package func close() {
    UnixSocket.remove(path, if: identity)
    server.desk.execute { [self] in
      guard isOpen else { return }
      isOpen = false
      server.desk.loop.forget(descriptor)
      Glibc.close(descriptor)
    }
  }

  private func start() {
    guard isOpen, !server.desk.loop.watch(descriptor, EPOLLIN.rawValue, self) else { return }
    server.log.error("the socket cannot be listened on", metadata: ["path": "\(path)", "error": "\(errno)"])
  }

  func ready(_ descriptor: CInt, _ events: UInt32) {
    for _ in 0..<Self.acceptsATurn where isOpen {
      let client = cpoll_accept(descriptor)
      guard client < 0 else {
        if !letIn(client) { Glibc.close(client) }
        continue
      }
      switch errno {
      case EMFILE, ENFILE, ENOBUFS, ENOMEM: return pause()
      case EINTR, ECONNABORTED: continue
      default: return
      }
    }
  }

  /// Whoever knocks stays in the queue meanwhile; to look again at once would only turn in circles.
  private func pause() {
    server.log.warning("no descriptor left for a client", metadata: ["error": "\(errno)"])
    server.desk.loop.forget(descriptor)
    server.desk.schedule(afterMs: Self.pauseMs) { [self] in start() }
  }

  /// False when the client is not one that may come in, or there is no room.
  private func letIn(_ client: CInt) -> Bool {
    let peer = UnixSocket.peer(client)
    let isInGroup = group.map { UnixSocket.peer(client, hasGroup: $0) } ?? false
    guard case .unix(let uid, let gid, let pid)? = peer,
      uid == geteuid() || uid == 0 || isInGroup || (group != nil && gid == group)
    else {
      server.log.warning("connection of a foreign user refused", metadata: ["peer": "\(peer.map { "\($0)" } ?? "?")"])
      return false
    }
    guard let connection = server.makeConnection(.unix(uid: uid, gid: gid, pid: pid)) else {
      server.log.warning("too many connections, closed without a word")
      return false
    }
    server.attach(connection, input: client, output: client)
    return true
  }
}
