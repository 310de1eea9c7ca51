/// One frame of RFC 6455, as a test puts it together or reads it.
struct WebSocketFrame {
  enum Kind: UInt8 { case continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10, reserved = 11 }

  var kind: Kind
  var payload: [UInt8]
  var isLast = true
  /// The three bits that only an extension may set.
  var reserved: UInt8 = 0

  init(_ kind: Kind, _ payload: [UInt8] = [], isLast: Bool = true, reserved: UInt8 = 0) {
    self.kind = kind
    self.payload = payload
    self.isLast = isLast
    self.reserved = reserved
  }

  init(_ kind: Kind, _ text: String, isLast: Bool = true) { self.init(kind, Array(text.utf8), isLast: isLast) }

  static func close(_ code: UInt16) -> WebSocketFrame {
    WebSocketFrame(.close, [UInt8(code >> 8), UInt8(code & 0xFF)])
  }

  /// As a client must send it.
  var masked: [UInt8] {
    let key: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]
    return head(mask: 0x80) + key + payload.enumerated().map { $1 ^ key[$0 % 4] }
  }

  /// As only a server may send it.
  var bare: [UInt8] { head(mask: 0) + payload }

  /// The frame's beginning, up to the key.
  func head(mask: UInt8, saying length: Int? = nil) -> [UInt8] {
    let count = length ?? payload.count
    let first = (isLast ? 0x80 : 0) | reserved << 4 | kind.rawValue
    switch count {
    case ..<126: return [first, mask | UInt8(count)]
    case ..<65_536: return [first, mask | 126, UInt8(count >> 8), UInt8(count & 0xFF)]
    default: return [first, mask | 127] + (0..<8).map { UInt8(truncatingIfNeeded: count >> (56 - 8 * $0)) }
    }
  }

  /// The next whole frame of a server.
  static func take(from bytes: inout [UInt8]) throws -> WebSocketFrame? {
    guard bytes.count >= 2 else { return nil }
    guard bytes[1] & 0x80 == 0 else { throw TestTrouble("a server masked its frame") }
    guard let kind = Kind(rawValue: bytes[0] & 0xF), bytes[0] & 0x70 == 0 else {
      throw TestTrouble("a strange frame: \(bytes.prefix(8))")
    }
    let (room, start) = bytes[1] < 126 ? (0, 2) : bytes[1] == 126 ? (2, 4) : (8, 10)
    guard bytes.count >= start else { return nil }
    let count = room == 0 ? Int(bytes[1]) : bytes[2..<start].reduce(0) { $0 << 8 | Int($1) }
    guard bytes.count >= start + count else { return nil }
    let frame = WebSocketFrame(kind, Array(bytes[start..<start + count]), isLast: bytes[0] & 0x80 != 0)
    bytes.removeFirst(start + count)
    return frame
  }
}
