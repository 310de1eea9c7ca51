import Jansson
import ShellProtocol
import WhenClause

/// Puts the contributions of the plugins in use together. All checks are done; what points at something that is not
/// there (the plugin that brings it may be absent) is left out with a warning.
struct CatalogAssembly {
  var parts = CatalogParts()

  private let manifests: [Manifest]
  private let compilers: [String: ClauseCompiler]

  /// `manifests`: in load order.
  init(_ manifests: [Manifest], providers: [String: String]) {
    self.manifests = manifests
    let keys = CatalogBuilder.declaredKeys(manifests)
    compilers = Dictionary(manifests.map { ($0.id, ClauseCompiler(for: $0, declared: keys)) }) { first, _ in
      first
    }
    parts.loadOrder = manifests.map(\.id)
    parts.providers = providers
    for manifest in manifests { addDeclarations(of: manifest) }
    addEvents()
    addExtensions()
    addRegistries()
    addMenus()
  }

  private mutating func warn(_ manifest: Manifest, _ pointer: String, ru: String, en: String) {
    let warning = LocalizedText(
      ru: "модуль «\(manifest.id)», \(pointer): \(ru)", en: "plugin '\(manifest.id)', \(pointer): \(en)")
    parts.warnings.append(warning)
    parts.leftOut[manifest.id, default: []].append(warning)
  }

  /// The clauses were checked with the keys of all installed plugins; should one fail now, nobody may.
  private func rule(
    _ manifest: Manifest, access: Manifest.Clause?, when: Manifest.Clause? = nil, inToolbar: Bool = false
  ) -> Catalog.Rule {
    let never = Catalog.Rule(access: [.never], when: [])
    return (try? compilers[manifest.id]?.rule(access: access, when: when, inToolbar: inToolbar)) ?? never
  }

  private mutating func addDeclarations(of manifest: Manifest) {
    let owner = manifest.id
    for key in manifest.contextKeys {
      let type = key.type.whenType
      parts.contextKeys[key.name] = Catalog.ContextKey(
        name: key.name, owner: owner, type: type, scope: key.scope, defaultJSON: key.defaultValue,
        defaultValue: WhenValue(key.defaultValue, as: type) ?? .empty(type))
    }
    let add = manifest.contributes
    for command in add.commands {
      parts.commands[command.id] = Catalog.Command(
        id: command.id, owner: owner, title: command.title,
        rule: rule(manifest, access: command.access, when: command.when), reads: command.reads,
        params: command.params,
        schema: command.schema)
    }
    for window in add.windows {
      parts.windows[window.type] = Catalog.Window(
        type: window.type, owner: owner, title: window.title, rule: rule(manifest, access: window.access),
        isExtensible: window.isExtensible, shares: window.shares)
    }
    for service in add.services {
      parts.services[service.name] = Catalog.Service(name: service.name, owner: owner, schema: service.schema)
    }
    for job in add.jobs {
      parts.jobs[job.name] = Catalog.Job(
        name: job.name, owner: owner, background: job.background, retry: job.retry)
    }
    for setting in add.settings {
      parts.settings[setting.key] = Catalog.Setting(
        key: setting.key, owner: owner, title: setting.title, kind: setting.kind,
        defaultValue: setting.defaultValue)
    }
    for table in add.tabs.compactMap(\.table) where !Manifest.hostTables.contains(table) {
      parts.tableOwners[table] = owner
    }
  }

  private mutating func addEvents() {
    for manifest in manifests {
      for name in manifest.publishes.events {
        let subscribers = manifests.filter { $0.permissions.events.contains(name) }.map(\.id)
        parts.events[name] = Catalog.Event(name: name, owner: manifest.id, subscribers: subscribers)
      }
    }
  }

  /// Forms that nobody contributes, or whose owner does not share them, stay as they are.
  private mutating func addExtensions() {
    for manifest in manifests {
      for added in manifest.contributes.extensions {
        let pointer = added.pointer + "/window"
        guard let window = parts.windows[added.window] else {
          warn(
            manifest, pointer, ru: "окна «\(added.window)» нет: модуля с ним нет или он отключён",
            en: "there is no window '\(added.window)': its plugin is absent or switched off")
          continue
        }
        guard window.isExtensible else {
          warn(
            manifest, pointer, ru: "модуль «\(window.owner)» не разрешает дополнять окно «\(added.window)»",
            en: "plugin '\(window.owner)' does not let others extend its window '\(added.window)'")
          continue
        }
        parts.extensions[added.window, default: []].append(
          Catalog.Extension(
            window: added.window, type: added.type, owner: manifest.id, tab: added.tab, index: added.index,
            rule: rule(manifest, access: added.access, when: added.when)))
        parts.extensionOwners[added.type] = manifest.id
      }
    }
    for window in parts.extensions.keys {
      parts.extensions[window]?.sort { ($0.index, $0.owner) < ($1.index, $1.owner) }
    }
  }

