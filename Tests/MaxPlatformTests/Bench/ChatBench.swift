import CShellPlugin
import Foundation
import Jansson
import Logging
import MaxPlatformPlugin
import PlatformTesting
import PluginKit
import ShellStore
import ShellTime
import Testing

@testable import PluginHost

/// A host with the platform's plugin over a real store, beside a platform. Another bench on the same folder is the
/// host after a restart.
final class ChatBench: Sendable {
  let platform: ChatPlatform
  let folder: String
  let store: Store
  let http = SwitchedHTTP()
  let host: PluginHost
  let commits = Commits()
  /// From the first commit on, those of the start included.
  private let crash: Crash?

  init(
    _ platform: ChatPlatform, folder: String? = nil, token: String? = nil,
    crash: Crash? = nil
  ) throws {
    self.platform = platform
    self.folder = try folder ?? platform.newFolder()
    store = try Store(path: "\(self.folder)/esh.sqlite", clock: platform.clock)
    let url = platform.url
    let settings: JSONValue = [
      "platformURL": JSONValue(url), "platformToken": JSONValue(token ?? platform.simulator.botToken),
    ]
    let library = unsafe try PluginLibrary.inProcess(try #require(PlatformTable.pointer))
    let configuration = PluginHostConfiguration(
      http: http, platformURL: { url }, settings: { _ in settings }, inProcess: ["max-platform": library],
      jitter: { 0 })
    let manifests = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../Manifests")
    let manifest = try Manifest(
      parsing: Array(Data(contentsOf: manifests.appending(path: "max-platform.json"))), file: "max-platform.json")
    host = PluginHost(
      configuration, catalog: PluginHost.catalogSource([manifest]), store: store, clock: platform.clock,
      logger: Logger(label: "test") { _ in ChatLog() })
    self.crash = crash
    store.setCommitObserver { [weak self] change in self?.committed(change) }
    host.start()
  }

  deinit {
    // A test that throws leaves its network open, for which the client has no mercy.
    Task { [http] in await http.close() }
  }

  private func committed(_ change: CommittedChange) {
    crash?.committed(store.path, http)
    host.committed(change)
    commits.rang()
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
  func restarted() async throws -> ChatBench {
    await stop()
    return try ChatBench(platform, folder: folder)
  }
}

@safe enum PlatformTable {
  static var pointer: UnsafePointer<shell_plugin>? { unsafe PluginEntry.table(MaxPlatform.definition, hostMajor: 1) }
}

/// Shows the log when `ESH_TEST_LOG` is set, to see why a test failed.
private struct ChatLog: LogHandler {
  var metadata = Logger.Metadata()
  var logLevel = Logger.Level.debug

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    guard ProcessInfo.processInfo.environment["ESH_TEST_LOG"] != nil else { return }
    print("\(event.level) \(event.message) \(event.metadata ?? [:])")
  }
}
