import Jansson
import Testing

/// What comes before what, on one connection.
struct OrderTests {
  @Test func `a notification about a revision comes before the answer that carries that revision`() throws {
    let person = try Person.with("employee")
    let host = try HostUnderTest.start(SchoolFolder())
    let (acting, watching) = (try host.client(signedInAs: person), try host.client(signedInAs: person))
    let chats = try watching.openChats()
    _ = try acting.ask(for: person.phone)
    _ = try #require(try host.platform.question(for: person.phone))
    try host.platform.press(person.phone, Manual.connect)

    // Asks as fast as it can while the confirmation comes in.
    let deadline = Deadline(within: 20)
    while try watching.shortcuts() != Manual.boundShortcuts, !deadline.hasPassed {}
    let window = try watching.look(at: chats)

    #expect(window.buttons.contains("Отвязать учетную запись"))
    var told: (desktop: Int, window: Int) = (0, window.json["revision"]?.int == 1 ? 1 : 0)
    var first: Int?
    for message in watching.transcript {
      let params = message["params"]
      switch message["method"]?.string {
      case "desktop/didChange": told.desktop = params?["revision"]?.int ?? 0
      case "window/didChange":
        told.window = params?["revision"]?.int ?? 0
        #expect(params?["changed"]?.isObject == true, "\(message.text())")
      case nil where message["result"]?["shortcuts"] != nil:
        let revision = message["result"]?["revision"]?.int ?? 0
        first = first ?? revision
        #expect(revision == first || told.desktop == revision, "answer \(revision), told \(told.desktop)")
      default: break
      }
    }
    #expect(told.window == window.json["revision"]?.int)
  }

  @Test func `a read sees every change that came before it on its connection`() throws {
    let host = try HostUnderTest.start(SchoolFolder())
    let client = try host.client(signedInAs: Person.with("employee"))
    let form = try client.openAuthorization()

    for number in 0..<50 {
      let set = try client.begin(
        "window/set", ["window": JSONValue(form.id), "values": ["phone": JSONValue("\(number)")]])
      let get = try client.begin("window/get", ["window": JSONValue(form.id)])

      #expect(try client.answer(to: get)["result"]?["fields"]?[0]?["value"]?.string == "\(number)")
      #expect(try client.answer(to: set)["error"] == nil)
    }
  }

  @Test func `a change repeated with the same idempotency key gets the first answer and changes nothing`() throws {
    let person = try Person.with("employee")
    let host = try HostUnderTest.start(SchoolFolder())
    let client = try host.client(signedInAs: person)
    let request: JSONValue = [
      "command": "sferum.bindAccount", "arguments": ["phone": JSONValue(person.phone)],
      "_meta": ["idempotencyKey": "once"],
    ]

    let first = try client.call("command/execute", request)
    let second = try host.client(signedInAs: person).call("command/execute", request)

    let told = WireClient.opened(first).last?.text ?? ""
    #expect([Manual.sent, Manual.queued].contains(told), "\(told)")
    #expect(second["result"] == first["result"], "\(second.text())")
    #expect(WireClient.opened(second).last?.text == told)
    // Told at once or soon after; once in either case.
    _ = try #require(try host.platform.question(for: person.phone))
    #expect(try host.platform.applied("POST", "/sferum/v1/bindings") == 1)
  }
}
