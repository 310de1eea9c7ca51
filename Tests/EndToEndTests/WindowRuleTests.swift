import Jansson
import Testing

/// What windows, registries and subscriptions do with what is not there or not allowed.
struct WindowRuleTests {
  @Test func `what is hidden, disabled or not there is refused by its code`() throws {
    let host = try HostUnderTest.start(SchoolFolder())
    let client = try host.client(signedInAs: Person.with("employee"))
    let chats = JSONValue(try client.openChats().id)
    let pupils = JSONValue(try client.openMenu("Реестры", "Ученики").id)

    let refusals: [(String, JSONValue, Int)] = [
      ("window/press", ["window": chats, "button": "unbind-account"], -32009),
      ("window/press", ["window": chats, "button": "no-such"], -32004),
      ("window/set", ["window": chats, "values": ["sferum-phone": "1"]], -32009),
      ("window/set", ["window": chats, "values": ["no-such": "1"]], -32602),
      ("window/select", ["window": chats, "tab": "no-such"], -32004),
      ("table/query", ["window": pupils, "table": "no-such"], -32004),
      ("window/edit", ["window": pupils, "table": "no-such", "row": "x", "values": ["name": "x"]], -32004),
      ("window/select", ["window": pupils, "table": "pupils", "rows": ["no-such"]], -32004),
      ("window/get", ["window": "no-such"], -32004),
      ("shortcut/open", ["id": "no-such"], -32004),
    ]

    for (method, params, code) in refusals {
      do {
        let result = try client.call(method, params)
        Issue.record("\(method) \(params.text()) was not refused: \(result.text().prefix(300))")
      } catch let refusal as Refusal {
        #expect(refusal.code == code, "\(method) \(params.text()): \(refusal)")
        #expect(!refusal.kind.isEmpty)
      }
    }
  }

  @Test func `window/render is plain text, the same for the same state`() throws {
    let host = try HostUnderTest.start(SchoolFolder())
    let client = try host.client(signedInAs: Person.with("employee"))
    let window = try client.openAuthorization()

    let texts = try (0..<2).map { _ in
      try client.call("window/render", ["window": JSONValue(window.id), "width": 60])["text"]?.string ?? ""
    }

    #expect(texts[0] == texts[1])
    for words in [Manual.authorization, Manual.phoneField, Manual.bindButton, "Отмена"] {
      #expect(texts[0].contains(words), "\(words): \(texts[0])")
    }
    #expect(texts[0].split(separator: "\n").allSatisfy { $0.count <= 60 })
  }

  @Test func `a subscription tells of changes, also when nothing was read before`() throws {
    let host = try HostUnderTest.start(SchoolFolder())
    let watching = try host.client(signedInAs: Person.administrator())
    let subscription = try watching.call("registry/subscribe", ["registry": "accounts"])["subscription"] ?? .null

    try block(Person.with("parent"), host)
    let told = try watching.notification("registry/didChange", within: 30)
    #expect(told?["registry"] == "accounts")

    try watching.call("registry/unsubscribe", ["subscription": subscription])
    // What was told before.
    while try watching.notification("registry/didChange", within: 0.2) != nil {}
    try block(Person.with("parent", 1), host)
    try watching.call("ping")
    #expect(try watching.notification("registry/didChange", within: 0.3) == nil)
  }

  @Test func `who is blocked is signed out, told so, and stays out`() throws {
    let person = try Person.with("employee")
    let host = try HostUnderTest.start(SchoolFolder())
    let client = try host.client(signedInAs: person)

    try block(person, host)

    #expect(try client.notification("session/didEnd", within: 30)?["reason"] != nil)
    #expect(try client.call("session/get") == .null)
    #expect(try client.refusal("desktop/get").code == -32001)
    let again = try client.refusal(
      "session/login", ["login": JSONValue(person.login), "password": JSONValue(SchoolFolder.password)])
    #expect(again.code == -32001)
  }

  private func block(_ person: Person, _ host: HostUnderTest) throws {
    let run = try CommandRun.esh("user", "block", person.login, "--data", host.folder.path)
    #expect(run.succeeded, "\(run.errors)")
  }
}
