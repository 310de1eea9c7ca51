/// A version `1.2.3`. Every part is 0…999,999,999.
package struct SemanticVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
  package let major: Int
  package let minor: Int
  package let patch: Int

  package init(_ major: Int, _ minor: Int, _ patch: Int) {
    self.major = major
    self.minor = minor
    self.patch = patch
  }

  /// Reads all three parts; nil for anything else.
  package init?(_ text: String) {
    guard let parts = Self.parts(text[...]), parts.count == 3 else { return nil }
    self.init(parts[0], parts[1], parts[2])
  }

  package var description: String { "\(major).\(minor).\(patch)" }

  package static func < (left: SemanticVersion, right: SemanticVersion) -> Bool {
    (left.major, left.minor, left.patch) < (right.major, right.minor, right.patch)
  }

  /// One to three numbers between points, without leading zeros.
  fileprivate static func parts(_ text: Substring) -> [Int]? {
    let pieces = text.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...3).contains(pieces.count) else { return nil }
    var numbers: [Int] = []
    for piece in pieces {
      let digits = piece.utf8
      guard (1...9).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }),
        digits.count == 1 || digits.first != 0x30, let number = Int(piece)
      else { return nil }
      numbers.append(number)
    }
    return numbers
  }
}

/// Which versions of another plugin will do: `1.2.0` (exactly), `>=1.2` (that or later), `^1.2` (that or later
/// without a breaking change: below 2.0.0; below 0.3.0 for `^0.2`).
package struct VersionRange: Sendable, Hashable, CustomStringConvertible {
  /// As it was written.
  package let description: String
  private let least: SemanticVersion
  /// The first version that will not do; nil: none.
  private let end: SemanticVersion?

  package init?(_ text: String) {
    if text.hasPrefix(">="), let parts = SemanticVersion.parts(text.dropFirst(2)) {
      least = Self.padded(parts)
      end = nil
    } else if text.hasPrefix("^"), let parts = SemanticVersion.parts(text.dropFirst()) {
      least = Self.padded(parts)
      end = Self.nextBreaking(parts)
    } else if let exact = SemanticVersion(text) {
      least = exact
      end = SemanticVersion(exact.major, exact.minor, exact.patch + 1)
    } else {
      return nil
    }
    description = text
  }

  package func contains(_ version: SemanticVersion) -> Bool {
    version >= least && end.map { version < $0 } ?? true
  }

  private static func padded(_ parts: [Int]) -> SemanticVersion {
    SemanticVersion(parts[0], parts.count > 1 ? parts[1] : 0, parts.count > 2 ? parts[2] : 0)
  }

  /// Before 1.0.0 the first part that is not zero is the one that breaks.
  private static func nextBreaking(_ parts: [Int]) -> SemanticVersion {
    let version = padded(parts)
    if version.major > 0 || parts.count == 1 { return SemanticVersion(version.major + 1, 0, 0) }
    if version.minor > 0 || parts.count == 2 { return SemanticVersion(0, version.minor + 1, 0) }
    return SemanticVersion(0, 0, version.patch + 1)
  }
}
