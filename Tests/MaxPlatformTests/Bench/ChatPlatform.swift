import Foundation
import Jansson
import PluginHost
import PlatformSimulator
import ShellHTTP
import ShellTime

/// The platform of a test: the real simulator over HTTP, with people on it and a clock that the test moves.
final class ChatPlatform: Sendable {
  /// 2026-04-01, 06:57 UTC: thirteen hours before the night's comparisons.
  static let start: Int64 = 1_775_026_671_000

  let clock: ManualClock
  let simulator: Simulator
  let client: SimulatorClient
  let url: String
  private let folder: String
  /// Member ids of people 1, 2, …
  let members: [Int64]

  init(people: Int = 8, limits: RateLimits = .none) async throws {
    let clock = ManualClock(Self.start)
    let folder = NSTemporaryDirectory() + "esh-chats-\(UUID().uuidString)"
    self.folder = folder
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    simulator = try Simulator(
      stateFile: "\(folder)/max.sqlite", clock: { clock.nowMs }, options: SimulatorOptions(limits: limits))
    let port = try await simulator.start()
    url = "http://127.0.0.1:\(port)"
    client = try SimulatorClient(address: url, controlToken: simulator.controlToken)
    self.clock = clock
    _ = try await client.addUsers((1...people).map { (Self.phone($0), "Человек \($0)") })
    let byPhone = Dictionary(
      try await client.users().map { ("+\($0.phone)", $0.userId) }, uniquingKeysWith: { first, _ in first })
    members = (1...people).map { byPhone[Self.phone($0)] ?? 0 }
  }

  deinit {
    // A bare task: nobody awaits the end of a test's platform.
    Task { [simulator, folder] in
      await simulator.stop()
      try? FileManager.default.removeItem(atPath: folder)  // the temporary folder is swept anyway
    }
  }

  /// A folder for a school.
  func newFolder() throws -> String {
    let path = "\(folder)/school-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }

  static func phone(_ number: Int) -> String {
    "+7912" + String(repeating: "0", count: 7 - "\(number)".count) + "\(number)"
  }

  func fault(
    _ operation: String, _ kind: String, status: Int? = nil, times: Int? = nil, rate: Double? = nil
  ) async throws {
    _ = try await client.addFault(
      FaultRequest(operation: operation, kind: kind, status: status, times: times, rate: rate))
  }

  /// Requests about chats, as `METHOD path`, without the query; with those effects, or all.
  func requests(_ effects: Set<String>? = nil) async throws -> [String] {
    try await client.log().filter { entry in
      entry.path.contains("/chats") && (effects?.contains(entry.effect) ?? true)
    }.map { "\($0.method) \($0.path.prefix { $0 != "?" })" }
  }

  func requestCount() async throws -> Int { try await requests().count }

  /// The chat made for one of ours, of whatever generation.
  func chat(_ id: String) async throws -> ChatSummary? {
    try await client.chats().first { $0.externalId.hasPrefix("\(id):") }
  }

  /// Who of people 1, 2, … is in a chat; administrators negative.
  func people(in id: String) async throws -> [Int] {
    guard let chat = try await chat(id) else { return [] }
    let numbers = Dictionary(members.enumerated().map { ($1, $0 + 1) }, uniquingKeysWith: { first, _ in first })
    return chat.members.compactMap { member in
      numbers[member.userId].map { chat.administrators.contains(member.userId) ? -$0 : $0 }
    }.sorted { abs($0) < abs($1) }
  }

  /// What the bot itself asks for, past the plugin.
  @discardableResult
  func asBot(_ method: String, _ path: String, _ body: JSONValue? = nil) async throws -> JSONValue {
    let network = NetworkClient()
    let request = HTTPRequest(
      method: method, url: url + path,
      headers: [("Authorization", simulator.botToken), ("Content-Type", "application/json")],
      body: body.map { Array($0.text().utf8) })
    let result = await withCheckedContinuation { continuation in
      network.fetch(request) { continuation.resume(returning: $0) }
    }
    await network.close()
    return try JSONValue(parsing: String(decoding: try result.get().body, as: UTF8.self))
  }
}
