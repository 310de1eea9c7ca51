import Dispatch
import Jansson
import Logging
import ShellStore
import ShellTime
import Synchronization

/// All plugins of one host: found by their manifests, loaded on first need, called, watched and stopped.
///
/// Any thread may use it, and nothing here waits for a plugin, apart from `stop`. A plugin's code never runs
/// on the thread of a caller. A host that needs no plugin loads none, and wakes for none.
package final class PluginHost: Sendable {
  /// Makes a catalog with some plugins switched off.
  package typealias CatalogSource = @Sendable (_ disabled: Set<String>) -> Catalog

  let configuration: PluginHostConfiguration
  let store: Store
  let clock: any HostClock
  let logger: Logger
  let watchdog = Watchdog()
  let decisions: PluginDecisions
  let journal: LazyJournal
  /// Every plugin whose manifest could be read: those in use in load order, then the others.
  let instances: [PluginInstance]
  let byID: [String: PluginInstance]
  let owners: NameOwners
  let deliveries: Deliveries
  /// One plugin at a time is loaded here.
  let loading = DispatchQueue(label: "esh.plugins.loading")
  private let catalogSource: CatalogSource
  private let links: Mutex<Links>

  private struct Links {
    var catalog: Catalog
    weak var delegate: (any PluginHostDelegate)?
    var services: [String: HostService] = [:]
    var stopping = false
  }

  /// Reads what the last process left behind and makes the catalog; loads no plugin. `timer` nil: the
  /// machine's, or none with a manual clock.
  package init(
    _ configuration: PluginHostConfiguration, catalog source: @escaping CatalogSource, store: Store,
    clock: any HostClock, logger: Logger, timer: (any WakeTimer)? = nil
  ) {
    self.configuration = configuration
    self.store = store
    self.clock = clock
    self.logger = logger
    let folder = configuration.dataFolder
    decisions = PluginDecisions(path: folder.map { "\($0)/plugins.json" })
    let journalPath = folder.map { "\($0)/plugins.journal" }
    if let journalPath { decisions.judge(CrashJournal.unfinished(path: journalPath)) }
    journal = LazyJournal(path: journalPath)

    let decided = decisions.current
    let catalog = source(decided.disabled)
    catalogSource = source
    links = Mutex(Links(catalog: catalog))
    instances = Self.manifests(of: catalog).map { manifest in
      let context = PluginContext(
        id: manifest.id, grants: PluginGrants(manifest),
        policy: StatementPolicy(plugin: manifest.id, views: Set(manifest.permissions.views)),
        breaker: CircuitBreaker(width: manifest.concurrency == .parallel ? PluginInstance.mostStuck : 1),
        settings: { [settings = configuration.settings, id = manifest.id] in settings(id) })
      return PluginInstance(
        manifest, context: context, disabled: decided.disabled.contains(manifest.id),
        failure: decided.quarantined[manifest.id])
    }
    byID = Dictionary(instances.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    owners = NameOwners(instances)
    deliveries = Deliveries(
      store: store, clock: clock, logger: logger, jitter: configuration.jitter,
      timer: timer ?? (clock is ManualClock ? NoWakeTimer() : SystemWakeTimer()))
    holdBack(by: catalog)
    deliveries.connect(self)
    for instance in instances { instance.context.connect(self) }
  }

  /// The same with the manifests of the configuration's folders, read now.
  package convenience init(
    _ configuration: PluginHostConfiguration, store: Store, clock: any HostClock, logger: Logger,
    timer: (any WakeTimer)? = nil
  ) {
    let (manifests, broken) = ManifestFolder.read(configuration.manifestFolders)
    self.init(
      configuration, catalog: Self.catalogSource(manifests, broken: broken), store: store, clock: clock,
      logger: logger, timer: timer)
  }

  /// Catalogs of the given manifests.
  package static func catalogSource(_ manifests: [Manifest], broken: [ManifestError] = []) -> CatalogSource {
    { disabled in
      var builder = CatalogBuilder(disabled: disabled)
      for manifest in manifests { builder.add(manifest) }
      for error in broken { builder.add(broken: error) }
      return builder.build()
    }
  }

  /// What the plugins that are switched on contribute.
  package var catalog: Catalog { links.withLock { $0.catalog } }

  /// Makes the catalog anew after a decision.
  func rebuildCatalog() {
    let fresh = catalogSource(decisions.current.disabled)
    links.withLock { $0.catalog = fresh }
    holdBack(by: fresh)
  }

  /// Tells each plugin whether the catalog can do with it.
  private func holdBack(by catalog: Catalog) {
    for instance in instances {
      let plugin = catalog.plugin(instance.id)
      let reason =
        configuration.isSafeMode
        ? "the host runs in safe mode and loads no plugin"
        : plugin?.state == .resolved ? nil : plugin?.error?.en
      instance.state.withLock { $0.heldBack = reason }
    }
  }

  private static func manifests(of catalog: Catalog) -> [Manifest] {
    let inUse = catalog.loadOrder.compactMap { catalog.plugin($0)?.manifest }
    return inUse + catalog.plugins.filter { $0.state != .resolved }.compactMap(\.manifest)
  }

  /// Whom to tell what happens; kept weakly.
  package var delegate: (any PluginHostDelegate)? {
    get { links.withLock { $0.delegate } }
    set { links.withLock { $0.delegate = newValue } }
  }

  /// Offers services of the host to plugins. Their manifests must name them like any other.
  package func register(_ services: [HostService]) {
    links.withLock { links in
      for service in services {
        precondition(links.services[service.name] == nil, "service '\(service.name)' is registered twice")
        links.services[service.name] = service
      }
    }
  }

  func hostService(_ name: String) -> HostService? { links.withLock { $0.services[name] } }

  var isStopping: Bool { links.withLock { $0.stopping } }

  /// Refuses new calls from here on. False when that was so before.
  func beginStopping() -> Bool {
    links.withLock { links in
      defer { links.stopping = true }
      return !links.stopping
    }
  }

  /// Starts the deliveries: plugins with due jobs or undelivered events are loaded, no others.
  package func start() { deliveries.start() }

  /// What the store's commit observer saw; the core passes it on. Returns at once.
  package func committed(_ change: CommittedChange) {
    if change.events || change.jobs { deliveries.kick(events: change.events, jobs: change.jobs) }
  }

  /// Moves the manual clock to `ms`, from due instant to due instant, and runs what falls due on the way,
  /// with the events that follow. Jobs that the manifest calls background are started and not waited for.
  /// With another clock it runs what is due now.
  package func runDue(upTo ms: Int64) async { await deliveries.runDue(upTo: ms) }
}

/// The crash journal, made when the first plugin is loaded.
final class LazyJournal: Sendable {
  private let path: String?
  private let journal = Mutex<CrashJournal?>(nil)

  init(path: String?) { self.path = path }

  /// nil before the first plugin, and where there is no folder for it.
  var value: CrashJournal? { journal.withLock { $0 } }

  func open() {
    guard let path else { return }
    journal.withLock { if $0 == nil { $0 = CrashJournal(path: path) } }
  }
}
