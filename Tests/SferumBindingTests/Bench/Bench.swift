import Foundation
import Jansson
import Logging
import PlatformTesting
import PluginHost
import ShellStore
import ShellTime
import Synchronization
import Testing

@testable import PluginHost

/// A host with the binding's plugins over a real store, beside a platform. Another bench on the same folder is
/// the host after a restart.
final class Bench: Sendable {
  let platform: Platform
  let folder: String
  let store: Store
  let http = SwitchedHTTP()
  let host: PluginHost
  let commits = Commits()
  let told = Told()
  /// From the first commit on, those of the start included.
  private let crash: Crash?

  init(
    _ platform: Platform, folder: String? = nil, token: String? = nil, crash: Crash? = nil
  ) throws {
    self.platform = platform
    self.folder = try folder ?? platform.newFolder()
    store = try Store(path: "\(self.folder)/esh.sqlite", clock: platform.clock)
    let url = platform.url
    let settings: JSONValue = [
      "platformURL": JSONValue(url), "platformToken": JSONValue(token ?? platform.simulator.botToken),
    ]
    let libraries = [
      "school": unsafe try PluginLibrary.inProcess(try #require(Tables.school)),
      "max-platform": unsafe try PluginLibrary.inProcess(try #require(Tables.platform)),
      "sferum-binding": unsafe try PluginLibrary.inProcess(try #require(Tables.binding)),
    ]
    let configuration = PluginHostConfiguration(
      http: http, platformURL: { url }, settings: { _ in settings }, inProcess: libraries, jitter: { 0 })
    let told = told
    host = PluginHost(
      configuration, catalog: PluginHost.catalogSource(try Self.manifests()), store: store, clock: platform.clock,
      logger: Logger(label: "test") { _ in CollectingLog(told) })
    host.delegate = told
    self.crash = crash
    store.setCommitObserver { [weak self] change in self?.committed(change) }
    host.start()
  }

  private func committed(_ change: CommittedChange) {
    crash?.committed(store.path, http)
    host.committed(change)
    commits.rang()
  }

  private static func manifests() throws -> [Manifest] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../Manifests")
    let files = try ["max-platform.json", "sferum-binding.json"].map { name in
      let json = try JSONValue(parsing: Array(Data(contentsOf: folder.appending(path: name))))
      return try Manifest(
        json.setting("limits", (json["limits"] ?? .emptyObject).setting("callMs", 120_000)), file: name)
    }
    return files + [try Manifest(parsing: StubSchool.manifest.bytes(), file: "school.json")]
  }

  /// Ends the host in good order.
  func stop() async {
    commits.close()
    await http.close()
    host.stop()
    // try?: a store that does not close shows in the next bench on its folder.
    try? store.close()
  }

  /// A new host on the same folder, the old one ended.
  func restarted() async throws -> Bench {
    await stop()
    return try Bench(platform, folder: folder)
  }
}

// MARK: What people do

extension Bench {
  static func session(_ user: String) -> JSONValue {
    [
      "id": JSONValue("session-\(user)"), "client": "test", "locale": "ru",
      "user": ["id": JSONValue(user), "login": "login", "displayName": "Имя", "roles": ["employee"]],
    ]
  }

  func call(
    _ kind: PluginCall.Kind, _ name: String, _ params: JSONValue = .emptyObject, user: String = "A1"
  ) async throws(PluginFailure) -> JSONValue {
    try await host.call(PluginCall(kind, name, params: params, session: Self.session(user), trace: "test"))
  }

  func command(
    _ name: String, _ params: JSONValue = .emptyObject, user: String = "A1"
  ) async throws(PluginFailure) -> JSONValue {
    try await call(.command, name, params, user: user)
  }

  /// Presses «Привязать учебный аккаунт Сферум»: the word that came, and the effects.
  func bind(_ phone: String, user: String = "A1") async throws -> Answer {
    Answer(try await command("sferum.bindAccount", ["phone": JSONValue(phone)], user: user))
  }

  /// A person's account bound by the whole way.
  func bound(_ number: Int, user: String) async throws {
    #expect(try await bind(Platform.phone(number), user: user).status == "sent")
    _ = try await platform.client.press(phone: Platform.phone(number), button: "Подключить")
    try await until("\(user) is bound") { try self.state(user) == "bound" }
  }
}

/// What a command answered.
struct Answer {
  let json: JSONValue
  init(_ json: JSONValue) { self.json = json }

  var status: String? { json["result"]?["status"]?.string }
  var effects: [String] { (json["effects"]?.array ?? []).compactMap { $0["type"]?.string } }
  var dialog: JSONValue? { json["effects"]?.array?.first { $0["type"] == "dialog" } }
  var text: String? { dialog?["text"]?["ru"]?.string }
  var level: String? { dialog?["level"]?.string }
}

// MARK: What became of it

extension Bench {
  /// The context key `sferum.state`, by which shortcuts follow.
  func state(_ user: String = "A1") throws -> String {
    try store.contextValues(user: user)["sferum.state"]?.string ?? "unbound"
  }

  func context(_ user: String = "A1") throws -> [String: JSONValue] { try store.contextValues(user: user) }

  /// Rows of any table; none of one that its plugin, not loaded yet, has still to make.
  func rows(_ sql: String) throws -> [JSONValue] {
    do {
      return try store.transact(.read) { try $0.query(sql, .emptyArray, policy: nil) }.array ?? []
    } catch let error as StoreError where "\(error)".contains("no such table") {
      return []
    }
  }

  func number(_ sql: String) throws -> Int { try rows(sql).first?.members?.first?.value.int ?? 0 }

  func audited(_ action: String) throws -> Int {
    try number("SELECT count(*) FROM shell_audit WHERE action = '\(action)'")
  }

  /// Errands that are not done.
  func waiting() throws -> Int { try number("SELECT count(*) FROM max_platform_outbox WHERE state = 'waiting'") }

  /// Moves the clock, runs what falls due, and lets the platform see it.
  func advance(_ duration: Duration) async {
    await host.runDue(upTo: platform.clock.nowMs + Int64(duration / .milliseconds(1)))
    platform.simulator.clockMoved()
    await host.runDue(upTo: platform.clock.nowMs)
  }

  /// Looks after each commit until `condition` holds. A minute is the end of all patience.
  func until(_ what: String, _ condition: @escaping @Sendable () throws -> Bool) async throws {
    let held = try await withThrowingTaskGroup(of: Bool.self) { group in
      group.addTask {
        while !Task.isCancelled {
          let seen = self.commits.count
          if try condition() { return true }
          await self.commits.next(after: seen)
        }
        return false
      }
      group.addTask {
        try await Task.sleep(for: .seconds(60))
        self.commits.rang()
        return false
      }
      let first = try await group.next() ?? false
      group.cancelAll()
      self.commits.rang()
      return first
    }
    try #require(held, "never came true: \(what)")
  }
}

/// What the host told: dialogs out of the blue, and log lines.
final class Told: PluginHostDelegate {
  let presented = Mutex<[JSONValue]>([])
  let lines = Mutex<[String]>([])

  func pluginChanged(_ id: String, _ state: PluginStatus.State) {}
  func present(_ message: JSONValue, from plugin: String) { presented.withLock { $0.append(message) } }

  /// Texts of the dialogs that a user was shown unasked.
  func texts(_ user: String = "A1") -> [String] {
    presented.withLock { $0 }.filter { $0["user"]?.string == user }.flatMap { message in
      (message["effects"]?.array ?? []).compactMap { $0["text"]?["ru"]?.string }
    }
  }
}

/// Keeps log lines with their fields.
private struct CollectingLog: LogHandler {
  let told: Told
  var metadata = Logger.Metadata()
  var logLevel = Logger.Level.debug

  init(_ told: Told) { self.told = told }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let line = "\(event.level) \(event.message) \(event.metadata ?? [:])"
    told.lines.withLock { $0.append(line) }
  }
}
