/// Text form of the simulator's instants.
///
/// The host has its own; a second party shares no code with it.
enum Instant {
  /// RFC 3339 in UTC, with milliseconds only when there are any.
  ///
  /// Proleptic Gregorian calendar.
  static func text(_ ms: Int64) -> String {
    let days = floorDivide(ms, 86_400_000)
    let inDay = ms - days * 86_400_000
    let (year, month, day) = date(days: days)
    let seconds = inDay / 1000
    let fraction = inDay % 1000 == 0 ? "" : "." + padded(inDay % 1000, 3)
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T"
      + "\(padded(seconds / 3600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))\(fraction)Z"
  }

  /// Counts in years that begin in March, so that the leap day is the last of its year.
  private static func date(days: Int64) -> (Int64, Int64, Int64) {
    let fromMarch0000 = days + 719_468
    let era = floorDivide(fromMarch0000, 146_097)
    let dayOfEra = fromMarch0000 - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
  }

  private static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
    value >= 0 ? value / divisor : -((-value + divisor - 1) / divisor)
  }

  private static func padded(_ value: Int64, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
