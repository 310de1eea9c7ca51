import Foundation
import Jansson
import Logging
import PluginHost
import PluginKit
import SchoolPlugin
import ShellStore
import ShellTime
import SferumBindingPlugin
import Testing

/// The real school and the binding over a real store; in the platform's place a plugin that says what a test tells it
/// to.
final class ReportBench: Sendable {
  let host: PluginHost
  let store: Store
  let clock: ManualClock
  let folder: String

  /// 2026-11-23, a Monday, 12:00 in Moscow.
  static let start: Int64 = 1_795_424_400_000

  init(folder: String? = nil, startMs: Int64 = ReportBench.start) throws {
    self.folder = folder ?? FileManager.default.temporaryDirectory.path + "/report-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: self.folder, withIntermediateDirectories: true)
    clock = ManualClock(startMs)
    store = try Store(path: "\(self.folder)/esh.sqlite", clock: clock)
    let libraries = [
      "school": unsafe try PluginLibrary.inProcess(
        try #require(unsafe PluginEntry.table(SchoolPlugin.definition, hostMajor: 1))),
      "max-platform": unsafe try PluginLibrary.inProcess(
        try #require(unsafe PluginEntry.table(SayingPlatform.definition, hostMajor: 1))),
      "sferum-binding": unsafe try PluginLibrary.inProcess(
        try #require(unsafe PluginEntry.table(SferumBinding.definition, hostMajor: 1))),
    ]
    let manifests = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../Manifests")
    let ours = try ["school.json", "sferum-binding.json"].map { name in
      try Manifest(parsing: Array(Data(contentsOf: manifests.appending(path: name))), file: name)
    }
    let platform = try Manifest(parsing: SayingPlatform.manifest.bytes(), file: "max-platform.json")
    host = PluginHost(
      PluginHostConfiguration(inProcess: libraries, activationLimitMs: 120_000),
      catalog: PluginHost.catalogSource(ours + [platform]), store: store, clock: clock, logger: Logger(label: "test"))
    let store = store
    store.setCommitObserver { [weak host] change in host?.committed(change) }
    host.start()
  }

  static func generated(pupils: Int, seed: Int = 1) async throws -> ReportBench {
    let bench = try ReportBench()
    try await bench.run(
      "school.generate", ["pupils": JSONValue(pupils), "seed": JSONValue(seed), "password": "пароль"])
    await bench.settle()
    return bench
  }

  /// Ends the host; the folder stays for the next bench.
  func stop() throws {
    host.stop()
    try store.close()
  }

  deinit {
    host.stop()
    // try?: the test is over; what stays behind is in a temporary place.
    try? store.close()
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// Lets every event and job of this instant run, and those of so much time.
  func settle(after ms: Int64 = 0) async { await host.runDue(upTo: clock.nowMs + ms) }

  @discardableResult
  func run(
    _ command: String, _ arguments: JSONValue = .emptyObject, user: String = "os", roles: [String] = ["administrator"]
  ) async throws(PluginFailure) -> JSONValue {
    try await host.call(
      PluginCall(.command, command, params: arguments, session: Self.session(user, roles), trace: "test"))
  }

  func open(
    _ window: String, _ arguments: JSONValue = .emptyObject, user: String = "os", roles: [String] = ["administrator"]
  ) async throws(PluginFailure) -> JSONValue {
    try await host.call(
      PluginCall(
        .windowOpen, window, params: ["arguments": arguments], session: Self.session(user, roles), trace: "test"))
  }

  static func session(_ user: String, _ roles: [String], locale: String = "ru") -> JSONValue {
    [
      "id": JSONValue("session-\(user)"), "client": "test", "locale": JSONValue(locale),
      "user": [
        "id": JSONValue(user), "login": JSONValue(user), "displayName": "Имя",
        "roles": JSONValue(roles.map { JSONValue($0) }),
      ],
    ]
  }

  /// Rows as the host itself may read them.
  func query(_ sql: String) throws -> [JSONValue] {
    try store.transact(.read) { try $0.query(sql, JSONValue.emptyArray, policy: nil).array ?? [] }
  }

  func execute(_ sql: String) throws {
    _ = try store.transact(.write) { try $0.query(sql, JSONValue.emptyArray, policy: nil) }
  }

  func value(_ sql: String) throws -> String {
    let value = try query(sql).first?.members?.first?.value
    return value?.string ?? value?.text() ?? ""
  }

  func source(_ table: String) async throws -> (ShellStore.TableSource, StatementPolicy) {
    let result = await withCheckedContinuation { continuation in
      host.tableSource(table) { continuation.resume(returning: $0) }
    }
    let found = try #require(try result.get())
    return (found.source, found.policy)
  }

  func page(_ table: String, _ request: PageRequest = PageRequest(limit: 500)) async throws -> (
    rows: [JSONValue], total: Int
  ) {
    let (source, policy) = try await source(table)
    var output: [UInt8] = []
    let info = try store.page(source, request, policy: policy, into: &output)
    return (try JSONValue(parsing: output).array ?? [], info.total)
  }

  /// Asks for a binding, and lets the platform say this to it; nothing said leaves the request waiting.
  func bind(_ user: String, _ phone: String, then status: String? = nil) async throws {
    try await run("sferum.bindAccount", ["phone": JSONValue(phone)], user: user, roles: ["employee"])
    await settle()
    if let status { try await say(status, to: user) }
  }

  /// The platform's word on the request that waits.
  func say(_ status: String, to user: String) async throws {
    let request = try value("SELECT id FROM sferum_binding_requests WHERE user_id = '\(user)' AND state = 'requested'")
    try await run("platform.say", ["requestId": JSONValue(request), "status": JSONValue(status)])
    await settle()
  }
}

/// A platform whose words a test puts into its mouth. It takes every request.
private enum SayingPlatform {
  static var definition: PluginDefinition {
    var plugin = PluginDefinition(id: "max-platform")
    plugin.service("platform.bind") { call throws -> JSONValue in
      let request = call.params["requestId"] ?? .null
      try call.write { try $0.emit("platform.v1.binding", ["requestId": request, "status": "pending"]) }
      return .emptyObject
    }
    for name in ["platform.unbind", "platform.cancelRequest"] {
      plugin.service(name) { _ throws -> JSONValue in .emptyObject }
    }
    plugin.command("platform.say") { call throws -> Outcome in
      try call.write { try $0.emit("platform.v1.binding", call.params) }
      return .done
    }
    return plugin
  }

  static let manifest: JSONValue = [
    "manifestVersion": 1, "id": "max-platform", "version": "0.1.0", "title": ["ru": "Платформа", "en": "Platform"],
    "library": "libMaxPlatformPlugin.so", "abi": ["major": 1, "minor": 0], "provides": ["platform.binding/1"],
    "publishes": ["events": ["platform.v1.binding"]],
    "contributes": [
      "services": [["name": "platform.bind"], ["name": "platform.unbind"], ["name": "platform.cancelRequest"]],
      "commands": [
        [
          "id": "platform.say", "title": ["ru": "Сказать", "en": "Say"], "access": "signedIn",
          "params": ["type": "object", "properties": ["requestId": ["type": "string"], "status": ["type": "string"]]],
        ]
      ],
    ],
  ]
}
