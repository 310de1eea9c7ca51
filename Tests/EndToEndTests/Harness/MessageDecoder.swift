import Jansson

/// Cuts what the host sends into messages; strict, since the host has no reason to be sloppy.
struct MessageDecoder {
  private let framing: Framing
  private var bytes: [UInt8] = []
  /// Of a WebSocket: what its close frame said, and the pongs that came.
  private(set) var closeCode: Int?
  private(set) var pongs: [[UInt8]] = []

  init(_ framing: Framing) { self.framing = framing }

  var rest: String { String(decoding: bytes, as: UTF8.self) }

  mutating func push(_ chunk: some Sequence<UInt8>) { bytes += chunk }

  mutating func next() throws -> JSONValue? {
    switch framing {
    case .lines: try nextLine()
    case .headers: try nextBody()
    case .frames: try nextText()
    }
  }

  private mutating func nextText() throws -> JSONValue? {
    while let frame = try WebSocketFrame.take(from: &bytes) {
      switch frame.kind {
      case .text: return try parsed(frame.payload)
      case .pong: pongs.append(frame.payload)
      case .close: closeCode = frame.payload.count < 2 ? 1005 : Int(frame.payload[0]) << 8 | Int(frame.payload[1])
      default: break
      }
    }
    return nil
  }

  private mutating func nextLine() throws -> JSONValue? {
    guard let end = bytes.firstIndex(of: 10) else { return nil }
    let line = Array(bytes[..<end])
    bytes.removeFirst(end + 1)
    return try parsed(line)
  }

  private mutating func nextBody() throws -> JSONValue? {
    let mark = Array("\r\n\r\n".utf8)
    guard let end = bytes.firstRange(of: mark) else { return nil }
    let header = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
    guard header.hasPrefix("Content-Length: "), let length = Int(header.dropFirst("Content-Length: ".count)) else {
      throw TestTrouble("the host sent a strange header: \(header.prefix(80))")
    }
    guard bytes.count - end.upperBound >= length else { return nil }
    let body = Array(bytes[end.upperBound..<(end.upperBound + length)])
    bytes.removeFirst(end.upperBound + length)
    return try parsed(body)
  }

  private func parsed(_ body: [UInt8]) throws -> JSONValue {
    do { return try JSONValue(parsing: body) } catch {
      throw TestTrouble("the host sent what is no JSON: \(String(decoding: body.prefix(200), as: UTF8.self))")
    }
  }
}
