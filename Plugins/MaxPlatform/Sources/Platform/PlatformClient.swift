import PluginKit

/// The platform's HTTP operations, each one request. Address and token are read at each use: the embedded
/// platform's address may be another one after a restart.
struct PlatformClient: Sendable {
  /// Milliseconds for one exchange; a person waits five seconds for the first word.
  static let timeoutMs: Int64 = 10_000

  /// What is listened for.
  static let updateTypes = [
    "message_callback", "bot_started", "user_added", "user_removed", "chat_title_changed", "bot_added", "bot_removed",
    "bot_admin_permissions_changed",
  ].joined(separator: ",")

  let host: Host

  func createBinding(_ body: String, idempotencyKey: String) async throws(PlatformFailure) -> PlatformBinding {
    let answer = try await send(
      "POST", "/sferum/v1/bindings", body: body, headers: ["Idempotency-Key": idempotencyKey])
    return try PlatformBinding(answer)
  }

  func binding(_ id: String) async throws(PlatformFailure) -> PlatformBinding {
    try PlatformBinding(try await send("GET", "/sferum/v1/bindings/\(URLText.encoded(id))"))
  }

  /// The binding of an ESh user: the linked one first, else the newest.
  func binding(ofUser id: String) async throws(PlatformFailure) -> PlatformBinding {
    try PlatformBinding(try await send("GET", "/sferum/v1/bindings", query: [("external_user_id", id)]))
  }

  func deleteBinding(_ id: String) async throws(PlatformFailure) {
    _ = try await send("DELETE", "/sferum/v1/bindings/\(URLText.encoded(id))")
  }

  /// Returns the message's id.
  func sendMessage(to member: Int64, _ message: JSONValue) async throws(PlatformFailure) -> String? {
    let answer = try await send("POST", "/messages", query: [("user_id", "\(member)")], body: message.text())
    return answer["message"]?["body"]?["mid"]?.string
  }

  /// One page, newest first, at most 100; both bounds are inclusive instants of the platform's clock.
  func messages(chat: Int64, after: Int64, before: Int64?) async throws(PlatformFailure) -> [JSONValue] {
    var query = [("chat_id", "\(chat)"), ("after", "\(after)"), ("count", "100")]
    if let before { query.append(("before", "\(before)")) }
    return try await send("GET", "/messages", query: query)["messages"]?.array ?? []
  }

  func editMessage(_ mid: String, _ message: JSONValue) async throws(PlatformFailure) {
    _ = try await send("PUT", "/messages", query: [("message_id", mid)], body: message.text())
  }

  func answerCallback(_ id: String, _ message: JSONValue) async throws(PlatformFailure) {
    let body: JSONValue = ["message": message]
    _ = try await send("POST", "/answers", query: [("callback_id", id)], body: body.text())
  }

  /// Waits on the platform's side for `seconds` at most.
  func updates(after marker: Int64?, seconds: Int) async throws(PlatformFailure) -> JSONValue {
    var query = [("limit", "100"), ("timeout", "\(seconds)"), ("types", Self.updateTypes)]
    if let marker { query.append(("marker", "\(marker)")) }
    return try await send("GET", "/updates", query: query, timeoutMs: Int64(seconds) * 1000 + 10_000)
  }

  /// One exchange. `isResult`: tells of an answer that calls itself unsuccessful whether it is a result all the same.
  func send(
    _ method: String, _ path: String, query: [(String, String)] = [], body: String? = nil,
    headers: [String: String] = [:], timeoutMs: Int64 = timeoutMs, isResult: (JSONValue) -> Bool = { _ in false }
  ) async throws(PlatformFailure) -> JSONValue {
    let settings = host.settings
    guard let base = settings["platformURL"]?.string, !base.isEmpty else { throw .unreachable("not.configured") }
    var headers = headers
    headers["Authorization"] = settings["platformToken"]?.string ?? ""
    headers["Accept"] = "application/json"
    if body != nil { headers["Content-Type"] = "application/json; charset=utf-8" }
    let url = URLText.joined(base, path, query)
    let request = HTTPRequest(method, url, headers: headers, body: body, timeoutMs: timeoutMs)
    let response: HTTPResponse
    do {
      response = try await host.fetch(request)
    } catch {
      throw .unreachable((error as? PluginError)?.kind ?? "http.failed")
    }
    let json = response.json
    if (200..<300).contains(response.status), let json, json.isObject, isResult(json) { return json }
    return try RawAnswer(status: response.status, headers: response.headers, body: json).decoded()
  }
}

/// Builds addresses without a library: percent-encodes everything that is not unreserved.
package enum URLText {
  package static func joined(_ base: String, _ path: String, _ query: [(String, String)]) -> String {
    let trimmed = base.hasSuffix("/") ? String(base.dropLast()) : base
    guard !query.isEmpty else { return trimmed + path }
    return trimmed + path + "?" + query.map { "\(encoded($0.0))=\(encoded($0.1))" }.joined(separator: "&")
  }

  package static func encoded(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: bytes.append(byte)
      default: bytes += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
