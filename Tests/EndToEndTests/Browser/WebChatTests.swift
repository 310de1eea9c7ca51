import Jansson
import Testing

/// Section 2.1 of the manual in a browser: the registry, its chats, their window.
struct WebChatTests {
  @Test(arguments: Hand.allCases)
  func `I4, C1–C8: section 2.1 of the manual, done in a browser`(by hand: Hand) throws {
    let web = try HostUnderTest.onTheWeb(SchoolFolder())
    let browser = try Browser(at: web)
    let hands = WebPerson(browser: browser, hand: hand)
    try hands.signIn(Person.administrator())

    // Figures 10 and 11.
    try hands.openMenu("Реестры", "Сферум")
    try hands.expectWindow("Сферум")
    #expect(try hands.tabs == ["Чаты", "Видеоконференции"])
    #expect(
      try hands.buttons.prefix(5) == ["Добавить", "(Изменить)", "(Удалить)", "Обновить", "Привязать учетную запись"])
    #expect(try hands.value(of: Manual.boundPhoneField) == "")
    try hands.expectRow("Учительский чат")
    try hands.expectRow("Классный чат")

    // Default chats are edited, never deleted.
    try hands.select(row: "Учительский чат")
    try browser.wait(
      "document.querySelector('.window.active [data-button=change]:not([aria-disabled])')", "«Изменить» enabled")
    #expect(try hands.buttons.prefix(3) == ["Добавить", "Изменить", "(Удалить)"])

    // Figure 12: another chat, with people from the pickers.
    try hands.press("Добавить")
    try hands.expectWindow("Чат: Добавление")
    try hands.fill("Наименование чата", with: "Кружок")
    try hands.choose("Другое", in: "Тип чата")
    #expect(try hands.tabs == ["Сотрудники", "Ученики", "Родители"])
    let pupil = try Person.with("pupil").name
    try hands.openTab("Ученики")
    try hands.press("Добавить")
    try hands.expectWindow("Ученики")
    try hands.search(pupil)
    try hands.select(row: pupil)
    try hands.press("Выбрать")
    try hands.expectWindow("Чат: Добавление")
    try hands.expectRow(pupil)

    // Figure 13: employees, their marks and who is blocked.
    let teacher = try Person.with("employee", 2).name
    try hands.openTab("Сотрудники")
    #expect(try hands.headings.filter { !$0.isEmpty } == ["ФИО", "Администратор", "Заблокирован"])
    try hands.press("Добавить")
    try hands.search(teacher)
    try hands.select(row: teacher)
    try hands.press("Выбрать")
    try hands.expectRow(teacher, "[ ]", "Нет")
    try hands.press(cell: "Администратор", ofRow: teacher)
    try hands.expectRow(teacher, "[x]", "Нет")

    // Figure 14: «Отмена» loses nothing, «Ок» saves.
    try hands.press("Сохранить")
    #expect(try hands.message().level == "warning")
    #expect(try hands.message().text.contains(pupil))
    try hands.press("Отмена")
    try hands.expectWindow("Чат: Добавление")
    #expect(try hands.value(of: "Наименование чата") == "Кружок")
    try hands.press("Сохранить")
    _ = try hands.message()
    try hands.press("Ок")
    try hands.expectWindow("Сферум")
    try hands.expectRow("Кружок", "Другое")

    // «Изменить», and then «Удалить» with its question.
    try hands.select(row: "Кружок")
    try hands.press("Изменить")
    try hands.expectWindow("Чат: Изменение")
    #expect(try browser.run("return arguments[0].disabled", hands.elementJSON(hands.field("Тип чата"))).bool == true)
    try hands.press("Отмена")
    try hands.press("Удалить")
    try hands.press("Да")
    let gone = try awaited(within: 20) { try hands.rows().contains { $0.contains("Кружок") } ? nil : true }
    #expect(gone == true)
    try browser.expectQuiet()
  }
}
