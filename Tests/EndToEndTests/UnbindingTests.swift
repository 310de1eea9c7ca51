import Jansson
import Testing

/// The note at the end of the manual's section 1 (B7).
struct UnbindingTests {
  @Test func `B7: «Нет» leaves everything as it is, «Да» unbinds, and one may bind again`() throws {
    let person = try Person.with("employee")
    let host = try HostUnderTest.start(SchoolFolder())
    let client = try host.client(signedInAs: person)
    let second = try host.client(signedInAs: person)
    try host.bind(person, on: client)

    let question = try client.askToUnbind()
    #expect(question.buttons == ["Да", "Нет"])
    try client.press("Нет", of: question)
    #expect(try client.shortcuts() == Manual.boundShortcuts)

    try client.press("Да", of: client.askToUnbind())
    #expect(try client.shortcutsBecome([Manual.bindShortcut]))
    #expect(try second.shortcutsBecome([Manual.bindShortcut]))
    #expect(try client.boundPhone() == "")
    #expect(try client.openChats().buttons.contains("Привязать учетную запись"))

    try host.bind(person, on: client)
    #expect(try client.boundPhone() == person.shownPhone)
  }

  @Test func `B7: closing the question is its refusal`() throws {
    let person = try Person.with("parent")
    let host = try HostUnderTest.start(SchoolFolder())
    let client = try host.client(signedInAs: person)
    try host.bind(person, on: client)

    try client.call("window/close", ["window": JSONValue(client.askToUnbind().id)])

    #expect(try client.shortcuts() == Manual.boundShortcuts)
    #expect(try client.boundPhone() == person.shownPhone)
  }

  @Test func `B8: a phone given up by one account can be bound by another`() throws {
    let (first, second) = (try Person.with("employee"), try Person.with("employee", 1))
    let host = try HostUnderTest.start(SchoolFolder())
    let client = try host.client(signedInAs: first)
    try host.bind(first, on: client)
    try client.press("Да", of: client.askToUnbind())
    #expect(try client.shortcutsBecome([Manual.bindShortcut]))

    let other = try host.client(signedInAs: second)
    let isAsked = try awaited(within: 30) { () -> Bool? in
      // The platform may still be busy with the unbinding, or slow to answer.
      [Manual.sent, Manual.waiting].contains(try other.ask(for: first.phone).text) ? true : nil
    }

    #expect(isAsked == true)
    _ = try #require(try host.platform.question(for: first.phone))
    try host.platform.press(first.phone, Manual.connect)
    #expect(try other.shortcutsBecome(Manual.boundShortcuts))
    #expect(try other.boundPhone() == first.shownPhone)
    #expect(try client.shortcuts() == [Manual.bindShortcut])
  }
}
