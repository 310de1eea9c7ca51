import Jansson
import Logging
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
    precondition(desk.isCurrent, "connections are made on the desk")
    let hasRoom = count < limits.connections || peer == .stdio
    guard hasRoom || refused < Self.refusedAtOnce else { return nil }
    if hasRoom { count += 1 } else { refused += 1 }
    lastID += 1
    return WireConnection(
      id: lastID, peer: peer, desk: desk, limits: limits, log: log, delegate: delegate,
      refusal: hasRoom ? nil : .tooManyConnections(limits.connections))
  }

  /// Gives the connection its descriptors. `drained` is called when they are closed, and calls what it is given once
  /// everything written has reached its place. On the desk.
  func attach(
    _ connection: WireConnection, input: CInt, output: CInt,
    drained: @escaping (@escaping @Sendable () -> Void) -> Void = { $0() }
  ) {
    connection.whenGone = { [self] in
      if connection.isRefusal { refused -= 1 } else { count -= 1 }
      drained { connection.reportClosed() }
    }
    connection.begin(WireStream(desk.loop, input: input, output: output, owner: connection))
  }
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
