import PluginKit

/// `announcements.withdraw`: nobody sees it any more; the list of all keeps it.
enum Withdraw {
  static let command = "announcements.withdraw"

  static func register(in plugin: inout PluginDefinition) { plugin.command(command, run) }

  @Sendable private static func run(_ call: Call) throws -> Outcome {
    let id = try call.string("announcement")
    let user = try call.user()
    try call.write { transaction in
      let announcement = try Announcement(id, transaction)
      try announcement.requireChangeable(by: user)
      try Announcement.end(id, as: .withdrawn, transaction)
      try transaction.unschedule(Ending.job, key: id)
      try transaction.audit(
        command, object: id,
        words: AuditWords(
          object: Text(
            "Объявление: \(announcement.content.title)", en: "Announcement: \(announcement.content.title)")))
    }
    return .done
  }
}
