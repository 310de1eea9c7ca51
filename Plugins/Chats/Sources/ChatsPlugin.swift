import PluginKit

/// The registry of chats: who is in which, and why. This is its table of contents.
package enum ChatsPlugin {
  package static let id = "chats"

  package static let definition: PluginDefinition = {
    var plugin = PluginDefinition(id: id)
    plugin.migrations = ChatsSchema.migrations
    // A school that was there before this plugin has its chats made now.
    plugin.activate = { host in try host.write { try FollowSchool.run($0, nowMs: host.nowMs) } }
    ChatRegistry.register(in: &plugin)

    RosterNews.register(in: &plugin)
    plugin.event(ChatStates.event) { call throws in try ChatStates.take(call) }
    plugin.job(PushChats.job) { call in try await PushChats.run(call) }
    RehearsedPlan.register(in: &plugin)
    plugin.job(Substitutions.job) { call throws in try Substitutions.turn(call) }

    AddChat.register(in: &plugin)
    ChangeChat.register(in: &plugin)
    RemoveChat.register(in: &plugin)
    Synchronization.register(in: &plugin)
    ListParticipants.register(in: &plugin)
    ChatWindow.register(in: &plugin)
    return plugin
  }()
}
