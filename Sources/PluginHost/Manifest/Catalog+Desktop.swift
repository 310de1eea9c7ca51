import Jansson
import ShellProtocol
import WhenClause

// What one person sees, in one language. Everything is evaluated anew: a few microseconds for a whole desktop.
extension Catalog {
  /// The command of the host behind items that open a registry; arguments `{registry, tab?}`.
  package static let openRegistryCommand = "shell.openRegistry"

  /// `[Node]` of the wire. Groups in which nothing is left are gone.
  package func startMenu(locale: Locale, context: (String) -> WhenValue) -> JSONValue {
    JSONValue(startMenu[locale].compactMap { Self.json($0, locale, context) })
  }

  /// `[Item]` of the wire.
  package func shortcuts(locale: Locale, context: (String) -> WhenValue) -> JSONValue {
    JSONValue(shortcuts[locale].filter { $0.rule.verdict(context) == .allowed }.map { $0.json(locale, context) })
  }

  /// `[{id, title, tabs: [{id, title}]}]`, registries by title.
  package func registries(locale: Locale, context: (String) -> WhenValue) -> JSONValue {
    JSONValue(
      visibleRegistries(locale: locale, context: context).map { registry -> JSONValue in
        let tabs = registry.visibleTabs(locale: locale, context: context).map { tab -> JSONValue in
          ["id": JSONValue(tab.id), "title": JSONValue(tab.title.text(locale))]
        }
        return [
          "id": JSONValue(registry.id), "title": JSONValue(registry.title.text(locale)),
          "tabs": JSONValue(tabs),
        ]
      })
  }

  /// The registries that the person may open, by title.
  package func visibleRegistries(locale: Locale, context: (String) -> WhenValue) -> [Registry] {
    let visible = registries.values.filter { $0.rule.verdict(context) == .allowed }
    return TitleOrder.sorted(Array(visible), by: locale) { (0, $0.title, $0.id) }
  }

  /// Context keys whose change may change the Start menu.
  package var startMenuKeys: Set<String> {
    startMenu.all.reduce(into: []) { $0.formUnion(Self.keys($1)) }
  }

  /// Context keys whose change may change the shortcuts.
  package var shortcutKeys: Set<String> {
    shortcuts.all.reduce(into: []) { $0.formUnion($1.keys) }
  }

  private static func keys(_ node: MenuNode) -> Set<String> {
    switch node {
    case .item(let item): item.keys
    case .group(let group): group.children.all.reduce(into: []) { $0.formUnion(keys($1)) }
    }
  }

  private static func json(_ node: MenuNode, _ locale: Locale, _ context: (String) -> WhenValue) -> JSONValue? {
    switch node {
    case .item(let item):
      guard item.rule.verdict(context) == .allowed else { return nil }
      return item.json(locale, context)
    case .group(let group):
      let children = group.children[locale].compactMap { json($0, locale, context) }
      guard !children.isEmpty else { return nil }
      return [
        "id": JSONValue(group.id), "title": JSONValue(group.title.text(locale)),
        "children": JSONValue(children),
      ]
    }
  }
}

extension Catalog.Item {
  /// `{id, title, icon?, badge?, command, arguments?}`.
  func json(_ locale: Locale, _ context: (String) -> WhenValue) -> JSONValue {
    var members: [(String, JSONValue)] = [("id", JSONValue(id)), ("title", JSONValue(title.text(locale)))]
    if let icon { members.append(("icon", JSONValue(icon))) }
    if let number = shownBadge(context) { members.append(("badge", JSONValue(number))) }
    members.append(("command", JSONValue(command)))
    if let arguments { members.append(("arguments", arguments)) }
    return JSONValue(members: members)
  }

  /// The whole number beside the title; nil for none: at zero, and for what cannot be a count.
  private func shownBadge(_ context: (String) -> WhenValue) -> Int64? {
    guard let badge, case .number(let value) = context(badge), let count = Int64(exactly: value), count > 0 else {
      return nil
    }
    return count
  }
}

extension Catalog.Registry {
  /// The tabs that the person sees, sorted.
  package func visibleTabs(locale: Locale, context: (String) -> WhenValue) -> [Catalog.Tab] {
    tabs[locale].filter { $0.rule.verdict(context) == .allowed }
  }
}
