/// A regular expression of the portable subset that JSON Schema recommends, matched in time linear in the text.
///
/// Literals, `.`, classes, groups, `|`, `* + ? {m,n}`, `^` at the start and `$` at the end; escapes of punctuation
/// and `\d \w \s`. All states run side by side over the text, so no pattern and no text can make it slow.
struct SchemaPattern: Sendable {
  /// Steps of a compiled pattern.
  static let maxProgram = 2_000

  let source: String
  private let program: [Step]
  private let startsAtStart: Bool
  private let endsAtEnd: Bool

  enum Step: Sendable {
    case take(SchemaCharacters)
    case split(Int, Int)
    case jump(Int)
    case accept
  }

  init(_ source: String) throws(SchemaPatternError) {
    var parser = SchemaPatternParser(source)
    let tree = try parser.parse()
    var emission = Emission()
    try emission.emit(tree)
    self.source = source
    program = emission.program + [.accept]
    startsAtStart = parser.startsAtStart
    endsAtEnd = parser.endsAtEnd
  }

  func matches(_ text: String) -> Bool {
    var active: [Int] = []
    var marked = [Int](repeating: -1, count: program.count)
    var position = 0
    enter(0, at: position, &active, &marked)
    for scalar in text.unicodeScalars {
      if !endsAtEnd, active.contains(where: isAccepting) { return true }
      var next: [Int] = []
      position += 1
      for state in active {
        if case .take(let characters) = program[state], characters.contains(scalar) {
          enter(state + 1, at: position, &next, &marked)
        }
      }
      if !startsAtStart { enter(0, at: position, &next, &marked) }
      if next.isEmpty { return false }
      active = next
    }
    return active.contains(where: isAccepting)
  }

  private func isAccepting(_ state: Int) -> Bool {
    if case .accept = program[state] { true } else { false }
  }

  /// Adds a state and all that it reaches without taking a character.
  private func enter(_ first: Int, at position: Int, _ states: inout [Int], _ marked: inout [Int]) {
    var pending = [first]
    while let state = pending.popLast() {
      guard marked[state] != position else { continue }
      marked[state] = position
      switch program[state] {
      case .jump(let target): pending.append(target)
      case .split(let left, let right): pending += [right, left]
      case .take, .accept: states.append(state)
      }
    }
  }
}

/// Why a pattern cannot be used.
struct SchemaPatternError: Error {
  let reason: String
}

indirect enum SchemaPatternTree {
  case characters(SchemaCharacters)
  case sequence([SchemaPatternTree])
  case choice(SchemaPatternTree, SchemaPatternTree)
  case repeated(SchemaPatternTree, Int, Int?)
}

/// A set of characters.
struct SchemaCharacters: Sendable {
  var ranges: [ClosedRange<UInt32>]
  var inverted = false

  func contains(_ scalar: Unicode.Scalar) -> Bool {
    ranges.contains { $0.contains(scalar.value) } != inverted
  }

  static let any = SchemaCharacters(ranges: [10...10, 13...13], inverted: true)
  static let digits: [ClosedRange<UInt32>] = [0x30...0x39]
  static let word: [ClosedRange<UInt32>] = [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A]
  static let blanks: [ClosedRange<UInt32>] = [9...13, 0x20...0x20]
}

/// A program in the making.
private struct Emission {
  var program: [SchemaPattern.Step] = []
  /// Counted beside the program's size, because repeating an empty group makes no steps.
  private var calls = 0

  mutating func emit(_ tree: SchemaPatternTree) throws(SchemaPatternError) {
    calls += 1
    guard calls <= SchemaPattern.maxProgram, program.count < SchemaPattern.maxProgram else {
      throw SchemaPatternError(reason: "the pattern is too large")
    }
    switch tree {
    case .characters(let characters): program.append(.take(characters))
    case .sequence(let parts): for part in parts { try emit(part) }
    case .choice(let left, let right): try emitChoice(left, right)
    case .repeated(let part, let least, let most):
      for _ in 0..<least { try emit(part) }
      if let most { try emitOptional(part, times: most - least) } else { try emitLoop(part) }
    }
  }

  /// A step whose target is known only later.
  private mutating func reserve() -> Int {
    program.append(.accept)
    return program.count - 1
  }

  private mutating func emitChoice(
    _ left: SchemaPatternTree, _ right: SchemaPatternTree
  ) throws(SchemaPatternError) {
    let split = reserve()
    try emit(left)
    let jump = reserve()
    program[split] = .split(split + 1, program.count)
    try emit(right)
    program[jump] = .jump(program.count)
  }

  private mutating func emitLoop(_ part: SchemaPatternTree) throws(SchemaPatternError) {
    let split = reserve()
    try emit(part)
    program.append(.jump(split))
    program[split] = .split(split + 1, program.count)
  }

  private mutating func emitOptional(_ part: SchemaPatternTree, times: Int) throws(SchemaPatternError) {
    var splits: [Int] = []
    for _ in 0..<times {
      splits.append(reserve())
      try emit(part)
    }
    for split in splits { program[split] = .split(split + 1, program.count) }
  }
}
