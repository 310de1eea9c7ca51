import Foundation
import Logging
import PluginHost
import PluginKit
import ShellStore
import ShellTime
import Synchronization
import Testing

@testable import SchoolPlugin

/// The school behind the real plugin host, over the real C ABI, on a database of its own and a clock that stands.
final class SchoolBench: Sendable {
  let host: PluginHost
  let store: Store
  let clock: ManualClock
  private let folder: String

  /// 2026-11-23, a Monday, 12:00 in Moscow.
  static let start: Int64 = 1_795_424_400_000

  /// `rehearsal`: what the command `school.rehearse` does, one that only this bench has.
  init(
    startMs: Int64 = SchoolBench.start, rehearsal: (@Sendable (Call) throws -> Outcome)? = nil
  ) throws {
    folder = FileManager.default.temporaryDirectory.path + "/school-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    clock = ManualClock(startMs)
    store = try Store(path: "\(folder)/esh.sqlite", clock: clock)
    var definition = SchoolPlugin.definition
    if let rehearsal { definition.command("school.rehearse", rehearsal) }
    let (all, broken) = ManifestFolder.read([try SchoolBench.manifests(folder, withRehearsal: rehearsal != nil)])
    #expect(broken.isEmpty)
    let table = try unsafe #require(
      unsafe PluginEntry.table(definition, hostMajor: 1), "the plugin refuses this host")
    // Many hosts start at once here, each with its threads.
    let configuration = PluginHostConfiguration(
      inProcess: ["school": try unsafe .inProcess(table)], activationLimitMs: 120_000)
    host = PluginHost(
      configuration, catalog: PluginHost.catalogSource(all.filter { $0.id == "school" }), store: store, clock: clock,
      logger: Logger(label: "test"))
  }

  /// The folder of our manifests, or one with the school's alone and a command more in it.
  private static func manifests(_ folder: String, withRehearsal: Bool) throws -> String {
    let ours = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Manifests").path
    guard withRehearsal else { return ours }
    let manifest = try JSONValue(parsing: String(contentsOfFile: "\(ours)/school.json", encoding: .utf8))
    let contributes = manifest["contributes"] ?? .emptyObject
    let rehearse: JSONValue = [
      "id": "school.rehearse", "title": "Rehearse", "access": "'administrator' in roles",
      "params": ["type": "object", "properties": .emptyObject, "required": .emptyArray],
    ]
    let commands = JSONValue((contributes["commands"]?.array ?? []) + [rehearse])
    let changed = manifest.setting("contributes", contributes.setting("commands", commands))
    let other = "\(folder)/manifests"
    try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: true)
    try changed.text(indent: 2).write(toFile: "\(other)/school.json", atomically: true, encoding: .utf8)
    return other
  }

  /// A large school that tests only read: made once, and removed when the process ends.
  static let large = Task {
    let bench = try await generated(pupils: 450)
    folderOfLarge.withLock { $0 = bench.folder }
    atexit {
      // try?: nobody is left to tell.
      SchoolBench.folderOfLarge.withLock { try? FileManager.default.removeItem(atPath: $0) }
    }
    return bench
  }
  private static let folderOfLarge = Mutex("")

  /// An administrator `admin` with the password «пароль» and nobody else.
  static func withAdministrator() async throws -> SchoolBench {
    let bench = try SchoolBench()
    _ = try await bench.run(
      "school.addAccount",
      ["login": "admin", "password": "пароль", "name": "Ёлкина Анна Ильинична", "roles": ["administrator"]])
    return bench
  }

  /// A bench with a school in it; everybody's password is «пароль».
  static func generated(pupils: Int, seed: Int = 1) async throws -> SchoolBench {
    let bench = try SchoolBench()
    _ = try await bench.run(
      "school.generate", ["pupils": JSONValue(pupils), "seed": JSONValue(seed), "password": "пароль"])
    return bench
  }

  deinit {
    host.stop()
    // try?: the test is over; a folder that stays behind is in a temporary place.
    try? store.close()
    try? FileManager.default.removeItem(atPath: folder)
  }

  @discardableResult
  func run(_ command: String, _ arguments: JSONValue = .emptyObject) async throws(PluginFailure) -> JSONValue {
    try await outcome(command, arguments)["result"] ?? .null
  }

  /// `{result?, effects}` of a command, run by an administrator.
  func outcome(_ command: String, _ arguments: JSONValue) async throws(PluginFailure) -> JSONValue {
    try await host.call(PluginCall(.command, command, params: arguments, session: SchoolBench.administrator))
  }

  func call(_ service: String, _ params: JSONValue) async throws(PluginFailure) -> JSONValue {
    try await host.call(PluginCall(.service, service, params: params))
  }

  func signIn(_ login: String, _ password: String) async throws(PluginFailure) -> JSONValue {
    try await call("authentication.verify", ["login": JSONValue(login), "password": JSONValue(password)])
  }

  /// What a refused command says; nil when it was not refused.
  func failure(_ command: String, _ arguments: JSONValue = .emptyObject) async -> PluginFailure? {
    do throws(PluginFailure) {
      _ = try await run(command, arguments)
      return nil
    } catch {
      return error
    }
  }

  /// What a refused sign-in says.
  func refusal(_ login: String, _ password: String) async -> PluginFailure? {
    do throws(PluginFailure) {
      _ = try await signIn(login, password)
      return nil
    } catch {
      return error
    }
  }

  /// Rows as the host itself may read them.
  func query(_ sql: String) throws -> [JSONValue] {
    try store.transact(.read) { try $0.query(sql, JSONValue.emptyArray, policy: nil).array ?? [] }
  }

  /// Writes as the host itself may.
  func execute(_ sql: String) throws {
    _ = try store.transact(.write) { try $0.query(sql, JSONValue.emptyArray, policy: nil) }
  }

  func page(
    _ table: String, search: String? = nil, sort: [(column: String, descending: Bool)] = [], after: String? = nil,
    limit: Int = 50, parameters: [String: JSONValue] = [:]
  ) async throws -> (rows: [JSONValue], info: PageInfo) {
    let (source, policy) = try await source(table)
    var output: [UInt8] = []
    let info = try store.page(
      source, PageRequest(search: search, sort: sort, after: after, limit: limit, parameters: parameters),
      policy: policy,
      into: &output)
    return (try JSONValue(parsing: output).array ?? [], info)
  }

  func source(_ table: String) async throws -> (ShellStore.TableSource, StatementPolicy) {
    let result = await withCheckedContinuation { continuation in
      host.tableSource(table) { continuation.resume(returning: $0) }
    }
    let found = try #require(try result.get())
    return (found.source, found.policy)
  }

  private static let administrator: JSONValue = [
    "id": "s1", "client": "tests", "locale": "ru",
    "user": ["id": "os", "login": "admin", "displayName": "Администратор", "roles": ["administrator"]],
  ]
}
