import ChatsPlugin
import CShellPlugin
import ClassJournalPlugin
import Foundation
import PluginHost
import PluginKit
import SchoolPlugin
import ShellStore
import ShellTesting
import Testing

@testable import VideoconferencesPlugin

/// A generated school with its chats, its journal and its conferences over the real C ABI, as clients meet them, on a
/// clock that stands. Of the platform and of bindings there is what a test says of them.
final class ConferenceDesk {
  /// 2026-11-23, a Monday, 12:00 in Moscow.
  static let start: Int64 = 1_795_424_400_000
  static let today = "2026-11-23"

  let host: TestHost
  /// The administrator's, who has no person.
  let owner: TestClient

  init() async throws {
    host = try TestHost(
      [
        try Self.plugin("school", SchoolPlugin.definition), try Self.plugin("chats", ChatsPlugin.definition),
        try Self.plugin("class-journal", ClassJournalPlugin.definition),
        try Self.plugin("videoconferences", VideoconferencesPlugin.definition),
        try Self.plugin("max-platform", ToldPlatform.definition, ToldPlatform.manifest),
        try Self.plugin("sferum-binding", ToldBinding.definition, ToldBinding.manifest),
      ], startMs: Self.start)
    owner = try await host.connect(owner: true)
    try await owner.call("session/claim")
    try await run("school.generate", ["pupils": 60, "seed": 1, "password": "пароль"])
    // The tables are there from the first look on.
    try await owner.call("registry/query", ["registry": "sferum", "tab": "conferences"])
    await settle()
  }

  private static func plugin(
    _ id: String, _ definition: PluginDefinition, _ manifest: JSONValue? = nil
  ) throws -> TestPlugin {
    let table = try unsafe #require(unsafe PluginEntry.table(definition, hostMajor: 1))
    return unsafe TestPlugin(id, manifest: try manifest ?? ours(id), table: table)
  }

  private static func ours(_ id: String) throws -> JSONValue {
    let file = URL(filePath: #filePath).appending(path: "../../../../Manifests/\(id).json").standardized
    return try JSONValue(parsing: String(contentsOf: file, encoding: .utf8))
  }

  /// A desk for one test, ended with it.
  static func with(_ body: (ConferenceDesk) async throws -> Void) async throws {
    let desk = try await ConferenceDesk()
    do { try await body(desk) } catch {
      // try?: the test has failed already.
      try? await desk.host.stop()
      throw error
    }
    try await desk.host.stop()
  }

  // MARK: Time

  /// Events and jobs that are due are done when this returns.
  func settle() async { await host.plugins.runDue(upTo: host.clock.nowMs) }

  /// Moves the clock from due instant to due instant, to a time of the day on which it stands at first.
  func advance(to time: String, on day: String = ConferenceDesk.today) async throws {
    await host.plugins.runDue(upTo: try instant(day, time))
  }

  /// The clock is found at another time, and nobody looked meanwhile.
  func jump(to time: String, on day: String = ConferenceDesk.today) async throws {
    host.clock.advance(toMs: try instant(day, time))
    await settle()
  }

  /// In Moscow.
  func instant(_ day: String, _ time: String) throws -> Int64 {
    let midnight = try #require(
      try query("SELECT unixepoch(?) AS at", [JSONValue("\(day)T\(time):00+03:00")]).first?["at"]?.int64)
    return midnight * 1000
  }

  // MARK: What people do

