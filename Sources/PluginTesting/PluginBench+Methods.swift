import PluginHost
import PluginKit
import ShellTesting

/// The bench as one function over JSON, for tests that are not written in Swift. `shell_testing.h` has the names.
extension PluginBench {
  /// A bench made of `shell_bench_open`'s options.
  public convenience init(_ options: JSONValue) async throws {
    func text(_ name: String) throws -> String {
      guard let text = options[name]?.string else { throw BenchTrouble("the options of a bench need \"\(name)\"") }
      return text
    }
    let answers = options["http"] ?? .emptyObject
    try await self.init(
      libraryIn: try text("library"), manifest: try text("manifest"),
      beside: try (options["beside"]?.array ?? []).map { try ScriptedPlugin($0) },
      at: options["at"]?.string ?? PluginBench.start, timeZone: options["timeZone"]?.string ?? "Europe/Moscow",
      relativeTo: "")
    answerHTTP { request in
      let asked = "\(request["method"]?.string ?? "") \(request["url"]?.string ?? "")"
      guard let answer = answers[asked] else { throw BenchTrouble("the options have no answer to '\(asked)'") }
      let headers = (answer["headers"]?.members ?? []).map { ($0.key, $0.value.string ?? "") }
      return HTTPAnswer(
        answer["status"]?.int ?? 200, answer["body"]?.string ?? "", headers: Dictionary(headers) { first, _ in first })
    }
  }

  /// One call of `shell_bench_call`.
  public func perform(_ method: String, _ given: JSONValue = .emptyObject) async throws -> JSONValue {
    let user = try BenchUser(given["as"])
    let params = given.removing("as")
    guard method.hasPrefix("bench/") else { return try await call(method, params, as: user) }
    func text(_ name: String) throws -> String {
      guard let text = params[name]?.string else { throw BenchTrouble("'\(method)' needs \"\(name)\", a string") }
      return text
    }
    let window = BenchWindow(self, user, ["id": params["window"] ?? .null])
    switch method {
    case "bench/open":
      if let type = params["window"]?.string {
        return try await open(window: type, params["arguments"] ?? .emptyObject, as: user).opened
      }
      return try await open(registry: try text("registry"), tab: params["tab"]?.string, as: user).opened
    case "bench/set": return try await window.set(params["values"] ?? .emptyObject).json
    case "bench/press": return try await window.press(try text("button"), row: params["row"]?.string).json
    case "bench/render": return ["text": JSONValue(try await window.rendered(width: params["width"]?.int ?? 80))]
    case "bench/ask": return try await ask(try text("service"), params["params"] ?? .emptyObject)
    case "bench/query": return JSONValue(try query(try text("sql"), params["bindings"] ?? .emptyArray))
    case "bench/events": return JSONValue(try events(params["name"]?.string).map(\.json))
    case "bench/jobs": return JSONValue(try jobs().map(\.json))
    case "bench/log": return JSONValue(log.map(\.json))
    case "bench/requests": return JSONValue(requests)
    case "bench/conduct": return conduct.json
    case "bench/now": return JSONValue(nowMs)
    case "bench/advance":
      if let ms = params["ms"]?.int64 {
        try await advance(by: .milliseconds(ms))
      } else {
        try await advance(to: text("to"))
      }
    case "bench/publish":
      try await publish(try text("event"), params["payload"] ?? .emptyObject, with: rows(params["rows"]))
    case "bench/replace": try replace(try text("view"), with: params["rows"]?.array ?? [])
    default: throw BenchTrouble("the bench has no method '\(method)'")
    }
    return .emptyObject
  }

  private func rows(_ json: JSONValue?) -> [String: [JSONValue]] {
    Dictionary((json?.members ?? []).map { ($0.key, $0.value.array ?? []) }) { _, last in last }
  }
}

extension ScriptedPlugin {
  /// Reads one of the options' `beside`.
  init(_ json: JSONValue) throws {
    guard let id = json["id"]?.string else { throw BenchTrouble("a played plugin needs an \"id\"") }
    var plugin = ScriptedPlugin(id, version: json["version"]?.string ?? "1.0.0")
    for (name, rows) in json["views"]?.members ?? [] { plugin = plugin.view(name, rows.array ?? []) }
    for registry in json["registries"]?.array ?? [] {
      plugin = plugin.registry(
        registry["id"]?.string ?? "", tab: registry["tab"]?.string ?? "all", of: registry["view"]?.string ?? "",
        columns: (registry["columns"]?.array ?? []).compactMap(\.string))
    }
    for (name, answer) in json["services"]?.members ?? [] { plugin = plugin.service(name) { _ in answer } }
    for name in json["events"]?.array ?? [] { plugin = plugin.event(name.string ?? "") }
    for (name, value) in json["contextKeys"]?.members ?? [] { plugin = plugin.contextKey(name, value) }
    self = plugin
  }
}

extension BenchUser {
  /// Reads who makes a call; an administrator when nobody is named.
  init(_ json: JSONValue?) throws {
    guard let json else {
      self = .administrator
      return
    }
    guard let login = json["login"]?.string else { throw BenchTrouble("\"as\" needs a \"login\"") }
    self.init(
      login, roles: (json["roles"]?.array ?? []).compactMap(\.string),
      language: json["language"]?.string.flatMap { Language(rawValue: $0) } ?? .ru)
  }
}

extension PublishedEvent {
  var json: JSONValue { ["name": JSONValue(name), "plugin": JSONValue(plugin), "payload": payload] }
}

extension ScheduledJob {
  var json: JSONValue {
    [
      "plugin": JSONValue(plugin), "name": JSONValue(name), "key": JSONValue(key), "dueAt": JSONValue(dueAtMs),
      "payload": payload, "attempt": JSONValue(attempt), "lastError": JSONValue(lastError),
    ]
  }
}

extension LogLine {
  var json: JSONValue {
    [
      "level": JSONValue(level), "message": JSONValue(message),
      "fields": JSONValue(members: fields.sorted { $0.key < $1.key }.map { ($0.key, JSONValue($0.value)) }),
    ]
  }
}

extension Conduct {
  var json: JSONValue {
    [
      "calls": JSONValue(calls), "failures": JSONValue(failures), "lateCompletions": JSONValue(lateCompletions),
      "denials": JSONValue(denials), "violations": JSONValue(violations),
    ]
  }
}
