import Jansson
import Testing

/// The page knows no plugin: one that nobody foresaw shows up whole.
struct WebStrangePluginTests {
  @Test(arguments: Hand.allCases)
  func `I3, I4: a plugin that nobody foresaw shows up whole in the browser`(by hand: Hand) throws {
    let folder = try SchoolFolder()
    let web = try HostUnderTest.onTheWeb(folder, StrangePlugin.options(in: folder, rows: 3000))
    let browser = try Browser(at: web)
    let hands = WebPerson(browser: browser, hand: hand)
    try hands.signIn(Person.with("pupil"))
    #expect(try hands.shortcuts.contains("Все зорбы"))
    try hands.openMenu("Дальнее", "Ещё дальше", "Зорбы")
    try hands.expectWindow("Зорбы")
    try hands.expectRow("z0000001", "Зорб 1", "02.01.2020")
    #expect(try hands.headings.filter { !$0.isEmpty } == ["Код", "Имя", "Размер", "Появился"])
    #expect(try hands.buttons.prefix(2) == ["(Взвесить)", "Осмотреть"])

    // Work that takes its time says how far it is.
    try hands.select(row: "z0000002")
    try browser.wait("document.querySelector('[data-button=zorb-long]:not([aria-disabled])')", "«Взвесить» enabled")
    try browser.run(
      """
      window.told = [];
      new MutationObserver(() => {
        const line = document.querySelector('.busy:not([hidden]) span')?.textContent;
        if (line && window.told.at(-1) !== line) window.told.push(line);
      }).observe(document.body, {subtree: true, childList: true, characterData: true, attributes: true});
      """)
    try hands.press("Взвесить")
    #expect(try hands.message().text == "Взвешено")
    let told = (try browser.run("return window.told").array ?? []).compactMap(\.string)
    #expect(told.contains("Взвешиваем 50 %"), "\(told)")
    try hands.press("Ок")

    try hands.press("Осмотреть")
    try hands.expectWindow("Зорб")
    try fillsAll(hands)
    try edits(hands)
    try browser.expectQuiet()
  }

  @Test
  func `I3, I4: the worked examples appear in the browser, and a badge is shown, read out and told when it grows`()
    throws
  {
    let folder = try SchoolFolder()
    let web = try HostUnderTest.onTheWeb(folder, Examples.both(in: folder))
    try Examples.announce("Каникулы", "С понедельника", through: web.host)
    let browser = try Browser(at: web)
    let hands = WebPerson(browser: browser, hand: .mouse)
    let pupil = try Person.with("pupil")
    try hands.signIn(Person.administrator())
    let shortcut = "document.querySelector('[data-shortcut=announcements]')"
    func expectBadge(_ number: Int?) throws {
      let shown = number.map { "'\($0)'" } ?? "undefined"
      try browser.wait("\(shortcut).querySelector('.badge')?.dataset.letters === \(shown)", "the badge \(shown)")
      let name = try browser.run("return \(shortcut).ariaLabel").string
      #expect(name == number.map { "Объявления, новых: \($0)" })
    }
    try expectBadge(1)
    try Examples.announce("Субботник", "В субботу", through: web.host)
    try expectBadge(2)
    try browser.wait(
      "document.querySelector('#polite').textContent === 'Объявления, новых: 2'", "the number read aloud")

    try hands.openShortcut("Объявления")
    try hands.expectWindow("Объявления")
    try hands.select(row: "Каникулы")
    try hands.press("Прочитать")
    try hands.expectWindow("Каникулы")
    #expect(try hands.strings(".window.active .message") == ["С понедельника"])
    try expectBadge(1)
    try browser.click("//*[@id='taskbar']//button[contains(@class,'start')]")
    try browser.wait(
      "document.querySelector('.menu [aria-label=\"Объявления, новых: 1\"]')", "the badge in the menu")
    try browser.press(.escape)
    try hands.press("Закрыть")
    try hands.press("Отметить все прочитанными")
    try expectBadge(nil)
    try hands.closeWindow()

    try hands.openMenu("Реестры", "Ученики")
    try hands.search(pupil.name)
    try hands.select(row: pupil.name)
    try browser.wait("document.querySelector('[data-button=locker]:not([aria-disabled])')", "«Шкафчик» enabled")
    try hands.press("Шкафчик")
    try hands.fill("Номер", with: "4217")
    try hands.press("Сохранить")
    try hands.expectRow(pupil.name, "4217")
    try browser.expectQuiet()
  }