  // MARK: Registries

  private mutating func addRegistries() {
    var tabs: [String: [Catalog.Tab]] = [:]
    var registryRules: [String: Catalog.Rule] = [:]
    for manifest in manifests {
      for registry in manifest.contributes.registries {
        registryRules[registry.id] = rule(manifest, access: registry.access)
      }
    }
    let content = tabContent()
    for manifest in manifests {
      for tab in manifest.contributes.tabs {
        guard let registryRule = registryRules[tab.registry] else {
          warn(
            manifest, tab.pointer, ru: "реестра «\(tab.registry)» нет",
            en: "there is no registry '\(tab.registry)'")
          continue
        }
        let own = rule(manifest, access: tab.access, when: tab.when)
        let key = "\(tab.registry)/\(tab.id)"
        tabs[tab.registry, default: []].append(
          Catalog.Tab(
            registry: tab.registry, id: tab.id, owner: manifest.id, title: tab.title, index: tab.index,
            table: tab.table, selection: tab.selection, rule: registryRule.and(own),
            toolbar: Ordered(content.buttons[key] ?? []) { $0.place },
            fields: Ordered(content.fields[key] ?? []) { $0.place },
            columns: Ordered(content.columns[key] ?? []) { $0.place }))
      }
    }
    for manifest in manifests {
      for registry in manifest.contributes.registries {
        parts.registries[registry.id] = Catalog.Registry(
          id: registry.id, owner: manifest.id, title: registry.title,
          rule: registryRules[registry.id] ?? Catalog.Rule(access: [.never], when: []),
          tabs: Ordered(tabs[registry.id] ?? []) { $0.place })
      }
    }
  }

  /// What stands in a tab, by `registry/tab`.
  private struct TabContent {
    var buttons: [String: [Catalog.Button]] = [:]
    var fields: [String: [Catalog.Field]] = [:]
    var columns: [String: [Catalog.Column]] = [:]
  }

  private mutating func tabContent() -> TabContent {
    let known = Set(manifests.flatMap { $0.contributes.tabs.map { "\($0.registry)/\($0.id)" } })
    var content = TabContent()
    for manifest in manifests {
      for button in manifest.contributes.toolbar {
        let key = "\(button.registry)/\(button.tab)"
        guard isKnown(key, among: known, manifest, button.pointer), let entry = entry(button, of: manifest)
        else {
          continue
        }
        content.buttons[key, default: []].append(entry)
      }
      for field in manifest.contributes.fields {
        let key = "\(field.registry)/\(field.tab)"
        guard isKnown(key, among: known, manifest, field.pointer) else { continue }
        content.fields[key, default: []].append(
          Catalog.Field(
            id: field.id, owner: manifest.id, label: field.label, index: field.index, kind: field.kind,
            value: field.value, showsPhone: field.showsPhone,
            rule: rule(manifest, access: field.access, when: field.when)))
      }
      for column in manifest.contributes.columns {
        let key = "\(column.registry)/\(column.tab)"
        guard isKnown(key, among: known, manifest, column.pointer), isOwn(column, manifest) else { continue }
        content.columns[key, default: []].append(
          Catalog.Column(
            id: column.id, owner: manifest.id, title: column.title, table: column.table, cell: column.cell,
            index: column.index, rule: rule(manifest, access: column.access, when: column.when)))
      }
    }
    return content
  }

  /// Cells come from a table of the plugin's own: the host reads it with that plugin's rights.
  private mutating func isOwn(_ column: Manifest.Column, _ manifest: Manifest) -> Bool {
    guard let owner = manifests.first(where: { $0.id != manifest.id && column.table.hasPrefix("\($0.id).") }) else {
      return true
    }
    warn(
      manifest, column.pointer + "/source/table", ru: "таблица «\(column.table)» — модуля «\(owner.id)», а не этого",
      en: "the table '\(column.table)' is of the plugin '\(owner.id)', not of this one")
    return false
  }

  private mutating func isKnown(
    _ key: String, among known: Set<String>, _ manifest: Manifest, _ pointer: String
  ) -> Bool {
    if known.contains(key) { return true }
    warn(manifest, pointer, ru: "вкладки «\(key)» нет", en: "there is no tab '\(key)'")
    return false
  }

