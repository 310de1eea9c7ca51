import Jansson
import Testing

/// Input never ends the host or wedges a connection.
struct BrokenInputTests {
  struct Broken: Sendable, CustomTestStringConvertible {
    let name: String
    let bytes: [UInt8]
    let code: Int
    var testDescription: String { name }

    init(_ name: String, _ text: String, _ code: Int) { self.init(name, bytes: Array(text.utf8), code) }
    init(_ name: String, bytes: [UInt8], _ code: Int) { (self.name, self.bytes, self.code) = (name, bytes, code) }
  }

  static let cases = [
    Broken("half an object", #"{"jsonrpc":"2.0","id":1,"method":"ping""#, -32700),
    Broken("a trailing comma", #"{"jsonrpc":"2.0","id":1,"method":"ping",}"#, -32700),
    Broken("two values", #"{"jsonrpc":"2.0","id":1,"method":"ping"} {}"#, -32700),
    Broken("duplicate keys", #"{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":1,"a":2}}"#, -32700),
    Broken("a lone surrogate", #"{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":"\ud800"}}"#, -32700),
    Broken(
      "bad UTF-8", bytes: Array(#"{"jsonrpc":"2.0","id":1,"method":""#.utf8) + [0xC3, 0x28] + Array(#""}"#.utf8), -32700
    ),
    Broken("an overlong zero", bytes: Array(#"{"a":""#.utf8) + [0xC0, 0x80] + Array(#""}"#.utf8), -32700),
    Broken(
      "a zero byte", bytes: Array(#"{"jsonrpc":"2.0","id":1,"#.utf8) + [0] + Array(#""method":"ping"}"#.utf8), -32700),
    Broken(
      "too deep",
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":" + String(repeating: "[", count: 200)
        + String(repeating: "]", count: 200) + "}", -32700),
    Broken("a million open brackets", "[" + String(repeating: "[", count: 1_000_000), -32700),
    Broken("an empty batch", "[]", -32600),
    Broken("no version", #"{"id":1,"method":"ping"}"#, -32600),
    Broken("another version", #"{"jsonrpc":"1.0","id":1,"method":"ping"}"#, -32600),
    Broken("no method", #"{"jsonrpc":"2.0","id":1}"#, -32600),
    Broken("a method that is a number", #"{"jsonrpc":"2.0","id":1,"method":5}"#, -32600),
    Broken("params that are a string", #"{"jsonrpc":"2.0","id":1,"method":"ping","params":"x"}"#, -32600),
    Broken("a null id", #"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, -32600),
    Broken("a fractional id", #"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, -32600),
    Broken("an id that is an object", #"{"jsonrpc":"2.0","id":{},"method":"ping"}"#, -32600),
    Broken(
      "an id of 129 bytes",
      "{\"jsonrpc\":\"2.0\",\"id\":\"" + String(repeating: "i", count: 129) + "\",\"method\":\"ping\"}", -32600),
  ]

  @Test(arguments: Framing.allCases)
  func `broken input is answered by its code, and the connection goes on`(framing: Framing) throws {
    let host = try HostUnderTest.start(SchoolFolder.empty())
    let client = try host.client(framing: framing)

    for broken in Self.cases {
      try client.send(raw: framed(broken.bytes, framing))
      let answer = try #require(try client.next(), "\(broken.name)")
      let error = try #require(answer["error"], "\(broken.name)")

      #expect(error["code"]?.int == broken.code, "\(broken.name): \(error.text())")
      #expect(error["data"]?["kind"]?.string?.isEmpty == false, "\(broken.name): \(error.text())")
      if broken.code == -32700 { #expect(error["data"]?["offset"]?.int != nil, "\(broken.name): \(error.text())") }
      #expect(try client.call("ping") == [:], "\(broken.name)")
    }
    #expect(host.process.isRunning)
  }

  @Test func `ids keep their type, and 128 bytes are not too many`() throws {
    let host = try HostUnderTest.start(SchoolFolder.empty())
    let client = try host.client()
    let ids: [JSONValue] = [0, -5, 9_007_199_254_740_993, "", "1", JSONValue(String(repeating: "я", count: 64))]

    for id in ids {
      try client.send(["jsonrpc": "2.0", "id": id, "method": "ping"])
      #expect(try client.next()?["id"] == id)
    }
  }

  @Test(arguments: ["Content-Length: abc\r\n\r\n{}", "Hello there, host\r\n\r\n", "Content-Type: text/plain\r\n\r\n"])
  func `a header block with no usable length is quoted, and then the connection ends`(text: String) throws {
    let host = try HostUnderTest.start(SchoolFolder.empty())
    let client = try host.bareClient(framing: .headers)

    try client.send(raw: text)

    let answer = try #require(try client.next())
    #expect(answer["error"]?["code"] == -32700)
    #expect(answer["error"]?["data"]?["kind"]?.string?.contains("framing") == true)
    #expect(answer.text().contains(String(text.prefix(12))), "the first 40 bytes are quoted: \(answer.text())")
    #expect(try client.ends())
    #expect(host.process.isRunning)
  }

  @Test(arguments: ["GET / HTTP/1.1\r\nHost: x\r\n\r\n", "POST /rpc HTTP/1.1\r\n\r\n{}"])
  func `HTTP on the socket gets one plain line, and then the end`(text: String) throws {
    let host = try HostUnderTest.start(SchoolFolder.empty())
    let client = try host.bareClient(framing: .headers)

    try client.send(raw: text)

    #expect(try client.ends())
    #expect(client.rest.contains("ESh"))
    #expect(client.rest.filter { $0 == "\n" }.count == 1)
    #expect(try host.client().call("ping") == [:])
  }

  @Test func `header names ignore case, LF alone will do, and unknown headers mean nothing`() throws {
    let host = try HostUnderTest.start(SchoolFolder.empty())
    let client = try host.bareClient(framing: .headers, delivery: .byByte)
    let body = #"{"jsonrpc":"2.0","id":1,"method":"ping"}"#

    try client.send(raw: "X-Mood: fine\ncontent-LENGTH:\(body.utf8.count)\n\n\(body)")
    #expect(try client.next()?["id"] == 1)
    try client.send(
      raw:
        "Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
    #expect(try client.next()?["id"] == 1)
  }

  private func framed(_ body: [UInt8], _ framing: Framing) -> [UInt8] {
    switch framing {
    case .lines: body + [10]
    case .headers: Array("Content-Length: \(body.count)\r\n\r\n".utf8) + body
    case .frames: WebSocketFrame(.text, body).masked
    }
  }
}
