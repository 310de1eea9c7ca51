import PluginKit
import ShellTesting
import Testing

/// «Видеоконференция Сферума: …» as a person uses it.
struct ConferenceScreen {
  let client: TestClient
  let id: JSONValue

  /// By «Добавить» in the registry's tab, or by «Изменить» over a conference.
  static func open(
    _ desk: ConferenceDesk, as client: TestClient, conference: String? = nil
  ) async throws -> ConferenceScreen {
    let registry = try Opened.window(
      try await client.call("startMenu/open", ["path": ["Реестры", "Сферум", "Видеоконференции"]]))
    let window = registry["id"] ?? ""
    if let conference {
      try await client.call(
        "window/select", ["window": window, "table": "conferences", "rows": [JSONValue(conference)]])
    }
    let label = conference == nil ? "Добавить" : "Изменить"
    let button = registry["buttons"]?.array?.first { $0["label"]?.string == label && $0["tab"] == "conferences" }
    let outcome = try await client.call("window/press", ["window": window, "button": button?["id"] ?? ""])
    return ConferenceScreen(client: client, id: try Opened.window(outcome)["id"] ?? "")
  }

  func now() async throws -> JSONValue { try await client.call("window/get", ["window": id]) }

  func field(_ id: String) async throws -> JSONValue {
    try #require(try await now()["fields"]?.array?.first { $0["id"]?.string == id })
  }

  func shownTabs() async throws -> [String] {
    (try await now()["tabs"]?.array ?? []).filter { $0["visible"] == true }.compactMap { $0["title"]?.string }
  }

  func rows(_ table: String) async throws -> [JSONValue] {
    try await client.call("table/query", ["window": id, "table": JSONValue(table), "limit": 200])["rows"]?.array ?? []
  }

  @discardableResult
  func set(_ values: JSONValue) async throws -> JSONValue {
    try await client.call("window/set", ["window": id, "values": values])
  }

  @discardableResult
  func press(_ button: String) async throws -> JSONValue {
    try await client.call("window/press", ["window": id, "button": JSONValue(button)])
  }
}
