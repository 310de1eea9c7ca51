import Glibc
import Jansson
import Testing

/// The host ends and comes back while somebody works: nothing that was typed is lost, nothing is done twice.
struct WebReturnTests {
  @Test func `I4: after the host's restart the windows are there again, and what was typed`() throws {
    let folder = try SchoolFolder()
    let port = try LoopbackAddress.freePort()
    let web = try HostUnderTest.onTheWeb(folder, port: port)
    let browser = try Browser(at: web)
    let hands = WebPerson(browser: browser, hand: .mouse)
    let person = try Person.administrator()
    try Self.typeChat(hands, as: person)
    try browser.wait("document.querySelector('.window.active .rows .row')", "the founders")
    let founders = try hands.rows().compactMap { $0.dropFirst().first }
    try hands.press("Добавить")
    try browser.wait("document.querySelector('.window.active.picker .rows .row')", "a picker")
    let offered = try hands.rows().compactMap { $0.dropFirst().first }
    let member = try #require(offered.first { $0.count > 4 && !founders.contains($0) })
    try hands.select(row: member)
    try hands.press("Выбрать")
    try hands.expectRow(member)

    web.host.process.killAndWait()
    try browser.wait("document.body.classList.contains('offline')", "the loss of the connection")
    #expect(try hands.value(of: "Наименование чата") == "Кружок")
    let again = try HostUnderTest.onTheWeb(folder, port: port).host
    try browser.run("dispatchEvent(new Event('online'))")
    try browser.wait(
      "document.querySelector('.window') && !document.body.classList.contains('offline')", "the connection", within: 30)
    #expect(try browser.run("return !document.querySelector('#login')").bool == true, "nobody has to sign in again")
    try browser.wait("document.querySelectorAll('.window:not([data-stale])').length === 1", "the registry again")
    try hands.press("Открыть заново с введённым")
    try browser.wait("!document.querySelector('.window[data-stale]')", "the form again")
    try browser.wait(
      "document.querySelector('.window.active [data-field=title] input').value === 'Кружок'", "what had been typed")
    // Whoever was added by a picker is not added by itself, and not forgotten without a word.
    try browser.wait(
      "[...document.querySelectorAll('#toasts p')].some((p) => p.textContent.includes('добавленных до обрыва'))",
      "who has to be added again")
    let told = try hands.strings("#toasts p").filter { $0.contains("добавленных до обрыва") }
    #expect(
      told == ["В «Чат: Добавление» больше нет строк, добавленных до обрыва связи: \(member). Добавьте их снова."])
    #expect(try hands.rows().contains { $0.contains(member) } == false)
    try browser.run("document.querySelectorAll('.toast').forEach((toast) => toast.remove())")
    try hands.press("Сохранить")
    if try browser.run("return Boolean(document.querySelector('.window.active.dialog'))").bool == true {
      try hands.press("Ок")
    }
    let client = try again.client(signedInAs: person)
    let found = try client.call("registry/query", ["registry": "sferum", "tab": "chats", "search": "кружок"])
    #expect(found["total"] == 1)
    withExtendedLifetime(again) {}
  }

  @Test func `I4: after the host's restart the changed cells of a form's own table are changed again`() throws {
    let folder = try SchoolFolder()
    let (port, options) = (try LoopbackAddress.freePort(), try StrangePlugin.options(in: folder, rows: 3))
    let web = try HostUnderTest.onTheWeb(folder, options, port: port)
    let browser = try Browser(at: web)
    let hands = WebPerson(browser: browser, hand: .mouse)
    try hands.signIn(Person.with("pupil"))
    try hands.openShortcut("Все зорбы")
    try hands.press("Осмотреть")
    try hands.press(cell: "Левая", ofRow: "Первая")
    try hands.expectRow("Первая", "[ ]")

    web.host.process.killAndWait()
    try browser.wait("document.body.classList.contains('offline')", "the loss of the connection")
    let again = try HostUnderTest.onTheWeb(folder, options, port: port)
    try browser.run("dispatchEvent(new Event('online'))")
    try browser.wait("!document.body.classList.contains('offline')", "the connection", within: 30)
    try browser.wait("document.querySelector('.window.active .stale button')", "the form that was kept")
    try hands.press("Открыть заново с введённым")
    try browser.wait("!document.querySelector('.window[data-stale]')", "the form again")
    try hands.expectRow("Первая", "[ ]")
    #expect(try hands.strings("#toasts p").filter { $0.contains("строк") } == [])
    withExtendedLifetime(again) {}
  }

  @Test func `I4: a row that was taken out of a form's table before the host's restart comes back said`() throws {
    let folder = try SchoolFolder()
    let port = try LoopbackAddress.freePort()
    let web = try HostUnderTest.onTheWeb(folder, port: port)
    let (browser, person) = (try Browser(at: web), try Person.administrator())
    let client = try web.host.client(signedInAs: person)
    let member = try Person.with("employee", 2).name
    let row = try client.registryRow("employees", named: member)
    try client.execute(
      "chats.addChat", ["title": "Кружок", "kind": "other", "employees": [row["id"] ?? ""]])
    let hands = WebPerson(browser: browser, hand: .mouse)
    try hands.signIn(person)
    try hands.openMenu("Реестры", "Сферум")
    try hands.select(row: "Кружок")
    try hands.press("Изменить")
    try hands.expectWindow("Чат: Изменение")
    try hands.select(row: member)
    try hands.press("Удалить")
    let isOut = try awaited(within: 20) { try hands.rows().contains { $0.contains(member) } ? nil : true }
    #expect(isOut == true)

    web.host.process.killAndWait()
    try browser.wait("document.body.classList.contains('offline')", "the loss of the connection")
    let again = try HostUnderTest.onTheWeb(folder, port: port)
    try browser.run("dispatchEvent(new Event('online'))")
    try browser.wait("document.querySelector('.window.active .stale button')", "the form that was kept", within: 30)
    try hands.press("Открыть заново с введённым")
    try browser.wait(
      "[...document.querySelectorAll('#toasts p')].some((p) => p.textContent.includes('до обрыва'))", "who is back")
    let told = try hands.strings("#toasts p").filter { $0.contains("до обрыва") }
    #expect(
      told == ["В «Чат: Изменение» есть строки, которых до обрыва связи не было: \(member). Проверьте, нужны ли они."])
    try hands.expectRow(member)
    withExtendedLifetime(again) {}
  }

  @Test(arguments: [true, false])
  func `I4: a press is done once when its answer is lost, and said to be undone when it never arrived`(
    arrives: Bool
  ) throws {
    let web = try HostUnderTest.onTheWeb(SchoolFolder())
    let browser = try Browser(at: web)
    let hands = WebPerson(browser: browser, hand: .mouse)
    let person = try Person.administrator()
    try Self.typeChat(hands, as: person)
    try hands.press("Сохранить")
    #expect(try hands.message().level == "warning")

    // The next press loses its connection before the answer comes, or before the host has it.
    try browser.run(
      """
      const send = WebSocket.prototype.send;
      WebSocket.prototype.send = function (text) {
        if (!text.includes('window/press')) return send.call(this, text);
        WebSocket.prototype.send = send;
        if (!\(arrives)) return this.close();
        const { id } = JSON.parse(text);
        // Its answer is lost, and not what else the host says meanwhile.
        this.onmessage = ({ data }) => JSON.parse(data).id === id && this.close();
        return send.call(this, text);
      };
      """)
    try browser.click("\(WebPerson.front)//button[.='Ок']")
    try browser.wait(
      "[...document.querySelectorAll('#toasts p')].some((p) => p.textContent === 'Связь восстановлена')",
      "the connection")
    let told = try hands.strings("#toasts p")
    #expect(told.contains { $0.contains(arrives ? "выполнено до обрыва связи" : "ничего не изменено") }, "\(told)")

    let client = try web.host.client(signedInAs: person)
    func count() throws -> Int? {
      try client.call("registry/query", ["registry": "sferum", "tab": "chats", "search": "кружок"])["total"]?.int
    }
    #expect(try count() == (arrives ? 1 : 0))
    if !arrives { try browser.wait("document.querySelector('.window[data-stale]')", "the form that was kept") }
    let kept = try hands.strings(".window[data-stale] h2")
    #expect(kept == (arrives ? [] : ["Чат: Добавление"]))
    guard !arrives else { return }

    // What was typed is there, and opening it again presses nothing but what opens it.
    try hands.press("Открыть заново с введённым")
    try browser.wait("!document.querySelector('.window[data-stale]')", "the form again")
    try browser.wait(
      "document.querySelector('.window.active [data-field=title] input').value === 'Кружок'", "what had been typed")
    try hands.press("Сохранить")
    try hands.press("Ок")
    #expect(try count() == 1)
  }

  /// A form that was reached by pressing something, with something typed in it.
  private static func typeChat(_ hands: WebPerson, as person: Person) throws {
    try hands.signIn(person)
    try hands.openMenu("Реестры", "Сферум")
    try hands.press("Добавить")
    try hands.fill("Наименование чата", with: "Кружок")
    try hands.choose("Другое", in: "Тип чата")
  }
}
