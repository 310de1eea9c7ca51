import Foundation
import PluginKit
import ShellTesting
import Testing

@testable import SchoolPlugin

/// A school's desktop in this process: the forms as a client meets them.
final class SchoolDesk {
  let host: TestHost
  let client: TestClient

  /// A generated school, with its administrator at the desktop.
  init(pupils: Int = 20) async throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Manifests/school.json")
    let manifest = try JSONValue(parsing: String(contentsOf: file, encoding: .utf8))
    let table = try unsafe #require(unsafe PluginEntry.table(SchoolPlugin.definition, hostMajor: 1))
    host = try TestHost([unsafe TestPlugin("school", manifest: manifest, table: table)], startMs: SchoolBench.start)
    client = try await host.connect(owner: true)
    try await client.call("session/claim")
    // Its audit line is written beside the desk.
    host.shell.finishWrites()
    try await run("school.generate", ["pupils": JSONValue(pupils), "seed": 1, "password": "пароль"])
  }

  func stop() async throws { try await host.stop() }

  @discardableResult
  func run(_ command: String, _ arguments: JSONValue = .emptyObject) async throws -> JSONValue {
    try await client.call("command/execute", ["command": JSONValue(command), "arguments": arguments])
  }

  /// Opens a registry from «Пуск».
  func registry(_ title: String) async throws -> DeskWindow {
    try window(try await client.call("startMenu/open", ["path": ["Реестры", JSONValue(title)]]))
  }

  /// The window that an outcome opens last.
  func window(_ outcome: JSONValue) throws -> DeskWindow {
    let effect = outcome["effects"]?.array?.last { $0["type"] == "openWindow" }
    return DeskWindow(self, try #require(effect?["window"], "\(outcome.text())"))
  }

  /// Rows of a registry.
  func rows(_ registry: String, search: String) async throws -> [JSONValue] {
    let page = try await client.call("registry/query", ["registry": JSONValue(registry), "search": JSONValue(search)])
    return page["rows"]?.array ?? []
  }
}

/// An open window, as a person uses it.
struct DeskWindow {
  let desk: SchoolDesk
  let json: JSONValue

  init(_ desk: SchoolDesk, _ json: JSONValue) {
    self.desk = desk
    self.json = json
  }

  var id: JSONValue { json["id"] ?? "" }
  var title: String { json["title"]?.string ?? "" }
  var text: String { json["text"]?.string ?? "" }

  func now() async throws -> JSONValue { try await desk.client.call("window/get", ["window": id]) }

  func field(_ field: String) async throws -> JSONValue {
    try #require(try await now()["fields"]?.array?.first { $0["id"]?.string == field })
  }

  func button(_ button: String) async throws -> JSONValue? {
    try await now()["buttons"]?.array?.first { $0["id"]?.string == button }
  }

  @discardableResult
  func set(_ values: JSONValue) async throws -> JSONValue {
    try await desk.client.call("window/set", ["window": id, "values": values])
  }

  @discardableResult
  func press(_ button: String) async throws -> JSONValue {
    try await desk.client.call("window/press", ["window": id, "button": JSONValue(button)])
  }

  func open(_ button: String) async throws -> DeskWindow { try desk.window(try await press(button)) }

  func select(_ table: String, _ rows: [JSONValue]) async throws {
    try await desk.client.call(
      "window/select", ["window": id, "table": JSONValue(table), "rows": JSONValue(rows)])
  }

  func rows(_ table: String) async throws -> [JSONValue] {
    try await desk.client.call("table/query", ["window": id, "table": JSONValue(table)])["rows"]?.array ?? []
  }

  /// Opens the picker behind a button, marks rows and presses «Выбрать».
  func pick(_ button: String, _ rows: [JSONValue]) async throws {
    let picker = try await open(button)
    #expect(picker.json["kind"] == "picker")
    try await picker.select("rows", rows)
    try await picker.press("select")
  }

  /// Selects a row of a registry and presses a button over it.
  func open(_ button: String, on row: JSONValue) async throws -> DeskWindow {
    let table = json["tables"]?[0]?["id"]?.string ?? ""
    try await select(table, [row])
    return try await open(button)
  }

  /// Presses the button that saves; the form must be gone then.
  func save(_ button: String = "save") async throws -> JSONValue {
    let outcome = try await press(button)
    let closed = outcome["effects"]?.array?.contains { $0["type"] == "closeWindow" && $0["id"] == id } ?? false
    #expect(closed, "\(outcome.text())")
    return outcome["result"] ?? .null
  }
}
