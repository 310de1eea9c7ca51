import Glibc
import Jansson

/// How one message is told from the next.
enum Framing: String, CaseIterable, Sendable {
  case headers, lines
  /// Of a WebSocket, which is another transport: not among `allCases`.
  case frames

  static let allCases: [Framing] = [.headers, .lines]
}

/// How a message's bytes are handed over.
enum Delivery: String, CaseIterable, Sendable { case whole, byByte }

/// A client of the host: a socket or a pair of pipes, one framing, one thread, a deadline on every wait.
final class WireClient {
  let framing: Framing
  let delivery: Delivery
  /// Everything that came, in the order in which it came.
  private(set) var transcript: [JSONValue] = []
  private let reading: CInt
  private var writing: CInt
  private var decoder: MessageDecoder
  private var unread: [JSONValue] = []
  private var lastID = 0
  private(set) var hasEnded = false

  /// Takes both descriptors over; for a socket they are the same.
  init(reading: CInt, writing: CInt, framing: Framing = .lines, delivery: Delivery = .whole) {
    (self.reading, self.writing) = (reading, writing)
    (self.framing, self.delivery) = (framing, delivery)
    decoder = MessageDecoder(framing)
  }

  convenience init(socket path: String, framing: Framing = .lines, delivery: Delivery = .whole) throws {
    let descriptor = try UnixSocketAddress.connect(path)
    self.init(reading: descriptor, writing: descriptor, framing: framing, delivery: delivery)
  }

  deinit {
    close(reading)
    if writing != reading { close(writing) }
  }

  // MARK: - Sending

  func send(_ message: JSONValue) throws {
    let body = message.bytes()
    switch framing {
    case .lines: try send(raw: body + [10])
    case .headers: try send(raw: Array("Content-Length: \(body.count)\r\n\r\n".utf8) + body)
    case .frames: try send(raw: WebSocketFrame(.text, body).masked)
    }
  }

  func send(raw text: String) throws { try send(raw: Array(text.utf8)) }

  func send(raw bytes: [UInt8]) throws {
    switch delivery {
    case .whole: try write(bytes[...])
    case .byByte: for index in bytes.indices { try write(bytes[index...index]) }
    }
  }

  private func write(_ bytes: ArraySlice<UInt8>) throws {
    var left = bytes
    let deadline = Deadline(within: 20)
    while !left.isEmpty {
      guard ready(writing, for: POLLOUT, until: deadline) else { throw TestTrouble("the host takes no more bytes") }
      let count = unsafe left.withUnsafeBytes { bytes in
        // Not more than a pipe's room at once: a blocking write of more could outwait the deadline.
        let size = min(bytes.count, 4096)
        // A host that is gone is an error here, and no signal to the whole test run.
        let sent = unsafe Glibc.send(writing, bytes.baseAddress, size, Int32(MSG_NOSIGNAL))
        return sent < 0 && errno == ENOTSOCK ? unsafe Glibc.write(writing, bytes.baseAddress, size) : sent
      }
      guard count > 0 else { throw TestTrouble("the host closed its end: errno \(errno)") }
      left = left.dropFirst(count)
    }
  }

  /// Ends what this client says; what the host says can still be read.
  func finishWriting() {
    if reading == writing {
      shutdown(writing, Int32(SHUT_WR))
    } else {
      close(writing)
      writing = reading
    }
  }

  // MARK: - Receiving

  /// The next message, whichever it is; nil when none came in time or the connection has ended.
  func next(within seconds: Double = 10) throws -> JSONValue? {
    if !unread.isEmpty { return unread.removeFirst() }
    return try receive(Deadline(within: seconds))
  }

  private func receive(_ deadline: Deadline) throws -> JSONValue? {
    while true {
      if let message = try decoder.next() {
        transcript.append(message)
        return message
      }
      guard !hasEnded, ready(reading, until: deadline) else { return nil }
      var chunk = [UInt8](repeating: 0, count: 65_536)
      let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(reading, $0.baseAddress, $0.count) }
      if count > 0 { decoder.push(chunk.prefix(count)) } else { hasEnded = true }
    }
  }

  /// The first message that `matches`, now or later; the others stay for whoever asks for them.
  func first(within seconds: Double = 10, where matches: (JSONValue) -> Bool) throws -> JSONValue? {
    if let index = unread.firstIndex(where: matches) { return unread.remove(at: index) }
    let deadline = Deadline(within: seconds)
    while let message = try receive(deadline) {
      if matches(message) { return message }
      unread.append(message)
    }
    return nil
  }

  /// The params of the next such notification, now or later.
  func notification(
    _ method: String, within seconds: Double = 10, where matches: (JSONValue) -> Bool = { _ in true }
  ) throws -> JSONValue? {
    try first(within: seconds) { $0["method"]?.string == method && matches($0["params"] ?? .null) }?["params"]
  }

  /// Waits for the end of the connection; false when it did not come in time. What came before is kept.
  func ends(within seconds: Double = 10) throws -> Bool {
    let deadline = Deadline(within: seconds)
    while let message = try receive(deadline) { unread.append(message) }
    return hasEnded
  }

  /// The code of the close frame that ended a WebSocket; nil when there was none.
  var closeCode: Int? { decoder.closeCode }

  /// Payloads of the pongs that came.
  var pongs: [[UInt8]] { decoder.pongs }

  /// Bytes that are no message yet.
  var rest: String { decoder.rest }

  func newID() -> JSONValue {
    lastID += 1
    return JSONValue(lastID)
  }
}
