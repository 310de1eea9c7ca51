import Jansson
import Testing

/// Section 3 of the manual in a browser: the class journal, a lesson, an online lesson made from it.
struct WebJournalTests {
  @Test(arguments: Hand.allCases)
  func `I4, E1–E3: section 3 of the manual, done in a browser`(by hand: Hand) throws {
    let web = try HostUnderTest.onTheWeb(SchoolFolder(), ["--clock", "manual:2026-11-23T18:00:00+03:00"])
    let browser = try Browser(at: web)
    let hands = WebPerson(browser: browser, hand: hand)
    try hands.signIn(Person.administrator())

    try hands.openMenu("Классный журнал", "Журнал")
    try hands.expectWindow("Журнал")
    for label in ["Класс", "Предмет", "Группа"] { try hands.choose(firstOption(of: label, hands), in: label) }
    // Dates of lessons that were not held are bold.
    let date = try #require(try hands.strings(".window.active [role=columnheader].bold span").first)

    // Figure 17.
    try hands.press(heading: date)
    try hands.expectWindow("Журнал на урок")
    #expect(try hands.value(of: "Тема") == "Урок не привязан к КТП")
    #expect(try hands.buttons.prefix(2) == ["Привязать к КТП", "Создать онлайн-урок"])
    try hands.press("Привязать к КТП")
    try browser.wait("document.querySelector('.window.active.picker .rows .row')", "topics")
    let topic = try #require(try hands.rows().first?.first { $0.count > 4 })
    try hands.select(row: topic)
    try hands.press("Выбрать")
    try hands.expectWindow("Журнал на урок")
    #expect(try hands.value(of: "Тема") == topic)
    #expect(try hands.buttons.contains("Отвязать КТП"))

    let kind = "Контрольная работа"
    try hands.choose(kind, in: "Основной вид работы на уроке")
    try hands.mark("Урок проведен")
    try hands.press("Добавить в журнал")
    try hands.expectWindow("Журнал на урок")
    try hands.press("Закрыть")
    try hands.expectWindow("Журнал")
    try browser.wait(
      "![...document.querySelectorAll('.window.active .bold')].some((e) => e.textContent.trim() === '\(date)')",
      "the date of a lesson that was held in a normal weight")

    // The mark is taken away again.
    try hands.press(heading: date)
    try hands.mark("Урок проведен")
    try hands.press("Отвязать КТП")
    #expect(try hands.value(of: "Тема") == "Урок не привязан к КТП")
    try hands.press("Добавить в журнал")
    try hands.closeWindow()
    try browser.wait(
      "[...document.querySelectorAll('.window.active .bold')].some((e) => e.textContent.trim() === '\(date)')",
      "the date in bold again")

    // Who is not bound is told so, and offered the binding.
    try hands.press(heading: date)
    try hands.press("Создать онлайн-урок")
    #expect(try hands.message().level == "warning")
    try hands.press(Manual.bindShortcut)
    try hands.expectWindow(Manual.authorization)
    try browser.expectQuiet()
  }

  private func firstOption(of label: String, _ hands: WebPerson) throws -> String {
    let options = try hands.browser.run(
      "return [...arguments[0].options].filter((option) => option.value).map((option) => option.textContent)",
      hands.elementJSON(hands.field(label)))
    return try #require(options[0]?.string, "«\(label)» has no options")
  }
}
