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
