import ZoneRules

/// Days of the organization's calendar, as people write them: `05.04.2025`. Greenwich's where the zone is unknown, as
/// in the audit log.
struct LocalDay {
  private let rules: ZoneRules?

  init(zone: String?) { rules = zone.flatMap { ZoneRules.named($0) } }

  /// The day of an instant in milliseconds since 1970.
  func text(_ ms: Int64) -> String {
    let seconds = ms / 1000 + Int64(rules?.offset(atMs: ms) ?? 0)
    // After Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": years that begin in March.
    let shifted = seconds / 86_400 + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(two(day)).\(two(month)).\(year)"
  }
}
