import Jansson
import WhenClause

extension WhenValue {
  /// A context key's stored value; nil when it is not of the declared type.
  package init?(_ json: JSONValue, as type: WhenType) {
    switch type {
    case .boolean:
      guard let value = json.bool else { return nil }
      self = .boolean(value)
    case .string:
      guard let value = json.string else { return nil }
      self = .string(value)
    case .number:
      guard let value = json.double else { return nil }
      self = .number(value)
    case .list:
      guard let elements = json.array else { return nil }
      self = .list(elements.compactMap { WhenValue($0, as: .string) ?? WhenValue($0, as: .number) })
    }
  }
}

extension Manifest.ValueType {
  /// The same word in the checker of clauses.
  package var whenType: WhenType {
    switch self {
    case .boolean: .boolean
    case .string: .string
    case .number: .number
    case .list: .list
    }
  }
}
