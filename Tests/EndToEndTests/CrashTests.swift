import Glibc
import Jansson
import Testing

/// SIGKILL anywhere between request and confirmation: nothing is lost, nothing is done twice (B8).
struct CrashTests {
  /// Milliseconds after which the host is killed: from pressing the bind button, and from «Подключить».
  static let moments: [(request: Int, confirmation: Int)] = [
    (0, 400), (2, 0), (5, 200), (10, 2), (15, 100), (20, 5), (30, 50), (45, 10), (60, 30), (80, 15), (120, 20),
    (200, 40), (400, 80),
  ]

  @Test(arguments: moments.indices)
  func `B8: SIGKILL between request and confirmation loses nothing and doubles nothing`(index: Int) throws {
    let person = try Person.with("employee", index % 5)
    let folder = try SchoolFolder()
    let moment = Self.moments[index]

    // 1. The request, and a kill in its middle or after it.
    let first = try HostUnderTest.overStdio(folder, ["--user", person.login])
    let wasTold = try Self.request(person, first, killedAfterMs: moment.request)

    // 2. The person comes back and asks again: it is asked already, or was never asked.
    let second = try HostUnderTest.overStdio(folder, ["--user", person.login])
    let again = try second.greetedStdio().ask(for: person.phone).text
    #expect(again == Manual.waiting || (!wasTold && again == Manual.sent), "told before: \(wasTold), now: \(again)")
    let question = try #require(try second.platform.question(for: person.phone))
    #expect(question.buttons == [Manual.connect, Manual.decline])

    // 3. The confirmation, and a kill in its middle or after it.
    try second.platform.press(person.phone, Manual.connect)
    _ = try second.stdio?.first(within: Double(moment.confirmation) / 1000) { _ in false }
    second.process.killAndWait()

    // 4. Everything is there in the end, once.
    let third = try HostUnderTest.overStdio(folder, ["--user", person.login])
    let client = try third.greetedStdio()
    #expect(try client.shortcutsBecome(Manual.boundShortcuts))
    #expect(try client.boundPhone() == person.shownPhone)
    #expect(try third.platform.applied("POST", "/sferum/v1/bindings") == 1)
    #expect(try third.platform.applied("POST", "/messages") == 1)
    #expect(try third.platform.isAnswered(person.phone), "once and for all")
    #expect(try third.platform.inbox(person.phone).count == 1, "the question, which has become its outcome")
  }

  @Test func `B8: SIGKILL while unbinding ends unbound on both sides, whatever the moment`() throws {
    let person = try Person.with("parent")
    for ms in [0, 10, 40, 150] {
      let folder = try SchoolFolder()
      let first = try HostUnderTest.overStdio(folder, ["--user", person.login])
      let client = try first.greetedStdio()
      try first.bind(person, on: client)
      let question = try client.askToUnbind()
      let id = try client.begin(
        "window/press", ["window": JSONValue(question.id), "button": try question.button("Да")])
      let answer = try client.first(within: Double(ms) / 1000) { $0["id"] == id }
      first.process.killAndWait()

      let second = try HostUnderTest.overStdio(folder, ["--user", person.login])
      let after = try second.greetedStdio()
      if try after.shortcuts() != [Manual.bindShortcut] {
        #expect(answer == nil, "what was told is durable")
        try after.press("Да", of: after.askToUnbind())
      }
      #expect(try after.shortcutsBecome([Manual.bindShortcut]))
      try second.bind(person, on: after)
      #expect(try second.platform.applied("POST", "/sferum/v1/bindings") == 2)
    }
  }

  /// Presses the bind button and kills the host after so many milliseconds. True: the answer «sent» came before.
  private static func request(_ person: Person, _ host: HostUnderTest, killedAfterMs ms: Int) throws -> Bool {
    let client = try host.greetedStdio()
    let form = try client.openAuthorization()
    try client.type(person.phone, into: Manual.phoneField, of: form)
    let id = try client.begin(
      "window/press", ["window": JSONValue(form.id), "button": try form.button(Manual.bindButton)])
    let answer = try client.first(within: Double(ms) / 1000) { $0["id"] == id }
    host.process.killAndWait()
    guard let outcome = answer?["result"] else { return false }
    return WireClient.opened(outcome).last?.text == Manual.sent
  }
}
