import CShellPlugin
import ChatsPlugin
import Foundation
import Logging
import MaxPlatformPlugin
import PlatformSimulator
import PluginKit
import SchoolPlugin
import SferumBindingPlugin
import ShellHTTP
import ShellStore
import ShellTime
import Testing

@testable import PluginHost

/// A school of which nothing is a stand-in: its plugins and those of bindings and chats in one host, over the C ABI,
/// and the platform's simulator over HTTP. Another one on the same folder is the school after a restart of both.
final class WholeSchool: Sendable {
  /// How much the platform takes in a second; the client keeps to the same.
  enum Limits {
    case real
    /// For what only prepares a test.
    case none
  }

  let host: PluginHost
  let store: Store
  let simulator: Simulator
  let platform: SimulatorClient
  let clock = ManualClock(ChatsBench.start)
  private let http = NetworkClient()
  private let commits: AsyncStream<Void>

  /// `hasChats` false: a school in which the chats' plugin is not installed yet.
  init(_ folder: Folder, hasChats: Bool, limits: Limits) async throws {
    let clock = clock
    simulator = try Simulator(
      stateFile: "\(folder.path)/max.sqlite", clock: { clock.nowMs },
      options: SimulatorOptions(limits: limits == .real ? .real : .none))
    let url = "http://127.0.0.1:\(try await simulator.start())"
    platform = try SimulatorClient(address: url, controlToken: simulator.controlToken)
    store = try Store(path: "\(folder.path)/esh.sqlite", clock: clock)
    let settings: JSONValue = ["platformURL": JSONValue(url), "platformToken": JSONValue(simulator.botToken)]
    let limiter = limits == .real ? RateLimiter() : RateLimiter(perSecond: 100_000, perDialog: 100_000)
    var libraries = [
      "school": unsafe try PluginLibrary.inProcess(try #require(WholeTables.school)),
      "sferum-binding": unsafe try PluginLibrary.inProcess(try #require(WholeTables.binding)),
      "max-platform": unsafe try PluginLibrary.inProcess(try #require(WholeTables.platform(limiter))),
    ]
    if hasChats { libraries["chats"] = unsafe try PluginLibrary.inProcess(try #require(WholeTables.chats)) }
    host = PluginHost(
      PluginHostConfiguration(
        http: http, platformURL: { url }, settings: { _ in settings }, inProcess: libraries,
        activationLimitMs: 120_000, jitter: { 0 }),
      catalog: PluginHost.catalogSource(try Self.manifests(libraries.keys.sorted())), store: store, clock: clock,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    let (commits, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    self.commits = commits
    store.setCommitObserver { [weak self] change in
      self?.host.committed(change)
      continuation.yield()
    }
    host.start()
  }

  /// Ends both in good order.
  func stop() async {
    host.stop()
    await http.close()
    await simulator.stop()
    // try?: a store that does not close shows in the next school on its folder.
    try? store.close()
  }

  /// Runs what is due until nothing is.
  func settle() async { await host.runDue(upTo: clock.nowMs) }

  /// Looks after commits until `condition` holds.
  func until(_ condition: () throws -> Bool) async throws {
    guard try !condition() else { return }
    for await _ in commits where try condition() { return }
  }

  /// Takes all updates that the platform has: polls end by the clock, and the last of them bring nothing.
  func takeUpdates() async throws {
    func polls() async throws -> Int { try await platform.log().count { $0.path.hasPrefix("/updates") } }
    func marker() throws -> Int { try number("SELECT marker FROM max_platform_marker") }
    var idle = 0
    while idle < 2 {
      let (seen, before) = (try await polls(), try marker())
      while try await polls() == seen {
        clock.advance(toMs: clock.nowMs + 30_000)
        simulator.clockMoved()
        // A poll that is on its way gets some looks before the clock goes on.
        for _ in 0..<20 { if try await polls() != seen { break } }
      }
      idle = try marker() == before ? idle + 1 : 0
    }
    await settle()
  }

  /// Requests that are no polls, from the `first` on.
  func requests(from first: Int = 0) async throws -> [LoggedRequest] {
    try await platform.log().filter { !$0.path.hasPrefix("/updates") }.dropFirst(first).map { $0 }
  }

  func rows(_ sql: String) throws -> [JSONValue] {
    try store.transact(.read) { try $0.query(sql, .emptyArray, policy: nil) }.array ?? []
  }

  func number(_ sql: String) throws -> Int { try rows(sql).first?.members?.first?.value.int ?? 0 }

  private static func manifests(_ plugins: [String]) throws -> [Manifest] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../Manifests")
    return try plugins.map { "\($0).json" }.map { name in
      try Manifest(parsing: Array(Data(contentsOf: folder.appending(path: name))), file: name)
    }
  }

  /// What a school and the platform keep, removed with it.
  final class Folder: Sendable {
    let path = FileManager.default.temporaryDirectory.path + "/whole-\(UUID().uuidString)"

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

    // try?: a folder that stays behind is in a temporary place.
    deinit { try? FileManager.default.removeItem(atPath: path) }
  }
}

@safe private enum WholeTables {
  static var school: UnsafePointer<shell_plugin>? {
    unsafe PluginEntry.table(SchoolPlugin.definition, hostMajor: 1)
  }
  static var chats: UnsafePointer<shell_plugin>? { unsafe PluginEntry.table(ChatsPlugin.definition, hostMajor: 1) }
  static var binding: UnsafePointer<shell_plugin>? {
    unsafe PluginEntry.table(SferumBinding.definition, hostMajor: 1)
  }
  static func platform(_ limiter: RateLimiter) -> UnsafePointer<shell_plugin>? {
    unsafe PluginEntry.table(MaxPlatform.definition(keeping: limiter), hostMajor: 1)
  }
}

// MARK: What people do

extension WholeSchool {
  /// A generated school, with everybody registered on the platform by the phone of their account.
  func generate(pupils: Int) async throws {
    try await command("school.generate", ["pupils": JSONValue(pupils), "seed": 1, "password": "пароль"])
    await settle()
    _ = try await platform.addUsers(try accounts().map { ($0.phone, $0.name) })
  }

  struct Account: Sendable {
    let id: String
    let login: String
    let name: String
    let phone: String
  }

  /// Everybody with a number of their own: small children have none in the registries, or one of their parents'.
  func accounts() throws -> [Account] {
    var taken: Set<String> = []
    return try rows(
      """
      SELECT a.id, a.login, a.full_name, p.phone FROM school_v1_accounts a
      JOIN school_v1_people p ON p.id = a.person_id ORDER BY a.id
      """
    ).enumerated().map { number, row in
      let known = row["phone"]?.string.flatMap { taken.insert($0).inserted ? $0 : nil }
      return Account(
        id: row["id"]?.string ?? "", login: row["login"]?.string ?? "", name: row["full_name"]?.string ?? "",
        phone: known ?? "+7999\(1_000_000 + number)")
    }
  }

  /// Everybody with an account asks to be bound and presses «Подключить» in the message that comes.
  func bindEverybody() async throws {
    let accounts = try accounts()
    try await side(by: side, accounts) { account in
      try await self.command("sferum.bindAccount", ["phone": JSONValue(account.phone)], as: account)
    }
    await settle()
    try await side(by: side, accounts) { account in
      _ = try await self.platform.press(phone: account.phone, button: "Подключить")
    }
    try await until {
      try self.number("SELECT count(*) FROM sferum_binding_v1_bindings WHERE state = 'bound'") == accounts.count
    }
    await settle()
  }

  private var side: Int { 24 }

  /// Does something for each, so many at once.
  private func side<Element: Sendable>(
    by width: Int, _ elements: [Element], _ body: @escaping @Sendable (Element) async throws -> Void
  ) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (index, element) in elements.enumerated() {
        if index >= width { try await group.next() }
        group.addTask { try await body(element) }
      }
      try await group.waitForAll()
    }
  }

  @discardableResult
  func command(
    _ name: String, _ arguments: JSONValue = .emptyObject, as account: Account? = nil
  ) async throws -> JSONValue {
    let user: JSONValue
    if let account {
      user = [
        "id": JSONValue(account.id), "login": JSONValue(account.login), "displayName": JSONValue(account.name),
        "roles": [],
      ]
    } else {
      user = ["id": "os", "login": "admin", "displayName": "Администратор", "roles": ["administrator"]]
    }
    let session: JSONValue = ["id": "s1", "client": "tests", "locale": "ru", "user": user]
    return try await host.call(PluginCall(.command, name, params: arguments, session: session))["result"] ?? .null
  }
}
