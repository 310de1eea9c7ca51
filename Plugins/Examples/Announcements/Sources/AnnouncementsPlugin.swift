import PluginKit

/// Announcements: a worked example of a plugin. This is its table of contents; `announcements.json` beside it says what
/// of this appears where, and for whom.
///
/// Read on in this order: `Schema`, `Records` (what an announcement is, who gets it, who has read it), `Commands`,
/// `Windows`, and what happens by itself: `Ending` and `SchoolNews`.
package enum AnnouncementsPlugin {
  package static let definition: PluginDefinition = {
    var plugin = PluginDefinition(id: "announcements")
    plugin.migrations = Schema.migrations
    Lists.register(in: &plugin)

    Publish.register(in: &plugin)
    Change.register(in: &plugin)
    Withdraw.register(in: &plugin)
    Read.register(in: &plugin)

    Form.register(in: &plugin)
    Reading.register(in: &plugin)
    Withdrawal.register(in: &plugin)

    Ending.register(in: &plugin)
    SchoolNews.register(in: &plugin)
    return plugin
  }()

  /// Told after each change. Payload: `{announcement, change: published|changed|withdrawn|ended}`.
  static let changed = "announcements.v1.changed"
}
