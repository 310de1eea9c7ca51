import CShellPlugin
import Jansson
import Logging
import ShellStore
import ShellTime

/// What a `PluginHost` is made of.
package struct PluginHostConfiguration: Sendable {
  /// Folders whose `*.json` are manifests; `manifest.schema.json` is none.
  package var manifestFolders: [String]
  /// Where libraries are looked for, in this order.
  package var libraryFolders: [String]
  /// Where decisions and the crash journal are kept; nil: nowhere.
  package var dataFolder: String?
  /// The way out to the network; nil: there is none, and plugins are told "http.unreachable".
  package var http: (any HTTPFetching)?
  /// The address that "@platform" in a manifest stands for. Asked at each request.
  package var platformURL: @Sendable () -> String?
  /// Settings of a plugin, an object. Asked once, when the plugin first wants them; may wait.
  package var settings: @Sendable (_ plugin: String) -> JSONValue
  /// Plugins linked into this very image, by id: for tests. They need a manifest like any other.
  package var inProcess: [String: PluginLibrary]
  /// Starts the processes of plugins that run in one of their own; nil: none does.
  package var runners: (any RunnerLaunching)?
  /// Where plugins run; by default as `isolation(of:at:)` says.
  package var isolation = IsolationPolicy()
  /// Loads no plugin, whatever is decided: to look at a desktop that does not start, and to switch plugins off.
  package var isSafeMode = false
  /// Real time for loading, and again for `activate`. Migrations are not counted.
  package var activationLimitMs: Int64
  /// Real time that `stop` gives the calls in flight, and again each plugin's `deactivate`.
  package var drainLimitMs: Int64
  /// Where plugins lie that an administrator has installed, and which of them this host uses: their libraries are opened
  /// only as they were agreed to.
  package var trusted: (folder: TrustedFolder, ids: Set<String>)?
  /// Told when a plugin makes use of a permission, on its own thread; must not wait.
  package var onPermissionUse: (@Sendable (_ plugin: String, _ use: PermissionUse) -> Void)?
  /// Spreads retries of jobs: 0..<1, 0 being the earliest.
  package var jitter: @Sendable () -> Double

  package init(
    manifestFolders: [String] = [], libraryFolders: [String] = [], dataFolder: String? = nil,
    http: (any HTTPFetching)? = nil, platformURL: @escaping @Sendable () -> String? = { nil },
    settings: @escaping @Sendable (_ plugin: String) -> JSONValue = { _ in .emptyObject },
    inProcess: [String: PluginLibrary] = [:], activationLimitMs: Int64 = 5000,
    drainLimitMs: Int64 = 5000, jitter: @escaping @Sendable () -> Double = { .random(in: 0..<1) }
  ) {
    self.manifestFolders = manifestFolders
    self.libraryFolders = libraryFolders
    self.dataFolder = dataFolder
    self.http = http
    self.platformURL = platformURL
    self.settings = settings
    self.inProcess = inProcess
    self.activationLimitMs = activationLimitMs
    self.drainLimitMs = drainLimitMs
    self.jitter = jitter
  }
}

/// Whom the plugin host tells what happened. Any thread; must not wait.
package protocol PluginHostDelegate: AnyObject, Sendable {
  /// A plugin was loaded, failed, was enabled or disabled.
  func pluginChanged(_ id: String, _ state: PluginStatus.State)
  /// A plugin wants to show something: `{"session": id}` or `{"user": id}`, with `"effects"`.
  func present(_ message: JSONValue, from plugin: String)
}

/// A service that the host itself offers to plugins.
package struct HostService: Sendable {
  /// Gets the params, the session behind the call and the calling plugin; ends the call exactly once, on any
  /// thread. Must not wait.
  package typealias Handler =
    @Sendable (
      _ params: JSONValue, _ session: JSONValue?, _ caller: String, _ completion: @escaping CallCompletion
    ) -> Void

  package let name: String
  let handler: Handler

  package init(_ name: String, _ handler: @escaping Handler) {
    self.name = name
    self.handler = handler
  }
}
