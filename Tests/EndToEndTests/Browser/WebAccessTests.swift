import Jansson
import Testing

/// The page for everybody: names, roles, focus, contrast, small screens, other languages.
struct WebAccessTests {
  @Test(arguments: [("light", 1280, 800), ("dark", 1280, 800), ("light", 360, 740), ("dark", 768, 1024)])
  func `I4: what shows has names, order and contrast`(theme: String, width: Int, height: Int) throws {
    let web = try HostUnderTest.onTheWeb(SchoolFolder())
    let browser = try Browser(at: web, width: width, height: height)
    try browser.prefersDark(theme == "dark")
    let hands = WebPerson(browser: browser, hand: .mouse)
    try browser.open()
    try browser.wait("document.querySelector('#login')", "the sign-in")
    try expectNoFaults(browser, "sign-in")

    try hands.signIn(Person.administrator())
    try expectNoFaults(browser, "desktop")
    try browser.press(.f10)
    try browser.press(.right)
    try expectNoFaults(browser, "Start menu")
    try browser.press(.escape, .escape)
    try hands.openMenu("Реестры", "Сферум")
    try hands.expectRow("Учительский чат")
    try hands.select(row: "Учительский чат")
    try expectNoFaults(browser, "registry")
    try hands.press("Изменить")
    try expectNoFaults(browser, "form with a table")
    try hands.press("Добавить")
    try expectNoFaults(browser, "picker")
    try browser.press(.escape)
    try hands.openMenu("Реестры", "Сотрудники")
    try hands.press("Добавить")
    try hands.press("Сохранить")
    #expect(try !hands.strings(".window.active .field .error").isEmpty)
    try expectNoFaults(browser, "form with marks")
    try browser.keys(["\u{E031}"])
    try browser.wait("document.querySelector('dialog[open]')", "the help")
    try expectNoFaults(browser, "help")
    try browser.expectQuiet()
  }

  private func expectNoFaults(_ browser: Browser, _ place: String) throws {
    let faults = try PageAudit.faults(browser)
    #expect(faults.isEmpty, "\(place): \(faults)")
  }

  @Test func `I4: focus goes into what opens and comes back from what closes`() throws {
    let web = try HostUnderTest.onTheWeb(SchoolFolder())
    let browser = try Browser(at: web)
    let hands = WebPerson(browser: browser, hand: .keyboard)
    try hands.signIn(Person.administrator())
    func focus(_ selector: String) throws {
      try browser.wait("document.activeElement.matches(\(JSONValue(selector).text()))", "focus on \(selector)")
    }
    try focus(".shortcut")
    try browser.press(.f10)
    try focus("[role=menuitem]")
    try browser.press(.escape)
    try focus(".shortcut")

    try hands.openMenu("Реестры", "Сферум")
    try focus(".grid")
    try hands.press("Добавить")
    try focus(".field input")
    try hands.openTab("Ученики")
    try hands.press("Добавить")
    try focus(".picker .grid")
    // Tab stays in the picker, Escape refuses it and gives focus back to the button that opened it.
    for _ in 0..<20 {
      try browser.press(.tab)
      #expect(try browser.run("return Boolean(document.activeElement.closest('.picker'))").bool == true)
    }
    try browser.press(.escape)
    try focus("[data-button=add-pupils]")

    // From window to window, and to the desktop.
    try browser.press(.f6)
    try hands.expectWindow("Сферум")
    try browser.press(.f8)
    try focus("[role=menuitem]")
    try browser.press(.escape)
    try hands.closeWindow()
    try hands.expectWindow("Чат: Добавление")
  }

  @Test func `I4: the page and the host speak English to whoever chose it, and keep the choice`() throws {
    let web = try HostUnderTest.onTheWeb(SchoolFolder())
    let browser = try Browser(at: web, language: "en-US")
    let hands = WebPerson(browser: browser, hand: .mouse)
    try hands.signIn(Person.administrator())
    #expect(try browser.run("return document.documentElement.lang").string == "en")
    #expect(try hands.strings("#taskbar .start") == ["Start"])
    try hands.openMenu("Registries", "Pupils")
    #expect(try hands.buttons.first == "Add")

    try browser.click("//*[@id='taskbar']//button[contains(@class,'account')]")
    try browser.click("//*[@role='menu']//button[normalize-space(.)='Language']")
    try browser.click("//*[@role='menu']//button[normalize-space(.)='Русский']")
    try browser.wait("document.querySelector('.start')?.textContent.trim() === 'Пуск'", "the page in Russian")
    // What was open is open again.
    try hands.expectWindow("Ученики")
    try browser.open()
    try browser.wait("document.querySelector('.start')?.textContent.trim() === 'Пуск'", "the choice kept")
  }
}
