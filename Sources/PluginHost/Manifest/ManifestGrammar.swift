/// The spellings of names in manifests. `manifest.schema.json` says the same in patterns; a test compares the two.
package enum ManifestGrammar {
  /// `max-platform`; at most 64.
  package static func isPluginID(_ text: String) -> Bool {
    fits(text, 64)
      && pieces(text, "-").enumerated().allSatisfy { index, piece in
        !piece.isEmpty && piece.allSatisfy { isLower($0) || isDigit($0) }
          && (index > 0 || piece.first.map(isLower) == true)
      }
  }

  /// Dotted camelCase with at least one point: `notes.save`; at most 128.
  static func isName(_ text: String) -> Bool {
    let parts = pieces(text, ".")
    return fits(text, 128) && parts.count >= 2 && parts.allSatisfy(isWord)
  }

  /// What names something within its surroundings: `registries`, `notes.add`, `bind-account`; at most 128.
  static func isLocalID(_ text: String) -> Bool {
    var parts = text.utf8.split(omittingEmptySubsequences: false) { $0 == dot || $0 == dash }
    guard fits(text, 128), let first = parts.first, isWord(first) else { return false }
    parts.removeFirst()
    return parts.allSatisfy { !$0.isEmpty && $0.allSatisfy(isLetterOrDigit) }
  }

  /// `authentication/1`; at most 128.
  static func isContract(_ text: String) -> Bool {
    let halves = pieces(text, "/")
    guard fits(text, 128), halves.count == 2 else { return false }
    return pieces(halves[0], ".").allSatisfy(isWord) && isVersionNumber(halves[1])
  }

  /// `notes_v1_all`; at most 128.
  static func isView(_ text: String) -> Bool {
    guard fits(text, 128), let first = text.utf8.first, isLower(first),
      text.utf8.allSatisfy({ isLower($0) || isDigit($0) || $0 == underscore })
    else { return false }
    let parts = pieces(text, "_")
    return parts.indices.contains { index in
      index > 0 && index + 1 < parts.count && parts[index].first == UInt8(ascii: "v")
        && isVersionNumber(parts[index].dropFirst()) && parts[index + 1].first.map(isLower) == true
    }
  }

  /// A file name that ends in `.so`; no folder.
  static func isLibrary(_ text: String) -> Bool {
    guard fits(text, 128), text.hasSuffix(".so"), text.utf8.count > 3, let first = text.utf8.first else {
      return false
    }
    return (isLetterOrDigit(first) || first == underscore)
      && text.utf8.allSatisfy {
        isLetterOrDigit($0) || [underscore, dot, dash, UInt8(ascii: "+")].contains($0)
      }
  }

  /// `bind-account`; at most 64.
  static func isIcon(_ text: String) -> Bool {
    guard fits(text, 64), let first = text.utf8.first, isLower(first) else { return false }
    return text.utf8.allSatisfy { isLower($0) || isDigit($0) || $0 == dash }
  }

  /// `@platform`, or an address in which `*` stands for anything: `http://127.0.0.1:*/*`; at most 500.
  static func isAddress(_ text: String) -> Bool {
    guard fits(text, 500) else { return false }
    if text.hasPrefix("@") {
      let name = text.utf8.dropFirst()
      return name.first.map(isLower) == true && name.allSatisfy(isLetterOrDigit)
    }
    for scheme in ["http://", "https://"] where text.hasPrefix(scheme) {
      let rest = text.utf8.dropFirst(scheme.utf8.count)
      return !rest.isEmpty && rest.allSatisfy { isLetterOrDigit($0) || addressSigns.contains($0) }
    }
    return false
  }

  /// A version of three parts.
  static func isVersion(_ text: String) -> Bool { SemanticVersion(text) != nil }
  static func isRange(_ text: String) -> Bool { VersionRange(text) != nil }

  private static let dot = UInt8(ascii: ".")
  private static let dash = UInt8(ascii: "-")
  private static let underscore = UInt8(ascii: "_")
  private static let addressSigns = Set("._~:/*%-".utf8)

  private typealias Piece = Substring.UTF8View

  private static func fits(_ text: String, _ most: Int) -> Bool {
    (1...most).contains(text.unicodeScalars.count)
  }

  private static func pieces(_ text: String, _ separator: Unicode.Scalar) -> [Piece] {
    text.utf8.split(separator: UInt8(ascii: separator), omittingEmptySubsequences: false)
  }

  private static func pieces(_ text: Piece, _ separator: Unicode.Scalar) -> [Piece] {
    text.split(separator: UInt8(ascii: separator), omittingEmptySubsequences: false)
  }

  /// A lower-case letter, then letters and digits.
  private static func isWord(_ piece: Piece) -> Bool {
    piece.first.map(isLower) == true && piece.allSatisfy(isLetterOrDigit)
  }

  private static func isVersionNumber(_ piece: Piece) -> Bool {
    piece.first.map { isDigit($0) && $0 != UInt8(ascii: "0") } == true && piece.allSatisfy(isDigit)
  }

  private static func isLower(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
  }
  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    isLower(byte) || isDigit(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
  }
}
