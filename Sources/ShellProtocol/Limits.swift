import Jansson

/// What one connection may ask of the host. Every number is an option, and `initialize` tells them all.
package struct Limits: Sendable, Equatable {
  /// Bytes of one message; past it the message is refused and skipped.
  package var messageBytes = 16 << 20
  /// Containers inside one another, the message's own braces included. 1…1024.
  package var nesting = 128
  /// Messages in one batch.
  package var batch = 64
  /// Requests of one connection that run at once.
  package var inFlight = 64
  /// Requests of one connection that wait behind those.
  package var queued = 256
  /// Bytes of answers that wait for one client to read them.
  package var outgoingBytes = 32 << 20
  /// Clients at once.
  package var connections = 1024

  /// A client that reads nothing for so long while answers wait is closed. Seconds; not told to clients.
  package var stalledReaderSeconds = 30
  /// A message that stops arriving in its middle for so long is logged. Seconds.
  package var partialFrameWarningSeconds = 30
  /// The same, until the connection is closed. Seconds.
  package var partialFrameSeconds = 120

  /// A WebSocket on which nobody is signed in for so long is closed; 0: never. Seconds; not told to clients.
  package var signInSeconds = 120

  package init() {}

  /// The `limits` of an answer to `initialize`.
  package var json: JSONValue {
    [
      "messageBytes": JSONValue(messageBytes), "nesting": JSONValue(nesting), "batch": JSONValue(batch),
      "inFlight": JSONValue(inFlight), "queued": JSONValue(queued), "outgoingBytes": JSONValue(outgoingBytes),
      "connections": JSONValue(connections),
    ]
  }
}
