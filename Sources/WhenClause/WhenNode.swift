/// A checked clause, ready to be evaluated. Chains of `&&` and `||` are flat, so only parentheses make depth.
indirect enum WhenNode: Sendable, Equatable {
  case constant(Bool)
  case key(String)
  case not(WhenNode)
  case all([WhenNode])
  case any([WhenNode])
  case comparison(WhenRelation, WhenOperand, WhenOperand)
  case membership(WhenOperand, list: WhenOperand)
  case function(WhenFunction, WhenOperand, WhenOperand)
}

/// One side of a comparison.
enum WhenOperand: Sendable, Equatable {
  case literal(WhenValue)
  case key(String)
}

extension WhenNode {
  /// A key whose value is not of its declared type makes every test of it false; nothing traps.
  func evaluate(_ context: (String) -> WhenValue) -> Bool {
    switch self {
    case .constant(let value): value
    case .key(let name): context(name) == .boolean(true)
    case .not(let node): !node.evaluate(context)
    case .all(let nodes): nodes.allSatisfy { $0.evaluate(context) }
    case .any(let nodes): nodes.contains { $0.evaluate(context) }
    case .comparison(let relation, let left, let right):
      Self.compare(left.value(context), relation, right.value(context))
    case .membership(let element, let list):
      Self.contains(list.value(context), element.value(context))
    case .function(let function, let left, let right):
      Self.apply(function, left.value(context), right.value(context))
    }
  }

  private static func compare(_ left: WhenValue, _ relation: WhenRelation, _ right: WhenValue) -> Bool {
    switch relation {
    case .equal: return left == right
    case .unequal: return left != right
    case .less, .lessOrEqual, .more, .moreOrEqual: break
    }
    guard case .number(let first) = left, case .number(let second) = right else { return false }
    switch relation {
    case .less: return first < second
    case .lessOrEqual: return first <= second
    case .more: return first > second
    case .moreOrEqual: return first >= second
    case .equal, .unequal: return false
    }
  }

  private static func contains(_ list: WhenValue, _ element: WhenValue) -> Bool {
    guard case .list(let elements) = list else { return false }
    return elements.contains(element)
  }

  private static func apply(_ function: WhenFunction, _ left: WhenValue, _ right: WhenValue) -> Bool {
    guard case .string(let text) = left else { return function == .contains && contains(left, right) }
    guard case .string(let part) = right else { return false }
    return switch function {
    case .startsWith: text.hasPrefix(part)
    case .endsWith: text.hasSuffix(part)
    case .contains: part.isEmpty || text.contains(part)
    }
  }
}

extension WhenOperand {
  func value(_ context: (String) -> WhenValue) -> WhenValue {
    switch self {
    case .literal(let value): value
    case .key(let name): context(name)
    }
  }
}
