import Jansson
import ShellProtocol

/// Carries out what a plugin answered, one effect after the other, and collects what the client is to apply.
/// Desk only; opening a window waits for its plugin in between.
final class EffectRun: @unchecked Sendable {
  // Safe to carry through a plugin's completion: touched on the desk only.
  private let session: DesktopSession
  /// The window that was pressed, if one was.
  private let source: OpenWindow?
  private let request: Request?
  private var rest: ArraySlice<JSONValue>
  private(set) var effects: [JSONValue] = []
  private let finished: (EffectRun) -> Void

  init(
    _ session: DesktopSession, _ effects: [JSONValue], source: OpenWindow?, request: Request?,
    finished: @escaping (EffectRun) -> Void
  ) {
    self.session = session
    self.source = source
    self.request = request
    rest = effects[...]
    self.finished = finished
  }

  func start() { next() }

  private func next() {
    while let effect = rest.popFirst() {
      if !carryOut(effect) { return }
    }
    // The window that was pressed first, what the press asked for next, and last what it changed by the way.
    effects.insert(contentsOf: pressedUpdate, at: 0)
    effects += touchedUpdates
    finished(self)
  }

  private var pressedUpdate: [JSONValue] {
    // A window that stands in another's form is shown with it.
    source.flatMap { session.window($0.shownIn.id) }.flatMap { session.updateEffect($0) }.map { [$0] } ?? []
  }

  /// What changed in windows whose rows the change touched: told here, they are not told again.
  private var touchedUpdates: [JSONValue] {
    guard request != nil else { return [] }
    let touched = session.windows.filter { $0.isTellingSoon && $0 !== source?.shownIn }
    return touched.compactMap { session.updateEffect($0) }
  }

  /// True when it is done, false when it goes on later.
  private func carryOut(_ effect: JSONValue) -> Bool {
    switch effect["type"]?.string {
    case "openWindow":
      open(effect["window"]?.string ?? "", effect["arguments"] ?? .emptyObject)
      return false
    case "openRegistry":
      openRegistry(effect["registry"]?.string ?? "", tab: effect["tab"]?.string)
      return false
    case "dialog":
      let content = Dialogs.content(
        level: effect["level"]?.string ?? "info",
        text: LocalizedText(effect["text"]) ?? LocalizedText(verbatim: ""), title: LocalizedText(effect["title"]),
        buttons: effect["buttons"]?.array ?? [])
      add(session.add(content, type: "dialog", parent: behind?.id))
    case "updateWindow":
      source?.apply(effect["patch"] ?? .emptyObject)
    case "closeWindow":
      // A dialog is closing anyway; what it closes is the window behind it.
      if let target = behind { effects += session.close(target.shownIn) }
    case "openURL": effects.append(["type": "openURL", "url": effect["url"] ?? ""])
    case "refresh":
      effects.append(effect)
      session.shell.tableRowsChanged(registry: effect["registry"]?.string ?? "", tab: effect["tab"]?.string)
    case "pick":
      pick(effect)
      return false
    default:
      session.shell.logger.warning("unknown effect", metadata: ["type": "\(effect["type"]?.string ?? "none")"])
    }
    return true
  }

  /// The window that a plugin means by "this one": the pressed one, or the one behind a pressed dialog.
  private var behind: OpenWindow? {
    guard let source else { return nil }
    return source.type == "dialog" ? source.parent.flatMap { session.standing($0) } : source
  }

  private func add(_ window: OpenWindow) {
    effects.append(["type": "openWindow", "window": session.json(window)])
  }

  private func open(_ type: String, _ arguments: JSONValue) {
    // Nobody is there to see it, and the answer is kept for who asks again.
    guard request?.isCancelled != true else { return next() }
    session.open(type, arguments, request: request) { [self] result in
      taken(result)
    }
  }

  private func openRegistry(_ registry: String, tab: String?) {
    session.openRegistry(registry, tab: tab) { [self] result in taken(result) }
  }

  private func pick(_ effect: JSONValue) {
    let table = effect["table"]?.string ?? ""
    session.openPicker(
      title: LocalizedText(effect["title"]) ?? LocalizedText(ru: "Выбор", en: "Select"), source: table,
      arguments: effect["arguments"] ?? .emptyObject, multiple: effect["multiple"]?.bool ?? false, parent: source,
      picking: .press(button: effect["button"]?.string ?? "", arguments: effect["with"] ?? .emptyObject)
    ) { [self] result in taken(result) }
  }

  private func taken(_ result: Result<OpenWindow, WireError>) {
    switch result {
    case .success(let window): add(window)
    case .failure(let error):
      add(session.add(Dialogs.content(level: "error", text: error.message, title: nil, buttons: []), type: "dialog"))
    }
    next()
  }
}
