import PluginKit
import Testing

@testable import SchoolPlugin

private let settings = OrganizationSettings(
  name: "Школа", shortName: "Школа", timeZone: "Europe/Moscow", platformAddress: "https://web.max.ru",
  chatAdministrator: nil, requestExpiryHours: 24, removalThresholdPercent: 20, lessonKinds: ["Диктант"])

private let refusals: [(JSONValue, String)] = [
  (["name": ""], "/name"), (["name": "   "], "/name"), (["timeZone": "Europe/Atlantis"], "/timeZone"),
  (["timeZone": "../../etc/passwd"], "/timeZone"), (["timeZone": ""], "/timeZone"),
  (["platformAddress": "ftp://max.ru"], "/platformAddress"), (["platformAddress": "https://"], "/platformAddress"),
  (["platformAddress": "https://max.ru/\" onload"], "/platformAddress"),
  (["requestExpiryHours": 0], "/requestExpiryHours"), (["requestExpiryHours": 721], "/requestExpiryHours"),
  (["requestExpiryHours": "день"], "/requestExpiryHours"),
  (["requestExpiryHours": JSONValue.null], "/requestExpiryHours"),
  (["removalThresholdPercent": 101], "/removalThresholdPercent"),
  (["removalThresholdPercent": -1], "/removalThresholdPercent"), (["lessonKinds": "; ;"], "/lessonKinds"),
  (["lessonKinds": ["Диктант", "Диктант"]], "/lessonKinds"),
]

@Test(arguments: refusals)
func `F3: a setting that makes no sense is refused by its name`(arguments: JSONValue, path: String) {
  #expect(settings.applying(arguments).issues.map(\.path) == [path])
}

@Test func `F3: what is absent stays, what is given is taken`() {
  let (changed, issues) = settings.applying([
    "name": " Лицей № 5 ", "timeZone": "Asia/Irkutsk", "requestExpiryHours": "48", "removalThresholdPercent": 0,
    "lessonKinds": "Диктант; Зачёт;", "chatAdministrator": "e2",
  ])
  #expect(issues.isEmpty)
  #expect(changed.name == "Лицей № 5")
  #expect(changed.requestExpiryHours == 48)
  #expect(changed.lessonKinds == ["Диктант", "Зачёт"])
  #expect(
    changed.differences(from: settings) == [
      "name", "timeZone", "chatAdministrator", "requestExpiryHours", "removalThresholdPercent", "lessonKinds",
    ])
}

@Suite struct SchoolDayTests {
  @Test(arguments: [
    // 2026-03-29: summer time begins in Berlin at 01:00 UTC. Kamchatka is twelve hours ahead.
    ("Europe/Berlin", 1_774_746_000_000 - 1, 60), ("Europe/Berlin", 1_774_746_000_000, 120),
    ("Asia/Kamchatka", 1_795_424_400_000, 720), ("UTC", 0, 0), ("Europe/Moscow", 1_795_424_400_000, 180),
  ])
  func `the offset of a zone follows its rules`(zone: String, ms: Int, minutes: Int) {
    #expect(SchoolDay.offsetMinutes(in: zone, atMs: Int64(ms)) == minutes)
  }

  @Test func `today is the school's day, not Greenwich's`() {
    // 2026-11-22 22:00 UTC.
    let ms: Int64 = 1_795_384_800_000
    #expect(SchoolDay.today(in: "Europe/Moscow", nowMs: ms).text == "2026-11-23")
    #expect(SchoolDay.today(in: "UTC", nowMs: ms).text == "2026-11-22")
  }

  @Test(arguments: ["2026-02-30", "26-02-03", "2026-2-3", "2026-02-03 ", "", "2026-13-01"])
  func `what is no day of the calendar is no date`(text: String) { #expect(CivilDate(text: text) == nil) }
}