  private func fillsAll(_ hands: WebPerson) throws {
    let browser = hands.browser
    // The host's text is text, whatever it looks like.
    #expect(try hands.strings(".window.active .message") == ["Прямо <b>с</b> планеты"])
    try hands.fill("Имя", with: "Пых")
    try hands.choose("Гладкий", in: "Вид")
    try hands.fill("Вес", with: "тяжёлый")
    #expect(try hands.strings(".window.active [data-field=weight] .error") == ["Нужно число"])
    #expect(try hands.value(of: "Вес") == "тяжёлый")
    try hands.fill("Вес", with: "12,5")
    #expect(try hands.strings(".window.active .field .error") == [])
    try hands.fill("Появился", with: "7.3.2026")
    #expect(try hands.value(of: "Появился") == "07.03.2026")
    try hands.fill("Просыпается", with: "630")
    #expect(try hands.value(of: "Просыпается") == "06:30")
    try hands.fill("Звать", with: "89161234567")
    #expect(try hands.value(of: "Звать") == "+7 (916) 123-45-67")
    try hands.mark("Ручной")
    try hands.fill("Тайна", with: "пароль")
    try hands.pick("Друг")
    try hands.select(row: "z0000003")
    try hands.press("Выбрать")
    #expect(try hands.value(of: "Друг") == "Зорб 3")
    #expect(try browser.run("return arguments[0].readOnly", hands.elementJSON(hands.field("Планета"))).bool == true)
    try hands.press("Поздороваться")
    #expect(try hands.message().text == "Здравствуйте")
    try hands.press("Ок")
    // A disabled button is reachable and says why.
    #expect(try hands.buttons.contains("(Убежать)"))
    try hands.press("Убежать", evenDisabled: true)
    #expect(try hands.strings("#toasts p").contains("Зорб держит вас за рукав"))
    try browser.run("document.querySelectorAll('.toast .sign').forEach((sign) => sign.click())")
  }

  private func edits(_ hands: WebPerson) throws {
    let browser = hands.browser
    try hands.openTab("Прочее")
    #expect(try hands.value(of: "Примета") == "Не кусается")
    try hands.openTab("Ноги")
    try hands.expectRow("Первая", "[x]")
    try hands.press(cell: "Левая", ofRow: "Первая")
    try hands.expectRow("Первая", "[ ]")
    // A locked cell and an address that runs something are only shown.
    #expect(try browser.run("return document.querySelectorAll('.window.active .rows input:disabled').length").int == 1)
    #expect(try hands.strings(".window.active .rows a", "(a) => a.href") == ["https://example.org/leg"])
    #expect(try hands.strings(".window.active .rows a", "(a) => a.rel") == ["noopener noreferrer"])
    try hands.press(cell: "", ofRow: "Первая")
    #expect(try hands.message().text == "Топнула первая")
    try hands.press("Ок")

    // A text cell is typed into where it stands.
    switch hands.hand {
    case .mouse:
      let cell = try hands.elementJSON("\(WebPerson.front)//*[@role='gridcell'][.='Вторая']")
      try browser.run(
        "arguments[0].dispatchEvent(new MouseEvent('click', {bubbles: true}));"
          + "arguments[0].dispatchEvent(new MouseEvent('dblclick', {bubbles: true}))", cell)
    case .keyboard:
      try hands.enterRows(until: "at.textContent.includes('Вторая')")
      try browser.press(.home, .enter)
    }
    try hands.replace(with: "Хромая")
    try browser.press(.enter)
    try hands.expectRow("Хромая")
    try hands.press("Уйти")
    try hands.expectWindow("Зорбы")
  }
}
