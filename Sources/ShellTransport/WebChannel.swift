import Glibc

/// A client whose bytes another room of this process carries: the web desktop's WebSockets.
package enum WebChannel {
  /// Makes a pair of sockets and begins to serve one of its ends; `opened` follows. The other is the caller's; nil when
  /// there is no room for a client more. `session`: the key of the session that the client came with. On the desk.
  package static func open(session: String?, server: WireServer) -> CInt? {
    var ends: [CInt] = [-1, -1]
    let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    guard unsafe socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
      server.log.warning("no descriptor left for a client", metadata: ["error": "\(errno)"])
      return nil
    }
    guard let connection = server.makeConnection(.web(session: session)) else {
      server.log.warning("too many connections, closed without a word")
      for end in ends { close(end) }
      return nil
    }
    server.attach(connection, input: ends[0], output: ends[0])
    return ends[1]
  }
}
