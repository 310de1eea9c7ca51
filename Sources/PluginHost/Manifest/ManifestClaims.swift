import WhenClause

/// A name that a manifest takes for its plugin. No second plugin can have it.
struct ManifestClaim {
  /// What is named: "command", "window", …; for messages.
  let kind: String
  let name: String
  let pointer: String
  /// The same plugin may take it several times: a table that stands in two tabs.
  var mayRepeat = false

  /// Kind and name together.
  var key: String { kind + " " + name }

  /// Names that the host keeps for itself.
  var isReserved: Bool {
    switch kind {
    case "context key": WhenClause.builtInKeys[name] != nil || WhenClause.toolbarKeys[name] != nil
    case "command", "service", "window", "event", "preview point", "job", "table": name.hasPrefix("shell.")
    default: false
    }
  }
}

extension Manifest {
  /// All names that this manifest takes, in the order of its lists.
  var claims: [ManifestClaim] {
    var claims: [ManifestClaim] = []
    func claim(_ kind: String, _ name: String, _ pointer: String, mayRepeat: Bool = false) {
      claims.append(ManifestClaim(kind: kind, name: name, pointer: pointer, mayRepeat: mayRepeat))
    }
    for key in contextKeys { claim("context key", key.name, "/contextKeys/\(key.name)") }
    for (index, view) in publishes.views.enumerated() { claim("view", view, "/publishes/views/\(index)") }
    for (index, event) in publishes.events.enumerated() {
      claim("event", event, "/publishes/events/\(index)")
    }
    for (index, preview) in publishes.previews.enumerated() {
      claim("preview point", preview, "/publishes/previews/\(index)")
    }
    for (index, contract) in provides.enumerated() { claim("contract", contract, "/provides/\(index)") }
    let add = contributes
    for command in add.commands { claim("command", command.id, command.pointer + "/id") }
    for window in add.windows { claim("window", window.type, window.pointer + "/type") }
    for added in add.extensions {
      claim("window", added.type, added.pointer + "/type")
      claim("extension", "\(id) in \(added.window)", added.pointer + "/window")
    }
    for registry in add.registries { claim("registry", registry.id, registry.pointer + "/id") }
    for service in add.services { claim("service", service.name, service.pointer + "/name") }
    for preview in add.previews { claim("preview", "\(id) of \(preview.of)", preview.pointer + "/of") }
    for job in add.jobs { claim("job", job.name, job.pointer + "/name") }
    for setting in add.settings { claim("setting", setting.key, setting.pointer + "/key") }
    for shortcut in add.shortcuts { claim("shortcut", shortcut.id, shortcut.pointer + "/id") }
    for tab in add.tabs {
      claim("tab", "\(tab.registry)/\(tab.id)", tab.pointer + "/id")
      if let table = tab.table, !Manifest.hostTables.contains(table) {
        claim("table", table, tab.pointer + "/table", mayRepeat: true)
      }
    }
    // One window shows all tabs of a registry, and knows its buttons and fields by their ids.
    for button in add.toolbar { claim("button", "\(button.registry)/\(button.id)", button.pointer + "/id") }
    for field in add.fields { claim("field", "\(field.registry)/\(field.id)", field.pointer + "/id") }
    for column in add.columns {
      claim("column", "\(column.registry)/\(column.tab)/\(column.id)", column.pointer + "/column/id")
    }
    claims += add.startMenu.flatMap { Self.claims(of: $0) }
    return claims
  }

  /// Groups are shared; only items are somebody's.
  private static func claims(of node: MenuNode) -> [ManifestClaim] {
    switch node {
    case .group(let group): group.children.flatMap { claims(of: $0) }
    case .item(let item): [ManifestClaim(kind: "menu item", name: item.id, pointer: item.pointer + "/id")]
    }
  }
}
