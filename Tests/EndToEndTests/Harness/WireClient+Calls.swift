import Jansson

/// The host's error answer to a request.
struct Refusal: Error, CustomStringConvertible {
  let error: JSONValue

  var code: Int { error["code"]?.int ?? 0 }
  var kind: String { error["data"]?["kind"]?.string ?? "" }
  var message: String { error["message"]?.string ?? "" }
  var data: JSONValue { error["data"] ?? .null }
  var description: String { "refused: \(error.text())" }
}

extension WireClient {
  /// Sends a request and answers with its id, without waiting.
  func begin(_ method: String, _ params: JSONValue = .emptyObject, id: JSONValue? = nil) throws -> JSONValue {
    let id = id ?? newID()
    try send(["jsonrpc": "2.0", "id": id, "method": JSONValue(method), "params": params])
    return id
  }

  func notify(_ method: String, _ params: JSONValue = .emptyObject) throws {
    try send(["jsonrpc": "2.0", "method": JSONValue(method), "params": params])
  }

  /// The whole answer to request `id`.
  func answer(to id: JSONValue, within seconds: Double = 20) throws -> JSONValue {
    if let answer = try first(within: seconds, where: { $0["method"] == nil && $0["id"] == id }) { return answer }
    throw TestTrouble("no answer to \(id.text()) within \(seconds) s\(hasEnded ? ", the connection has ended" : "")")
  }

  /// Calls and waits; a refusal is thrown as `Refusal`.
  @discardableResult
  func call(_ method: String, _ params: JSONValue = .emptyObject, within seconds: Double = 20) throws -> JSONValue {
    let answer = try answer(to: begin(method, params), within: seconds)
    if let error = answer["error"] { throw Refusal(error: error) }
    guard let result = answer["result"] else { throw TestTrouble("neither result nor error: \(answer.text())") }
    return result
  }

  /// Calls what must be refused.
  func refusal(_ method: String, _ params: JSONValue = .emptyObject, within seconds: Double = 20) throws -> Refusal {
    do {
      let result = try call(method, params, within: seconds)
      throw TestTrouble("\(method) was not refused: \(result.text().prefix(400))")
    } catch let refusal as Refusal {
      return refusal
    }
  }

  @discardableResult
  func initialize(locale: String = "ru") throws -> JSONValue {
    let welcome = try call("initialize", ["clientInfo": ["name": "e2e", "version": "1"], "locale": JSONValue(locale)])
    try notify("initialized")
    return welcome
  }

  @discardableResult
  func signIn(_ person: Person) throws -> JSONValue {
    try call("session/login", ["login": JSONValue(person.login), "password": JSONValue(SchoolFolder.password)])
  }
}
