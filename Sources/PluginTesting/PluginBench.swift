@_exported import PluginKit
import PluginHost
import ShellTesting
import ShellTime
import Synchronization

/// One plugin under test: the real host around it, with its permissions, migrations, events, jobs and windows, on a
/// database in a temporary folder and a clock that only the test moves. No process, no socket, no network.
///
///     let bench = try await PluginBench(NotesPlugin.definition, manifest: "../../notes.json")
///     try await bench.execute("notes.write", ["text": "Milk"])
///     #expect(try await bench.rows(of: "notes").count == 1)
///
/// Others' plugins are played by `ScriptedPlugin`. Everything is gone with the last reference to the bench.
public final class PluginBench: Sendable {
  let host: TestHost
  let plugin: String
  let organization: JSONValue
  let signIn: SignInPlugin
  let lines: BenchLog
  let network: TestNetwork
  /// What plays the others, by the plugin's id.
  let others: [String: ScriptedHost]
  private let clients = Mutex<[String: TestClient]>([:])

  /// A bench with a plugin in Swift. `manifest`: its file; a relative path begins at the folder of the calling file.
  /// `beside`: plugins that it needs. `at`: what the clock shows, RFC 3339. Throws `BenchTrouble` with every mistake of
  /// the manifest, and with the reason when the plugin cannot be loaded.
  public convenience init(
    _ definition: PluginDefinition, manifest: String, beside others: [ScriptedPlugin] = [],
    at instant: String = PluginBench.start, timeZone: String = "Europe/Moscow", relativeTo file: String = #filePath
  ) async throws {
    let json = try ManifestFile.read(manifest, relativeTo: file)
    guard let table = unsafe PluginEntry.table(definition, hostMajor: 1) else {
      throw BenchTrouble("the plugin refuses this host")
    }
    try await self.init(
      unsafe TestPlugin(definition.id, manifest: json, table: table), others, at: instant, timeZone: timeZone)
  }

  /// A bench with a built library, whatever it is written in. `folder`: where the library lies, under the name that the
  /// manifest gives it.
  public convenience init(
    libraryIn folder: String, manifest: String, beside others: [ScriptedPlugin] = [],
    at instant: String = PluginBench.start, timeZone: String = "Europe/Moscow", relativeTo file: String = #filePath
  ) async throws {
    let json = try ManifestFile.read(manifest, relativeTo: file)
    let folder = ManifestFile.path(folder, relativeTo: file)
    try await self.init(
      TestPlugin(json["id"]?.string ?? "", manifest: json, libraryFolder: folder), others, at: instant,
      timeZone: timeZone)
  }

  /// What the clock shows when nothing else is asked for: a Tuesday, noon in Moscow.
  public static let start = "2026-09-01T09:00:00Z"

  init(_ plugin: TestPlugin, _ others: [ScriptedPlugin], at instant: String, timeZone: String) async throws {
    guard let startMs = RFC3339.parse(instant) else { throw BenchTrouble("'\(instant)' is no instant of RFC 3339") }
    self.plugin = plugin.id
    organization = ["id": "organization", "name": "Организация", "timeZone": JSONValue(timeZone)]
    signIn = SignInPlugin(organization)
    lines = BenchLog()
    network = TestNetwork()
    let made = others.map { (id: $0.id, part: $0.part()) }
    self.others = Dictionary(made.map { ($0.id, $0.part.host) }) { first, _ in first }
    let parts = try made.map { try $0.part.plugin() } + [try signIn.plugin()]
    do {
      host = try TestHost(parts + [plugin], startMs: startMs, http: network, logger: lines.logger)
    } catch let error as ManifestError {
      throw BenchTrouble("the manifest cannot be used:\n\(error)")
    }
    for id in made.map(\.id) + [plugin.id] {
      if let reason = await host.failure(of: id) { throw BenchTrouble("plugin '\(id)' does not work: \(reason)") }
    }
  }

  deinit { host.end() }

  /// The connection of a user, made and signed in at their first call.
  func client(of user: BenchUser) async throws -> TestClient {
    let key = "\(user.language.rawValue) \(user.json.text(sorted: true))"
    if let client = clients.withLock({ $0[key] }) { return client }
    signIn.know(user)
    let client = try await host.connect(locale: user.language.rawValue)
    try await client.call("session/login", ["login": JSONValue(user.login), "password": "bench"])
    clients.withLock { $0[key] = client }
    return client
  }

  /// Any method of the wire, as a user's client calls it: `desktop/get`, `command/list`, `table/query`, …
  @discardableResult
  public func call(
    _ method: String, _ params: JSONValue = .emptyObject, as user: BenchUser = .administrator
  ) async throws -> JSONValue {
    do {
      return try await client(of: user).call(method, params)
    } catch let refusal as Refusal {
      throw BenchRefusal(refusal.json)
    }
  }
}

/// The bench itself could not be set up, or was asked for something that is not there.
public struct BenchTrouble: Error, CustomStringConvertible {
  public let description: String
  init(_ description: String) { self.description = description }
}
