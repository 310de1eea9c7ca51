import Foundation
import Jansson
import Testing

/// `GET /` and what protects it.
struct WebPageTests {
  @Test func `the page and each of its files come line by line as in the repository, with their types and tags`() throws
  {
    let visitor = try HostUnderTest.onWeb(SchoolFolder.empty()).visitor()
    let types = [
      "html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8",
      "svg": "image/svg+xml",
    ]
    let folder = "\(BuildProducts.root)/Sources/WebDesktop/Page"

    for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
      let answer = try visitor.ask("GET", "/\(name)")
      let file = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)

      #expect(answer.status == 200, "\(name): Scripts/embed-page writes the table of files")
      // Lines of comments come empty and indentation does not come (decision 0028); every line keeps its number.
      let (isScript, isSheet) = (name.hasSuffix(".js"), name.hasSuffix(".css"))
      let expected = file.components(separatedBy: "\n").map { line -> String in
        let words = isScript || isSheet ? String(line.drop { $0 == " " }) : line
        let isComment =
          words.hasPrefix("/*") && isSheet
          || isScript && ["//", "/*", "*"].contains { words.hasPrefix($0) }
        return isComment ? "" : words
      }
      #expect(answer.text.components(separatedBy: "\n") == expected, "\(name)")
      #expect(answer.headers["content-type"] == types[String(name.split(separator: ".").last ?? "")], "\(name)")
      let tag = try #require(answer.headers["etag"])
      let again = try visitor.ask("GET", "/\(name)", [("If-None-Match", "\"other\", W/\(tag)")])
      #expect(again.status == 304 && again.body.isEmpty, "\(name)")
      #expect(again.headers["etag"] == tag && again.headers["cache-control"] == "no-cache")
    }
    let start = try visitor.ask("GET", "/?again=1")
    #expect(start.status == 200)
    #expect(try start.body == visitor.ask("GET", "/index.html").body)
  }

  @Test func `every answer forbids foreign scripts, frames and guesses`() throws {
    let visitor = try HostUnderTest.onWeb(SchoolFolder.empty()).visitor()

    for path in ["/", "/nothing", "/rpc", "/health", "/session"] {
      let headers = try visitor.ask("GET", path).headers
      let policy = Set((headers["content-security-policy"] ?? "").split(separator: ";").map { $0.drop { $0 == " " } })
      #expect(
        policy.isSuperset(of: [
          "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "form-action 'self'",
          "frame-ancestors 'none'", "base-uri 'none'",
          "connect-src 'self' ws://\(visitor.host) wss://\(visitor.host)",
        ]), "\(path): \(policy)")
      #expect(headers["x-content-type-options"] == "nosniff", "\(path)")
      #expect(headers["referrer-policy"] == "no-referrer", "\(path)")
      #expect(headers["cross-origin-opener-policy"] == "same-origin", "\(path)")
    }
  }

  @Test(arguments: [
    "/../Package.swift", "//etc/passwd", "/%2e%2e/Package.swift", "/%69ndex.html", "/index.html/", "/.", "/Page",
    "/page/", "/INDEX.HTML", "/index.html%00", "/..%5c..%5cesh", "http://other.example/index.html", "*",
  ])
  func `no path leads anywhere but to a file of the page`(path: String) throws {
    let visitor = try HostUnderTest.onWeb(SchoolFolder.empty()).visitor()

    #expect([400, 404].contains(try visitor.ask("GET", path).status))
  }

  @Test func `a name that is not this host's gets nothing, and a further one can be given`() throws {
    let host = try HostUnderTest.onWeb(SchoolFolder.empty(), ["--http-host", "desk.example"])
    let visitor = try host.visitor()
    let port = visitor.port

    for name in ["127.0.0.1:\(port)", "localhost:\(port)", "[::1]:9", "LOCALHOST", "desk.example", "Desk.Example:443"] {
      #expect(try visitor.ask("GET", "/", [("Host", name)]).status == 200, "\(name)")
    }
    for name in ["evil.example", "127.0.0.1.evil.example", "desk.example.evil", "localhost.evil", "10.0.0.1"] {
      #expect(try visitor.ask("GET", "/", [("Host", name)]).status == 421, "\(name)")
    }
    for name in ["", "127.0.0.1:99999", "a b", "user@localhost", "localhost:80:80", "[::1", "local\u{e9}host"] {
      #expect(try visitor.ask("GET", "/", [("Host", name)]).status == 400, "\(name)")
    }
    #expect(try visitor.ask("GET", "/", [("Host", "localhost"), ("Host", "localhost")]).status == 400)
    let bare = try WebVisitor.Answer(visitor.send(raw: "GET / HTTP/1.1\r\nConnection: close\r\n\r\n"))
    #expect(bare.status == 400)
  }

  @Test func `only what can be done with a path is done`() throws {
    let visitor = try HostUnderTest.onWeb(SchoolFolder.empty()).visitor()

    for (method, path) in [("POST", "/"), ("DELETE", "/index.html"), ("GET", "/session"), ("POST", "/health")] {
      let answer = try visitor.ask(method, path, body: method == "POST" ? "{}" : nil)
      #expect(answer.status == 405 && answer.headers["allow"] != nil, "\(method) \(path): \(answer.status)")
    }
    let head = try visitor.ask("HEAD", "/")
    #expect(head.status == 200 && head.body.isEmpty)
    #expect(try head.headers["content-length"] == "\(visitor.ask("GET", "/").body.count)")
  }

  @Test func `the page weighs less than it may`() throws {
    let folder = "\(BuildProducts.root)/Sources/WebDesktop/Page"
    let sizes = try FileManager.default.contentsOfDirectory(atPath: folder).compactMap { name in
      try FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")[.size] as? Int
    }

    #expect(sizes.reduce(0, +) < 200_000)
  }

  @Test func `whoever watches over the host reads its health, and on this machine its counters`() throws {
    let host = try HostUnderTest.onWeb(SchoolFolder(), ["--http-host", "desk.example"])
    let visitor = try host.visitor()
    let client = try host.client(signedInAs: Person.with("pupil"))
    try client.call("desktop/get")

    #expect(try visitor.ask("GET", "/health", [("Host", "desk.example")]).json() == ["status": "ok"])
    let counters = try visitor.ask("GET", "/metrics")

    #expect(counters.status == 200)
    #expect(counters.headers["content-type"]?.hasPrefix("text/plain; version=0.0.4") == true)
    let lines = counters.text.split(separator: "\n")
    #expect(lines.contains("esh_request_seconds_count{method=\"desktop/get\"} 1"))
    #expect(lines.contains("esh_plugin_state{plugin=\"school\",state=\"active\"} 1"))
    #expect(lines.contains("esh_connections 1"))
    for line in lines where !line.hasPrefix("#") {
      #expect(line.split(separator: " ").count == 2 && Double(line.split(separator: " ")[1]) != nil, "\(line)")
    }
    #expect(try visitor.ask("GET", "/metrics", [("Host", "desk.example")]).status == 404)
    #expect(try visitor.ask("GET", "/metrics", [("X-Forwarded-For", "10.0.0.1")]).status == 404)
  }
}
