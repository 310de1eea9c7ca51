/// How many cells of a terminal text takes: wide characters two, combining marks none.
enum TextWidth {
  /// Blocks whose characters are wide, after the Unicode Standard's annex 11 (East Asian Width).
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115f, 0x2e80...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f, 0xff00...0xff60,
    0xffe0...0xffe6, 0x20000...0x3fffd,
  ]

  static func of(_ character: Character) -> Int {
    if character.isASCII { return 1 }
    return character.unicodeScalars.reduce(0) { max($0, of($1)) }
  }

  private static func of(_ scalar: Unicode.Scalar) -> Int {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: return scalar.properties.isEmojiPresentation || wide.contains { $0.contains(scalar.value) } ? 2 : 1
    }
  }

  static func of(_ text: String) -> Int { text.reduce(0) { $0 + of($1) } }

  /// `text` cut (with an ellipsis) or filled with blanks to `width` cells.
  static func fit(_ text: String, _ width: Int) -> String {
    let have = of(text)
    if have <= width { return text + String(repeating: " ", count: width - have) }
    var (cut, used) = ("", 0)
    for character in text {
      let next = of(character)
      if used + next > width - 1 { break }
      cut.append(character)
      used += next
    }
    return cut + "…" + String(repeating: " ", count: max(0, width - 1 - used))
  }

  /// `text` in lines of at most `width` cells, broken at blanks where that is possible.
  static func wrap(_ text: String, _ width: Int) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { wrapLine($0, max(8, width)) }
  }

  private static func wrapLine(_ line: Substring, _ width: Int) -> [String] {
    var (lines, now, used) = ([String](), "", 0)
    for word in line.split(separator: " ", omittingEmptySubsequences: false) {
      let size = of(String(word))
      if used > 0, used + 1 + size > width {
        lines.append(now)
        (now, used) = (String(word), size)
      } else {
        now += used > 0 ? " \(word)" : String(word)
        used += size + (used > 0 ? 1 : 0)
      }
    }
    return lines + [now]
  }
}
