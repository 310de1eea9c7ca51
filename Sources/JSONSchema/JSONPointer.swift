/// A place inside a JSON value (RFC 6901), grown on the way down and written out only when something is wrong.
package indirect enum JSONPointer: Sendable, CustomStringConvertible {
  case root
  case member(JSONPointer, String)
  case element(JSONPointer, Int)

  package init() { self = .root }

  package func appending(_ key: String) -> JSONPointer { .member(self, key) }
  package func appending(_ index: Int) -> JSONPointer { .element(self, index) }

  /// The pointer's text; "" for the whole value.
  package var description: String {
    switch self {
    case .root: return ""
    case .element(let parent, let index): return parent.description + "/\(index)"
    case .member(let parent, let key): return parent.description + "/" + Self.escape(key)
    }
  }

  private static func escape(_ key: String) -> String {
    guard key.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else { return key }
    var result = ""
    for character in key.unicodeScalars {
      switch character {
      case "~": result += "~0"
      case "/": result += "~1"
      default: result.unicodeScalars.append(character)
      }
    }
    return result
  }
}
