/// Reads the words of a clause by the grammar of `Documentation.docc/Grammar.md` and checks types on the way.
struct WhenParser {
  private let words: [WhenToken]
  private let declared: [String: WhenType]
  private var position = 0
  private var depth = 0
  private(set) var keys: Set<String> = []

  init(_ words: [WhenToken], declared: [String: WhenType]) {
    self.words = words
    self.declared = declared
  }

  mutating func parse() throws(WhenError) -> WhenNode {
    guard word.kind != .end else {
      throw WhenError(cause: .empty, column: 1, reason: "the clause is empty; leave it out, or write true")
    }
    let node = try disjunction()
    guard word.kind == .end else { throw unexpected("'&&', '||' or the end") }
    return node
  }

  private var word: WhenToken { words[min(position, words.count - 1)] }

  private mutating func take(_ kind: WhenToken.Kind) -> Bool {
    guard word.kind == kind else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ kind: WhenToken.Kind) throws(WhenError) {
    guard take(kind) else { throw unexpected(kind.words) }
  }

  private func unexpected(_ wanted: String) -> WhenError {
    WhenError(cause: .unexpected, column: word.column, reason: "expected \(wanted), found \(word.kind.words)")
  }

  private mutating func disjunction() throws(WhenError) -> WhenNode {
    var nodes = [try conjunction()]
    while take(.or) { nodes.append(try conjunction()) }
    return nodes.count == 1 ? nodes[0] : .any(nodes)
  }

  private mutating func conjunction() throws(WhenError) -> WhenNode {
    var nodes = [try negation()]
    while take(.and) { nodes.append(try negation()) }
    return nodes.count == 1 ? nodes[0] : .all(nodes)
  }

  private mutating func negation() throws(WhenError) -> WhenNode {
    var negative = false
    let start = word.column
    var signs = 0
    while take(.not) {
      negative.toggle()
      signs += 1
    }
    let node = try test(afterNegationAt: signs > 0 ? start : nil)
    return negative ? .not(node) : node
  }

  private mutating func test(afterNegationAt negation: Int?) throws(WhenError) -> WhenNode {
    switch word.kind {
    case .open: return try group()
    case .function(let function): return try call(function)
    default: return try comparison(afterNegationAt: negation)
    }
  }

  private mutating func group() throws(WhenError) -> WhenNode {
    let column = word.column
    try expect(.open)
    depth += 1
    guard depth <= WhenClause.maxDepth else {
      throw WhenError(
        cause: .tooDeep, column: column,
        reason: "more than \(WhenClause.maxDepth) parentheses inside each other")
    }
    let node = try disjunction()
    depth -= 1
    try expect(.close)
    return node
  }

  private mutating func call(_ function: WhenFunction) throws(WhenError) -> WhenNode {
    position += 1
    try expect(.open)
    let left = try operand()
    try expect(.comma)
    let right = try operand()
    try expect(.close)
    if function == .contains, left.type == .list {
      try check(right, is: [.string, .number], "what a list contains")
    } else {
      try check(
        left, is: function == .contains ? [.string, .list] : [.string],
        "the first value of \(function.rawValue)")
      try check(right, is: [.string], "the second value of \(function.rawValue)")
    }
    return .function(function, left.operand, right.operand)
  }

  private mutating func comparison(afterNegationAt negation: Int?) throws(WhenError) -> WhenNode {
    let left = try operand()
    let node: WhenNode
    switch word.kind {
    case .relation(let relation): node = try compare(left, relation)
    case .in:
      position += 1
      node = try membership(of: left)
    case .notWord:
      position += 1
      try expect(.in)
      node = .not(try membership(of: left))
    default: return try truth(of: left)
    }
    if let negation {
      throw WhenError(
        cause: .ambiguousNegation, column: negation,
        reason: "'!' before a comparison needs parentheses: !(a == b)")
    }
    return node
  }

