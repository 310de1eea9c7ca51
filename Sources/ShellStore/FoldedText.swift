/// Text as it is searched: lower case, ё as е, every kind of blank as one space, every kind of dash as `-`,
/// marks that nobody types (soft hyphen, zero-width signs, stress) left out.
package enum FoldedText {
  /// Stands twice before each word of a searchable text. Two, because an index of trigrams knows nothing
  /// shorter than three letters: with them a single letter is found at the start of a word.
  package static let wordMark: UInt8 = 0x02

  /// The folded text. Blanks at both ends are dropped.
  package static func fold(_ text: String) -> String {
    var output: [UInt8] = []
    var copy = text
    copy.withUTF8 { bytes in unsafe fold(bytes, into: &output) { $0.append(0x20) } }
    return String(decoding: output, as: UTF8.self)
  }

  /// The words of a search as typed by a person, folded; at most `limit`, and none longer than 64 letters.
  package static func words(_ text: String, limit: Int = 16) -> [String] {
    fold(text).split(separator: " ").prefix(limit).map { String($0.prefix(64)) }
  }

  /// Appends the folded text of `bytes`; `blank` is called between two words.
  static func fold(
    _ bytes: UnsafeBufferPointer<UInt8>, into output: inout [UInt8], blank: (inout [UInt8]) -> Void
  ) {
    var index = 0
    var started = false
    var blankPending = false
    var previous: UInt32 = 0
    while index < bytes.count {
      let scalar = unsafe folded(Letters.next(bytes, &index))
      switch scalar {
      case skipped: continue
      // Letters written as two code points, as some systems do: е + two dots, и + breve.
      case 0x308 where previous == 0x435: continue
      case 0x306 where previous == 0x438:
        output.removeLast(2)
        append(0x439, to: &output)
      case 0x20:
        blankPending = started
        continue
      default:
        if blankPending { blank(&output) }
        append(scalar, to: &output)
      }
      started = true
      blankPending = false
      previous = scalar
    }
  }

  private static let skipped: UInt32 = .max

  @inline(__always)
  private static func folded(_ scalar: UInt32) -> UInt32 {
    if scalar > 0x20, scalar < 0x7F { return Letters.lowercase(scalar) }
    if scalar >= 0x410, scalar <= 0x44F { return Letters.lowercase(scalar) }
    switch scalar {
    case 0x451, 0x401: return 0x435
    case 0x02, 0x09...0x0D, 0x20, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: return 0x20
    case 0x00...0x1F, 0x7F, 0xAD, 0x200B...0x200F, 0x2060, 0x301, 0xFEFF, 0x110000...: return skipped
    case 0x2010...0x2015, 0x2212: return 0x2D
    default: return Letters.lowercase(scalar)
    }
  }

  private static func append(_ scalar: UInt32, to output: inout [UInt8]) {
    switch scalar {
    case ..<0x80: output.append(UInt8(scalar))
    case ..<0x800:
      output.append(UInt8(0xC0 | scalar >> 6))
      output.append(UInt8(0x80 | scalar & 0x3F))
    case ..<0x10000:
      output.append(UInt8(0xE0 | scalar >> 12))
      output.append(UInt8(0x80 | scalar >> 6 & 0x3F))
      output.append(UInt8(0x80 | scalar & 0x3F))
    default:
      output.append(UInt8(0xF0 | scalar >> 18))
      output.append(UInt8(0x80 | scalar >> 12 & 0x3F))
      output.append(UInt8(0x80 | scalar >> 6 & 0x3F))
      output.append(UInt8(0x80 | scalar & 0x3F))
    }
  }
}
