/// Bells, holidays and teaching days of a generated school year.
struct SchoolCalendar: Sendable {
  struct Bell: Equatable, Sendable {
    let number: Int
    let starts: String
    let ends: String
  }

  struct Holiday: Equatable, Sendable {
    let title: String
    let since: CivilDate
    let until: CivilDate
  }

  let year: SchoolYear

  static let bells = [
    ("08:00", "08:45"), ("08:55", "09:40"), ("10:00", "10:45"), ("11:05", "11:50"), ("12:05", "12:50"),
    ("13:00", "13:45"), ("13:55", "14:40"), ("14:50", "15:35"),
  ].enumerated().map { Bell(number: $0 + 1, starts: $1.0, ends: $1.1) }

  /// Holidays of the school and days on which nobody works.
  var holidays: [Holiday] {
    let first = year.startYear
    func holiday(_ title: String, _ since: CivilDate, _ until: CivilDate) -> Holiday {
      Holiday(title: title, since: since, until: until)
    }
    return [
      holiday("Осенние каникулы", CivilDate(first, 10, 26), CivilDate(first, 11, 4)),
      holiday("Зимние каникулы", CivilDate(first, 12, 30), CivilDate(first + 1, 1, 10)),
      holiday("День защитника Отечества", CivilDate(first + 1, 2, 23), CivilDate(first + 1, 2, 23)),
      holiday("Международный женский день", CivilDate(first + 1, 3, 8), CivilDate(first + 1, 3, 8)),
      holiday("Весенние каникулы", CivilDate(first + 1, 3, 23), CivilDate(first + 1, 3, 30)),
      holiday("Праздник Весны и Труда", CivilDate(first + 1, 5, 1), CivilDate(first + 1, 5, 1)),
      holiday("День Победы", CivilDate(first + 1, 5, 9), CivilDate(first + 1, 5, 9)),
    ]
  }

  /// Monday to Friday, without holidays.
  var teachingDays: [CivilDate] {
    let holidays = holidays
    return (year.starts.day...year.ends.day).map(CivilDate.init(day:)).filter { date in
      date.weekday <= Curriculum.days && !holidays.contains { $0.since <= date && date <= $0.until }
    }
  }
}
