import Jansson
import ShellProtocol

extension DesktopSession {
  /// The window as its client sees it now.
  func render(_ window: OpenWindow) -> RenderedWindow {
    let view = ElementView(locale: locale)
    renew(window)
    allow(window)
    let content = window.content
    let current = window.currentTab
    var rendered = RenderedWindow(
      title: content.title.text(locale), level: content.level, text: content.text?.text(locale))
    rendered.fields = window.elements(.fields).map { view.field($0.json) }
    rendered.tabs = window.elements(.tabs).map { view.tab($0.json, isSelected: $0.json["id"]?.string == current) }
    rendered.tables = window.elements(.tables).map { table in
      let (columns, total) = tableHead(table)
      return view.table(
        table.json, columns: columns, selected: table.owner.selected[table.id] ?? [],
        revision: table.owner.tableRevisions[table.id] ?? 1, total: total)
    }
    rendered.buttons = window.elements(.buttons).map { view.button($0.json) }
    return rendered
  }

  /// Brings a registry's window up to date with what the person may do now, and with what is selected.
  func renew(_ window: OpenWindow) {
    guard let registry = window.registry else { return }
    shell.catalog.refresh(window, registry: registry, context: { self.clauseContext(selectionCount: $0) })
    for table in window.content[.tables] { disableIdleButtons(window, table) }
  }

  /// Disables the buttons over a table that have nothing to do with what is selected in it.
  private func disableIdleButtons(_ window: OpenWindow, _ table: JSONValue) {
    let id = table["id"]?.string ?? ""
    guard let selected = window.selected[id], let loaded = table["source"]?.string.flatMap({ shell.loadedTable($0) })
    else { return }
    let arguments = table["arguments"] ?? .emptyObject
    for condition in shell.brokenConditions(loaded, rows: selected, arguments: arguments, session: self) {
      guard let button = window.button(condition.button), button["table"]?.string == id,
        button.flag("enabled", default: true)
      else { continue }
      window.content.update(.buttons, condition.button, ["enabled": false, "why": condition.why])
    }
  }

  /// The whole `Window`; from here on the client knows this state.
  func json(_ window: OpenWindow) -> JSONValue {
    let rendered = render(window)
    if let shown = window.shown, shown != rendered { window.revision += 1 }
    window.shown = rendered
    return rendered.json(window)
  }

  /// The whole `Window` for whoever asks; what is new in it is told first.
  func toldJSON(_ window: OpenWindow) -> JSONValue {
    tellPending(window)
    // Just rendered, where it was shown before.
    return window.shown?.json(window) ?? json(window)
  }

  /// What changed in a window since the client knew it, as an effect; nil for nothing.
  func updateEffect(_ window: OpenWindow) -> JSONValue? {
    let window = window.shownIn
    extensionsKnow(window)
    guard let changed = takeChanges(window) else { return nil }
    return [
      "type": "updateWindow", "id": JSONValue(window.id), "revision": JSONValue(window.revision),
      "changed": changed,
    ]
  }

  /// Tells the client what changed in a window that it did not act on.
  func tell(_ window: OpenWindow) {
    guard let changed = takeChanges(window) else { return }
    conversation.notify(
      "window/didChange",
      .value([
        "window": JSONValue(window.id), "revision": JSONValue(window.revision), "changed": changed,
      ]))
  }

  /// Tells a change before an answer carries its revision: one that was to be told soon, and what a commit has changed
  /// whose news has not come to the desk yet.
  func tellPending(_ window: OpenWindow) {
    if window.shown != nil { tell(window) }
  }

  private func takeChanges(_ window: OpenWindow) -> JSONValue? {
    let rendered = render(window)
    guard let shown = window.shown, let changed = rendered.changes(since: shown) else {
      window.shown = rendered
      return nil
    }
    window.shown = rendered
    window.revision += 1
    return changed
  }

  /// Columns and total of a table; empty while its plugin is not there.
  private func tableHead(_ placed: PlacedElement) -> (JSONValue, Int) {
    let (columns, total) = tableHead(placed.json)
    guard let added = placed.owner.placedAs else { return (columns, total) }
    return (JSONValue((columns.array ?? []).map(added.names.buttons)), total)
  }

  private func tableHead(_ table: JSONValue) -> (JSONValue, Int) {
    if let rows = WindowRows(table, locale) { return (rows.clientColumns, rows.rows.count) }
    guard let source = table["source"]?.string, let loaded = shell.loadedTable(source) else {
      return (table["columns"] ?? .emptyArray, 0)
    }
    var columns = loaded.columns(presentation, overrides: table["columns"])
    if let added = shell.addedColumns(table) { columns = JSONValue((columns.array ?? []) + added.headings(locale)) }
    return (columns, shell.total(loaded, arguments: table["arguments"] ?? .emptyObject, session: self))
  }
}
