import PluginKit

/// The school: organization, people, classes, timetable, plans and accounts. This is its table of contents.
package enum SchoolPlugin {
  package static let definition: PluginDefinition = {
    var plugin = PluginDefinition(id: "school")
    plugin.migrations = SchoolSchema.migrations
    SchoolTables.register(in: &plugin)
    SettingsWindow.register(in: &plugin)

    plugin.activate = { host in
      try ImportRoster.clearLeftovers(host)
      try Pruning.start(host)
    }

    Authentication.register(in: &plugin)
    SaveSettings.register(in: &plugin)
    GenerateSchool.register(in: &plugin)
    ListPeople.register(in: &plugin)
    AddAccount.register(in: &plugin)
    ChangeAccount.register(in: &plugin)
    UndoOperation.register(in: &plugin)
    ImportRoster.register(in: &plugin)
    ConfirmRemovals.register(in: &plugin)
    RosterExport.register(in: &plugin)
    ImportWindow.register(in: &plugin)
    OperationQuestions.register(in: &plugin)
    Roster.register(in: &plugin)
    RollOverCommand.register(in: &plugin)
    SetRoles.register(in: &plugin)
    AccountWindows.register(in: &plugin)
    Pruning.register(in: &plugin)
    return plugin
  }()
}
