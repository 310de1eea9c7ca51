/// Reads a regular expression. Whatever is outside the subset is an error, never another meaning.
struct SchemaPatternParser {
  static let maxRepeat = 1_000
  static let maxDepth = 16

  private let text: [Unicode.Scalar]
  private var position = 0
  private var depth = 0
  private(set) var startsAtStart = false
  private(set) var endsAtEnd = false

  init(_ source: String) { text = Array(source.unicodeScalars) }

  mutating func parse() throws(SchemaPatternError) -> SchemaPatternTree {
    startsAtStart = take("^")
    let tree = try choice()
    endsAtEnd = take("$")
    guard position == text.count else { throw error("'\(text[position])' cannot stand here") }
    if case .choice = tree, startsAtStart || endsAtEnd {
      throw error("put the alternatives between ^ and $ in parentheses")
    }
    return tree
  }

  private func error(_ reason: String) -> SchemaPatternError {
    SchemaPatternError(reason: "pattern, character \(position + 1): \(reason)")
  }

  private func peek() -> Unicode.Scalar? { position < text.count ? text[position] : nil }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard peek() == scalar else { return false }
    position += 1
    return true
  }

  private mutating func choice() throws(SchemaPatternError) -> SchemaPatternTree {
    var tree = try sequence()
    while take("|") { tree = .choice(tree, try sequence()) }
    return tree
  }

  private mutating func sequence() throws(SchemaPatternError) -> SchemaPatternTree {
    var parts: [SchemaPatternTree] = []
    while let scalar = peek(), scalar != "|", scalar != ")", scalar != "$" { parts.append(try repeated()) }
    return .sequence(parts)
  }

  private mutating func repeated() throws(SchemaPatternError) -> SchemaPatternTree {
    let part = try atom()
    guard let sign = peek() else { return part }
    switch sign {
    case "*":
      position += 1
      return .repeated(part, 0, nil)
    case "+":
      position += 1
      return .repeated(part, 1, nil)
    case "?":
      position += 1
      return .repeated(part, 0, 1)
    case "{":
      position += 1
      return try counted(part)
    default: return part
    }
  }

  private mutating func counted(_ part: SchemaPatternTree) throws(SchemaPatternError) -> SchemaPatternTree {
    let least = try count()
    if take("}") { return .repeated(part, least, least) }
    guard take(",") else { throw error("expected ',' or '}'") }
    if take("}") { return .repeated(part, least, nil) }
    let most = try count()
    guard take("}"), most >= least else { throw error("expected a count like {2,5}") }
    return .repeated(part, least, most)
  }

  private mutating func count() throws(SchemaPatternError) -> Int {
    var value = 0
    var digits = 0
    while let scalar = peek(), ("0"..."9").contains(scalar), digits < 5 {
      value = value * 10 + Int(scalar.value - 0x30)
      digits += 1
      position += 1
    }
    guard digits > 0, value <= Self.maxRepeat else {
      throw error("expected a count of at most \(Self.maxRepeat)")
    }
    return value
  }

  private mutating func atom() throws(SchemaPatternError) -> SchemaPatternTree {
    guard let scalar = peek() else { throw error("the pattern ends too early") }
    position += 1
    switch scalar {
    case ".": return .characters(.any)
    case "[": return .characters(try set())
    case "(": return try group()
    case "\\": return .characters(SchemaCharacters(ranges: try escape()))
    case "*", "+", "?", "{", "}", "]", "^":
      position -= 1
      throw error("'\(scalar)' has nothing to apply to; write '\\\(scalar)' for the character")
    default: return .characters(SchemaCharacters(ranges: [scalar.value...scalar.value]))
    }
  }

  private mutating func group() throws(SchemaPatternError) -> SchemaPatternTree {
    if take("?"), !take(":") { throw error("only (…) and (?:…) are known") }
    depth += 1
    guard depth <= Self.maxDepth else { throw error("too many groups inside each other") }
    let tree = try choice()
    depth -= 1
    guard take(")") else { throw error("expected ')'") }
    return tree
  }

  private mutating func escape() throws(SchemaPatternError) -> [ClosedRange<UInt32>] {
    guard let scalar = peek() else { throw error("the pattern ends too early") }
    position += 1
    switch scalar {
    case "d": return SchemaCharacters.digits
    case "w": return SchemaCharacters.word
    case "s": return SchemaCharacters.blanks
    case "n": return [10...10]
    case "r": return [13...13]
    case "t": return [9...9]
    case "a"..."z", "A"..."Z", "0"..."9": throw error("'\\\(scalar)' is not in the subset")
    default: return [scalar.value...scalar.value]
    }
  }

  private mutating func set() throws(SchemaPatternError) -> SchemaCharacters {
    var characters = SchemaCharacters(ranges: [])
    characters.inverted = take("^")
    while let scalar = peek(), scalar != "]" {
      position += 1
      let low = scalar == "\\" ? try escape() : [scalar.value...scalar.value]
      guard low.count == 1, low[0].count == 1, position + 1 < text.count, peek() == "-",
        text[position + 1] != "]"
      else {
        characters.ranges += low
        continue
      }
      position += 1
      guard let end = peek() else { break }
      position += 1
      let high = end == "\\" ? try escape() : [end.value...end.value]
      guard high.count == 1, high[0].count == 1, high[0].lowerBound >= low[0].lowerBound else {
        throw error("a range goes from a character to a later one")
      }
      characters.ranges.append(low[0].lowerBound...high[0].lowerBound)
    }
    guard take("]") else { throw error("expected ']'") }
    return characters
  }
}
