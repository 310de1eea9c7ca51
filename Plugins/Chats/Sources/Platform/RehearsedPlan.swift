import PluginKit

/// What would be done to the chats on the platform, by its state as last known, found out in a rehearsal: the chats
/// follow the school as it stands there, are handed over, and the platform's plugin plans. It is the code that does the
/// same in earnest. Source: SPEC X2.
enum RehearsedPlan {
  /// Answers the school's preview of an import or a roll-over.
  static let service = "chats.previewRoster"

  static func register(in plugin: inout PluginDefinition) {
    plugin.service(service) { call throws -> JSONValue in
      let plan = try make(call)
      return Preview(
        plan.summary, level: plan.needsConfirmation ? .warning : .info, rows: plan.rows, data: plan.json
      ).json
    }
  }

  /// Of everything that the school has changed and the platform does not have yet.
  static func make(_ call: Call) throws -> PlatformPlan {
    try call.host.rehearse { transaction in
      try FollowSchool.run(transaction, nowMs: call.host.nowMs)
      try PushChats.rehearse(transaction)
      return PlatformPlan(try transaction.rehearse("platform.chat.plan"))
    }
  }
}
