import Foundation
import PlatformSimulator
import PluginKit
import ShellHTTP
import ShellStore
import ShellTime
import Testing

/// The real platform over HTTP, whose clock is the school's.
final class PlatformBeside: Sendable {
  let clock = ManualClock(ChatsBench.start)
  let simulator: Simulator
  let client: SimulatorClient
  let network = NetworkClient()
  let url: String
  private let folder: String

  init() async throws {
    let clock = self.clock
    let folder = NSTemporaryDirectory() + "esh-beside-\(UUID().uuidString)"
    self.folder = folder
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    simulator = try Simulator(
      stateFile: "\(folder)/max.sqlite", clock: { clock.nowMs }, options: SimulatorOptions(limits: .none))
    url = "http://127.0.0.1:\(try await simulator.start())"
    client = try SimulatorClient(address: url, controlToken: simulator.controlToken)
  }

  deinit {
    // A bare task: nobody awaits the end of a test's platform.
    Task { [simulator, network, folder] in
      await network.close()
      await simulator.stop()
      try? FileManager.default.removeItem(atPath: folder)  // the temporary folder is swept anyway
    }
  }

  /// Puts people on the platform; their member ids, in the same order.
  func add(_ phones: [String]) async throws -> [Int64] {
    _ = try await client.addUsers(phones.map { ($0, "Человек") })
    let ids = Dictionary(
      try await client.users().map { ("+\($0.phone)", $0.userId) }, uniquingKeysWith: { first, _ in first })
    return phones.map { ids[$0] ?? 0 }
  }

  /// Who is in a chat of that title.
  func members(_ title: String) async throws -> Set<Int64> {
    Set(try await client.chats().first { $0.title == title }?.members.map(\.userId) ?? [])
  }
}

extension ChatsBench {
  /// Ties every third of the school's accounts to a member of the platform, as if they had bound long ago, and brings
  /// the chats into step: a chat takes two changes a second in real time, so that all of them would take long. Returns
  /// phones by account.
  func bindMany() async throws -> [String: String] {
    let platform = try #require(platform)
    let all = try rows("SELECT id FROM school_v1_accounts WHERE person_id IS NOT NULL ORDER BY id")
      .compactMap { $0["id"]?.string }
    let accounts = all.enumerated().filter { $0.offset % 3 == 0 }.map(\.element)
    let phones = accounts.indices.map { "+7912" + String(repeating: "0", count: 7 - "\($0)".count) + "\($0)" }
    let members = try await platform.add(phones)
    let bound = zip(accounts, members).map { account, member -> JSONValue in
      [JSONValue(account), JSONValue(member), JSONValue("R\(account)"), 0]
    }
    try store.transact(.write) { transaction in
      try transaction.insertMany(
        "INSERT INTO max_platform_members (user_id, member_id, request_id, since) VALUES (?, ?, ?, ?)",
        JSONValue(bound), policy: nil)
    }
    // A new revision of each: the plugin had no way to hear of what was written behind its back.
    try write("UPDATE chats_chats SET revision = revision + 1")
    try await run("school.saveSettings", ["name": "Школа № 7"])
    return Dictionary(zip(accounts, phones), uniquingKeysWith: { $1 })
  }

  /// Looks after each turn until `condition` holds; sixty seconds are the end of all patience.
  func until(_ what: String, _ condition: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(60)
    while try await !condition() {
      try #require(ContinuousClock.now < end, "never came true: \(what)")
      // The limits of the platform's plugin go by this clock, too.
      await advance(to: clock.nowMs + 500)
    }
  }
}
