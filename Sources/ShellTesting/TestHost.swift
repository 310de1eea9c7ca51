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
package final class TestHost {
  package let folder: String
  package let clock: ManualClock
  package let store: Store
  package let plugins: PluginHost
  package let shell: Shell
  private let desk: ShellTransport.Desk

  /// `plugins`: manifests with the tables of their code. `startMs`: what the clock shows first.
  package init(_ code: [TestPlugin], startMs: Int64 = 1_788_000_000_000) throws {
    folder = NSTemporaryDirectory() + "esh-test-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    clock = ManualClock(startMs)
    store = try Store(path: "\(folder)/esh.sqlite", clock: clock)
    desk = ShellTransport.Desk()
    var configuration = PluginHostConfiguration()
    configuration.dataFolder = folder
    var manifests: [Manifest] = []
    for plugin in code {
      manifests.append(try Manifest(plugin.manifest, file: "\(plugin.id).json"))
      configuration.inProcess[plugin.id] = try unsafe PluginLibrary.inProcess(plugin.table)
    }
    var log = Logger(label: "test")
    log.logLevel = .error
    plugins = PluginHost(
      configuration, catalog: PluginHost.catalogSource(manifests), store: store, clock: clock, logger: log)
    shell = Shell(
      Shell.Parts(
        store: store, plugins: plugins, clock: clock, desk: WireDesk(desk), logger: log, version: "test"))
    plugins.start()
  }

  /// A client that has said hello.
  package func connect(owner: Bool = false, locale: String = "ru") async throws -> TestClient {
    let client = TestClient(shell, desk, owner: owner)
    _ = try await client.call("initialize", ["clientInfo": ["name": "test"], "locale": JSONValue(locale)])
    return client
  }

  /// Ends everything; the folder goes with it.
  package func stop() async throws {
    shell.finishWrites()
    plugins.stop()
    try store.close()
    desk.shutDown()
    try FileManager.default.removeItem(atPath: folder)
  }
}

/// A plugin's manifest and the C table of its code.
@safe package struct TestPlugin {
  let id: String
  let manifest: JSONValue
  let table: UnsafePointer<shell_plugin>

  package init(_ id: String, manifest: JSONValue, table: UnsafePointer<shell_plugin>) {
    self.id = id
    self.manifest = manifest
    unsafe self.table = unsafe table
  }
}
