import Jansson
import ShellProtocol
import ShellStore

/// One client's desktop: who is signed in, which windows are open, what the client was told last. Desk only.
final class DesktopSession: @unchecked Sendable {
  // Safe to carry through other threads: touched on the desk only.
  unowned let shell: Shell
  let conversation: Conversation
  /// The client's name, as `initialize` gave it.
  var client: String { conversation.clientInfo["name"]?.string ?? "" }
  var locale: Locale { conversation.locale }
  /// May act as the owner of the data folder: the same OS user on the socket, or the process itself.
  let isOwner: Bool

  private(set) var signedIn: SignedIn? { didSet { keptPluginSession = nil } }
  private var keptPluginSession: (locale: Locale, value: JSONValue)?
  /// The browser's session that signed this connection in.
  var web: WebTie?
  /// How long the connection may go without a sign-in; nil: any time.
  var signInMs: Int64?
  var signInAlarm: (any DeskAlarm)?
  /// In the order in which they were opened.
  var windows: [OpenWindow] = []
  /// Forms that wait for their extensions before they are shown.
  var opening: [OpenWindow] = []
  /// Of windows whose plugins are describing them.
  var starting: [Upkeep] = []
  var revision = 1
  var subscriptions: [String: RegistrySubscription] = [:]
  private var lastWindow = 0
  private var lastSubscription = 0
  /// The shortcuts and the Start menu that the client knows.
  private var shownShortcuts: JSONValue = .emptyArray
  private var shownMenu: JSONValue = .emptyArray

  init(_ shell: Shell, _ conversation: Conversation, isOwner: Bool) {
    self.shell = shell
    self.conversation = conversation
    self.isOwner = isOwner
  }

  func nextWindowID() -> String {
    lastWindow += 1
    return "w\(lastWindow)"
  }

  func nextSubscriptionID() -> String {
    lastSubscription += 1
    return "s\(lastSubscription)"
  }

  func window(_ id: String) -> OpenWindow? { windows.first { $0.id == id } }

  /// How tables of windows are shown here: in the session's language, in the organization's time.
  var presentation: Presentation {
    Presentation(isEnglish: locale == .en, zone: signedIn?.user["organization"]?["timeZone"]?.string)
  }

  /// `{"id", "client", "locale", "user"}` for calls into plugins; one value for all of them until something in it changes.
  var pluginSession: JSONValue? {
    guard let signedIn else { return nil }
    if let kept = keptPluginSession, kept.locale == locale { return kept.value }
    let made: JSONValue = [
      "id": JSONValue(signedIn.sessionID), "client": JSONValue(client), "locale": JSONValue(locale.rawValue),
      "user": signedIn.user,
    ]
    keptPluginSession = (locale, made)
    return made
  }

  func clauseContext(selectionCount: Int = 0) -> ClauseContext {
    ClauseContext(
      signedIn: signedIn, locale: locale, defaults: shell.catalog.defaultValue, selectionCount: selectionCount)
  }
}

// MARK: - Signing in and out

extension DesktopSession {
  /// Takes a user in. Windows of whoever was there before are gone.
  func begin(_ user: JSONValue, sessionID: String) {
    windows = []
    opening = []
    subscriptions = [:]
    let id = user["id"]?.string ?? ""
    let new = SignedIn(sessionID: sessionID, user: user, context: shell.contextValues(user: id))
    signedIn = new
    conversation.principal = Principal(userID: id, isAdministrator: new.isAdministrator)
    signInAlarm?.cancel()
    revision += 1
    rememberDesktop()
  }

  func end() {
    windows = []
    opening = []
    subscriptions = [:]
    signedIn = nil
    web?.alarm?.cancel()
    web = nil
    conversation.principal = nil
    revision += 1
    expectSignIn()
  }

  /// Ends a connection that has a time for it unless somebody signs in.
  func expectSignIn() {
    signInAlarm?.cancel()
    guard let signInMs else { return }
    signInAlarm = shell.desk.schedule(afterMs: signInMs) { [weak self] in
      guard let self, signedIn == nil else { return }
      shell.logger.info("nobody signed in, closed", metadata: ["client": "\(client)", "ms": "\(signInMs)"])
      conversation.leave()
    }
  }

  /// Reads the context keys again and tells the client what changed on its desktop.
  func contextChanged() {
    guard let userID = signedIn?.userID else { return }
    signedIn?.context = shell.contextValues(user: userID)
    tellDesktop()
    // Soon, not now: when the person's own request caused it, its outcome is the first to say so.
    for window in windows {
      extend(window)
      shell.tellSoon(self, window)
    }
  }
}

// MARK: - The desktop

extension DesktopSession {
  var shortcuts: JSONValue { shell.catalog.shortcuts(clauseContext()) }
  var startMenu: JSONValue { shell.catalog.startMenu(clauseContext()) }

  /// `{revision, shortcuts, startMenu, windows}`.
  func desktop() -> JSONValue {
    rememberDesktop()
    return [
      "revision": JSONValue(revision), "shortcuts": shownShortcuts, "startMenu": shownMenu,
      "windows": JSONValue(windows.map { toldJSON($0) }),
    ]
  }

  private func rememberDesktop() {
    shownShortcuts = shortcuts
    shownMenu = startMenu
  }

  /// Tells the client which parts of the desktop are not what it knows.
  func tellDesktop(windowsChanged: Bool = false) {
    var changed: [JSONValue] = []
    let (oldShortcuts, oldMenu) = (shownShortcuts, shownMenu)
    rememberDesktop()
    if shownShortcuts != oldShortcuts { changed.append("shortcuts") }
    if shownMenu != oldMenu { changed.append("startMenu") }
    if windowsChanged { changed.append("windows") }
    guard !changed.isEmpty else { return }
    revision += 1
    conversation.notify(
      "desktop/didChange", .value(["revision": JSONValue(revision), "changed": JSONValue(changed)]))
  }
}
