import Jansson
import PluginHost
import ShellProtocol

extension DesktopSession {
  typealias Opened = (Result<OpenWindow, WireError>) -> Void

  /// Adds a window that the host made itself.
  @discardableResult
  func add(
    _ content: WindowContent, type: String, parent: String? = nil, state: JSONValue = .null
  ) -> OpenWindow {
    let window = OpenWindow(id: nextWindowID(), type: type, parent: parent, content: content, state: state)
    windows.append(window)
    return window
  }

  /// Opens a plugin's window.
  func open(_ type: String, _ arguments: JSONValue, request: Request?, _ opened: @escaping Opened) {
    if case .failure(let error) = shell.catalog.window(type, clauseContext()) { return opened(.failure(error)) }
    let call = PluginCall(
      .windowOpen, type, params: ["arguments": arguments], session: pluginSession, trace: request?.trace ?? "-")
    let (upkeep, reads) = (Upkeep(), NotedReads())
    upkeep.begin()
    starting.append(upkeep)
    shell.call(call, request: request, reads: reads.add) { [self] result in
      upkeep.reads = reads.all
      switch result {
      case .failure(let failure):
        starting.removeAll { $0 === upkeep }
        opened(.failure(failure.wire))
      case .success(let description): describe(type, description, arguments, upkeep, opened)
      }
    }
  }

  private func describe(
    _ type: String, _ description: JSONValue, _ arguments: JSONValue, _ upkeep: Upkeep, _ opened: @escaping Opened
  ) {
    guard var content = WindowContent(description: description) else {
      starting.removeAll { $0 === upkeep }
      return opened(.failure(shell.brokenWindow(type)))
    }
    shell.dropForeignTables(&content, type: type)
    shell.loadTables(of: content) { [self, content] in
      starting.removeAll { $0 === upkeep }
      let window = OpenWindow(
        id: nextWindowID(), type: type, content: content, state: description["state"] ?? .null, arguments: arguments)
      if description.flag("live", default: false) { window.upkeep = upkeep }
      show(window, opened)
    }
  }

  /// Puts a plugin's window on the desktop, with what others show in it.
  private func show(_ window: OpenWindow, _ opened: @escaping Opened) {
    opening.append(window)
    extend(window) { [self] in
      // Gone when the person has signed out meanwhile.
      guard opening.contains(where: { $0 === window }) else { return opened(.failure(.notFound("window", window.id))) }
      opening.removeAll { $0 === window }
      windows.append(window)
      opened(.success(window))
      if window.upkeep?.end() == true { lookAgain(window) }
    }
  }

  /// Opens a registry's window, or brings back the one that is open; `tab` is an id or a title.
  func openRegistry(_ id: String, tab: String?, _ opened: @escaping Opened) {
    guard let content = shell.catalog.registryContent(id, context: clauseContext()) else {
      let exists = shell.catalog.hasRegistry(id)
      return opened(.failure(exists ? .forbidden("registry:\(id)") : .notFound("registry", id)))
    }
    shell.loadTables(of: content) { [self] in
      let window = windows.first { $0.registry == id } ?? add(content, type: "registry:\(id)")
      if let tab {
        let wanted = window.content[.tabs].first { candidate in
          let title = LocalizedText(candidate["title"])
          return candidate["id"]?.string == tab || title?.ru == tab || title?.en == tab
        }
        guard let wanted, wanted.flag("visible", default: true) else {
          return opened(.failure(.notFound("tab", tab)))
        }
        window.selectedTab = wanted["id"]?.string
      }
      opened(.success(window))
    }
  }

  /// Opens a picker over a table source.
  func openPicker(
    title: LocalizedText, source: String, arguments: JSONValue, multiple: Bool, parent: OpenWindow?,
    picking: OpenWindow.Picking, _ opened: @escaping Opened
  ) {
    // A picker is its window's: of a dialog, the window behind it.
    var behind = parent
    while let dialog = behind, dialog.type == "dialog" { behind = dialog.parent.flatMap { standing($0) } }
    guard shell.mayShow(source, in: behind?.type ?? "") else { return opened(.failure(.notFound("table", source))) }
    let content = Dialogs.picker(title: title, source: source, arguments: arguments, multiple: multiple)
    shell.loadTables(of: content) { [self] in
      guard shell.loadedTable(source) != nil else { return opened(.failure(.notFound("table", source))) }
      let window = add(content, type: "picker", parent: parent?.id)
      window.picking = picking
      opened(.success(window))
    }
  }

  /// Closes a window and what stands before it; one `closeWindow` effect each, the foremost first.
  func close(_ window: OpenWindow) -> [JSONValue] {
    guard self.window(window.id) != nil else { return [] }
    var effects: [JSONValue] = []
    let parents = [window.id] + window.extensions.map(\.window.id)
    for child in windows where child.parent.map(parents.contains) ?? false { effects += close(child) }
    windows.removeAll { $0.id == window.id }
    effects.append(["type": "closeWindow", "id": JSONValue(window.id)])
    return effects
  }

  /// Carries effects out and hands over what the client is to apply.
  func perform(
    _ effects: [JSONValue], source: OpenWindow?, request: Request?, _ done: @escaping ([JSONValue]) -> Void
  ) {
    EffectRun(self, effects, source: source, request: request) { done($0.effects) }.start()
  }

  /// Shows a person something that they did not ask for just now.
  func present(_ effects: [JSONValue]) {
    let before = Set(windows.map(\.id))
    perform(effects, source: nil, request: nil) { [self] _ in
      if windows.contains(where: { !before.contains($0.id) }) { tellDesktop(windowsChanged: true) }
    }
  }
}
