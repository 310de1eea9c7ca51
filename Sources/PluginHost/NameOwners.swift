/// Which plugin answers to a name, as the manifests say it; plugins that are switched off included, so that a
/// call of theirs is told why nobody answers.
struct NameOwners: Sendable {
  private var commands: [String: PluginInstance] = [:]
  private var windows: [String: PluginInstance] = [:]
  private var services: [String: PluginInstance] = [:]
  private var jobs: [String: PluginInstance] = [:]
  private var tables: [String: PluginInstance] = [:]
  /// By contract, such as "authentication/1".
  private var providers: [String: PluginInstance] = [:]
  private var byID: [String: PluginInstance] = [:]

  /// The plugins in use first: where two claim a name, the catalog has switched the other one off.
  init(_ instances: [PluginInstance]) {
    for instance in instances {
      let contributes = instance.manifest.contributes
      byID[instance.id] = instance
      for contract in instance.manifest.provides { Self.claim(contract, instance, &providers) }
      for command in contributes.commands { Self.claim(command.id, instance, &commands) }
      for window in contributes.windows { Self.claim(window.type, instance, &windows) }
      for added in contributes.extensions { Self.claim(added.type, instance, &windows) }
      for service in contributes.services { Self.claim(service.name, instance, &services) }
      for job in contributes.jobs { Self.claim(job.name, instance, &jobs) }
      for column in contributes.columns { Self.claim(column.table, instance, &tables) }
      for tab in contributes.tabs { if let table = tab.table { Self.claim(table, instance, &tables) } }
    }
  }

  private static func claim(
    _ name: String, _ instance: PluginInstance, _ names: inout [String: PluginInstance]
  ) {
    if names[name] == nil { names[name] = instance }
  }

  /// The plugin that answers a call; nil when nobody does.
  func owner(of call: PluginCall) -> PluginInstance? {
    if let plugin = call.plugin { return byID[plugin] }
    return switch call.kind {
    case .command: commands[call.name]
    case .windowOpen, .windowChanged, .windowPressed: windows[call.name]
    case .tableRows: table(call.name)
    case .service: services[call.name]
    case .job: jobs[call.name]
    case .event: nil
    }
  }

  /// The plugin behind a table: the one whose id its name begins with, since a tab may show a table of
  /// another plugin; else the one whose tab shows it.
  func table(_ id: String) -> PluginInstance? {
    byID[String(id.prefix { $0 != "." })] ?? tables[id]
  }

  /// The ids of the plugins that must be active before this one, in a fixed order.
  func requirements(of instance: PluginInstance) -> [String] {
    let requires = instance.manifest.requires
    let contracts = requires.services.compactMap { providers[$0]?.id }
    return Set(requires.plugins.map(\.id) + contracts).subtracting([instance.id]).sorted()
  }
}
