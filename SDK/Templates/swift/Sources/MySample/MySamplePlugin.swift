import PluginKit

/// The plugin's table of contents. Every name stands in the manifest as well: the host compares the two.
public enum MySamplePlugin {
  public static let definition: PluginDefinition = {
    var plugin = PluginDefinition(id: "my-sample")
    plugin.migrations = Schema.migrations
    plugin.table("mySample.notes", Schema.notes)
    plugin.table("mySample.counts", Schema.counts)
    plugin.command("mySample.add", Notes.add)
    plugin.command("mySample.done", Notes.done)
    plugin.window("mySample.note", open: NoteForm.open)
    plugin.job("mySample.remind", Notes.remind)
    plugin.event("school.v1.enrolmentChanged", Notes.enrolmentChanged)
    return plugin
  }()
}
