import Jansson
import Testing

/// What the platform may answer to a binding request (B4, B5).
struct BindingAnswerTests {
  @Test func `B4: while a request waits, a second one says so and sends nothing`() throws {
    let person = try Person.with("employee")
    let host = try HostUnderTest.start(SchoolFolder())
    let client = try host.client(signedInAs: person)
    #expect(try client.isSent(to: person.phone))

    let again = try client.ask(for: person.phone)
    #expect(again.text == Manual.waiting)
    #expect(again.level == "info")

    // From another client of the same person too.
    let second = try host.client(signedInAs: person)
    #expect(try second.ask(for: person.phone).text == Manual.waiting)
    #expect(try host.platform.inbox(person.phone).count { !$0.buttons.isEmpty } == 1)
    #expect(try host.platform.applied("POST", "/sferum/v1/bindings") == 1)
  }

  @Test func `B4: who is bound already is told so`() throws {
    let person = try Person.with("employee")
    let host = try HostUnderTest.start(SchoolFolder())
    let client = try host.client(signedInAs: person)
    let form = try client.openAuthorization()
    let second = try host.client(signedInAs: person)
    try host.bind(person, on: second)

    // A window that was open before still stands there.
    let message = try client.ask(for: person.phone, in: form)

    #expect(message.text == Manual.bound)
    #expect(message.level == "info")
    #expect(try host.platform.applied("POST", "/sferum/v1/bindings") == 1)
  }

  @Test func `B4: a number that is not on MAX gives a warning that names the condition`() throws {
    let person = try Person.with("employee")
    let host = try HostUnderTest.start(SchoolFolder())
    let client = try host.client(signedInAs: person)

    let message = try client.ask(for: "+7 (999) 000-00-01")

    #expect(message.level == "warning")
    #expect(message.text.contains("МАХ"))
    #expect(try client.shortcuts() == [Manual.bindShortcut])

    // The person may try again with the right one.
    #expect(try client.isSent(to: person.phone))
  }

  @Test func `B4: a number of another account gives a warning that names nobody`() throws {
    let (owner, other) = (try Person.with("employee"), try Person.with("employee", 1))
    let host = try HostUnderTest.start(SchoolFolder())
    try host.bind(owner, on: host.client(signedInAs: owner))
    #expect(try host.platform.isAnswered(owner.phone))
    let client = try host.client(signedInAs: other)

    let message = try client.ask(for: owner.phone)

    #expect(message.level == "warning")
    #expect(message.text.contains("привязан"))
    for part in owner.name.split(separator: " ") { #expect(!message.text.contains(part)) }
    #expect(!message.text.contains(owner.login))
    #expect(try client.shortcuts() == [Manual.bindShortcut])
    #expect(try host.platform.inbox(owner.phone).allSatisfy { $0.buttons.isEmpty }, "its owner is not bothered")
  }

  @Test func `B4: with the platform out of reach the request stays queued, and is sent when it is back`() throws {
    let person = try Person.with("employee")
    let host = try HostUnderTest.start(SchoolFolder(), ["--clock", "manual:2026-09-01T08:00:00+03:00"])
    let client = try host.client(signedInAs: person)
    try host.platform.fault("*", "drop-before")

    let message = try client.ask(for: person.phone)
    #expect(message.level == "error")
    #expect(message.text.contains("отправлен"), "the person sees that it will be sent: \(message.text)")
    #expect(try client.ask(for: person.phone).text != Manual.sent, "and a second press starts nothing new")

    try host.platform.clearFaults()
    try client.call("clock/advance", ["to": "2026-09-01T08:10:00+03:00"], within: 120)
    #expect(try client.dialog(saying: Manual.sent) != nil, "later words come as a dialog")
    #expect(try host.platform.question(for: person.phone) != nil)
    try host.platform.press(person.phone, Manual.connect)
    #expect(try client.shortcutsBecome(Manual.boundShortcuts))
    #expect(try host.platform.applied("POST", "/sferum/v1/bindings") == 1)
    #expect(try host.platform.applied("POST", "/messages") == 1)
  }

  @Test func `B4: dropped answers, refusals for a while and doubled updates change nothing twice`() throws {
    let person = try Person.with("employee")
    let host = try HostUnderTest.start(SchoolFolder())
    let client = try host.client(signedInAs: person)
    try host.platform.fault("POST *bindings*", "drop-after", "--times", "1")
    try host.platform.fault("POST /messages*", "status", "--status", "429", "--times", "1")
    try host.platform.fault("GET /updates*", "duplicate", "--times", "2")

    _ = try client.ask(for: person.phone)
    #expect(try host.platform.question(for: person.phone, within: 30) != nil)
    try host.platform.press(person.phone, Manual.connect)

    #expect(try client.shortcutsBecome(Manual.boundShortcuts, within: 30))
    #expect(try host.platform.applied("POST", "/sferum/v1/bindings") == 1)
    #expect(try host.platform.applied("POST", "/messages") == 1)
  }

  @Test func `B5: «Не подключать» ends the request, and the person may ask again`() throws {
    let person = try Person.with("pupil")
    let host = try HostUnderTest.start(SchoolFolder())
    let client = try host.client(signedInAs: person)
    #expect(try client.isSent(to: person.phone))
    _ = try #require(try host.platform.question(for: person.phone))

    try host.platform.press(person.phone, Manual.decline)

    let told = try client.notification("desktop/didChange", within: 20) {
      $0["changed"]?.array?.contains("windows") == true
    }
    #expect(told != nil, "the person is told that the request has ended")
    #expect(try client.shortcuts() == [Manual.bindShortcut])
    #expect(try host.platform.isAnswered(person.phone))
    #expect(try client.isSent(to: person.phone))
    #expect(try host.platform.question(for: person.phone) != nil)
  }

  @Test func `B8: a request expires after a day, and the person may ask again`() throws {
    let person = try Person.with("pupil")
    let host = try HostUnderTest.start(SchoolFolder(), ["--clock", "manual:2026-09-01T08:00:00+03:00"])
    let client = try host.client(signedInAs: person)
    #expect(try client.isSent(to: person.phone))
    _ = try #require(try host.platform.question(for: person.phone))

    try client.call("clock/advance", ["to": "2026-09-02T07:59:00+03:00"], within: 120)
    #expect(try client.ask(for: person.phone).text == Manual.waiting)
    try client.call("clock/advance", ["to": "2026-09-02T08:01:00+03:00"], within: 120)

    #expect(try client.isSent(to: person.phone))
    _ = try #require(try host.platform.question(for: person.phone))
    try host.platform.press(person.phone, Manual.connect)
    #expect(try client.shortcutsBecome(Manual.boundShortcuts))
  }
}