  @discardableResult
  func run(
    _ command: String, _ arguments: JSONValue = .emptyObject, as client: TestClient? = nil
  ) async throws -> JSONValue {
    let outcome = try await (client ?? owner).call(
      "command/execute", ["command": JSONValue(command), "arguments": arguments])
    await settle()
    return outcome["result"] ?? .null
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
      SELECT (SELECT count(*) FROM videoconferences_conferences) AS conferences,
        (SELECT sum(revision) FROM videoconferences_conferences) AS revisions,
        (SELECT count(*) FROM videoconferences_participants) AS people,
        (SELECT count(*) FROM shell_audit WHERE action LIKE 'videoconferences.%') AS audit
      """)
  }

  func signedIn(_ login: String) async throws -> TestClient {
    let client = try await host.connect()
    try await client.call("session/login", ["login": JSONValue(login), "password": "пароль"])
    return client
  }

  func signedIn(person: String) async throws -> TestClient {
    try await signedIn(try text("SELECT login FROM school_v1_accounts WHERE person_id = '\(person)'"))
  }

  /// Adds a conference; its id.
  func add(_ arguments: JSONValue, as client: TestClient? = nil) async throws -> String {
    try #require(try await run(SaveConference.add, arguments, as: client)["conference"]?.string)
  }

  /// A call in a chat, today.
  func callArguments(
    _ chat: String, _ starts: String = "15:00", _ ends: String = "15:45", name: String = "Созвон"
  ) -> JSONValue {
    [
      "kind": "call", "chat": JSONValue(chat), "name": JSONValue(name), "date": JSONValue(Self.today),
      "starts": JSONValue(starts), "ends": JSONValue(ends),
    ]
  }

  func bind(_ person: String) throws {
    try write("INSERT INTO sferum_binding_all VALUES (?, 'bound')", [JSONValue(person)])
  }

  // MARK: What the platform tells

  /// Says how a conference stands on the platform.
  func tell(_ conference: String, _ state: String, _ more: JSONValue = .emptyObject) async throws {
    let told: JSONValue = ["conferenceId": JSONValue(conference), "state": JSONValue(state)]
    _ = try await host.plugins.call(
      PluginCall(.service, "platform.conference.tell", params: told.merging(more), trace: "test"))
    await settle()
  }

  /// It has begun, now.
  func tellActive(_ conference: String) async throws {
    try await tell(
      conference, "active",
      ["link": "https://max.ru/joincall/\(conference)", "startedAt": JSONValue(host.clock.nowMs)])
  }

  /// What the platform was handed of a conference, oldest first.
  func handed(_ conference: String) throws -> [JSONValue] {
    try query(
      "SELECT body FROM max_platform_put WHERE conference_id = ? ORDER BY n", [JSONValue(conference)]
    ).map { try JSONValue(parsing: $0["body"]?.string ?? "") }
  }

  /// The phases in which it was handed over, each once.
  func phases(_ conference: String) throws -> [String] {
    try handed(conference).compactMap { $0["phase"]?.string }.reduce(into: []) { phases, phase in
      if phases.last != phase { phases.append(phase) }
    }
  }

  // MARK: What became of it

  /// Rows as the host itself may read them.
  func query(_ sql: String, _ arguments: JSONValue = .emptyArray) throws -> [JSONValue] {
    try host.store.transact(.read) { try $0.query(sql, arguments, policy: nil).array ?? [] }
  }

  func text(_ sql: String) throws -> String {
    try #require(try query(sql).first?.members?.first?.value.string, "nothing: \(sql)")
  }

  func write(_ sql: String, _ arguments: JSONValue = .emptyArray) throws {
    _ = try host.store.transact(.write) { try $0.query(sql, arguments, policy: nil) }
  }

  func conference(_ id: String) throws -> JSONValue {
    try #require(try query("SELECT * FROM videoconferences_conferences WHERE id = ?", [JSONValue(id)]).first)
  }

  func status(_ id: String) throws -> String { try conference(id)["status"]?.string ?? "" }

  /// The persons on a side.
  func people(_ id: String, _ side: ConferenceSide) throws -> Set<String> {
    Set(
      try query(
        "SELECT person_id FROM videoconferences_participants WHERE conference_id = ? AND side = ?",
        [JSONValue(id), JSONValue(side.rawValue)]
      ).compactMap { $0["person_id"]?.string })
  }
}
