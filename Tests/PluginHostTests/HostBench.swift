import Foundation
import Jansson
import Logging
import ShellStore
import ShellTime
import Synchronization

@testable import PluginHost

/// A plugin host over a real store in a temporary folder, with a clock that the test moves.
final class HostBench: Sendable {
  static let start: Int64 = 1_750_000_000_000

  let folder: TemporaryFolder
  let store: Store
  let clock: ManualClock
  let host: PluginHost
  let seen = Seen()

  init(
    _ plugins: [ScriptedPlugin], in folder: TemporaryFolder = TemporaryFolder(), install: Bool = true,
    clock: ManualClock = ManualClock(HostBench.start), limitMs: Int64 = 60_000,
    configure: (inout PluginHostConfiguration) -> Void = { _ in }
  ) throws {
    self.folder = folder
    self.clock = clock
    store = try Store(path: "\(folder.path)/esh.sqlite", clock: clock)
    if install { for plugin in plugins { try plugin.install(in: folder.path) } }
    var configuration = PluginHostConfiguration(
      libraryFolders: [folder.path], dataFolder: folder.path, activationLimitMs: limitMs, drainLimitMs: 200,
      jitter: { 0 })
    if Self.place == .runner {
      configuration.runners = ThreadRunners()
      configuration.isolation.everywhere = .runner
    }
    configure(&configuration)
    host = PluginHost(
      configuration, catalog: PluginHost.catalogSource(try plugins.map { try $0.manifest() }), store: store,
      clock: clock, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    host.delegate = seen
    store.setCommitObserver { [weak host] change in host?.committed(change) }
  }

  deinit {
    host.stop()
    // try?: the folder goes away with it.
    try? store.close()
  }

  func run(
    _ command: String, _ params: JSONValue = .emptyObject, session: JSONValue? = nil,
    deadlineMs: Int64? = nil,
    idempotency: PluginCall.Idempotency? = nil
  ) async -> Result<JSONValue, PluginFailure> {
    do throws(PluginFailure) {
      return .success(
        try await host.call(
          PluginCall(
            .command, command, params: params, session: session, deadlineMs: deadlineMs, trace: "t-1",
            idempotency: idempotency)))
    } catch {
      return .failure(error)
    }
  }

  func rows(_ sql: String) throws -> JSONValue {
    try store.transact(.read) { try $0.query(sql, nil, policy: nil) }
  }

  func status(_ id: String = "scripted") -> PluginStatus? { host.statuses().first { $0.id == id } }
}

/// What the host told its delegate.
final class Seen: PluginHostDelegate {
  let presented = Mutex<[JSONValue]>([])
  let changes = Mutex<[String]>([])

  func pluginChanged(_ id: String, _ state: PluginStatus.State) {
    changes.withLock { $0.append("\(id) \(state)") }
  }
  func present(_ message: JSONValue, from plugin: String) { presented.withLock { $0.append(message) } }
}

extension Result where Failure == PluginFailure {
  var failure: PluginFailure? {
    if case .failure(let failure) = self { return failure }
    return nil
  }

  var value: Success? {
    if case .success(let value) = self { return value }
    return nil
  }
}
