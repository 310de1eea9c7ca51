import Jansson
import Logging
import PluginHost
import ShellCore
import ShellHTTP
import ShellProtocol
import ShellStore
import ShellTime
import ShellTransport

/// A host put together over one data folder: clock, store, plugins, platform, application.
final class HostProcess: Sendable {
  static let version = "0.1.0"

  struct Options {
    var folder: DataFolder
    var manifests: [String] = []
    var libraries: [String] = []
    /// Milliseconds since 1970 at which a manual clock starts; nil: the machine's clock.
    var manualStartMs: Int64?
    var platform = "embedded"
    var certificates: String?
    var logLevel = Logger.Level.notice
    var limits = Limits()
  }

  let desk: ShellTransport.Desk
  let store: Store
  let plugins: PluginHost
  let platform: PlatformLink
  let shell: Shell
  let log: Logger
  private let network: NetworkClient

  init(_ options: Options) throws {
    var log = Logger(label: "esh", factory: { LineLog(label: $0) })
    log.logLevel = options.logLevel
    self.log = log
    let clock = try Self.clock(options)
    store = try Store(path: options.folder.database, clock: clock)
    desk = ShellTransport.Desk()
    platform = try PlatformLink(options.platform, folder: options.folder, clock: clock, log: log)
    network = NetworkClient(.init(certificateBundle: options.certificates))

    let installation = Installation()
    var configuration = PluginHostConfiguration()
    configuration.manifestFolders = options.manifests.isEmpty ? installation.manifests : options.manifests
    configuration.libraryFolders = options.libraries.isEmpty ? installation.plugins : options.libraries
    configuration.dataFolder = options.folder.path
    configuration.http = network
    configuration.platformURL = { [platform] in platform.address() }
    configuration.settings = { [platform] plugin in plugin == "max-platform" ? platform.settings() : .emptyObject }
    plugins = PluginHost(configuration, store: store, clock: clock, logger: log)
    shell = Shell(
      Shell.Parts(
        store: store, plugins: plugins, clock: clock, desk: WireDesk(desk), logger: log, limits: options.limits,
        version: Self.version))
    shell.onClockMoved = { [platform] in platform.clockMoved() }
    for warning in plugins.catalog.warnings { log.warning("\(warning.en)") }
  }

  /// A manual clock goes on from the latest instant known, so that a restart never goes back in time.
  private static func clock(_ options: Options) throws -> any HostClock {
    guard let start = options.manualStartMs else { return SystemClock() }
    let file = KeptInstant(path: "\(options.folder.path)/clock")
    return ManualClock(max(start, file.read() ?? start), onChange: { file.write($0) })
  }

  /// Lets jobs and events run, and the platform.
  func start() {
    platform.start()
    plugins.start()
  }

  /// Ends everything in order: what runs is finished, what was told is on disk.
  func stop() async {
    shell.finishWrites()
    // Before the plugins: a long poll would hold them for half a minute. Whatever is cut off here is on disk, and
    // is asked again at the next start.
    await network.close()
    plugins.stop()
    await platform.stop()
    do { try store.close() } catch { log.error("the store did not close", metadata: ["reason": "\(error)"]) }
    do { try await desk.shutDown() } catch { log.error("the desk did not end", metadata: ["reason": "\(error)"]) }
  }
}
