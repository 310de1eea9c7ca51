import PluginKit

/// `announcements.read` opens an announcement and notes that the person has read it; `announcements.readAll` notes it of
/// all.
enum Read {
  static let command = "announcements.read"

  static func register(in plugin: inout PluginDefinition) {
    plugin.command(command, one)
    plugin.command("announcements.readAll", all)
  }

  @Sendable private static func one(_ call: Call) throws -> Outcome {
    let id = try call.string("announcement")
    let user = try call.user()
    try call.write { transaction in
      try Reading.requireReadable(Announcement(id, transaction), by: user, transaction)
      try Readers.note(user.id, read: id, nowMs: call.host.nowMs, transaction)
    }
    return Outcome(effects: [.openWindow(Reading.type, arguments: ["announcement": JSONValue(id)])])
  }

  @Sendable private static func all(_ call: Call) throws -> Outcome {
    let user = try call.user()
    try call.write { try Readers.note(user.id, read: nil, nowMs: call.host.nowMs, $0) }
    return .done
  }
}
