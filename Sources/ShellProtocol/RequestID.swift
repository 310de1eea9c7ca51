import Jansson

/// The id of a request: an integer or a string of at most 128 bytes, echoed with its type.
package enum RequestID: Hashable, Sendable {
  case integer(Int64)
  case string(String)

  /// Bytes that a string id may have.
  package static let longestString = 128

  package var json: JSONValue {
    switch self {
    case .integer(let value): JSONValue(value)
    case .string(let value): JSONValue(value)
    }
  }
}
