import Jansson
import Logging
import PluginHost
import ShellProtocol
import ShellStore
import ShellTime
import Synchronization
import WhenClause

/// The application: sessions and their desktops over one store and one set of plugins. It knows no domain.
///
/// Lives on the desk, except where a member says otherwise; it does no I/O of its own beside the store.
package final class Shell: @unchecked Sendable {
  // Safe to share: what changes is touched on the desk only.
  package let store: Store
  package let plugins: PluginHost
  package let clock: any HostClock
  package let desk: any Desk
  package let logger: Logger
  package let startedMs = monotonicMs()
  let sideReader = SideReader()
  let patientReader = PatientReader()
  let paces: TablePaces
  let waits: Waits
  let background = BackgroundWrites()

  private(set) var catalog: DesktopCatalog
  package private(set) var dispatcher: Dispatcher!  // set in init, after the methods that point to self
  /// Called after `clock/advance` has moved a manual clock: others may follow it.
  package var onClockMoved: @Sendable () -> Void = {}
  var sessions: [ObjectIdentifier: DesktopSession] = [:]
  var tables: [String: LoadedTable] = [:]
  private var lastSession: UInt64 = 0
  private let run = UInt32.random(in: 0...UInt32.max)
  var endings = SessionEndings()
  /// Connections that came with a browser's session.
  var webConnections: UInt64 = 0

  /// In milliseconds of real time.
  package struct Waits: Sendable {
    /// Between two words to a client about changes that it did not ask for.
    package var newsMs: Int64 = 100
    /// How long the opening of a form waits for those who extend it.
    package var extensionsMs: Int64 = 500
    /// After which a question to one of those is given up.
    package var extensionCallMs: Int64 = 5_000

    package init() {}
  }

  package struct Parts {
    package var store: Store
    package var plugins: PluginHost
    package var clock: any HostClock
    package var desk: any Desk
    package var logger: Logger
    package var limits: Limits
    package var tableLimits = TablePaces.Limits()
    package var waits = Waits()
    package var version: String

    package init(
      store: Store, plugins: PluginHost, clock: any HostClock, desk: any Desk, logger: Logger,
      limits: Limits = Limits(), version: String
    ) {
      self.store = store
      self.plugins = plugins
      self.clock = clock
      self.desk = desk
      self.logger = logger
      self.limits = limits
      self.version = version
    }
  }

  package init(_ parts: Parts) {
    store = parts.store
    plugins = parts.plugins
    clock = parts.clock
    desk = parts.desk
    logger = parts.logger
    paces = TablePaces(parts.tableLimits)
    waits = parts.waits
    catalog = DesktopCatalog(catalog: parts.plugins.catalog)
    var methods = MethodCatalogBuilder()
    addSessionMethods(&methods)
    addDesktopMethods(&methods)
    addWindowMethods(&methods)
    addTableMethods(&methods)
    addPluginMethods(&methods)
    addHostMethods(&methods)
    methods.add(notifications: Self.notifications)
    methods.add { WireSchemas.all }
    dispatcher = Dispatcher(
      methods.build(), desk: parts.desk, identity: HostIdentity(version: parts.version), limits: parts.limits,
      idempotency: StoredAnswers(parts.store, background, desk: parts.desk))
    dispatcher.onDefect = { [logger] trace, method, details in
      logger.error("defect", metadata: ["trace": "\(trace)", "method": "\(method)", "details": "\(details)"])
    }
    dispatcher.pluginCommands = { [unowned self] in commandsForDocument($0) }
    dispatcher.liveExamples = { [unowned self] in liveExamples($0) }
    plugins.delegate = self
    plugins.register([endSessionsService()])
    store.setCommitObserver { [weak self] change in self?.committed(change) }
  }

  /// Takes in a connection. `isOwner`: whether it may act as the owner of the data folder.
  package func connected(_ conversation: Conversation, isOwner: Bool) {
    let session = DesktopSession(self, conversation, isOwner: isOwner)
    conversation.context = session
    sessions[ObjectIdentifier(session)] = session
  }

  /// Waits for the host's own small writes. Not from the desk.
  package func finishWrites() { background.drain() }

  /// Forgets a connection that is gone.
  package func disconnected(_ conversation: Conversation) {
    guard let session = conversation.context as? DesktopSession else { return }
    sessions[ObjectIdentifier(session)] = nil
    session.web?.alarm?.cancel()
    session.signInAlarm?.cancel()
    if let web = session.web { touchWebSession(web.key) }
    conversation.context = nil
  }

  func session(of request: Request) -> DesktopSession {
    guard let session = request.conversation.context as? DesktopSession else {
      preconditionFailure("a conversation is connected before it receives")
    }
    return session
  }

  /// A name for a sign-in that no other of this data folder is likely to have.
  func nextSessionID() -> String {
    lastSession += 1
    return "s" + String(run, radix: 36) + "-" + String(lastSession, radix: 36)
  }

  var nowText: String { RFC3339.text(clock.nowMs) }

  /// Other code may give them now, under the same names.
  private func renewTables(of plugin: String) {
    let own = tables.values.filter { $0.policy.owner == plugin }.map(\.id)
    for table in own {
      tables[table] = nil
      paces.forget(table)
    }
    // Only of a known table it is told what changes it.
    for table in own { _ = loadedTable(table) }
  }

  /// Shows what the plugins contribute now that one was switched on or off.
  private func takeCatalog() {
    guard plugins.catalog !== catalog.catalog else { return }
    catalog = DesktopCatalog(catalog: plugins.catalog)
    for table in tables.keys { paces.forget(table) }
    tables.removeAll()
    for session in sessions.values where session.signedIn != nil {
      session.tellDesktop()
      for window in session.windows { tellAnew(session, window) }
    }
  }

  /// Shows a window again as its plugins are now: a table may have lost its plugin, or got it back.
  private func tellAnew(_ session: DesktopSession, _ window: OpenWindow) {
    session.extend(window)
    session.tell(window)
    loadTables(of: window) { [weak session, weak window] in
      guard let session, let window, session.window(window.id) != nil else { return }
      session.tell(window)
    }
  }

  /// The service `shell.endSessions {user, reason}`: signs a user out everywhere, and tells so.
  private func endSessionsService() -> HostService {
    HostService("shell.endSessions") { [weak self] params, _, _, completion in
      guard let self else { return completion(.success(.emptyObject)) }
      let user = params["user"]?.string ?? ""
      let reason = params["reason"] ?? "ended"
      desk.execute { [self] in
        endings.note(user)
        for session in sessions.values where session.signedIn?.userID == user {
          session.end()
          session.conversation.notify("session/didEnd", .value(["reason": reason]))
        }
        background.write { [store, logger] in
          do {
            try store.endWebSessions(user: user)
          } catch {
            logger.error("sessions are not forgotten", metadata: ["reason": "\(error)"])
          }
          completion(.success(.emptyObject))
        }
      }
    }
  }

  func brokenWindow(_ type: String) -> WireError {
    logger.error("a plugin described no window", metadata: ["type": "\(type)"])
    return WireError(
      .pluginUnavailable, kind: "plugin.protocol",
      LocalizedText(ru: "Модуль не описал окно «\(type)»", en: "The plugin did not describe the window '\(type)'"))
  }
}

