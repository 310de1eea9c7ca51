/// Where the web desktop listens, and what it lets in.
package struct WebOptions: Sendable {
  /// An address or a name of this machine; 0 is any port.
  package var address: String
  package var port: Int
  /// Names that clients may call this host by, beside those of loopback and `address` itself.
  package var names: [String]
  /// Bytes of one message, as in the host's own limits; a frame of up to four times that is refused in words.
  package var messageBytes: Int
  /// Clients at once.
  package var connections: Int

  package init(address: String, port: Int, names: [String] = [], messageBytes: Int = 16 << 20, connections: Int = 1024)
  {
    self.address = address
    self.port = port
    self.names = names
    self.messageBytes = messageBytes
    self.connections = connections
  }
}

/// How long the web desktop waits for others.
enum Patience {
  /// For a whole request, from the opening of its connection or the end of the answer before. Seconds.
  static let request: Int64 = 20
  /// For the host's answer. Seconds.
  static let answer: Int64 = 60
  /// For a client to take an answer. Seconds.
  static let reading: Int64 = 30
  /// Until a silent WebSocket is asked whether it is still there, and from then on until it is given up. Seconds.
  static let silence: Int64 = 30
  /// For a client to close its side of a WebSocket. Seconds.
  static let farewell: Int64 = 2
}
