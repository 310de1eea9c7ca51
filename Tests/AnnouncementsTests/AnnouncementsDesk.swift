import Foundation
import PluginKit
import ShellStore
import ShellTesting
import Testing

@testable import AnnouncementsPlugin
@testable import SchoolPlugin

/// A generated school with the example plugin, as clients meet it.
final class AnnouncementsDesk {
  /// 2026-11-23, a Monday, 12:00 in Moscow.
  static let start: Int64 = 1_795_424_400_000
  static let password = "пароль"

  let host: TestHost
  /// The administrator's.
  let client: TestClient

  init() async throws {
    host = try TestHost(
      [
        try Self.plugin("school", "Manifests/school.json", SchoolPlugin.definition),
        try Self.plugin(
          "announcements", "Plugins/Examples/Announcements/announcements.json", AnnouncementsPlugin.definition),
      ], startMs: Self.start)
    client = try await host.connect(owner: true)
    try await client.call("session/claim")
    try await run("school.generate", ["pupils": 60, "seed": 1, "password": JSONValue(Self.password)])
    // The plugin's tables are there from its first call on.
    try await run("announcements.readAll")
  }

  static func plugin(_ id: String, _ manifest: String, _ definition: PluginDefinition) throws -> TestPlugin {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let text = try String(contentsOf: root.appending(path: manifest), encoding: .utf8)
    let table = try unsafe #require(unsafe PluginEntry.table(definition, hostMajor: 1))
    return unsafe TestPlugin(id, manifest: try JSONValue(parsing: text), table: table)
  }

  func stop() async throws { try await host.stop() }

  @discardableResult
  func run(
    _ command: String, _ arguments: JSONValue = .emptyObject, as client: TestClient? = nil
  ) async throws -> JSONValue {
    try await (client ?? self.client).call(
      "command/execute", ["command": JSONValue(command), "arguments": arguments])["result"] ?? .null
  }

  func refusal(
    _ command: String, _ arguments: JSONValue, as client: TestClient? = nil
  ) async throws -> Refusal {
    let before = try traces()
    let refusal = await #expect(throws: Refusal.self) { try await self.run(command, arguments, as: client) }
    #expect(try traces() == before, "\(command) left something behind")
    return try #require(refusal)
  }

  /// What any change would leave.
  private func traces() throws -> [JSONValue] {
    try query(
      """
      SELECT (SELECT count(*) FROM announcements_announcements) AS announcements,
        (SELECT count(*) FROM announcements_readers WHERE read_at IS NOT NULL) AS marks,
        (SELECT count(*) FROM shell_events) AS events, (SELECT count(*) FROM shell_jobs) AS jobs,
        (SELECT count(*) FROM shell_audit WHERE action LIKE 'announcements.%') AS audit
      """)
  }

  /// Arguments of an announcement for everybody, until the end of the week.
  static func announcement(_ title: String, _ more: JSONValue = .emptyObject) -> JSONValue {
    let whole: JSONValue = [
      "title": JSONValue(title), "text": "Подробности у классного руководителя", "audience": "all",
      "until": "2026-11-27",
    ]
    return whole.merging(more)
  }

  @discardableResult
  func publish(
    _ title: String, _ more: JSONValue = .emptyObject, as client: TestClient? = nil
  ) async throws -> JSONValue {
    try await run("announcements.publish", Self.announcement(title, more), as: client)["announcement"] ?? .null
  }

  func signedIn(_ login: String?) async throws -> TestClient {
    let client = try await host.connect()
    try await client.call("session/login", ["login": JSONValue(login), "password": JSONValue(Self.password)])
    return client
  }

  /// Somebody who is this and nothing more, and meets the condition over `a`, the account.
  func login(of role: String, _ condition: String = "1") throws -> String {
    let found = try row(
      """
      SELECT a.login FROM school_v1_accounts a WHERE a.roles = '\(role)' AND a.blocked = 0 AND \(condition)
      ORDER BY a.id LIMIT 1
      """)
    return try #require(found["login"]?.string)
  }

  /// The number on the shortcut of whoever that client is; nil for none.
  func badge(_ client: TestClient) async throws -> JSONValue? {
    let shortcuts = try await client.call("desktop/get")["shortcuts"]?.array ?? []
    return try #require(shortcuts.first { $0["id"] == "announcements" }, "no shortcut")["badge"]
  }

  /// Titles of a tab's rows, in its order; the emphasized ones with a mark.
  func titles(_ tab: String = "mine", _ client: TestClient? = nil, _ query: JSONValue = .emptyObject) async throws
    -> [String]
  {
    let question: JSONValue = ["registry": "announcements", "tab": JSONValue(tab)]
    let page = try await (client ?? self.client).call("registry/query", question.merging(query))
    return (page["rows"]?.array ?? []).map { row in
      (row["emphasis"] == nil ? "" : "! ") + (row["cells"]?["title"]?.string ?? "")
    }
  }

  /// Rows as the host itself may read them.
  func query(_ sql: String) throws -> [JSONValue] {
    try host.store.transact(.read) { try $0.query(sql, JSONValue.emptyArray, policy: nil).array ?? [] }
  }

  func row(_ sql: String) throws -> JSONValue { try #require(try query(sql).first, "\(sql)") }

  /// Events and jobs that are due at an instant are done when this returns.
  func settle(at ms: Int64? = nil) async {
    if let ms { host.clock.advance(toMs: ms) }
    await host.plugins.runDue(upTo: host.clock.nowMs)
  }

  /// The window that an outcome has opened.
  func opened(_ outcome: JSONValue) throws -> JSONValue {
    try #require(outcome["effects"]?.array?.last { $0["type"] == "openWindow" }?["window"], "\(outcome.text())")
  }
}
