/// Why a text is not a when-clause, and where.
package struct WhenError: Error, Equatable, Sendable, CustomStringConvertible {
  package enum Cause: Equatable, Sendable {
    case tooLong, tooDeep, empty, badCharacter, unclosedString, badNumber, unexpected
    case ambiguousNegation
    case unknownKey(String)
    case wrongType
  }

  package let cause: Cause
  /// 1 for the first character (Unicode scalar) of the text.
  package let column: Int
  /// In English, for the author of a manifest.
  package let reason: String

  package var description: String { "column \(column): \(reason)" }
}
