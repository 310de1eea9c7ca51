import Jansson
import ShellProtocol

/// What can be wrong with the frames of a connection, as answers to the client.
package enum FramingFault {
  /// −32700 `framing`: a header block that does not say how long its body is, or no header block at all.
  /// `start` is its first bytes, of which 40 are quoted.
  static func boundary(_ start: RawSpan, _ why: (ru: String, en: String)) -> WireError {
    let quote = quoted(start)
    return WireError(
      .parse, kind: "framing",
      LocalizedText(ru: "\(why.ru): «\(quote)»", en: "\(why.en): '\(quote)'"), data: ["start": JSONValue(quote)])
  }

  /// −32600 `request.tooLarge`. `size` is nil for a line whose end nobody has seen yet.
  static func tooLarge(_ size: Int?, limit: Int) -> WireError {
    var data: JSONValue = ["limit": JSONValue(limit)]
    if let size { data = data.setting("size", JSONValue(size)) }
    var error = WireError.invalidRequest(
      "tooLarge", ru: "Сообщение больше \(limit) байт", en: "The message is longer than \(limit) bytes")
    error.data = data
    return error
  }

  static var empty: WireError { .invalidRequest("empty", ru: "Пустое сообщение", en: "Empty message") }

  static func charset(_ line: RawSpan) -> WireError {
    WireError(
      .parse, kind: "framing.charset",
      LocalizedText(ru: "Понимаем только UTF-8: «\(quoted(line))»", en: "Only UTF-8 is spoken: '\(quoted(line))'"))
  }

  /// At most 40 bytes as plain ASCII, the others as `\n`, `\r` and `\xNN`.
  private static func quoted(_ bytes: RawSpan) -> String {
    var text = ""
    for index in 0..<min(40, bytes.byteCount) {
      switch unsafe bytes.unsafeLoad(fromByteOffset: index, as: UInt8.self) {
      case 0x0A: text += "\\n"
      case 0x0D: text += "\\r"
      case UInt8(ascii: "\\"): text += "\\\\"
      case let byte where byte >= 0x20 && byte < 0x7F: text.unicodeScalars.append(Unicode.Scalar(byte))
      case let byte: text += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }
    }
    return text
  }
}
