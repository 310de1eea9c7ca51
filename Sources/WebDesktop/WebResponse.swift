import Jansson
import NIOCore
import NIOHTTP1
import ShellProtocol

/// What a request is answered with.
struct WebResponse: Sendable {
  var status: HTTPResponseStatus
  var headers: [(name: String, value: String)] = []
  var body = ByteBuffer()

  init(_ status: HTTPResponseStatus) { self.status = status }

  /// One line for a person with a terminal.
  init(_ status: HTTPResponseStatus, text: String) {
    self.init(status)
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store")]
    body = ByteBuffer(string: text + "\n")
  }

  init(_ status: HTTPResponseStatus, json: JSONValue) {
    self.init(status)
    headers = [("Content-Type", "application/json"), ("Cache-Control", "no-store")]
    body = ByteBuffer(bytes: json.bytes())
  }

  /// A refusal as the wire has it: `{code, message, data}`.
  init(_ status: HTTPResponseStatus, _ error: WireError, _ locale: Locale) {
    self.init(status, json: error.json(locale))
  }

  init(file: PageFile, condition: String?) {
    let isKnown = condition.map { PageFiles.matches($0, file.tag) } ?? false
    self.init(isKnown ? .notModified : .ok)
    // Asked for again each time, and answered in a line: a new program brings a new page at once.
    headers = [("Cache-Control", "no-cache"), ("ETag", file.tag)]
    if !isKnown {
      headers.append(("Content-Type", file.type))
      body = file.body
    }
  }

  /// The same with one header more.
  func with(_ name: String, _ value: String) -> WebResponse {
    var response = self
    response.headers.append((name, value))
    return response
  }

  /// On every answer. Scripts and styles come from this host alone and stand in files of their own; nobody may put the
  /// page into a frame; what it asks for never says where from. `connect-src` names the WebSocket too, for browsers to
  /// whom 'self' does not mean ws:.
  static func protection(host: String) -> [(String, String)] {
    let sockets = Authority(host) == nil ? "" : " ws://\(host) wss://\(host)"
    return [
      (
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'\(sockets); "
          + "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
      ),
      ("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "DENY"), ("Referrer-Policy", "no-referrer"),
      ("Cross-Origin-Opener-Policy", "same-origin"), ("Cross-Origin-Resource-Policy", "same-origin"),
      ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
    ]
  }
}
