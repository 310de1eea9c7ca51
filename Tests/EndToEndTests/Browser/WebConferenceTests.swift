import Jansson
import Testing

/// Section 2.2 of the manual in a browser: a conference is added, begins by itself, is joined, ended and deleted.
struct WebConferenceTests {
  @Test(arguments: Hand.allCases)
  func `I4, D1–D5: section 2.2 of the manual, done in a browser`(by hand: Hand) throws {
    let web = try HostUnderTest.onTheWeb(SchoolFolder(), ["--clock", "manual:2026-11-23T07:00:00+03:00"])
    let person = try Person.administrator()
    let clock = try web.host.client(signedInAs: person)
    try web.host.bind(person, on: clock)
    let browser = try Browser(at: web)
    let hands = WebPerson(browser: browser, hand: hand)
    try hands.signIn(person)

    // Figure 15.
    try hands.openShortcut("Сферум")
    try hands.expectWindow("Сферум")
    try hands.openTab("Видеоконференции")
    let columns = [
      "Дата начала", "Время начала", "Наименование", "Тип", "Предмет", "Класс", "Количество участников", "Статус",
      "Ссылка",
    ]
    #expect(try hands.headings.prefix(9).elementsEqual(columns))

    // Figure 16.
    try hands.press("Добавить")
    try hands.expectWindow("Видеоконференция Сферума: Добавление")
    #expect(try hands.strings(".window.active .field output").joined().contains("автоматически"))
    try hands.choose("Видеозвонок", in: "Тип видеоконференции")
    try hands.pick("Чат")
    try hands.search("учительский")
    try hands.select(row: "Учительский чат")
    try hands.press("Выбрать")
    try hands.expectWindow("Видеоконференция Сферума: Добавление")
    #expect(try hands.value(of: "Чат") == "Учительский чат")
    try hands.fill("Наименование видеоконференции", with: "Совещание")
    try hands.fill("Дата начала", with: "23.11.2026")
    try hands.fill("Время начала", with: "800")
    try hands.fill("Время окончания", with: "07:45")

    // What makes no sense is marked, and nothing that was typed is lost.
    try hands.press("Сохранить")
    if try browser.run("return Boolean(document.querySelector('.window.active.dialog'))").bool == true {
      try hands.press("Ок")
    }
    let marked = try hands.strings(".window.active .field .error")
    #expect(!marked.isEmpty)
    #expect(try hands.value(of: "Время начала") == "08:00")
    try hands.fill("Время окончания", with: "8.45")
    try hands.press("Сохранить")
    try hands.expectWindow("Сферум")
    try hands.expectRow("23.11.2026", "08:00", "Совещание", "Новая")

    // It begins by itself; the page is told.
    try clock.call("clock/advance", ["to": "2026-11-23T08:00:00+03:00"])
    try hands.expectRow("Совещание", "Активная")
    try hands.press(cell: "", ofRow: "Совещание")
    #expect(try hands.strings("#toasts p").contains { $0.hasPrefix("Открыто в новой вкладке") })
    #expect(try awaited(within: 30) { try browser.tabs() == 2 ? true : nil } == true)

    // While it runs it cannot be deleted, and ends when somebody says so.
    try hands.select(row: "Совещание")
    try browser.wait(
      "document.querySelector('.window.active [data-button=finish]:not([aria-disabled])')", "«Закончить» enabled")
    #expect(try hands.buttons.contains("(Удалить)"))
    try hands.press("Закончить видеоконференцию")
    try hands.expectRow("Совещание", "Завершена")
    try hands.select(row: "Совещание")
    try hands.press("Удалить")
    try hands.press("Да")
    let gone = try awaited(within: 20) { try hands.rows().contains { $0.contains("Совещание") } ? nil : true }
    #expect(gone == true)
    try browser.expectQuiet()
  }
}
