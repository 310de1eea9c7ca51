import PluginKit

/// The registry of videoconferences, which start and end by themselves. This is its table of contents.
package enum VideoconferencesPlugin {
  package static let id = "videoconferences"

  package static let definition: PluginDefinition = {
    var plugin = PluginDefinition(id: id)
    plugin.migrations = ConferencesSchema.migrations
    // After a crash or a copied folder the bell is set anew.
    plugin.activate = { host in
      try host.write { transaction in
        try Bell.wind(transaction)
        try Push.schedule(transaction, nowMs: host.nowMs)
      }
    }
    ConferenceTables.register(in: &plugin)
    plugin.job(Bell.job) { call throws in try Bell.ring(call) }
    plugin.job(Push.job) { call in try await Push.run(call) }
    plugin.job(Notices.job) { call in try await Notices.run(call) }
    plugin.event(PlatformNews.event) { call throws in try PlatformNews.take(call) }
    TimetableNews.register(in: &plugin)
    SettingsNews.register(in: &plugin)
    SaveConference.register(in: &plugin)
    OfferAttendance.register(in: &plugin)
    EndConference.register(in: &plugin)
    ExportCalendar.register(in: &plugin)
    ConferenceWindow.register(in: &plugin)
    LessonButtons.register(in: &plugin)
    return plugin
  }()
}
