import Foundation
import Jansson
import Testing

/// `POST /session`, its cookie, and how a session ends.
struct WebSessionTests {
  @Test func `a browser that has signed in arrives signed in`() throws {
    let person = try Person.with("employee")
    var visitor = try HostUnderTest.onWeb(SchoolFolder()).visitor()
    let answer = try visitor.postSession(person.login, SchoolFolder.password, [("Origin", visitor.origin)])

    #expect(answer.status == 204)
    let cookie = try #require(answer.headers["set-cookie"]).split(separator: ";").map { $0.drop { $0 == " " } }
    #expect(Set(cookie.dropFirst()) == ["Path=/", "HttpOnly", "SameSite=Strict"])
    #expect(answer.token?.count == 64)

    visitor.token = answer.token
    let client = try visitor.socket()
    #expect(try client.call("session/get")["user"]?["login"]?.string == person.login)
    #expect(try client.call("desktop/get")["shortcuts"]?.array?.isEmpty == false)
    #expect(try client.refusal("session/claim").code == -32003)
  }

  @Test func `a browser without a session, or with a made-up one, signs in on its connection`() throws {
    let person = try Person.with("pupil")
    var visitor = try HostUnderTest.onWeb(SchoolFolder()).visitor()

    for token in [nil, String(repeating: "0", count: 64), "short", "'; DROP TABLE shell_web_sessions; --"] {
      visitor.token = token
      let client = try visitor.socket()
      #expect(try client.refusal("desktop/get").kind == "session.required")
      #expect(try client.call("session/get") == .null)
      try client.signIn(person)
      #expect(try client.call("session/get")["user"]?["login"]?.string == person.login)
      try client.call("session/logout")
    }
  }

  @Test func `wrong credentials are refused as on the wire, and lock the login on the same counters`() throws {
    let host = try HostUnderTest.onWeb(SchoolFolder(), ["--clock", "manual:2026-09-01T08:00:00+03:00"])
    let visitor = try host.visitor()
    let person = try Person.with("pupil")
    let client = try host.client()

    let refused = try visitor.postSession(person.login, "wrong")
    #expect(refused.status == 401)
    let onTheWire = try client.refusal("session/login", ["login": JSONValue(person.login), "password": "wrong"])
    #expect(try refused.json() == onTheWire.error)
    for _ in 0..<3 { #expect(try visitor.postSession(person.login, "wrong").status == 401) }

    let locked = try visitor.postSession(person.login, SchoolFolder.password, [("Accept-Language", "en-GB, ru")])
    #expect(locked.status == 429)
    #expect(locked.headers["retry-after"] == "60")
    #expect(try locked.json()["data"]?["kind"] == "session.locked")
    #expect(try locked.json()["message"]?.string?.utf8.allSatisfy { $0 < 128 } == true)
    #expect(locked.token == nil)
    #expect(
      try client.refusal("session/login", ["login": JSONValue(person.login), "password": "x"]).kind == "session.locked")

    try client.call("clock/advance", ["to": "2026-09-01T08:01:01+03:00"])
    #expect(try visitor.postSession(person.login, SchoolFolder.password).status == 204)
  }

  @Test func `no page of another origin signs anybody in or out, and what is no sign-in is told so`() throws {
    let person = try Person.with("pupil")
    var visitor = try HostUnderTest.onWeb(SchoolFolder(), ["--http-host", "desk.example"]).visitor()
    try visitor.signIn(person)

    let foreign = [
      "http://evil.example", "null", "http://127.0.0.1:1", "http://localhost:\(visitor.port)", "https://127.0.0.1",
      "file://", "http://127.0.0.1:\(visitor.port).evil.example", "http://user@127.0.0.1:\(visitor.port)",
    ]
    for origin in foreign {
      let answer = try visitor.postSession(person.login, SchoolFolder.password, [("Origin", origin)])
      #expect(answer.status == 403 && answer.token == nil, "\(origin)")
      #expect(try answer.json()["data"]?["kind"] == "web.origin")
      #expect(try visitor.ask("DELETE", "/session", [("Origin", origin)]).status == 403, "\(origin)")
    }
    #expect(
      try visitor.postSession(person.login, SchoolFolder.password, [("Sec-Fetch-Site", "same-site")]).status == 403)
    // Behind a proxy that speaks TLS the cookie never leaves it.
    let proxied = try visitor.postSession(
      person.login, SchoolFolder.password, [("Host", "desk.example"), ("Origin", "https://desk.example")])
    #expect(proxied.headers["set-cookie"]?.hasSuffix("; Secure") == true)
    #expect(try visitor.socket().call("session/get")["user"] == nil, "a second sign-in replaces the first")

