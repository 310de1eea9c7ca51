import Jansson
import ShellProtocol
import ShellTime

/// Dates of fields: `2025-04-05` on the wire, `05.04.2025` for people, who may type either.
enum DateInput {
  static let problem = LocalizedText(
    ru: "Нет такой даты. Дата пишется ДД.ММ.ГГГГ, например 05.04.2025",
    en: "There is no such date. A date is written DD.MM.YYYY, for example 05.04.2025")

  /// The date as it is kept; nil when the text is none.
  static func value(_ text: String) -> String? {
    if let parts = numbers(text, "-"), text.utf8.count == 10 { return date(parts[0], parts[1], parts[2]) }
    let trimmed = text.split(whereSeparator: \.isWhitespace).joined()
    guard let parts = numbers(trimmed, "."), parts[2] > 999 else { return nil }
    return date(parts[2], parts[1], parts[0])
  }

  /// `05.04.2025`; nil for what is no date of the wire.
  static func display(_ text: String) -> String? {
    guard value(text) == text else { return nil }
    return text.split(separator: "-").reversed().joined(separator: ".")
  }

  private static func numbers(_ text: String, _ separator: Character) -> [Int]? {
    let parts = text.split(separator: separator, omittingEmptySubsequences: false)
    guard parts.count == 3, parts.allSatisfy({ (1...4).contains($0.utf8.count) }) else { return nil }
    let numbers = parts.compactMap { part in part.utf8.allSatisfy { (48...57).contains($0) } ? Int(part) : nil }
    return numbers.count == 3 ? numbers : nil
  }

  /// Nil for a day that no calendar has.
  private static func date(_ year: Int, _ month: Int, _ day: Int) -> String? {
    guard (1...12).contains(month), (1...31).contains(day), (1...9999).contains(year) else { return nil }
    let number = Int64(RFC3339.dayNumber(year: year, month: month, day: day))
    guard RFC3339.date(days: number) == (year, month, day) else { return nil }
    return RFC3339.dateText(year, month, day)
  }
}
