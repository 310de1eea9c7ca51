import Glibc
import Jansson
import Testing

/// The bounds of one connection, and what lies beyond each.
struct LimitTests {
  @Test func `too large a body is refused at once and skipped, and the connection goes on`() throws {
    let host = try HostUnderTest.start(SchoolFolder.empty(), ["--limit-message-bytes", "4096"])
    let client = try host.client(framing: .headers)

    try client.send(raw: "Content-Length: 5000\r\n\r\n")
    try expectTooLarge(try client.next(), "before the body came")
    try client.send(raw: String(repeating: "x", count: 5000))

    #expect(try client.call("ping") == [:])
  }

  @Test func `too long a line is refused at once and skipped, and the connection goes on`() throws {
    let host = try HostUnderTest.start(SchoolFolder.empty(), ["--limit-message-bytes", "4096"])
    let client = try host.client()

    try client.send(raw: "{" + String(repeating: " ", count: 6000))
    try expectTooLarge(try client.next(), "before the line ended")
    try client.send(raw: String(repeating: " ", count: 2000) + "\n")

    #expect(try client.call("ping") == [:])
  }

  @Test(arguments: ["99999999999999999999999", "16385", "9223372036854775807"])
  func `past four times the limit the client is told and left`(length: String) throws {
    let host = try HostUnderTest.start(SchoolFolder.empty(), ["--limit-message-bytes", "4096"])
    let client = try host.client(framing: .headers)

    try client.send(raw: "Content-Length: \(length)\r\n\r\n")

    let answer = try #require(try client.next())
    #expect([-32600, -32700].contains(answer["error"]?["code"]?.int))
    #expect(try client.ends())
    #expect(try host.client().call("ping") == [:])
  }

  @Test func `a batch over the limit is refused whole`() throws {
    let host = try HostUnderTest.start(SchoolFolder.empty())
    let client = try host.client()
    let pings = (1...65).map { JSONValue(members: [("jsonrpc", "2.0"), ("id", JSONValue($0)), ("method", "ping")]) }

    try client.send(JSONValue(pings))
    let answer = try #require(try client.next())
    #expect(answer["error"]?["code"] == -32600)
    #expect(try client.call("ping", [:]) == [:])
    #expect(client.transcript.count == 3, "nothing of it was run: \(client.transcript.count)")

    try client.send(JSONValue(pings.dropLast()))
    #expect(try client.next()?.array?.count == 64)
  }

  @Test func `past what may wait, requests are refused with a time to come back, and the others are served`() throws {
    let host = try HostUnderTest.start(
      SchoolFolder(), ["--limit-in-flight", "2", "--limit-queued", "2"])
    let client = try host.client()

    // Sign-ins are slow on purpose, so these pile up.
    let ids = try (0..<12).map { _ in try client.begin("session/login", ["login": "nobody", "password": "x"]) }
    let answers = try ids.map { try client.answer(to: $0) }

    let refused = answers.filter { $0["error"]?["code"] == -32007 }
    #expect(!refused.isEmpty)
    #expect(answers.count - refused.count >= 3, "one runs and two wait, at least")
    #expect(refused.allSatisfy { $0["error"]?["data"]?["retryAfterMs"]?.int != nil })
    #expect(try client.call("ping") == [:])
  }

  @Test func `an id in flight is not taken twice, and a waiting press can be given up`() throws {
    let person = try Person.with("employee")
    let host = try HostUnderTest.start(SchoolFolder())
    let client = try host.client(signedInAs: person)
    try host.platform.fault("*", "delay", "--ms", "60000")
    let form = try client.openAuthorization()
    try client.type(person.phone, into: Manual.phoneField, of: form)
    let press: JSONValue = ["window": JSONValue(form.id), "button": try form.button(Manual.bindButton)]

    // In one go: a press stops waiting by itself after five seconds.
    let messages: [JSONValue] = [
      ["jsonrpc": "2.0", "id": "mine", "method": "window/press", "params": press],
      ["jsonrpc": "2.0", "id": "mine", "method": "ping", "params": [:]],
      ["jsonrpc": "2.0", "method": "$/cancelRequest", "params": ["id": "mine"]],
    ]
    try client.send(raw: messages.flatMap { $0.bytes() + [10] })
    let doubled = try #require(try client.first(within: 20) { $0["error"] != nil })
    #expect(doubled["error"]?["code"] == -32600)
    let cancelled = try #require(try client.first(within: 20) { $0["method"] == nil })
    #expect(cancelled["id"] == "mine")
    #expect(cancelled["error"]?["code"] == -32800)
    #expect(try client.call("ping") == [:])
  }

  @Test func `a client over the limit of connections is refused, and a place that is free again is taken`() throws {
    let host = try HostUnderTest.start(SchoolFolder.empty(), ["--limit-connections", "3"])
    var clients = try (0..<3).map { _ in try host.client() }

    let refused = try host.bareClient()
    _ = try? refused.begin("ping")  // the host may have closed its end already
    #expect(try refused.ends())
    #expect(refused.transcript.allSatisfy { $0["error"]?["code"] == -32007 })

    clients.removeLast()
    let again = awaited(within: 30) { try? host.client() }  // the host sees the end a moment later
    #expect(again != nil)
    withExtendedLifetime(clients) {}
  }

  @Test func `1,024 connections are served, the 1,025th is not, and the host stays well`() throws {
    var files = rlimit()
    unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files)
    files.rlim_cur = min(files.rlim_max, 8192)
    unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files)
    guard files.rlim_cur >= 2048 else { return }
    let host = try HostUnderTest.start(SchoolFolder.empty())

    let clients = try (0..<1024).map { _ in try host.bareClient() }
    for client in clients { _ = try client.begin("ping") }
    for client in clients { #expect(try client.next()?["result"] == [:]) }
    let refused = try host.bareClient()
    _ = try? refused.begin("ping")  // the host may have closed its end already
    #expect(try refused.ends())

    #expect(try clients[0].call("ping") == [:])
  }

  @Test func `a client that does not read is closed, with a line in the log, and nobody else notices`() throws {
    let host = try HostUnderTest.start(SchoolFolder())
    let stalled = try host.client(signedInAs: Person.with("employee"))
    let other = try host.client()

    // Large answers that nobody takes; the host stops reading long before it stops answering.
    for _ in 0..<200 {
      guard (try? stalled.begin("rpc.discover")) != nil else { break }  // it has been closed
    }
    let logged = try awaited(within: 60) { () -> Bool? in
      _ = try other.call("ping")
      return host.folder.logText().contains("does not read") ? true : nil
    }

    #expect(logged == true)
    #expect(try stalled.ends(within: 20))
  }

  private func expectTooLarge(_ answer: JSONValue?, _ when: String) throws {
    let error = try #require(answer?["error"], "\(when)")
    #expect(error["code"] == -32600)
    #expect(error["data"]?["kind"] == "request.tooLarge")
  }
}
