import Jansson

/// Where a page ended: the sort values and key of its last row, with a fingerprint of the query, as text that
/// only this store reads.
struct PageCursor {
  let values: [JSONValue]

  init(values: [JSONValue]) { self.values = values }

  /// nil when the text is damaged, belongs to another query, or has another number of values.
  init?(_ text: String, fingerprint: String, count: Int) {
    guard let bytes = Base64URL.decode(text), let json = try? JSONValue(parsing: bytes),
      let elements = json.array, elements.count == count + 1, elements[0].string == fingerprint
    else { return nil }
    let values = Array(elements.dropFirst())
    guard values.allSatisfy({ $0.kind != .object && $0.kind != .array }) else { return nil }
    self.values = values
  }

  func text(fingerprint: String) -> String {
    Base64URL.encode(JSONValue([JSONValue(fingerprint)] + values).bytes())
  }
}

/// RFC 4648, section 5, without padding.
enum Base64URL {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

  static func encode(_ bytes: [UInt8]) -> String {
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count * 4 / 3 + 3)
    var buffer: UInt32 = 0
    var bits = 0
    for byte in bytes {
      buffer = buffer << 8 | UInt32(byte)
      bits += 8
      while bits >= 6 {
        bits -= 6
        output.append(alphabet[Int(buffer >> UInt32(bits) & 63)])
      }
      buffer &= 0xFF
    }
    if bits > 0 { output.append(alphabet[Int(buffer << UInt32(6 - bits) & 63)]) }
    return String(decoding: output, as: UTF8.self)
  }

  static func decode(_ text: String) -> [UInt8]? {
    var output: [UInt8] = []
    var buffer: UInt32 = 0
    var bits = 0
    for character in text.utf8 {
      guard let value = value(of: character) else { return nil }
      buffer = (buffer << 6 | value) & 0xFFFF
      bits += 6
      if bits >= 8 {
        bits -= 8
        output.append(UInt8(buffer >> UInt32(bits) & 0xFF))
      }
    }
    return output
  }

  private static func value(of character: UInt8) -> UInt32? {
    switch character {
    case 65...90: UInt32(character - 65)
    case 97...122: UInt32(character - 71)
    case 48...57: UInt32(character + 4)
    case UInt8(ascii: "-"): 62
    case UInt8(ascii: "_"): 63
    default: nil
    }
  }
}
