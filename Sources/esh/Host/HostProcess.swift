import Jansson
import Logging
import PluginHost
import ShellCore
import ShellProtocol
import ShellStore
import ShellTime
import ShellTransport
import Terminal

/// A host put together over one data folder: clock, store, plugins, platform, application.
final class HostProcess: Sendable {
  static let version = "0.1.0"

  let desk: ShellTransport.Desk
  let store: Store
  let plugins: PluginHost
  let platform: PlatformLink
  let shell: Shell
  let log: Logger
  private let network: LazyNetwork

  init(_ options: ServeOptions) throws {
    var log = Logger(label: "esh", factory: { LineLog(label: $0) })
    log.logLevel = options.logLevel
    self.log = log
    let clock = try Self.clock(options)
    let installation = Installation()
    var configuration = PluginHostConfiguration()
    configuration.manifestFolders = options.manifests.isEmpty ? installation.manifests : options.manifests
    configuration.libraryFolders = options.plugins.isEmpty ? installation.plugins : options.plugins
    configuration.runners = RunnerLauncher()
    configuration.isolation = options.isolation
    configuration.isolation.ownFolders = installation.plugins
    configuration.isSafeMode = options.safeMode
    // Beside the opening of the store: neither needs the other, and a start has two processors.
    let trusted = TrustedFolder(options.folder.plugins)
    // Copies that the last host of this folder had open.
    PluginShelf.clear(trusted.runFolder)
    let reading = Beside { [folders = configuration.manifestFolders] in
      FoundPlugins(ManifestFolder.read(folders), installed: trusted.installed())
    }
    store = try Store(path: options.folder.database, clock: clock)
    desk = ShellTransport.Desk()
    platform = try PlatformLink(options.platform, folder: options.folder, clock: clock, log: log)
    network = LazyNetwork(certificates: options.platformCa)

    configuration.dataFolder = options.folder.path
    configuration.http = network
    configuration.platformURL = { [platform] in platform.address() }
    configuration.settings = { [platform] plugin in plugin == "max-platform" ? platform.settings() : .emptyObject }
    let found = reading.value
    configuration.trusted = (trusted, found.installed)
    plugins = PluginHost(
      configuration, catalog: PluginHost.catalogSource(found.manifests, broken: found.broken), store: store,
      clock: clock, logger: log)
    shell = Shell(
      Shell.Parts(
        store: store, plugins: plugins, clock: clock, desk: WireDesk(desk), logger: log, limits: options.limits,
        version: Self.version))
    shell.onClockMoved = { [platform] in platform.clockMoved() }
    for warning in plugins.catalog.warnings { log.warning("\(warning.en)") }
  }

  /// A manual clock goes on from the latest instant known, so that a restart never goes back in time.
  private static func clock(_ options: ServeOptions) throws -> any HostClock {
    guard let start = options.manualStartMs else { return SystemClock() }
    let file = KeptInstant(path: "\(options.folder.path)/clock")
    return ManualClock(max(start, file.read() ?? start), onChange: { file.write($0) })
  }

  /// Lets jobs and events run, and the platform.
  func start() {
    platform.start()
    plugins.start()
  }

  /// Ends everything in order and waits: what runs is finished, what was told is on disk. Not on a thread of Swift's
  /// pool: what is waited for may need one.
  func stop() {
    shell.finishWrites()
    // Before the plugins: a long poll would hold them for half a minute. Whatever is cut off here is on disk, and
    // is asked again at the next start.
    network.close()
    plugins.stop()
    platform.stop()
    do { try store.close() } catch { log.error("the store did not close", metadata: ["reason": "\(error)"]) }
    desk.shutDown()
  }
}
