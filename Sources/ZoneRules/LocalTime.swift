/// Days and times of day in one zone, and the instants that they are.
package struct LocalTime: Sendable {
  private let rules: ZoneRules?

  /// A zone that this machine does not know counts as Greenwich's.
  package init(zone name: String) { rules = ZoneRules.named(name) }

  /// Seconds east of Greenwich.
  package func offset(atMs ms: Int64) -> Int64 { Int64(rules?.offset(atMs: ms) ?? 0) }

  /// The instant of a day `2026-09-01` and a time `08:30`. A time that a change of clocks skips is taken an hour later;
  /// of one that comes twice the first is meant.
  package func instant(_ date: String, _ time: String) -> Int64? {
    let numbers = (date + "-" + time.replacing(":", with: "-")).split(separator: "-").compactMap { Int64($0) }
    guard numbers.count == 5 else { return nil }
    let local = (Self.day(numbers[0], numbers[1], numbers[2]) * 1440 + numbers[3] * 60 + numbers[4]) * 60_000
    // The offset a day before and a day after are those on both sides of a change.
    let candidates = [-86_400_000, 0, 86_400_000].map { local - offset(atMs: local + $0) * 1000 }
    return candidates.filter { $0 + offset(atMs: $0) * 1000 == local }.min() ?? candidates.max()
  }

  /// `02.09.2026`.
  package func day(_ ms: Int64) -> String {
    let text = Self.civil((ms + offset(atMs: ms) * 1000).floored(by: 86_400_000))
    func two(_ value: Int64) -> String { (value < 10 ? "0" : "") + "\(value)" }
    return "\(two(text.day)).\(two(text.month)).\(text.year)"
  }

  // After Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
  private static func day(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let y = month <= 2 ? year - 1 : year
    let era = y.floored(by: 400)
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = days + 719_468
    let era = shifted.floored(by: 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let index = (5 * dayOfYear + 2) / 153
    let month = index < 10 ? index + 3 : index - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * index + 2) / 5 + 1)
  }
}

extension Int64 {
  /// Division that rounds down, for instants before 1970.
  func floored(by divisor: Int64) -> Int64 { self >= 0 ? self / divisor : -((divisor - 1 - self) / divisor) }
}
