import Crypto
import NIOHTTP1

/// The cookie `esh_session`: 256 random bits that a browser keeps, of which the host knows a hash.
enum SessionCookie {
  private static let name = "esh_session"
  private static let digits = 64

  /// A token for the browser, and the key by which the host knows it.
  static func new() -> (token: String, key: String) {
    var generator = SystemRandomNumberGenerator()
    let token = (0..<digits / 16).map { _ in hex(generator.next() as UInt64) }.joined()
    return (token, key(of: token))
  }

  /// SHA-256 in hexadecimal: whoever reads the host's memory or disk cannot sign in with it.
  private static func key(of token: String) -> String {
    var hash = SHA256()
    unsafe Array(token.utf8).withUnsafeBytes { unsafe hash.update(bufferPointer: $0) }
    return hash.finalize().map { hex($0) }.joined()
  }

  /// The key of the session that a request comes with; nil when its cookie cannot be one of ours.
  static func key(in headers: HTTPHeaders) -> String? {
    for header in headers["cookie"] {
      for pair in header.split(separator: ";") {
        let parts = pair.split(separator: "=", maxSplits: 1)
        guard parts.count == 2, parts[0].trimmed == name else { continue }
        let token = parts[1].trimmed
        let isToken = token.utf8.count == digits && token.utf8.allSatisfy { isHex($0) }
        if isToken { return key(of: String(token)) }
      }
    }
    return nil
  }

  /// For `Set-Cookie`. It ends with the browser; the host has an end of its own for it. `isSecure`: the page came by
  /// TLS, which somebody in front of this host speaks.
  static func set(_ token: String, isSecure: Bool) -> String { attributes("\(name)=\(token)", isSecure) }

  /// Takes the cookie back.
  static func clear(isSecure: Bool) -> String { attributes("\(name)=; Max-Age=0", isSecure) }

  private static func attributes(_ start: String, _ isSecure: Bool) -> String {
    "\(start); Path=/; HttpOnly; SameSite=Strict" + (isSecure ? "; Secure" : "")
  }

  private static func isHex(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) }

  private static func hex(_ number: some FixedWidthInteger & UnsignedInteger) -> String {
    let text = String(number, radix: 16)
    return String(repeating: "0", count: number.bitWidth / 4 - text.utf8.count) + text
  }
}

extension Substring {
  /// Without blanks at both ends.
  fileprivate var trimmed: Substring {
    var text = self
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return text
  }
}
