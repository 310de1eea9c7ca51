import ShellProtocol

/// What the core hears of its connections. Every call is made on the desk.
package protocol WireDelegate: AnyObject, Sendable {
  func opened(_ connection: WireConnection)

  /// One whole message; `body` is not yet checked to be JSON, is never empty, and ends with the call.
  func received(_ body: RawSpan, on connection: WireConnection)

  /// Something was wrong with the framing. Answered already; told for counters and logs.
  func rejected(_ error: WireError, on connection: WireConnection)

  /// All that one read brought was delivered. What is sent in here still leaves with the same write.
  func readEnded(_ connection: WireConnection)

  /// The client will say no more, and may still be listening. The core owes a `closeAfterFlush()` once it has
  /// answered; until then the connection stays open.
  func inputEnded(_ connection: WireConnection)

  /// The client has caught up after `isCongested`.
  func drained(_ connection: WireConnection)

  /// The last call about this connection. On stdio everything written has reached its file by then.
  func closed(_ connection: WireConnection, reason: CloseReason)
}

extension WireDelegate {
  package func rejected(_ error: WireError, on connection: WireConnection) {}
  package func readEnded(_ connection: WireConnection) {}
  package func drained(_ connection: WireConnection) {}
}

/// Why a connection is gone.
package enum CloseReason: Sendable, Equatable {
  /// The host closed it, by `closeAfterFlush` or `closeNow`.
  case host
  /// The client closed it.
  case client
  /// The boundary between messages was lost, or a message was far too large; answered before.
  case framing
  /// Nothing was read on the other side for `Limits.stalledReaderSeconds`.
  case stalledReader
  /// A message stopped in its middle for `Limits.partialFrameSeconds`.
  case partialFrame
  /// A system call failed.
  case failed(String)
}

/// Who is at the other end.
package enum Peer: Sendable, Equatable {
  case stdio
  /// As the kernel says, of the moment of connecting.
  case unix(uid: UInt32, gid: UInt32, pid: Int32)
  /// A browser, or another program that speaks WebSocket; the key of the session that it came with, if any.
  case web(session: String?)

  /// How the connection is framed before the client has said anything; nil: as the client begins.
  var framing: FrameParser.Framing? {
    if case .web = self { .headers } else { nil }
  }
}
