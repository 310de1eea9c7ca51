import Foundation
import PluginKit
import ShellStore
import ShellTesting
import Testing

@testable import ClassJournalPlugin
@testable import SchoolPlugin

/// A generated school with its journal, and a plugin that knows who was at lessons: the journal as clients meet it.
final class JournalDesk {
  /// 2026-11-23, a Monday, 12:00 in Moscow.
  static let start: Int64 = 1_795_424_400_000
  static let today = "2026-11-23"

  let host: TestHost
  /// The administrator's.
  let client: TestClient

  init(pupils: Int = 60) async throws {
    host = try TestHost(
      [
        try Self.plugin("school", SchoolPlugin.definition),
        try Self.plugin("class-journal", ClassJournalPlugin.definition),
        try PresencePlugin.plugin(),
      ], startMs: Self.start)
    client = try await host.connect(owner: true)
    try await client.call("session/claim")
    // Its audit line is written beside the desk.
    host.shell.finishWrites()
    try await run("school.generate", ["pupils": JSONValue(pupils), "seed": 1, "password": "пароль"])
    // The journal's tables are there from its first call on.
    try await run("journal.open")
  }

  private static func plugin(_ id: String, _ definition: PluginDefinition) throws -> TestPlugin {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Manifests/\(id).json")
    let table = try unsafe #require(unsafe PluginEntry.table(definition, hostMajor: 1))
    return unsafe TestPlugin(
      id, manifest: try JSONValue(parsing: String(contentsOf: file, encoding: .utf8)), table: table)
  }

  func stop() async throws { try await host.stop() }

  @discardableResult
  func run(
    _ command: String, _ arguments: JSONValue = .emptyObject, as client: TestClient? = nil
  ) async throws -> JSONValue {
    try await (client ?? self.client).call(
      "command/execute", ["command": JSONValue(command), "arguments": arguments])["result"] ?? .null
  }

  /// How a command is refused; what it must leave behind is nothing.
  func refusal(
    _ command: String, _ arguments: JSONValue, as client: TestClient? = nil
  ) async throws -> Refusal {
    let before = try traces()
    let refusal = await #expect(throws: Refusal.self) { try await self.run(command, arguments, as: client) }
    #expect(try traces() == before, "\(command) left something behind")
    return try #require(refusal)
  }

  private func traces() throws -> [JSONValue] {
    try query(
      """
      SELECT (SELECT count(*) FROM class_journal_lessons) AS lessons, (SELECT sum(held) FROM class_journal_lessons) AS held,
        (SELECT count(*) FROM class_journal_attendance WHERE present IS NOT NULL) AS marks,
        (SELECT count(*) FROM shell_events) AS events,
        (SELECT count(*) FROM shell_audit WHERE action LIKE 'journal.%') AS audit
      """)
  }

  func signedIn(_ login: String) async throws -> TestClient {
    let client = try await host.connect()
    try await client.call("session/login", ["login": JSONValue(login), "password": "пароль"])
    return client
  }

  /// Rows as the host itself may read them.
  func query(_ sql: String) throws -> [JSONValue] {
    try host.store.transact(.read) { try $0.query(sql, JSONValue.emptyArray, policy: nil).array ?? [] }
  }

