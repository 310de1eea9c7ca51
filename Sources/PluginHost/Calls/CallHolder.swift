/// Who has a call: a plugin, under a number of its own, in code that may have been replaced meanwhile.
struct CallHolder: Sendable {
  let plugin: PluginInstance
  let id: UInt64
  let code: any PluginCode

  /// Tells the plugin that nobody waits any longer.
  func cancel() { plugin.cancel(self) }
}

/// The same for a call that its plugin may never end: what the plugin holds must not hold the plugin.
struct LateHolder: Sendable {
  private weak let plugin: PluginInstance?
  private let id: UInt64
  private let code: any PluginCode

  init(_ holder: CallHolder) {
    plugin = holder.plugin
    id = holder.id
    code = holder.code
  }

  /// nil: the plugin is gone.
  var holder: CallHolder? { plugin.map { CallHolder(plugin: $0, id: id, code: code) } }
}