    func post(_ body: String, _ type: String = "application/json") throws -> Int {
      try visitor.ask("POST", "/session", [("Content-Type", type)], body: body).status
    }
    #expect(try post("{}", "text/plain") == 415)
    #expect(try post("login=a&password=b", "application/x-www-form-urlencoded") == 415)
    for body in ["", "[]", "{", "{}", #"{"login": 1, "password": "x"}"#, #"{"login": "", "password": "x"}"#] {
      #expect(try post(body) == 400, "\(body)")
    }
    #expect(try post(#"{"login": "a", "password": "b", "admin": true}"#) == 400)
    #expect(try post("{\"login\": \"\(String(repeating: "a", count: 201))\", \"password\": \"b\"}") == 400)
    #expect(try post("{\"login\": \"a\", \"password\": \"\(String(repeating: "b", count: 20_000))\"}") == 413)
  }

  @Test func `signing out ends the session and tells its connections, from the page and from the wire`() throws {
    let host = try HostUnderTest.onWeb(SchoolFolder())
    var visitor = try host.visitor()
    for isFromPage in [true, false] {
      try visitor.signIn(Person.with("employee"))
      let (one, two) = (try visitor.socket(), try visitor.socket())

      if isFromPage {
        let gone = try visitor.ask("DELETE", "/session", [("Origin", visitor.origin)])
        #expect(gone.status == 204 && gone.headers["set-cookie"]?.contains("Max-Age=0") == true)
        #expect(try one.notification("session/didEnd")?["reason"] == "logout")
      } else {
        try one.call("session/logout")
      }

      #expect(try two.notification("session/didEnd")?["reason"] == "logout")
      #expect(try two.call("session/get") == .null)
      #expect(try visitor.socket().call("session/get") == .null)
      #expect(try visitor.ask("DELETE", "/session").status == 204, "gone twice is gone")
    }
  }

  @Test func `what a client says right before it closes is heard`() throws {
    var visitor = try HostUnderTest.onWeb(SchoolFolder()).visitor()
    try visitor.signIn(Person.with("pupil"))
    let client = try visitor.socket()
    let logout = #"{"jsonrpc": "2.0", "id": 1, "method": "session/logout"}"#

    try client.send(raw: WebSocketFrame(.text, logout).masked + WebSocketFrame.close(1000).masked)
    #expect(try client.ends(within: 30))

    let isOver = try awaited(within: 30) { try visitor.socket().call("session/get") == .null ? true : nil }
    #expect(isOver == true)
  }

  @Test func `a block and a new password end the sessions of a user, with or without a connection`() throws {
    let host = try HostUnderTest.onWeb(SchoolFolder())
    let administrator = try host.client(signedInAs: Person.administrator())
    let (pupil, other) = (try Person.with("pupil"), try Person.with("pupil", 1))
    var (visitor, spared, idle) = (try host.visitor(), try host.visitor(), try host.visitor())
    try spared.signIn(other)

    for (command, reason) in [("school.setPassword", "password"), ("school.blockAccount", "blocked")] {
      try visitor.signIn(pupil)
      try idle.signIn(pupil)
      let client = try visitor.socket()
      var arguments: JSONValue = ["login": JSONValue(pupil.login)]
      if command == "school.setPassword" { arguments = arguments.setting("password", JSONValue(SchoolFolder.password)) }
      try administrator.call("command/execute", ["command": JSONValue(command), "arguments": arguments])

      #expect(try client.notification("session/didEnd")?["reason"]?.string == reason)
      #expect(try visitor.socket().call("session/get") == .null)
      #expect(try idle.socket().call("session/get") == .null)
    }
    #expect(try visitor.postSession(pupil.login, SchoolFolder.password).json()["data"]?["kind"] == "session.blocked")
    #expect(try spared.socket().call("session/get")["user"]?["login"]?.string == other.login)
  }

  @Test func `a session outlives the host, and its token is nowhere on disk`() throws {
    let folder = try SchoolFolder()
    let person = try Person.with("employee")
    var visitor: WebVisitor
    do {
      let host = try HostUnderTest.onWeb(folder)
      visitor = try host.visitor()
      try visitor.signIn(person)
      host.process.killAndWait()
    }
    let token = try #require(visitor.token)
    for file in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
      let bytes = FileManager.default.contents(atPath: "\(folder.path)/\(file)") ?? Data()
      #expect(bytes.range(of: Data(token.utf8)) == nil, "\(file)")
    }

    let host = try HostUnderTest.onWeb(folder)
    visitor = try host.visitor()
    visitor.token = token
    #expect(try visitor.socket().call("session/get")["user"]?["login"]?.string == person.login)

    // Ended while no host ran: by a command that opens the folder itself.
    host.process.killAndWait()
    let blocked = try CommandRun.esh("user", "block", person.login, "--data", folder.path)
    #expect(blocked.succeeded, "\(blocked.errors)")
    visitor = try HostUnderTest.onWeb(folder).visitor()
    visitor.token = token
    #expect(try visitor.socket().call("session/get") == .null)
  }

  @Test func `a session ends after half a day without a connection, and after a week with one`() throws {
    let host = try HostUnderTest.onWeb(SchoolFolder(), ["--clock", "manual:2026-09-01T08:00:00+03:00"])
    let clock = try host.client()
    var (idle, busy) = (try host.visitor(), try host.visitor())
    try idle.signIn(Person.with("pupil"))
    try busy.signIn(Person.with("pupil", 1))
    let connection = try busy.socket()
    #expect(try connection.call("session/get") != .null)

    // Looks in for a moment. The host has noted when that ended before the clock goes on: the half day begins there.
    func looksIn() throws -> Bool {
      let isSignedIn = try idle.socket().call("session/get") != .null
      // The clock's connection and the busy one are left.
      let isGone = try awaited(within: 20) {
        try idle.ask("GET", "/metrics").text.contains("\nesh_connections 2\n") ? true : nil
      }
      #expect(isGone == true)
      return isSignedIn
    }

    try clock.call("clock/advance", ["to": "2026-09-01T19:59:00+03:00"])
    #expect(try looksIn())
    try clock.call("clock/advance", ["to": "2026-09-02T07:58:00+03:00"])
    #expect(try looksIn())
    try clock.call("clock/advance", ["to": "2026-09-02T20:30:00+03:00"])
    #expect(try !looksIn())

    #expect(try connection.call("session/get") != .null)
    try clock.call("clock/advance", ["to": "2026-09-08T07:59:00+03:00"])
    #expect(try connection.call("session/get") != .null)
    try clock.call("clock/advance", ["to": "2026-09-08T08:00:00+03:00"])
    #expect(try connection.notification("session/didEnd")?["reason"] == "expired")
    #expect(try busy.socket().call("session/get") == .null)
  }

  @Test func `signing in and out by a browser is in the audit log, and its connections can be told from it`() throws {
    let host = try HostUnderTest.onWeb(SchoolFolder())
    let person = try Person.administrator()
    var visitor = try host.visitor()
    try visitor.signIn(person)
    let client = try visitor.socket()
    try client.call(
      "command/execute",
      ["command": "school.blockAccount", "arguments": ["login": JSONValue(Person.with("pupil").login)]])
    #expect(try visitor.ask("DELETE", "/session").status == 204)

    let log = try CommandRun(["/usr/bin/env", "python3", "-c", Self.readAudit, host.folder.path]).json()
    let lines = (log.array ?? []).filter { $0["login"]?.string == person.login }

    #expect(lines.compactMap { $0["action"]?.string } == ["session.login", "school.blockAccount", "session.logout"])
    let names = lines.compactMap { $0["session"]?.string }
    #expect(names.count == 3 && names[0] == names[2] && names[1].hasPrefix(names[0] + "."), "\(names)")
  }

  private static let readAudit = """
    import json, sqlite3, sys
    rows = sqlite3.connect(sys.argv[1] + '/esh.sqlite').execute('SELECT login, action, session FROM shell_audit ORDER BY id')
    print(json.dumps([dict(zip(('login', 'action', 'session'), row)) for row in rows]))
    """
}
