/// One word of a clause and the column at which it starts.
struct WhenToken {
  enum Kind: Equatable {
    case key(String), string(String), number(Double), boolean(Bool)
    case function(WhenFunction)
    case relation(WhenRelation)
    /// `not` is the sign '!'; the word exists only in 'not in'.
    case and, or, not, notWord, `in`, open, close, openList, closeList, comma, end
  }

  let kind: Kind
  let column: Int
}

enum WhenRelation: String {
  case equal = "==", unequal = "!="
  case less = "<", lessOrEqual = "<=", more = ">", moreOrEqual = ">="
}

enum WhenFunction: String { case startsWith, endsWith, contains }

extension WhenToken.Kind {
  /// How an error names the word.
  var words: String {
    switch self {
    case .key(let name): "'\(name)'"
    case .string(let text): "the string '\(text)'"
    case .number(let value): "the number \(value)"
    case .boolean(let value): "'\(value)'"
    case .function(let function): "'\(function.rawValue)'"
    case .relation(let relation): "'\(relation.rawValue)'"
    case .and: "'&&'"
    case .or: "'||'"
    case .not: "'!'"
    case .notWord: "'not'"
    case .in: "'in'"
    case .open: "'('"
    case .close: "')'"
    case .openList: "'['"
    case .closeList: "']'"
    case .comma: "','"
    case .end: "the end"
    }
  }
}