  func row(_ sql: String) throws -> JSONValue { try #require(try query(sql).first, "\(sql)") }

  func execute(_ sql: String) throws {
    _ = try host.store.transact(.write) { try $0.query(sql, JSONValue.emptyArray, policy: nil) }
  }

  /// Events and jobs that are due are done when this returns.
  func settle() async { await host.plugins.runDue(upTo: host.clock.nowMs) }

  // MARK: Who and what there is

  /// A lesson of today: `held`: that is over, else one of the afternoon or of a day to come.
  func lesson(begun: Bool = true) throws -> JSONValue {
    let when = begun ? "l.date = '\(Self.today)' AND l.ends < '12:00'" : "l.date > '\(Self.today)'"
    return try row(
      """
      SELECT l.id, l.date, l.starts, l.group_id, l.group_title, g.subject, a.login AS teacher, gc.class_id, c.title AS class
      FROM school_lessons l JOIN school_groups g ON g.id = l.group_id JOIN school_employees e ON e.id = g.teacher_id
      JOIN school_accounts a ON a.person_id = e.person_id JOIN school_group_classes gc ON gc.group_id = g.id
      JOIN school_classes c ON c.id = gc.class_id
      WHERE \(when) AND c.homeroom_teacher_id IS NOT g.teacher_id ORDER BY l.date, l.n LIMIT 1
      """)
  }

  func topic(_ group: JSONValue?, number: Int = 1) throws -> JSONValue {
    try row(
      "SELECT id, title FROM school_plan_topics WHERE group_id = '\(group?.string ?? "")' AND number = \(number)")
  }

  // MARK: Windows

  /// «Пуск/Классный журнал/Журнал» with a class, a subject and a group chosen.
  func grid(_ lesson: JSONValue, as client: TestClient? = nil) async throws -> JournalWindow {
    let client = client ?? self.client
    let window = try JournalWindow.opened(
      client, try await client.call("startMenu/open", ["path": ["Классный журнал", "Журнал"]]))
    for (field, value) in [("class", "class_id"), ("subject", "subject"), ("group", "group_id")] {
      guard try await window.field(field)["value"] != lesson[value] else { continue }
      try await window.set([field: lesson[value] ?? .null])
    }
    return window
  }

  /// «Журнал на урок», opened by its date in the grid.
  func lessonWindow(_ lesson: JSONValue, as client: TestClient? = nil) async throws -> JournalWindow {
    let grid = try await grid(lesson, as: client)
    return try JournalWindow.opened(grid.client, try await grid.press("lesson.\(lesson["id"]?.string ?? "")"))
  }
}

/// An open window, as a person uses it.
struct JournalWindow {
  let client: TestClient
  let json: JSONValue

  static func opened(_ client: TestClient, _ outcome: JSONValue) throws -> JournalWindow {
    let effect = outcome["effects"]?.array?.last { $0["type"] == "openWindow" }
    return JournalWindow(client: client, json: try #require(effect?["window"], "\(outcome.text())"))
  }

  var id: JSONValue { json["id"] ?? "" }

  func now() async throws -> JSONValue { try await client.call("window/get", ["window": id]) }

  func field(_ id: String) async throws -> JSONValue {
    try #require(try await now()["fields"]?.array?.first { $0["id"]?.string == id })
  }

  /// A shown button by its label.
  func button(_ label: String) async throws -> JSONValue? {
    try await now()["buttons"]?.array?.first { $0["label"]?.string == label && $0["visible"] == true }
  }

  func columns(_ table: String) async throws -> [JSONValue] {
    let found = try await now()["tables"]?.array?.first { $0["id"]?.string == table }
    return found?["columns"]?.array ?? []
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

  func mark(_ pupil: JSONValue?, present: JSONValue) async throws {
    try await client.call(
      "window/edit", ["window": id, "table": "attendance", "row": pupil ?? "", "values": ["present": present]])
  }

  /// Chooses a row of the picker that a press has opened.
  func choose(_ row: JSONValue?, after outcome: JSONValue) async throws {
    let picker = try JournalWindow.opened(client, outcome)
    #expect(picker.json["kind"] == "picker")
    try await client.call("window/select", ["window": picker.id, "table": "rows", "rows": [row ?? ""]])
    try await picker.press("select")
  }

  /// Waits until the client is told that a field has that value.
  func told(_ field: String, _ value: JSONValue) async {
    _ = await client.notification("window/didChange") { [id] params in
      params["window"] == id
        && params["changed"]?["fields"]?.array?.contains { $0["id"]?.string == field && $0["value"] == value } == true
    }
  }

  /// Waits until the client is told that a column has, or has not, a bold heading.
  func told(column: JSONValue?, bold: Bool) async {
    _ = await client.notification("window/didChange") { [id] params in
      params["window"] == id
        && params["changed"]?["tables"]?[0]?["columns"]?.array?.contains {
          $0["id"] == column && ($0["emphasis"] == "bold") == bold
        } == true
    }
  }
}
