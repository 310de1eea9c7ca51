import Foundation
import Glibc
import Jansson
import Testing

/// JSON-RPC over WebSockets: frames, limits and ends.
struct WebSocketTests {
  private let ping = Array(#"{"jsonrpc": "2.0", "id": "p", "method": "ping"}"#.utf8)
  private let pong: JSONValue = ["jsonrpc": "2.0", "id": "p", "result": [:]]

  @Test func `a WebSocket is opened to this host's own pages, at its own path, by the book`() throws {
    let visitor = try HostUnderTest.onWeb(SchoolFolder.empty()).visitor()
    func status(_ headers: [(String, String)], path: String = "/rpc") throws -> Int {
      let request = visitor.upgrade(headers + [("Connection", "Upgrade, close")], path: path)
      return try WebVisitor.Answer(visitor.send(raw: request)).status
    }

    for origin in ["http://evil.example", "null", "http://127.0.0.1:1", "https://127.0.0.1", "http://localhost"] {
      #expect(try status([("Origin", origin)]) == 403, "\(origin)")
    }
    #expect(try status([("Host", "evil.example"), ("Origin", "http://evil.example")]) == 421)
    #expect(try status([("Sec-Fetch-Site", "cross-site")]) == 403)
    #expect(try status([], path: "/") == 200, "an upgrade is an offer; the page itself has none")
    #expect(try status([], path: "/rpc/x") == 404)
    #expect(try status([("Sec-WebSocket-Version", "8")]) == 426)
    #expect(try status([("Sec-WebSocket-Key", "")]) == 426)
    #expect(try status([("Upgrade", "h2c")]) == 426)

    // A program that is no browser says no origin.
    #expect(try visitor.bareSocket([("Origin", "")]).call("ping") == [:])
    #expect(try visitor.bareSocket([("Sec-Fetch-Site", "same-origin")]).call("ping") == [:])
  }

  @Test func `a message may come in fragments, with pings in between`() throws {
    let visitor = try HostUnderTest.onWeb(SchoolFolder.empty()).visitor()
    let client = try visitor.bareSocket()

    for (index, byte) in ping.enumerated() {
      let isLast = index == ping.count - 1
      try client.send(raw: WebSocketFrame(index == 0 ? .text : .continuation, [byte], isLast: isLast).masked)
      try client.send(raw: WebSocketFrame(.ping, [UInt8(index)]).masked)
    }
    #expect(try client.next() == pong)
    try client.send(raw: WebSocketFrame(.text, [], isLast: false).masked + WebSocketFrame(.continuation, ping).masked)
    #expect(try client.next() == pong)
    #expect(try client.call("ping") == [:])
    #expect(client.pongs == ping.indices.map { [UInt8($0)] })
    try client.send(raw: WebSocketFrame(.pong, "nobody asked").masked)
    #expect(try client.call("ping") == [:])
  }

  @Test func `bytes of frames may come in any pieces`() throws {
    let visitor = try HostUnderTest.onWeb(SchoolFolder.empty()).visitor()
    let client = try visitor.bareSocket()
    let padding = [UInt8](repeating: 0x20, count: 70_000)

    for payload in [ping, Array(padding.prefix(300)) + ping] {
      for byte in WebSocketFrame(.text, payload).masked { try client.send(raw: [byte]) }
      #expect(try client.next() == pong)
    }
    let three = WebSocketFrame(.text, ping).masked + WebSocketFrame(.text, padding + ping).masked
    try client.send(raw: three + WebSocketFrame(.text, ping).masked)
    for _ in 0..<3 { #expect(try client.next() == pong) }
  }

  /// What a client sends, and the code of the close frame that it gets.
  struct Breach: Sendable {
    let bytes: [UInt8]
    let code: Int

    init(_ frame: WebSocketFrame, _ code: Int) { (bytes, self.code) = (frame.masked, code) }
    init(bytes: [UInt8], _ code: Int) { (self.bytes, self.code) = (bytes, code) }

    static let all: [Breach] = [
      Breach(WebSocketFrame(.binary, [1]), 1003),
      Breach(bytes: WebSocketFrame(.text, "{}").bare, 1002),
      Breach(WebSocketFrame(.text, [0x7B, 0x7D], reserved: 4), 1002),
      Breach(WebSocketFrame(.reserved, "x"), 1002),
      Breach(WebSocketFrame(.continuation, "x"), 1002),
      Breach(
        bytes: WebSocketFrame(.text, "x", isLast: false).masked + WebSocketFrame(.text, "x").masked, 1002),
      Breach(WebSocketFrame(.ping, "x", isLast: false), 1002),
      Breach(WebSocketFrame(.ping, [UInt8](repeating: 1, count: 126)), 1002),
      Breach(.close(1000), 1000), Breach(.close(3001), 3001), Breach(WebSocketFrame(.close), 1000),
      Breach(WebSocketFrame(.close, [3]), 1002), Breach(.close(1005), 1002), Breach(.close(999), 1002),
    ]
  }

  @Test(arguments: Breach.all)
  func `what breaks the protocol, and what ends it, is answered with a close frame`(breach: Breach) throws {
    let host = try HostUnderTest.onWeb(SchoolFolder.empty())
    let client = try host.visitor().socket()

    try client.send(raw: breach.bytes)

    #expect(try client.ends(within: 30))
    #expect(client.closeCode == breach.code)
    #expect(try host.visitor().bareSocket().call("ping") == [:])
  }

  @Test func `broken JSON is answered and the connection goes on`() throws {
    let visitor = try HostUnderTest.onWeb(SchoolFolder.empty()).visitor()
    let client = try visitor.socket()

    for (payload, kind) in [
      (Array("{".utf8), "parse.syntax"), ([0x22, 0xFF, 0x22], "parse.utf8"), ([], "request.empty"),
      (Array("[]".utf8), "request.emptyBatch"), (Array("Content-Length: 2\r\n\r\n{}".utf8), "parse.syntax"),
    ] {
      try client.send(raw: WebSocketFrame(.text, payload).masked)
      let error = try #require(try client.next()?["error"])
      #expect(error["code"]?.int ?? 0 < -32_599, "\(kind): \(error)")
      #expect(try client.call("ping") == [:])
    }
    let batch = "[\(String(decoding: ping, as: UTF8.self)), \n {\"jsonrpc\": \"2.0\", \"id\": 2, \"method\": \"ping\"}]"
    try client.send(raw: WebSocketFrame(.text, batch).masked)
    #expect(try client.next()?.array?.count == 2)
  }

  @Test func `too large a message is refused in words and skipped; past four times the limit the client is left`()
    throws
  {
    let host = try HostUnderTest.onWeb(SchoolFolder.empty(), ["--limit-message-bytes", "4096"])
    let client = try host.visitor().socket()
    func expectTooLarge(_ comment: Comment) throws {
      let error = try client.next()?["error"]
      #expect(error?["code"] == -32600 && error?["data"]?["kind"] == "request.tooLarge", comment)
    }

    try client.send(raw: WebSocketFrame(.text, [UInt8](repeating: 0x20, count: 5000)).masked)
    try expectTooLarge("in one frame")
    #expect(try client.call("ping") == [:])

    try client.send(raw: WebSocketFrame(.text, [UInt8](repeating: 0x20, count: 4000), isLast: false).masked)
    try client.send(raw: WebSocketFrame(.continuation, [UInt8](repeating: 0x20, count: 97), isLast: false).masked)
    try expectTooLarge("in fragments, before the last has come")
    try client.send(raw: WebSocketFrame(.continuation, [UInt8](repeating: 0x20, count: 9000)).masked)
    #expect(try client.call("ping") == [:])

    // Its length is enough: it is refused before it has come, and exactly its bytes are skipped.
    let payload = [UInt8](repeating: 0x20, count: 9000)
    let large = WebSocketFrame(.text, payload).masked
    try client.send(raw: Array(large.prefix(20)))
    try expectTooLarge("before it has come")
    try client.send(raw: Array(large.dropFirst(20)))
    #expect(try client.call("ping") == [:])
    try client.send(raw: WebSocketFrame(.text, [UInt8](repeating: 0x20, count: 100), isLast: false).masked)
    try client.send(raw: WebSocketFrame(.continuation, [UInt8](repeating: 0x20, count: 5000)).masked)
    try expectTooLarge("as the second of two fragments")
    #expect(try client.call("ping") == [:])

    // The beginning of a frame is enough.
    try client.send(raw: WebSocketFrame(.text).head(mask: 0x80, saying: 16_385) + [1, 2, 3, 4])
    try expectTooLarge("far too large")
    #expect(try client.ends(within: 30))
    #expect(client.closeCode == 1009)

    let other = try host.visitor().bareSocket()
    try other.send(raw: WebSocketFrame(.text, [UInt8](repeating: 0x20, count: 4097), isLast: false).masked)
    for _ in 0..<4 {
      try other.send(raw: WebSocketFrame(.continuation, [UInt8](repeating: 0x20, count: 4000), isLast: false).masked)
    }
    #expect(try other.ends(within: 30))
    #expect(other.closeCode == 1009)
  }

  @Test func `a client that says exit, and a host that ends, close with their codes`() throws {
    let host = try HostUnderTest.onWeb(SchoolFolder.empty())
    let (leaving, staying, silent) = (
      try host.visitor().socket(), try host.visitor().socket(), try host.visitor().bareSocket()
    )

    try leaving.call("shutdown")
    try leaving.notify("exit")
    #expect(try leaving.ends(within: 30))
    #expect(leaving.closeCode == 1000)

    #expect(try staying.call("ping") == [:])
    host.process.send(SIGTERM)
    #expect(try staying.ends(within: 30) && staying.closeCode == 1001)
    #expect(try silent.ends(within: 30) && silent.closeCode == 1001)
    #expect(host.process.wait(within: 20) == .status(0))
  }

  @Test func `a client that does not read is not read either, others go on, and it gets everything in the end`() throws
  {
    let host = try HostUnderTest.onWeb(SchoolFolder.empty())
    let (slow, other) = (try host.visitor().socket(), try host.visitor().socket())
    _ = try slow.call("rpc.discover")
    let before = try residentBytes(host)

    // Some eighty megabytes of answers.
    let ids = try (0..<1000).map { _ in try slow.begin("rpc.discover") }
    for _ in 0..<200 { #expect(try other.call("ping", within: 30) == [:]) }
    #expect(try residentBytes(host) - before < 32 << 20)
    for id in ids { #expect(try slow.answer(to: id)["result"]?["openrpc"] != nil) }

    #expect(try slow.call("ping") == [:])
  }

  /// Memory of the host's process that is really there.
  private func residentBytes(_ host: HostUnderTest) throws -> Int {
    let words = try String(contentsOfFile: "/proc/\(host.process.id)/statm", encoding: .utf8).split(separator: " ")
    return (Int(words[1]) ?? 0) * Int(getpagesize())
  }

  @Test func `a WebSocket on which nobody signs in ends, one that is signed in stays, and ends after its sign-out`()
    throws
  {
    let host = try HostUnderTest.onWeb(SchoolFolder(), ["--limit-sign-in-seconds", "10"])
    let local = try host.client()
    var visitor = try host.visitor()
    try visitor.signIn(Person.with("pupil"))
    let (byCookie, byLogin) = (try visitor.socket(), try host.visitor().socket())
    try byLogin.signIn(Person.with("employee"))

    // It comes after the others, so its end is more than ten seconds after their beginning.
    let silent = try host.visitor().bareSocket()
    #expect(try silent.ends(within: 60))
    #expect(silent.closeCode == 1000)
    #expect(try byCookie.call("session/get") != .null)
    #expect(try byLogin.call("session/get") != .null)
    #expect(try local.call("ping") == [:], "the owner's own socket has no such limit")
    try byLogin.call("session/logout")
    #expect(try byLogin.ends(within: 60))
    #expect(try byCookie.call("ping") == [:])
  }

  @Test func `the limits of a connection hold, and connections have one`() throws {
    let host = try HostUnderTest.onWeb(
      SchoolFolder(), ["--limit-in-flight", "2", "--limit-queued", "2", "--limit-connections", "2"])
    let client = try host.visitor().socket()

    let ids = try (0..<12).map { _ in try client.begin("session/login", ["login": "nobody", "password": "x"]) }
    let refused = try ids.map { try client.answer(to: $0) }.filter { $0["error"]?["code"] == -32007 }
    #expect(!refused.isEmpty && refused.count < 12)
    #expect(try client.call("ping") == [:])

    let second = try host.visitor().socket()
    let third = try host.visitor().bareSocket()
    let answer = try third.answer(to: third.begin("ping", id: .null))
    #expect(answer["error"]?["data"]?["kind"] == "overloaded.connections")
    #expect(try third.ends(within: 30))
    #expect(try second.call("ping") == [:])
  }

  @Test func `a thousand WebSockets are served at once, and when they are gone the host has forgotten them`() throws {
    var limit = rlimit()
    _ = unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    limit.rlim_cur = limit.rlim_max
    _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    // Each costs the host three descriptors; a machine that gives few gets fewer clients.
    let count = min(1000, Int(limit.rlim_max / 4))
    let host = try HostUnderTest.onWeb(SchoolFolder.empty())
    let visitor = try host.visitor()
    do {
      let clients = try (0..<count).map { _ in try visitor.socket() }
      let ids = try clients.map { try $0.begin("ping") }
      for (client, id) in zip(clients, ids) { #expect(try client.answer(to: id)["result"] == [:]) }
      #expect(try visitor.ask("GET", "/metrics").text.contains("\nesh_connections \(count)\n"))
    }

    let isEmpty = try awaited(within: 20) {
      try visitor.ask("GET", "/metrics").text.contains("\nesh_connections 0\n") ? true : nil
    }
    #expect(isEmpty == true)
    let files = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(host.process.id)/fd").count
    #expect(files < 100, "\(files) descriptors are left")
  }
}
