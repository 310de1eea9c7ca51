import CShellPlugin
import Foundation
import Jansson
import Logging
import PluginHost
import ShellCore
import ShellProtocol
import ShellStore
import ShellTime
import ShellTransport

/// A whole host in this process, over a folder of its own: real store, real ABI, real event loop; the clock is moved
/// by hand, and plugins are tables of this image.
package final class TestHost: Sendable {
  package let folder: String
  package let clock: ManualClock
  package let store: Store
  package let plugins: PluginHost
  package let shell: Shell
  private let desk: ShellTransport.Desk

  /// `code`: manifests with the tables of their code, or with folders of libraries. `startMs`: what the clock shows
  /// first. `http` nil: there is no network. `logger` nil: only errors, on the standard error. `tables`: how long tables
  /// may be read. `change`: how long the host waits for others.
  package init(
    _ code: [TestPlugin], startMs: Int64 = 1_788_000_000_000, http: (any HTTPFetching)? = nil, logger: Logger? = nil,
    tables: TablePaces.Limits = .init(), change: (inout Shell.Waits) -> Void = { _ in }
  ) throws {
    folder = NSTemporaryDirectory() + "esh-test-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    clock = ManualClock(startMs)
    store = try Store(path: "\(folder)/esh.sqlite", clock: clock)
    desk = ShellTransport.Desk()
    var configuration = PluginHostConfiguration()
    configuration.dataFolder = folder
    configuration.http = http
    // No machine is too slow to load a plugin, and retries come exactly when the manifest says.
    configuration.activationLimitMs = 120_000
    configuration.jitter = { 0 }
    var manifests: [Manifest] = []
    for plugin in code {
      manifests.append(try Manifest(plugin.manifest, file: "\(plugin.id).json"))
      if let table = unsafe plugin.table {
        configuration.inProcess[plugin.id] = try unsafe PluginLibrary.inProcess(table)
      } else {
        configuration.libraryFolders.append(plugin.libraryFolder)
      }
    }
    let log = logger ?? Self.errorsOnly
    plugins = PluginHost(
      configuration, catalog: PluginHost.catalogSource(manifests), store: store, clock: clock, logger: log)
    var parts = Shell.Parts(
      store: store, plugins: plugins, clock: clock, desk: WireDesk(desk), logger: log, version: "test")
    parts.tableLimits = tables
    // A machine that is busy with other things is no reason to show a form without those who extend it.
    parts.waits.extensionsMs = 20_000
    parts.waits.extensionCallMs = 120_000
    change(&parts.waits)
    shell = Shell(parts)
    plugins.start()
  }

  /// A client that has said hello.
  package func connect(owner: Bool = false, locale: String = "ru") async throws -> TestClient {
    let client = TestClient(shell, desk, owner: owner)
    _ = try await client.call("initialize", ["clientInfo": ["name": "test"], "locale": JSONValue(locale)])
    return client
  }

  private static var errorsOnly: Logger {
    var log = Logger(label: "test")
    log.logLevel = .error
    return log
  }

  /// Loads a plugin that nobody has called yet: why that fails, in English; nil when it does not.
  package func failure(of id: String) async -> String? {
    do throws(PluginFailure) {
      try await plugins.load(id)
      return nil
    } catch {
      return error.message.en
    }
  }

  /// Ends everything; the folder goes with it.
  package func stop() async throws {
    shell.finishWrites()
    plugins.stop()
    try store.close()
    desk.shutDown()
    try FileManager.default.removeItem(atPath: folder)
  }

  /// The same where nobody is left to tell what went wrong.
  package func end() {
    shell.finishWrites()
    plugins.stop()
    // try?: the folder is in a temporary place.
    try? store.close()
    desk.shutDown()
    try? FileManager.default.removeItem(atPath: folder)
  }
}

/// A plugin's manifest with the C table of its code, or with the folder where its library lies.
@safe package struct TestPlugin {
  package let id: String
  let manifest: JSONValue
  let table: UnsafePointer<shell_plugin>?
  let libraryFolder: String

  package init(_ id: String, manifest: JSONValue, table: UnsafePointer<shell_plugin>) {
    self.id = id
    self.manifest = manifest
    unsafe self.table = unsafe table
    libraryFolder = ""
  }

  package init(_ id: String, manifest: JSONValue, libraryFolder: String) {
    self.id = id
    self.manifest = manifest
    unsafe table = nil
    self.libraryFolder = libraryFolder
  }
}
