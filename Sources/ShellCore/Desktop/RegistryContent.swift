import Jansson
import PluginHost
import ShellProtocol
import WhenClause

/// A registry's window, put together from what several plugins contribute: tabs, their tables, buttons and fields.
extension DesktopCatalog {
  /// The window as the person sees it; nil when there is no such registry or it is not for them.
  func registryContent(_ id: String, context: ClauseContext) -> WindowContent? {
    guard let registry = catalog.registry(id), registry.rule.verdict(context.value) == .allowed else { return nil }
    var content = WindowContent(.registry, title: registry.title)
    fill(&content, registry, context) { _ in 0 }
    return content
  }

  /// Brings an open registry up to date with what the person may see now.
  func refresh(_ window: OpenWindow, registry id: String, context: (_ selected: Int) -> ClauseContext) {
    guard let registry = catalog.registry(id) else { return }
    let selected = window.selected
    var content = WindowContent(.registry, title: registry.title)
    fill(&content, registry, context(0)) { selected[$0]?.count ?? 0 }
    window.content = content
  }

  private func fill(
    _ content: inout WindowContent, _ registry: Catalog.Registry, _ context: ClauseContext,
    selectionCount: (String) -> Int
  ) {
    for tab in registry.visibleTabs(locale: context.locale, context: context.value) {
      var context = context
      context.selectionCount = selectionCount(tab.id)
      content[.tabs].append(["id": JSONValue(tab.id), "title": tab.title.json])
      if let table = tab.table {
        let element: JSONValue = [
          "id": JSONValue(tab.id), "tab": JSONValue(tab.id), "source": JSONValue(table),
          "selection": JSONValue(tab.selection.rawValue),
        ]
        let added = tab.columns[context.locale].filter { $0.rule.verdict(context.value) == .allowed }
        content[.tables].append(AddedColumns.adding(added, to: element))
      }
      content[.buttons] += tab.toolbar[context.locale].compactMap { button($0, tab, context) }
      content[.fields] += tab.fields[context.locale].compactMap { field($0, tab, context) }
    }
  }

  private func button(_ button: Catalog.Button, _ tab: Catalog.Tab, _ context: ClauseContext) -> JSONValue? {
    let verdict = button.rule.verdict(context.value)
    guard verdict != .forbidden else { return nil }
    var members: [(String, JSONValue)] = [
      ("id", JSONValue(button.id)), ("label", button.label.json), ("style", JSONValue(button.style.rawValue)),
      ("tab", JSONValue(tab.id)), ("visible", JSONValue(verdict == .allowed)),
      ("enabled", JSONValue(button.enabledWhen.evaluate(context.value))), ("row", JSONValue(button.row)),
    ]
    if let why = button.why { members.append(("why", why.json)) }
    if tab.table != nil { members.append(("table", JSONValue(tab.id))) }
    switch button.action {
    case .refresh: members.append(("action", "refresh"))
    case .window(let type, let arguments):
      members.append(("open", ["window": JSONValue(type), "arguments": arguments ?? .emptyObject]))
    case .command(let command, let arguments):
      members += [("command", JSONValue(command)), ("arguments", arguments ?? .emptyObject)]
    }
    return JSONValue(members: members)
  }

  private func field(_ field: Catalog.Field, _ tab: Catalog.Tab, _ context: ClauseContext) -> JSONValue? {
    guard field.rule.verdict(context.value) == .allowed else { return nil }
    let value = JSONValue(context.value(field.value))
    let type = field.showsPhone ? "phone" : field.kind.rawValue
    return [
      "id": JSONValue(field.id), "label": field.label.json, "type": JSONValue(type), "value": value,
      "tab": JSONValue(tab.id), "enabled": false,
    ]
  }
}

extension JSONValue {
  init(_ value: WhenValue) {
    switch value {
    case .boolean(let flag): self.init(flag)
    case .string(let text): self.init(text)
    case .number(let number): self.init(number)
    case .list(let list): self.init(list.map { JSONValue($0) })
    }
  }
}