  private mutating func entry(_ button: Manifest.ToolbarButton, of manifest: Manifest) -> Catalog.Button? {
    var own = rule(manifest, access: button.access, when: button.when, inToolbar: true)
    switch button.action {
    case .refresh: break
    case .command(let id, _):
      guard let command = commandRule(id, manifest, button.pointer) else { return nil }
      own = own.and(command)
    case .window(let type, _):
      guard let window = parts.windows[type] else {
        warn(manifest, button.pointer, ru: "окна «\(type)» нет", en: "there is no window '\(type)'")
        return nil
      }
      own = own.and(window.rule)
    }
    // It was checked with the others; should it fail now, the button stays enabled and its command decides.
    let enabledWhen = try? compilers[manifest.id]?.compile(button.enabledWhen, inToolbar: true)
    return Catalog.Button(
      id: button.id, owner: manifest.id, label: button.label, index: button.index, style: button.style,
      row: button.row, action: button.action, rule: own, enabledWhen: enabledWhen ?? .always, why: button.why)
  }

  /// The conditions of a command; nil, with a warning, when there is no such command. The host's own have none.
  private mutating func commandRule(_ id: String, _ manifest: Manifest, _ pointer: String) -> Catalog.Rule? {
    if let command = parts.commands[id] { return command.rule }
    if id.hasPrefix("shell.") { return Catalog.Rule(access: [], when: []) }
    warn(manifest, pointer, ru: "команды «\(id)» нет", en: "there is no command '\(id)'")
    return nil
  }

  // MARK: Menus

  private mutating func addMenus() {
    for manifest in manifests {
      parts.shortcuts += manifest.contributes.shortcuts.compactMap { entry($0, of: manifest) }
    }
    let sources = manifests.sorted { $0.id < $1.id }.flatMap { manifest in
      manifest.contributes.startMenu.map { (node: $0, manifest: manifest) }
    }
    parts.startMenu = merge(sources)
  }

  /// Groups of one id become one; the title is the first plugin's by id, the index the smallest that is given.
  private mutating func merge(_ sources: [(node: Manifest.MenuNode, manifest: Manifest)]) -> [Catalog
    .MenuNode]
  {
    var nodes: [Catalog.MenuNode] = []
    var groups: [String: (title: LocalizedText, index: Int?)] = [:]
    var children: [String: [(node: Manifest.MenuNode, manifest: Manifest)]] = [:]
    for (node, manifest) in sources {
      switch node {
      case .item(let item):
        if let item = entry(item, of: manifest) { nodes.append(.item(item)) }
      case .group(let group):
        let known = groups[group.id]
        let index = [known?.index, group.index].compactMap { $0 }.min()
        groups[group.id] = (known?.title ?? group.title, index)
        children[group.id, default: []] += group.children.map { ($0, manifest) }
      }
    }
    for (id, group) in groups.sorted(by: { $0.key < $1.key }) {
      let inner = merge(children[id] ?? [])
      nodes.append(
        .group(
          Catalog.MenuGroup(
            id: id, title: group.title, index: group.index ?? Manifest.defaultIndex,
            children: Ordered(inner) { $0.place })))
    }
    return nodes
  }

  private mutating func entry(_ item: Manifest.MenuItem, of manifest: Manifest) -> Catalog.Item? {
    let own = rule(manifest, access: item.access, when: item.when)
    switch item.target {
    case .command(let command, let arguments):
      guard let target = commandRule(command, manifest, item.pointer) else { return nil }
      return Catalog.Item(
        id: item.id, title: item.title, icon: item.icon, index: item.index, owner: manifest.id,
        command: command, arguments: arguments, registry: nil, tab: nil, badge: item.badge, rule: own.and(target))
    case .registry(let id, let tab):
      guard let registry = parts.registries[id] else {
        warn(manifest, item.pointer, ru: "реестра «\(id)» нет", en: "there is no registry '\(id)'")
        return nil
      }
      var arguments: [(String, JSONValue)] = [("registry", JSONValue(id))]
      var rule = own.and(registry.rule)
      if let tab {
        guard let found = registry.tab(tab) else {
          warn(manifest, item.pointer, ru: "вкладки «\(id)/\(tab)» нет", en: "there is no tab '\(id)/\(tab)'")
          return nil
        }
        arguments.append(("tab", JSONValue(tab)))
        rule = own.and(found.rule)
      }
      return Catalog.Item(
        id: item.id, title: item.title, icon: item.icon, index: item.index, owner: manifest.id,
        command: Catalog.openRegistryCommand, arguments: JSONValue(members: arguments), registry: id, tab: tab,
        badge: item.badge, rule: rule)
    }
  }
}
