/// Cuts a clause into words. Works on Unicode scalars, so that columns are what an editor shows.
struct WhenLexer {
  private let text: [Unicode.Scalar]
  private var position = 0

  init(_ source: String) { text = Array(source.unicodeScalars) }

  /// All words, `.end` last.
  static func words(of source: String) throws(WhenError) -> [WhenToken] {
    var lexer = WhenLexer(source)
    var words: [WhenToken] = []
    while true {
      let word = try lexer.next()
      words.append(word)
      if word.kind == .end { return words }
    }
  }

  private mutating func next() throws(WhenError) -> WhenToken {
    while let scalar = peek(), scalar == " " || scalar == "\t" || scalar == "\n" || scalar == "\r" {
      position += 1
    }
    let column = position + 1
    guard let first = peek() else { return WhenToken(kind: .end, column: column) }
    let kind: WhenToken.Kind =
      switch first {
      case "'": try string(column)
      case "0"..."9", "-": try number(column)
      case "a"..."z", "A"..."Z": try word(column)
      default: try symbol(first, column)
      }
    return WhenToken(kind: kind, column: column)
  }

  private func peek(_ ahead: Int = 0) -> Unicode.Scalar? {
    position + ahead < text.count ? text[position + ahead] : nil
  }

  /// A quote inside is written twice; no other escape exists, so nothing can be escaped wrongly.
  private mutating func string(_ column: Int) throws(WhenError) -> WhenToken.Kind {
    position += 1
    var content = String.UnicodeScalarView()
    while let scalar = peek() {
      position += 1
      guard scalar == "'" else {
        content.append(scalar)
        continue
      }
      guard peek() == "'" else { return .string(String(content)) }
      content.append(scalar)
      position += 1
    }
    throw WhenError(
      cause: .unclosedString, column: column, reason: "the string that starts here has no closing quote")
  }

  private mutating func number(_ column: Int) throws(WhenError) -> WhenToken.Kind {
    let start = position
    if peek() == "-" { position += 1 }
    let whole = digits()
    var fraction = 1
    if peek() == "." {
      position += 1
      fraction = digits()
    }
    var view = String.UnicodeScalarView()
    view.append(contentsOf: text[start..<position])
    let followed = peek().map { Self.isWordPart($0) || $0 == "." } ?? false
    guard whole > 0, fraction > 0, !followed, let value = Double(String(view)), value.isFinite else {
      throw WhenError(
        cause: .badNumber, column: column,
        reason: "a number is digits, perhaps with '-' before and one point inside")
    }
    return .number(value)
  }

  private mutating func digits() -> Int {
    let start = position
    while let scalar = peek(), ("0"..."9").contains(scalar) { position += 1 }
    return position - start
  }

  /// A key, or one of the words that the grammar keeps for itself.
  private mutating func word(_ column: Int) throws(WhenError) -> WhenToken.Kind {
    let start = position
    while let scalar = peek(), Self.isWordPart(scalar) || scalar == "." { position += 1 }
    var view = String.UnicodeScalarView()
    view.append(contentsOf: text[start..<position])
    let word = String(view)
    if let function = WhenFunction(rawValue: word) { return .function(function) }
    switch word {
    case "true": return .boolean(true)
    case "false": return .boolean(false)
    case "in": return .in
    case "not": return .notWord
    default:
      guard !word.hasSuffix("."), !word.contains("..") else {
        throw WhenError(
          cause: .badCharacter, column: column,
          reason: "'\(word)' is no key: a point stands between two names")
      }
      return .key(word)
    }
  }

  private static func isWordPart(_ scalar: Unicode.Scalar) -> Bool {
    ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
      || scalar == "_"
  }

  private mutating func symbol(_ first: Unicode.Scalar, _ column: Int) throws(WhenError) -> WhenToken.Kind {
    let second = peek(1)
    let pair: WhenToken.Kind? =
      switch (first, second) {
      case ("&", "&"): .and
      case ("|", "|"): .or
      case ("=", "="): .relation(.equal)
      case ("!", "="): .relation(.unequal)
      case ("<", "="): .relation(.lessOrEqual)
      case (">", "="): .relation(.moreOrEqual)
      default: nil
      }
    if let pair {
      position += 2
      return pair
    }
    position += 1
    switch first {
    case "!": return .not
    case "<": return .relation(.less)
    case ">": return .relation(.more)
    case "(": return .open
    case ")": return .close
    case "[": return .openList
    case "]": return .closeList
    case ",": return .comma
    case "&", "|", "=":
      throw WhenError(cause: .badCharacter, column: column, reason: "'\(first)' must be written twice")
    case "\"":
      throw WhenError(cause: .badCharacter, column: column, reason: "strings stand in single quotes: 'text'")
    default:
      throw WhenError(cause: .badCharacter, column: column, reason: "'\(first)' has no meaning here")
    }
  }
}