// MARK: - Plugins and the store

extension Shell {
  /// Calls a plugin and comes back to the desk. A cancelled request gives the call up. `reads` hears, on any thread,
  /// which tables the call's transactions have read.
  func call(
    _ call: PluginCall, request: Request?, reads: CallEvents.Read? = nil,
    _ done: @escaping (Result<JSONValue, PluginFailure>) -> Void
  ) {
    let carried = DeskBound(done)
    let events = CallEvents(
      progress: { [desk] value in desk.run { request.map { $0.progress(value.read(in: $0.locale, "message")) } } },
      settled: { [desk] in desk.run { request?.settled() } }, read: reads)
    let handle = plugins.call(call, events: events) { [desk] result in
      // Always by the queue, also when the plugin answered at once: what it committed before is told before.
      desk.execute { carried.value(result) }
    }
    request?.onCancel { reason in
      // Only whoever is gone asks again with the same key. Whoever stays must not find windows changed.
      if reason == .disconnect { handle.leave() } else { handle.cancel() }
    }
  }

  func contextValues(user: String) -> [String: JSONValue] {
    do {
      return try store.contextValues(user: user)
    } catch {
      logger.error("cannot read context keys", metadata: ["reason": "\(error)"])
      return [:]
    }
  }

  static let sessionTitle = AuditLine.Words(ru: "Сеанс", en: "Session")
  static let auditTitles = [
    "session.login": AuditLine.Words(ru: "Вход", en: "Signed in"),
    "session.logout": AuditLine.Words(ru: "Выход", en: "Signed out"),
    "plugin.enable": AuditLine.Words(ru: "Модуль включён", en: "Plugin switched on"),
    "plugin.disable": AuditLine.Words(ru: "Модуль выключен", en: "Plugin switched off"),
  ]

  /// Writes a line of the host's own into the audit log, beside the desk.
  func audit(_ session: DesktopSession, _ action: String, trace: String) {
    guard let user = session.signedIn else { return }
    let line = auditLine(of: user, client: session.client, action, trace: trace)
    background.write { [store, logger] in
      do {
        try store.transact(.write) { try $0.audit(line) }
      } catch {
        logger.error("audit line lost", metadata: ["action": "\(action)", "reason": "\(error)"])
      }
    }
  }

  func auditLine(of user: SignedIn, client: String, _ action: String, trace: String) -> AuditLine {
    AuditLine(
      user: user.userID, login: user.user["login"]?.string, session: user.sessionID, client: client,
      method: action, action: action, object: "session", old: nil, new: nil, trace: trace,
      zone: user.user["organization"]?["timeZone"]?.string,
      title: Self.auditTitles[action], objectTitle: Self.sessionTitle)
  }

  /// Any thread, after each commit.
  private func committed(_ change: CommittedChange) {
    plugins.committed(change)
    guard !change.tables.isEmpty || !change.contextUsers.isEmpty else { return }
    desk.execute { [weak self] in
      self?.tablesChanged(change.tables)
      if !change.contextUsers.isEmpty { self?.contextChanged(change.contextUsers) }
    }
  }

  private func contextChanged(_ users: Set<String>) {
    for session in sessions.values {
      guard let user = session.signedIn?.userID, users.contains("") || users.contains(user) else { continue }
      session.contextChanged()
    }
  }
}

extension Shell: PluginHostDelegate {
  package func pluginChanged(_ id: String, _ state: PluginStatus.State) {
    desk.execute { [weak self] in
      guard let self else { return }
      takeCatalog()
      if state == .active { renewTables(of: id) }
      for session in sessions.values where session.signedIn != nil {
        session.conversation.notify(
          "plugin/didChange", .value(["plugin": JSONValue(id), "state": JSONValue(state.rawValue)]))
      }
    }
  }

  package func present(_ message: JSONValue, from plugin: String) {
    desk.execute { [weak self] in
      guard let self else { return }
      let effects = message["effects"]?.array ?? []
      let audience = sessions.values.filter { session in
        guard let signedIn = session.signedIn else { return false }
        return message["session"]?.string == signedIn.sessionID || message["user"]?.string == signedIn.userID
      }
      for session in audience { session.present(effects) }
    }
  }
}
