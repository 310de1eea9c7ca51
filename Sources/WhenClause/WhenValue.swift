/// What kind of value a context key holds. The raw value is the word used in manifests.
package enum WhenType: String, Sendable, Hashable, CaseIterable {
  case boolean, string, number, list
}

/// The value of a context key at the moment when a clause is evaluated.
package enum WhenValue: Sendable, Hashable {
  case boolean(Bool)
  case string(String)
  case number(Double)
  /// Strings and numbers.
  case list([WhenValue])

  package var type: WhenType {
    switch self {
    case .boolean: .boolean
    case .string: .string
    case .number: .number
    case .list: .list
    }
  }

  /// What a key has when nobody has set it: false, '', 0, an empty list.
  package static func empty(_ type: WhenType) -> WhenValue {
    switch type {
    case .boolean: .boolean(false)
    case .string: .string("")
    case .number: .number(0)
    case .list: .list([])
    }
  }
}
