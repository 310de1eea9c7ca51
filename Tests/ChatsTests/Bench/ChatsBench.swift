import CShellPlugin
import ChatsPlugin
import Foundation
import Logging
import MaxPlatformPlugin
import PluginHost
import PluginKit
import SchoolPlugin
import ShellStore
import ShellTime
import Testing

@testable import PluginHost

/// The real school and the chats behind the real plugin host, over the C ABI, on a database of their own and a clock
/// that stands. The platform's plugin is a stub, or the real one beside a real platform.
final class ChatsBench: Sendable {
  let host: PluginHost
  let store: Store
  let clock: ManualClock
  let platform: PlatformBeside?
  private let folder: String

  /// 2026-11-23, a Monday, 12:00 in Moscow.
  static let start: Int64 = 1_795_424_400_000

  init(platform: PlatformBeside? = nil, without: Set<String> = []) throws {
    self.platform = platform
    folder = FileManager.default.temporaryDirectory.path + "/chats-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    clock = platform?.clock ?? ManualClock(Self.start)
    store = try Store(path: "\(folder)/esh.sqlite", clock: clock)
    let platformTable = unsafe platform == nil ? Tables.stub : Tables.platform
    let url = platform?.url
    let settings: JSONValue =
      platform.map { ["platformURL": JSONValue($0.url), "platformToken": JSONValue($0.simulator.botToken)] }
      ?? .emptyObject
    let configuration = PluginHostConfiguration(
      http: platform?.network, platformURL: { url }, settings: { _ in settings },
      inProcess: [
        "school": unsafe try .inProcess(try #require(Tables.school)),
        "chats": unsafe try .inProcess(try #require(Tables.chats)),
        "max-platform": unsafe try .inProcess(try #require(platformTable)),
        "sferum-binding": unsafe try .inProcess(try #require(Tables.binding)),
      ], activationLimitMs: 120_000, jitter: { 0 })
    let manifests = try Self.manifests(withPlatform: platform != nil).filter { !without.contains($0.id) }
    host = PluginHost(
      configuration, catalog: PluginHost.catalogSource(manifests), store: store, clock: clock,
      logger: Logger(label: "test"))
    store.setCommitObserver { [weak self] change in self?.host.committed(change) }
    host.start()
  }

  private static func manifests(withPlatform: Bool) throws -> [Manifest] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../Manifests")
    let real = try (["school.json", "chats.json"] + (withPlatform ? ["max-platform.json"] : [])).map { name in
      try Manifest(parsing: Array(Data(contentsOf: folder.appending(path: name))), file: name)
    }
    let binding = try Manifest(parsing: StubBinding.manifest.bytes(), file: "sferum-binding.json")
    guard !withPlatform else { return real + [binding] }
    return real + [try Manifest(parsing: StubPlatform.manifest.bytes(), file: "max-platform.json"), binding]
  }

  /// A bench with a school in it whose chats are made.
  static func generated(
    pupils: Int = 60, seed: Int = 1, platform: PlatformBeside? = nil, without: Set<String> = []
  ) async throws -> ChatsBench {
    let bench = try ChatsBench(platform: platform, without: without)
    try await bench.run(
      "school.generate", ["pupils": JSONValue(pupils), "seed": JSONValue(seed), "password": "пароль"])
    await bench.settle()
    return bench
  }

  deinit {
    host.stop()
    // try?: the test is over; a folder that stays behind is in a temporary place.
    try? store.close()
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// Events and jobs that are due, until there are none.
  func settle() async { await host.runDue(upTo: clock.nowMs) }

  func advance(to ms: Int64) async { await host.runDue(upTo: ms) }
}

@safe private enum Tables {
  static var school: UnsafePointer<shell_plugin>? {
    unsafe PluginEntry.table(SchoolPlugin.definition, hostMajor: 1)
  }
  static var chats: UnsafePointer<shell_plugin>? { unsafe PluginEntry.table(ChatsPlugin.definition, hostMajor: 1) }
  static var stub: UnsafePointer<shell_plugin>? {
    unsafe PluginEntry.table(StubPlatform.definition, hostMajor: 1)
  }
  static var platform: UnsafePointer<shell_plugin>? {
    unsafe PluginEntry.table(MaxPlatform.definition, hostMajor: 1)
  }
  static var binding: UnsafePointer<shell_plugin>? { unsafe PluginEntry.table(StubBinding.definition, hostMajor: 1) }
}

// MARK: What people do

extension ChatsBench {
  /// Who acts: an organization administrator without a person, or somebody of the school.
  struct Actor: Sendable {
    var session: JSONValue

    static let administrator = Actor(
      session: [
        "id": "s1", "client": "tests", "locale": "ru",
        "user": ["id": "os", "login": "admin", "displayName": "Администратор", "roles": ["administrator"]],
      ])
  }

  /// The account of a person.
  func actor(person: String) throws -> Actor {
    let account = try #require(
      try rows("SELECT id, login, full_name, roles FROM school_v1_accounts WHERE person_id = '\(person)'").first)
    let roles = (account["roles"]?.string ?? "").split(separator: " ").map { JSONValue(String($0)) }
    return Actor(
      session: [
        "id": JSONValue("s-\(person)"), "client": "tests", "locale": "ru",
        "user": [
          "id": account["id"] ?? "", "login": account["login"] ?? "", "displayName": account["full_name"] ?? "",
          "roles": JSONValue(roles), "personId": JSONValue(person),
        ],
      ])
  }

  /// A command's result, after everything that follows from it.
  @discardableResult
  func run(
    _ command: String, _ arguments: JSONValue = .emptyObject, as actor: Actor = .administrator
  ) async throws(PluginFailure) -> JSONValue {
    let outcome = try await host.call(PluginCall(.command, command, params: arguments, session: actor.session))
    await settle()
    return outcome["result"] ?? .null
  }

  /// The kind of a refusal.
  func refusal(
    _ command: String, _ arguments: JSONValue = .emptyObject, as actor: Actor = .administrator
  ) async throws -> PluginFailure {
    try #require(
      await #expect(throws: PluginFailure.self) { try await self.run(command, arguments, as: actor) })
  }

  func open(_ arguments: JSONValue = .emptyObject, as actor: Actor = .administrator) async throws -> JSONValue {
    try await host.call(
      PluginCall(.windowOpen, "chats.chat", params: ["arguments": arguments], session: actor.session))
  }
}

// MARK: What became of it

extension ChatsBench {
  func rows(_ sql: String) throws -> [JSONValue] {
    try store.transact(.read) { try $0.query(sql, .emptyArray, policy: nil) }.array ?? []
  }

  func text(_ sql: String) throws -> String {
    try #require(try rows(sql).first?.members?.first?.value.string, "nothing: \(sql)")
  }

  func number(_ sql: String) throws -> Int { try rows(sql).first?.members?.first?.value.int ?? 0 }

  func write(_ sql: String) throws {
    _ = try store.transact(.write) { try $0.query(sql, .emptyArray, policy: nil) }
  }

  /// The persons in a chat, on a side or on all.
  func people(_ chat: String, _ side: Side? = nil) throws -> Set<String> {
    let only = side.map { " AND side = '\($0.rawValue)'" } ?? ""
    return Set(
      try rows("SELECT person_id FROM chats_members WHERE chat_id = '\(chat)'\(only)").compactMap {
        $0["person_id"]?.string
      })
  }

  func administrators(_ chat: String) throws -> Set<String> {
    Set(
      try rows("SELECT person_id FROM chats_members WHERE chat_id = '\(chat)' AND administrator = 1").compactMap {
        $0["person_id"]?.string
      })
  }

  func chat(of schoolClass: String, _ kind: String = "class") throws -> String {
    try text("SELECT id FROM chats_chats WHERE class_id = '\(schoolClass)' AND kind = '\(kind)'")
  }

  /// What the platform was last told of a chat.
  func handedOver(_ chat: String) throws -> JSONValue {
    try JSONValue(
      parsing: text("SELECT body FROM max_platform_put WHERE chat_id = '\(chat)' ORDER BY revision DESC LIMIT 1"))
  }
}
