import Testing

/// Requests that somebody wrote to hurt: refused, and nothing of them is taken for a second request.
struct WebInputTests {
  @Test(arguments: [
    "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /health HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
    "Content-Length: +5\r\n\r\nhello",
    "Content-Length: 5, 5\r\n\r\nhello",
    "Content-Length: -1\r\n\r\n",
    "Content-Length: 0x5\r\n\r\nhello",
    "Transfer-Encoding: identity, chunked\r\nContent-Length: 3\r\n\r\nabc",
    "Transfer-Encoding: chunked\r\n\r\nZZ\r\nabc\r\n0\r\n\r\n",
    "Content-Length : 5\r\n\r\nhello",
    "X: a\r\n b: c\r\nContent-Length\r\n\r\n",
    "X\u{0}Y: 1\r\n\r\n",
  ])
  func `a request whose end is in doubt is refused and the connection closed`(rest: String) throws {
    let visitor = try HostUnderTest.onWeb(SchoolFolder.empty()).visitor()

    let bytes = try visitor.send(raw: "POST /session HTTP/1.1\r\nHost: \(visitor.host)\r\n\(rest)")

    let answer = try WebVisitor.Answer(bytes)
    #expect((400..<500).contains(answer.status))
    #expect(!answer.text.contains("HTTP/1.1"), "one answer only")
    #expect(try visitor.ask("GET", "/health").status == 200)
  }

  @Test func `pipelined requests are answered one after the other`() throws {
    let visitor = try HostUnderTest.onWeb(SchoolFolder.empty()).visitor()
    let first = "GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n"
    let second = "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

    let text = String(decoding: try visitor.send(raw: first + first + second), as: UTF8.self)

    let statuses = text.split(separator: "HTTP/1.1 ").map { $0.prefix(3) }
    #expect(statuses == ["404", "404", "200"])
  }

  @Test func `headers and paths without an end, and bytes that are no HTTP, cost a connection and nothing else`() throws
  {
    let visitor = try HostUnderTest.onWeb(SchoolFolder.empty()).visitor()
    let endless = [
      "GET /" + String(repeating: "a", count: 200_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: localhost\r\nX: " + String(repeating: "a", count: 200_000) + "\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: localhost\r\n" + String(repeating: "X: a\r\n", count: 30_000) + "\r\n",
    ]
    for request in endless {
      // It may close before it has read all, so the bytes of the answer may be lost on the way.
      let answer = try? WebVisitor.Answer(visitor.send(raw: request))
      #expect(
        answer == nil || (400..<500).contains(answer?.status ?? 0), "\(request.prefix(20)): \(answer?.status ?? 0)")
    }
    for garbage in [
      "\u{16}\u{3}\u{1}\u{0}\u{5}hello", "{\"jsonrpc\":\"2.0\"}\n", "\r\n\r\n\r\nHELO x\r\n",
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
      let bytes = try visitor.send(raw: garbage, within: 5)
      #expect(bytes.isEmpty || String(decoding: bytes, as: UTF8.self).hasPrefix("HTTP/1.1 4"), "\(garbage)")
    }
    #expect(try visitor.ask("GET", "/health").status == 200)
  }

  @Test func `an address that is taken, and one that is none, are said so`() throws {
    let host = try HostUnderTest.onWeb(SchoolFolder.empty())
    let taken = try host.visitor().host
    let other = try SchoolFolder.empty()

    let second = try CommandRun.esh("serve", "--data", other.path, "--http", taken)
    #expect(second.end == .status(1))
    #expect(second.errors.contains(taken), "\(second.errors)")
    for address in ["8080", "127.0.0.1", "127.0.0.1:99999", ":8080", "::1:80", "http://127.0.0.1:80"] {
      #expect(try CommandRun.esh("serve", "--data", other.path, "--http", address).end == .status(64), "\(address)")
    }
    #expect(try CommandRun.esh("serve", "--data", other.path, "--http-host", "x").end == .status(64))
  }

  @Test func `limits without a limit are limits, too`() throws {
    let most = String(Int.max)
    let host = try HostUnderTest.onWeb(
      SchoolFolder.empty(), ["--limit-message-bytes", most, "--limit-connections", most])

    #expect(try host.visitor().socket().call("ping") == [:])
  }
}
