import Jansson
import ShellProtocol
import WhenClause

/// Everything that the installed plugins contribute, merged, checked and frozen: the desktop as it can be shown with
/// no library loaded. A change (a plugin enabled or disabled) builds another catalog.
package final class Catalog: Sendable {
  /// One installed plugin and whether its contributions count.
  package struct Plugin: Sendable {
    package enum State: String, Sendable {
      /// In use.
      case resolved
      /// Its manifest is broken.
      case failed
      /// Switched off, or held back by its requirements or by somebody else's names.
      case disabled
    }

    package let id: String
    /// Where its manifest was read from.
    package let file: String
    /// Nil when it could not be read.
    package let manifest: Manifest?
    package let state: State
    /// Why it is not resolved; nil also for a plugin that an administrator has switched off.
    package let error: LocalizedText?
    /// Contributions that are left out while the rest of the plugin works, each with its reason.
    package let leftOut: [LocalizedText]
  }

  /// Sorted by id.
  package let plugins: [Plugin]
  /// Ids of the resolved plugins, each after those that it requires.
  package let loadOrder: [String]
  /// What was left out or looks wrong while the plugins work all the same; for the log.
  package let warnings: [LocalizedText]

  package let commands: [String: Command]
  package let windows: [String: Window]
  package let services: [String: Service]
  package let events: [String: Event]
  package let jobs: [String: Job]
  package let contextKeys: [String: ContextKey]
  package let settings: [String: Setting]
  package let registries: [String: Registry]
  /// The Start menu, sorted; what a user may not see is left out only when it is shown.
  package let startMenu: Ordered<MenuNode>
  package let shortcuts: Ordered<Item>

  private let pluginIndex: [String: Int]
  private let providers: [String: String]
  private let tableOwners: [String: String]
  private let extensions: [String: [Extension]]
  private let extensionOwners: [String: String]

  init(_ parts: CatalogParts) {
    plugins = parts.plugins
    pluginIndex = Dictionary(uniqueKeysWithValues: parts.plugins.enumerated().map { ($1.id, $0) })
    loadOrder = parts.loadOrder
    warnings = parts.warnings
    commands = parts.commands
    windows = parts.windows
    services = parts.services
    events = parts.events
    jobs = parts.jobs
    contextKeys = parts.contextKeys
    settings = parts.settings
    registries = parts.registries
    startMenu = Ordered(parts.startMenu) { $0.place }
    shortcuts = Ordered(parts.shortcuts) { $0.place }
    providers = parts.providers
    tableOwners = parts.tableOwners
    extensions = parts.extensions
    extensionOwners = parts.extensionOwners
  }

  package func plugin(_ id: String) -> Plugin? { pluginIndex[id].map { plugins[$0] } }
  package func command(_ id: String) -> Command? { commands[id] }
  package func window(_ type: String) -> Window? { windows[type] }
  /// What plugins show in that form, in order.
  package func extensions(of window: String) -> [Extension] { extensions[window] ?? [] }
  /// The plugin that is asked for a window type, or for an extension's.
  package func owner(ofWindow type: String) -> String? { windows[type]?.owner ?? extensionOwners[type] }
  package func registry(_ id: String) -> Registry? { registries[id] }
  package func service(_ name: String) -> Service? { services[name] }
  package func event(_ name: String) -> Event? { events[name] }
  package func job(_ name: String) -> Job? { jobs[name] }
  package func contextKey(_ name: String) -> ContextKey? { contextKeys[name] }
  /// The plugin whose tab shows that table.
  package func owner(ofTable id: String) -> String? { tableOwners[id] }
  /// The resolved plugin that provides a contract `name/version`.
  package func provider(of contract: String) -> String? { providers[contract] }

  /// Ids of the resolved plugins that receive an event, in load order. Empty also for an event that nobody publishes.
  package func subscribers(of event: String) -> [String] {
    loadOrder.filter { plugin($0)?.manifest?.permissions.events.contains(event) ?? false }
  }

  /// A key's value where none is stored: its default; for a name that nobody declares an empty string.
  package func defaultValue(of key: String) -> WhenValue { contextKeys[key]?.defaultValue ?? .string("") }
}

/// What the builder hands over.
struct CatalogParts {
  var plugins: [Catalog.Plugin] = []
  var loadOrder: [String] = []
  var warnings: [LocalizedText] = []
  var commands: [String: Catalog.Command] = [:]
  var windows: [String: Catalog.Window] = [:]
  var services: [String: Catalog.Service] = [:]
  var events: [String: Catalog.Event] = [:]
  var jobs: [String: Catalog.Job] = [:]
  var contextKeys: [String: Catalog.ContextKey] = [:]
  var settings: [String: Catalog.Setting] = [:]
  var registries: [String: Catalog.Registry] = [:]
  var startMenu: [Catalog.MenuNode] = []
  var shortcuts: [Catalog.Item] = []
  var providers: [String: String] = [:]
  var tableOwners: [String: String] = [:]
  /// By the type of the form, sorted.
  var extensions: [String: [Catalog.Extension]] = [:]
  var extensionOwners: [String: String] = [:]
  /// By plugin; each is among the warnings, too.
  var leftOut: [String: [LocalizedText]] = [:]
}
