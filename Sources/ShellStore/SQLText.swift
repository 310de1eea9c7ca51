/// Just enough reading of SQL text for what SQLite's own vetting cannot tell.
enum SQLText {
  /// What follows blanks, comments and semicolons.
  static func skippingBlanks(_ text: Substring.UTF8View) -> Substring.UTF8View {
    var rest = text
    while let first = rest.first {
      switch first {
      case 0x20, 0x09, 0x0A, 0x0C, 0x0D, UInt8(ascii: ";"):
        rest = rest.dropFirst()
      case UInt8(ascii: "-") where rest.dropFirst().first == UInt8(ascii: "-"):
        rest = rest.drop { $0 != 0x0A }
      case UInt8(ascii: "/") where rest.dropFirst().first == UInt8(ascii: "*"):
        rest = rest.dropFirst(2)
        while let byte = rest.first, !(byte == UInt8(ascii: "*") && rest.dropFirst().first == UInt8(ascii: "/")) {
          rest = rest.dropFirst()
        }
        rest = rest.dropFirst(2)
      default: return rest
      }
    }
    return rest
  }

  /// Names and signs of a statement, in order, names in lower case and without their quotes. Literals of
  /// text are left out, comments too.
  static func words(_ sql: String) -> [String] {
    var words: [String] = []
    var rest = Substring(sql).utf8
    while true {
      rest = skippingComments(rest)
      guard let first = rest.first else { return words }
      switch first {
      case UInt8(ascii: "'"):
        rest = skippingQuoted(rest, until: first).rest
      case UInt8(ascii: "\""), UInt8(ascii: "`"):
        let (name, after) = skippingQuoted(rest, until: first)
        words.append(name.lowercased())
        rest = after
      case UInt8(ascii: "["):
        let (name, after) = skippingQuoted(rest, until: UInt8(ascii: "]"))
        words.append(name.lowercased())
        rest = after
      case let byte where isWord(byte):
        let end = rest.firstIndex { !isWord($0) } ?? rest.endIndex
        words.append(String(Substring(rest[..<end])).lowercased())
        rest = rest[end...]
      case 0x20, 0x09, 0x0A, 0x0C, 0x0D:
        rest = rest.dropFirst()
      default:
        words.append(String(UnicodeScalar(first)))
        rest = rest.dropFirst()
      }
    }
  }

  /// True when `sql` gives a name of its own (WITH name AS …) to one of `names`: SQLite's authorizer would
  /// take what is read there for reads by the view of that name.
  static func defines(anyOf names: Set<String>, _ sql: String) -> Bool {
    let words = words(sql)
    for (index, word) in words.enumerated() where names.contains(word) {
      let next = index + 1 < words.count ? words[index + 1] : ""
      let afterNext = index + 2 < words.count ? words[index + 2] : ""
      if next == "(" { return true }
      if next == "as", afterNext == "(" || afterNext == "not" || afterNext == "materialized" { return true }
    }
    return false
  }

  /// `name` as an SQL identifier.
  static func quoted(_ name: String) -> String {
    "\"\(name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\""))\""
  }

  /// True for letters, digits and `_`, at most 64, no digit first: what a table, column or parameter may be called.
  static func isName(_ text: String) -> Bool {
    guard let first = text.utf8.first, !(48...57).contains(first), text.utf8.count <= 64 else { return false }
    return text.utf8.allSatisfy { $0 < 0x80 && $0 != UInt8(ascii: "$") && isWord($0) }
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 48...57, 65...90, 97...122, UInt8(ascii: "_"), UInt8(ascii: "$"), 0x80...: true
    default: false
    }
  }

  private static func skippingComments(_ text: Substring.UTF8View) -> Substring.UTF8View {
    guard text.first == UInt8(ascii: "-") || text.first == UInt8(ascii: "/") else { return text }
    let second = text.dropFirst().first
    guard second == UInt8(ascii: "-") || second == UInt8(ascii: "*") else { return text }
    return skippingBlanks(text)
  }

  /// The inside of a quoted name, doubled quotes read as one, and what follows.
  private static func skippingQuoted(
    _ text: Substring.UTF8View, until quote: UInt8
  ) -> (name: String, rest: Substring.UTF8View) {
    var name: [UInt8] = []
    var rest = text.dropFirst()
    while let byte = rest.first {
      rest = rest.dropFirst()
      if byte == quote {
        guard rest.first == quote, quote != UInt8(ascii: "]") else { break }
        rest = rest.dropFirst()
      }
      name.append(byte)
    }
    return (String(decoding: name, as: UTF8.self), rest)
  }
}
