import PluginKit

/// Binding of an ESh account to a Sferum educational account by phone: requests, their states, windows.
package enum SferumBinding {
  package static let id = "sferum-binding"

  /// A fresh definition with waiters of its own; a process makes one.
  package static var definition: PluginDefinition { definition(patience: BindAccount.patience) }

  /// One whose press waits otherwise for the platform's word.
  package static func definition(patience: Duration) -> PluginDefinition {
    let waiters = Waiters()
    var plugin = PluginDefinition(id: id)
    plugin.migrations = Schema.migrations
    plugin.command("sferum.openAuthorization", Windows.openAuthorization)
    plugin.command("sferum.openUnbinding", Windows.openUnbinding)
    plugin.command("sferum.openPlatform", Windows.openPlatform)
    plugin.command("sferum.bindAccount") { call in
      try await BindAccount(call: call, waiters: waiters, patience: patience).run()
    }
    plugin.command("sferum.unbindAccount") { call in try UnbindAccount.run(call) }
    plugin.window(Windows.authorization, open: Windows.describeAuthorization)
    plugin.window(Windows.unbinding, open: Windows.describeUnbinding, pressed: Windows.pressedUnbinding)
    plugin.event("platform.v1.binding") { call in try PlatformNews(call: call, waiters: waiters).take() }
    plugin.job(Jobs.send, Jobs.sendRequest)
    plugin.job(Jobs.expire) { call in try Jobs.expireRequest(call, waiters) }
    plugin.job(Jobs.undo, Jobs.undoBinding)
    ImportedBindings.register(in: &plugin)
    SchoolNews.register(in: &plugin)
    ReportSources.register(in: &plugin)
    SheetWindow.register(in: &plugin)
    return plugin
  }
}
