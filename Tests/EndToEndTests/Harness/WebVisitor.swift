import Glibc
import Jansson

/// Somebody at a browser: requests to the web desktop, a connection each, and WebSockets.
struct WebVisitor {
  let port: UInt16
  /// What the browser keeps: the session's token.
  var token: String?

  /// Runs as long as somebody visits it.
  private let owner: HostUnderTest

  init(_ owner: HostUnderTest, port: UInt16) {
    self.owner = owner
    self.port = port
  }

  var host: String { "127.0.0.1:\(port)" }
  var origin: String { "http://\(host)" }

  struct Answer {
    let status: Int
    /// By their names in lower case; of several the last.
    let headers: [String: String]
    let body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }
    func json() throws -> JSONValue { try JSONValue(parsing: body) }

    /// The session's token, if the answer brings one.
    var token: String? {
      let start = "esh_session="
      guard let cookie = headers["set-cookie"], cookie.hasPrefix(start) else { return nil }
      let value = cookie.dropFirst(start.count).prefix { $0 != ";" }
      return value.isEmpty ? nil : String(value)
    }

    init(_ bytes: [UInt8]) throws {
      let mark = Array("\r\n\r\n".utf8)
      guard let end = bytes.firstRange(of: mark) else {
        throw TestTrouble("no answer: \(String(decoding: bytes.prefix(200), as: UTF8.self))")
      }
      let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
      status = Int(lines[0].split(separator: " ")[1]) ?? 0
      var headers: [String: String] = [:]
      for line in lines.dropFirst() {
        let parts = line.split(separator: ":", maxSplits: 1)
        headers[parts[0].lowercased()] = String(parts[1].drop { $0 == " " })
      }
      self.headers = headers
      body = Array(bytes[end.upperBound...])
    }
  }

  /// Asks, and reads to the end. Headers of the same name as an ordinary one take its place.
  func ask(
    _ method: String, _ path: String, _ headers: [(String, String)] = [], body: String? = nil
  ) throws -> Answer {
    var all = [("Host", host), ("Connection", "close")].filter { own in !headers.contains { $0.0 == own.0 } } + headers
    if let token, !headers.contains(where: { $0.0 == "Cookie" }) {
      all.append(("Cookie", "other=1; esh_session=\(token)"))
    }
    if let body { all.append(("Content-Length", "\(body.utf8.count)")) }
    let head = "\(method) \(path) HTTP/1.1\r\n" + all.map { "\($0.0): \($0.1)\r\n" }.joined() + "\r\n"
    return try Answer(send(raw: head + (body ?? "")))
  }

  /// Sends bytes as they are and answers with all that comes back.
  func send(raw text: String, within seconds: Double = 20) throws -> [UInt8] {
    let descriptor = try LoopbackAddress.connect(port)
    defer { close(descriptor) }
    try LoopbackAddress.send(Array(text.utf8), on: descriptor)
    return LoopbackAddress.readAll(descriptor, until: Deadline(within: seconds))
  }

  // MARK: - Sessions

  func postSession(_ login: String, _ password: String, _ headers: [(String, String)] = []) throws -> Answer {
    let body: JSONValue = ["login": JSONValue(login), "password": JSONValue(password)]
    return try ask("POST", "/session", [("Content-Type", "application/json")] + headers, body: body.text())
  }

  /// Signs in as the page does; the browser keeps the cookie.
  mutating func signIn(_ person: Person) throws {
    let answer = try postSession(person.login, SchoolFolder.password, [("Origin", origin)])
    guard answer.status == 204, let token = answer.token else {
      throw TestTrouble("not signed in: \(answer.status) \(answer.text)")
    }
    self.token = token
  }

  // MARK: - WebSockets

  /// The bytes that ask for a WebSocket.
  func upgrade(_ headers: [(String, String)] = [], path: String = "/rpc") -> String {
    var all = [
      ("Host", host), ("Origin", origin), ("Upgrade", "websocket"), ("Connection", "Upgrade"),
      ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="), ("Sec-WebSocket-Version", "13"),
    ].filter { own in !headers.contains { $0.0 == own.0 } }
    all += headers.filter { !$0.1.isEmpty }
    if let token { all.append(("Cookie", "esh_session=\(token)")) }
    return "GET \(path) HTTP/1.1\r\n" + all.map { "\($0.0): \($0.1)\r\n" }.joined() + "\r\n"
  }

  /// A client on a WebSocket that has said nothing yet. A header with an empty value is left out.
  func bareSocket(_ headers: [(String, String)] = []) throws -> WireClient {
    let descriptor = try LoopbackAddress.connect(port)
    try LoopbackAddress.send(Array(upgrade(headers).utf8), on: descriptor)
    var head: [UInt8] = []
    let deadline = Deadline(within: 20)
    while !head.ends(with: Array("\r\n\r\n".utf8)), ready(descriptor, until: deadline) {
      var byte: UInt8 = 0
      guard unsafe read(descriptor, &byte, 1) == 1 else { break }
      head.append(byte)
    }
    let text = String(decoding: head, as: UTF8.self)
    // The answer to the key above, as RFC 6455 has it in section 1.3.
    guard text.hasPrefix("HTTP/1.1 101 "), text.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") else {
      close(descriptor)
      throw TestTrouble("no WebSocket: \(text)")
    }
    return WireClient(reading: descriptor, writing: descriptor, framing: .frames)
  }

  /// A client on a WebSocket that has said hello.
  func socket(locale: String = "ru") throws -> WireClient {
    let client = try bareSocket()
    try client.initialize(locale: locale)
    return client
  }
}

extension Array<UInt8> {
  fileprivate func ends(with other: [UInt8]) -> Bool { count >= other.count && Array(suffix(other.count)) == other }
}
