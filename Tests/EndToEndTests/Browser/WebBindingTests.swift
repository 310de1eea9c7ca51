import Jansson
import Testing

/// Section 1 of the manual in a browser: sign-in, binding, the shortcuts, unbinding.
struct WebBindingTests {
  @Test(arguments: Hand.allCases)
  func `I4, A1, B1–B7: section 1 of the manual, done in a browser`(by hand: Hand) throws {
    let web = try HostUnderTest.onTheWeb(SchoolFolder())
    let browser = try Browser(at: web)
    let person = try Person.with("employee")
    let hands = WebPerson(browser: browser, hand: hand)

    // Figure 1, with a wrong password first.
    try browser.open()
    try hands.typeCredentials(person.login, "wrong")
    try browser.wait("document.querySelector('.sign-in .error:not([hidden])')", "what is wrong")
    #expect(try hands.strings(".sign-in .error") == ["Неверный логин или пароль"])
    try hands.signIn(person)

    // Figures 2 and 3.
    #expect(try hands.shortcuts == [Manual.bindShortcut])
    try hands.openShortcut(Manual.bindShortcut)
    try hands.expectWindow(Manual.authorization)
    #expect(try hands.buttons == [Manual.bindButton, "Отмена"])

    // Figure 4: what is no number stays, marked.
    try hands.fill(Manual.phoneField, with: "12-34")
    try hands.press(Manual.bindButton)
    #expect(try hands.message() == .init(title: "Системное сообщение", text: Manual.badPhone, level: "system"))
    try hands.press("Ок")
    #expect(try hands.value(of: Manual.phoneField) == "12-34")
    #expect(try browser.run("return document.activeElement.getAttribute('aria-invalid')").string == "true")

    // Figure 5: typed the way people do, shown the way the manual says.
    try hands.fill(Manual.phoneField, with: "8" + person.phone.dropFirst(2))
    #expect(try hands.value(of: Manual.phoneField) == person.shownPhone)
    try hands.press(Manual.bindButton)
    #expect(try hands.message().text == Manual.sent)
    try hands.press("Ок")

    // A second request while the first one waits.
    try hands.openShortcut(Manual.bindShortcut)
    try hands.fill(Manual.phoneField, with: person.phone)
    try hands.press(Manual.bindButton)
    #expect(try hands.message().text == Manual.waiting)
    try hands.press("Ок")

    // Figures 6 and 7 are the platform's; the desktop follows with no reload.
    _ = try #require(try web.host.platform.question(for: person.phone))
    try web.host.platform.press(person.phone, Manual.connect)
    try hands.expectShortcuts(Manual.boundShortcuts)
    #expect(try hands.message().text == Manual.bound)
    try hands.press("Ок")

    // Figure 8: the platform's address opens in a tab of its own.
    try hands.openShortcut("Перейти в Сферум")
    #expect(try hands.strings("#toasts p").contains { $0.hasPrefix("Открыто в новой вкладке") })
    #expect(try awaited(within: 30) { try browser.tabs() == 2 ? true : nil } == true)

    // Figure 9 and its question.
    try hands.openShortcut("Сферум")
    try hands.expectWindow("Сферум")
    #expect(try hands.value(of: Manual.boundPhoneField) == person.shownPhone)
    try hands.press("Отвязать учетную запись")
    try hands.press("Отвязать аккаунт от Сферума")
    #expect(try hands.buttons == ["Да", "Нет"])
    try hands.press("Да")
    try hands.expectShortcuts([Manual.bindShortcut])
    try browser.expectQuiet()
  }
}
