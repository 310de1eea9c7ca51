/// A day of the Gregorian calendar, without a time zone.
struct CivilDate: Comparable, Hashable, Sendable {
  /// Days since 1970-01-01.
  let day: Int

  init(day: Int) { self.day = day }

  // After Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
  init(_ year: Int, _ month: Int, _ dayOfMonth: Int) {
    let y = month <= 2 ? year - 1 : year
    let era = (y >= 0 ? y : y - 399) / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + dayOfMonth - 1
    day = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  /// The day at an instant, so many minutes east of Greenwich.
  init(ms: Int64, offsetMinutes: Int) {
    let minutes = Int((Double(ms) / 60_000).rounded(.down)) + offsetMinutes
    day = minutes >= 0 ? minutes / 1440 : (minutes - 1439) / 1440
  }

  var parts: (year: Int, month: Int, day: Int) {
    let shifted = day + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthIndex = (5 * dayOfYear + 2) / 153
    let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthIndex + 2) / 5 + 1)
  }

  /// 1 Monday … 7 Sunday. 1970-01-01 was a Thursday.
  var weekday: Int { ((day + 3) % 7 + 7) % 7 + 1 }

  /// `2025-04-05`.
  var text: String {
    let (year, month, day) = parts
    func padded(_ value: Int, _ width: Int) -> String {
      let digits = String(value)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
  }

  func adding(days: Int) -> CivilDate { CivilDate(day: day + days) }

  static func < (left: CivilDate, right: CivilDate) -> Bool { left.day < right.day }
}

/// A school year, named by the year in which it starts: 1 September to 31 May.
struct SchoolYear: Hashable, Sendable {
  let startYear: Int

  /// The year that runs on that day; from 1 August on the one that is about to start.
  init(on date: CivilDate) {
    let (year, month, _) = date.parts
    startYear = month >= 8 ? year : year - 1
  }

  init(startYear: Int) { self.startYear = startYear }

  var title: String { "\(startYear)/\(startYear + 1)" }
  var starts: CivilDate { CivilDate(startYear, 9, 1) }
  var ends: CivilDate { CivilDate(startYear + 1, 5, 31) }
}
