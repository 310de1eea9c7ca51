import ShellProtocol
import WhenClause

// Finding things by what a person or a script calls them: an id, or a title in either language, in any letter case.
extension Catalog {
  /// Where a path through the Start menu leads.
  package enum PathOutcome: Sendable {
    /// To an item; `tab` when the path goes one step further, into a tab of the item's registry.
    case item(Item, tab: Tab?)
    /// To something that this person cannot open now.
    case refused(Verdict, item: Item)
    /// To a group; there is nothing to open.
    case group(MenuGroup)
    /// Nowhere: the step of that number, from 0, is not there.
    case nowhere(step: Int)
  }

  /// Follows `["Реестры", "Заметки", "Все"]`. Of several that fit a step, one that the person can open wins.
  package func find(startMenu path: [String], context: (String) -> WhenValue) -> PathOutcome {
    Self.follow(path, step: 0, among: startMenu.all, in: self, context)
  }

  /// The shortcut of that id or title; one that the person sees wins.
  package func find(shortcut name: String, context: (String) -> WhenValue) -> (item: Item, verdict: Verdict)? {
    let found = shortcuts.all.filter { Self.isCalled($0.id, $0.title, name) }
      .map { (item: $0, verdict: $0.rule.verdict(context)) }
    return found.first { $0.verdict == .allowed } ?? found.first
  }

  private static func follow(
    _ path: [String], step: Int, among nodes: [MenuNode], in catalog: Catalog,
    _ context: (String) -> WhenValue
  ) -> PathOutcome {
    guard path.indices.contains(step) else { return .nowhere(step: step) }
    var best: PathOutcome = .nowhere(step: step)
    for node in nodes where isCalled(node.id, node.title, path[step]) {
      let outcome =
        switch node {
        case .item(let item): arrive(at: item, path, step: step, in: catalog, context)
        case .group(let group):
          step + 1 == path.count
            ? .group(group) : follow(path, step: step + 1, among: group.children.all, in: catalog, context)
        }
      if rank(outcome) > rank(best) { best = outcome }
    }
    return best
  }

  private static func arrive(
    at item: Item, _ path: [String], step: Int, in catalog: Catalog, _ context: (String) -> WhenValue
  ) -> PathOutcome {
    let verdict = item.rule.verdict(context)
    guard verdict == .allowed else { return .refused(verdict, item: item) }
    if step + 1 == path.count { return .item(item, tab: nil) }
    guard step + 2 == path.count, let registry = item.registry.flatMap(catalog.registry) else {
      return .nowhere(step: step + 1)
    }
    let tabs = registry.tabs.all.filter { isCalled($0.id, $0.title, path[step + 1]) }
    guard let tab = tabs.first(where: { $0.rule.verdict(context) == .allowed }) else {
      return tabs.first.map { .refused($0.rule.verdict(context), item: item) } ?? .nowhere(step: step + 1)
    }
    return .item(item, tab: tab)
  }

  /// The better outcome wins where two nodes have the same title; the further step where neither leads anywhere.
  private static func rank(_ outcome: PathOutcome) -> Int {
    switch outcome {
    case .item: Int.max
    case .group: Int.max - 1
    case .refused: Int.max - 2
    case .nowhere(let step): step
    }
  }

  private static func isCalled(_ id: String, _ title: LocalizedText, _ name: String) -> Bool {
    if id == name { return true }
    let key = TitleOrder.key(name)
    return TitleOrder.key(title.ru) == key || TitleOrder.key(title.en) == key
  }
}
