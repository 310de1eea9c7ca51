import Testing

@testable import SchoolPlugin

@Test(arguments: [
  ("Иванов", "Иванова"), ("Соловьёв", "Соловьёва"), ("Ильин", "Ильина"), ("Покровский", "Покровская"),
  ("Троицкий", "Троицкая"), ("Толстой", "Толстая"), ("Белый", "Белая"), ("Черных", "Черных"),
  ("Шевченко", "Шевченко"), ("Цой", "Цой"), ("Ким", "Ким"), ("Оганесян", "Оганесян"), ("Ломидзе", "Ломидзе"),
  ("Римский-Корсаков", "Римская-Корсакова"), ("Мамин-Сибиряк", "Мамина-Сибиряк"), ("Юдин", "Юдина"),
])
func `a family name has its feminine form`(masculine: String, feminine: String) {
  #expect(Surname(masculine).feminine == feminine)
}

@Test func `logins are Latin and never given twice`() {
  var logins = Logins()
  #expect(logins.make(family: "Щёголева", given: "Юлия", middle: "Ильинична") == "shchegoleva.ii")
  #expect(logins.make(family: "Щёголева", given: "Яна", middle: "Ильинична") == "shchegoleva.ii2")
  #expect(logins.make(family: "Петров-Водкин", given: "Ян", middle: "") == "petrov-vodkin.i")
}

@Test func `phones do not repeat when a code is used up`() {
  var random = SplitMix64(seed: 3)
  var phones = Phones(&random)
  var seen = Set<String>()
  for _ in 0..<50_000 { seen.insert(phones.next()) }
  #expect(seen.count == 50_000)
}

@Test func `plans have a topic for every lesson`() {
  let titles = LessonTopics.titles(["А", "Б", "В"], lessons: 34)
  #expect(titles.count == 34)
  #expect(titles.first == "А: введение")
  #expect(Set(titles).count == 34)
}

@Test func `dates know their weekdays and school years`() {
  #expect(CivilDate(2026, 9, 1).weekday == 2)
  #expect(CivilDate(2024, 2, 29).adding(days: 1).text == "2024-03-01")
  #expect(CivilDate(ms: 1_756_674_000_000, offsetMinutes: 180).text == "2025-09-01")
  #expect(SchoolYear(on: CivilDate(2026, 7, 31)).startYear == 2025)
  #expect(SchoolYear(on: CivilDate(2026, 8, 1)).startYear == 2026)
  #expect(SchoolYear(on: CivilDate(2027, 1, 15)).startYear == 2026)
}

@Test func `no lesson falls on a holiday or a weekend`() {
  let days = SchoolCalendar(year: SchoolYear(startYear: 2026)).teachingDays
  #expect(days.first?.text == "2026-09-01")
  #expect(days.last?.text == "2027-05-31")
  #expect((160...180).contains(days.count))
  #expect(!days.contains(CivilDate(2026, 11, 4)))
  #expect(days.allSatisfy { $0.weekday <= 5 })
}
