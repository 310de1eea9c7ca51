import Jansson
import Logging
import NIOCore
import NIOPosix
import ShellProtocol

/// Takes in connections, whichever way they come, and counts them.
package final class WireServer: @unchecked Sendable {
  // Safe to send: what changes is touched on the desk only.

  let desk: Desk
  let log: Logger
  private let limits: Limits
  private let delegate: any WireDelegate
  private var lastID: UInt64 = 0
  private var count = 0
  private var refused = 0

  /// Clients over the limit that are being told so; further ones are closed without a word.
  private static let refusedAtOnce = 64

  package init(desk: Desk, limits: Limits, log: Logger, delegate: any WireDelegate) {
    self.desk = desk
    self.limits = limits
    self.log = log
    self.delegate = delegate
  }

  /// Clients connected now. On the desk.
  package var connectionCount: Int { count }

  /// Makes the connection of a new channel; nil when there is no room even for a refusal. On the desk.
  func makeConnection(_ peer: Peer) -> WireConnection? {
    desk.loop.preconditionInEventLoop()
    let hasRoom = count < limits.connections || peer == .stdio
    guard hasRoom || refused < Self.refusedAtOnce else { return nil }
    if hasRoom { count += 1 } else { refused += 1 }
    lastID += 1
    return WireConnection(
      id: lastID, peer: peer, desk: desk, limits: limits, log: log, delegate: delegate,
      refusal: hasRoom ? nil : .tooManyConnections(limits.connections))
  }

  /// Puts the connection behind its channel; `drained` runs when the channel is gone, and calls what it is given once
  /// everything written has reached its place.
  func attach(
    _ connection: WireConnection, to channel: any Channel,
    drained: @escaping (@escaping @Sendable () -> Void) -> Void = { $0() }
  ) throws {
    let handler = WireHandler(connection) { [self] in
      if connection.isRefusal { refused -= 1 } else { count -= 1 }
      drained { connection.reportClosed() }
    }
    try channel.pipeline.syncOperations.addHandler(handler)
  }

  /// Reads are bounded, so that no client keeps the others waiting; one read a turn, because a second one would find
  /// nothing most times.
  static let readAllocator = AdaptiveRecvByteBufferAllocator(
    minimum: 4096, initial: 16384, maximum: WireConnection.readBytes)

  /// Bytes handed to the system and not taken, at which a client's messages are no longer read, and below which they
  /// are again.
  static let waterMark = ChannelOptions.Types.WriteBufferWaterMark(low: 64 << 10, high: 256 << 10)
}

extension WireError {
  fileprivate static func tooManyConnections(_ limit: Int) -> WireError {
    WireError(
      .overloaded, kind: "overloaded.connections",
      LocalizedText(
        ru: "Слишком много подключений: \(limit)", en: "Too many connections: \(limit)"),
      data: ["retryAfterMs": 1000, "limit": JSONValue(limit)])
  }
}