  private mutating func compare(_ left: Operand, _ relation: WhenRelation) throws(WhenError) -> WhenNode {
    position += 1
    let right = try operand()
    switch relation {
    case .equal, .unequal:
      try check(left, is: [.boolean, .string, .number], "a value compared by '\(relation.rawValue)'")
      try check(right, is: [left.type], "what is compared with a \(left.type.rawValue)")
    case .less, .lessOrEqual, .more, .moreOrEqual:
      try check(left, is: [.number], "a value compared by '\(relation.rawValue)'")
      try check(right, is: [.number], "a value compared by '\(relation.rawValue)'")
    }
    return .comparison(relation, left.operand, right.operand)
  }

  private mutating func membership(of element: Operand) throws(WhenError) -> WhenNode {
    let list = try operand()
    try check(element, is: [.string, .number], "what is looked for in a list")
    try check(list, is: [.list], "what stands after 'in'")
    return .membership(element.operand, list: list.operand)
  }

  private func truth(of operand: Operand) throws(WhenError) -> WhenNode {
    try check(operand, is: [.boolean], "a condition that stands alone")
    switch operand.operand {
    case .key(let name): return .key(name)
    case .literal(let value): return .constant(value == .boolean(true))
    }
  }

  /// A key or a literal with the type that the checker knows of it.
  private struct Operand {
    let operand: WhenOperand
    let type: WhenType
    let words: String
    let column: Int
  }

  private mutating func operand() throws(WhenError) -> Operand {
    let first = word
    position += 1
    switch first.kind {
    case .key(let name):
      guard let type = declared[name] else { throw unknown(name, first.column) }
      keys.insert(name)
      return Operand(operand: .key(name), type: type, words: "'\(name)'", column: first.column)
    case .string(let text): return literal(.string(text), first)
    case .number(let value): return literal(.number(value), first)
    case .boolean(let value): return literal(.boolean(value), first)
    case .openList: return literal(.list(try elements()), first)
    default:
      position -= 1
      throw unexpected("a key, a string, a number, true, false or '('")
    }
  }

  private func literal(_ value: WhenValue, _ word: WhenToken) -> Operand {
    let words = word.kind == .openList ? "this list" : word.kind.words
    return Operand(operand: .literal(value), type: value.type, words: words, column: word.column)
  }

  private mutating func elements() throws(WhenError) -> [WhenValue] {
    if take(.closeList) { return [] }
    var values: [WhenValue] = []
    while true {
      switch word.kind {
      case .string(let text): values.append(.string(text))
      case .number(let value): values.append(.number(value))
      default: throw unexpected("a string or a number")
      }
      position += 1
      if take(.closeList) { return values }
      guard take(.comma) else { throw unexpected("',' or ']'") }
    }
  }

  private func check(_ operand: Operand, is types: [WhenType], _ place: String) throws(WhenError) {
    guard !types.contains(operand.type) else { return }
    let wanted = types.map(\.rawValue).joined(separator: " or ")
    throw WhenError(
      cause: .wrongType, column: operand.column,
      reason: "\(operand.words) is a \(operand.type.rawValue); \(place) is a \(wanted)")
  }

  private func unknown(_ name: String, _ column: Int) -> WhenError {
    let near = declared.keys.filter { $0.lowercased() == name.lowercased() || nearlySame($0, name) }.min()
    let hint = near.map { "; did you mean '\($0)'?" } ?? ""
    return WhenError(cause: .unknownKey(name), column: column, reason: "unknown key '\(name)'\(hint)")
  }
}

/// One letter too many, too few, changed, or two neighbours swapped.
private func nearlySame(_ left: String, _ right: String) -> Bool {
  let (first, second) = (Array(left.utf8), Array(right.utf8))
  guard first.count > 2, abs(first.count - second.count) <= 1 else { return false }
  let head = zip(first, second).prefix { $0 == $1 }.count
  let tail = zip(first.dropFirst(head).reversed(), second.dropFirst(head).reversed()).prefix { $0 == $1 }
    .count
  let (left, right) = (first.count - head - tail, second.count - head - tail)
  if left <= 1, right <= 1 { return true }
  return left == 2 && right == 2 && first[head] == second[head + 1] && first[head + 1] == second[head]
}
