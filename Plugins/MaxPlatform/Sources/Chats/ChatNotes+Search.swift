import PluginKit

/// What a search for a chat by its external id comes to. The gateway's answer does not hang on what the bot may do.
extension ChatNotes {
  /// A creation whose answer was lost may still be under way for so long.
  private static let latestMs: Int64 = 600_000

  func looked(_ found: PlatformChat?) throws {
    guard chat.platformID != nil else { return try lookedForNew(found) }
    guard let found else {
      return chat.isWanted
        ? try ChatEnd.lost(transaction, chat, nowMs: nowMs) : try ChatEnd.removed(transaction, chat, nowMs: nowMs)
    }
    try set("creation_doubt = 0")
    if found.id != chat.platformID {
      try adopt(found)
      try set("whole_doubt = whole_doubt + 1")
    } else if chat.isWanted {
      // It lives, and hides from a bot that was thrown out: a second chat beside it would help nobody. Looking at the
      // rights shows when the bot is back: by the hour, or when that is heard of.
      let rest = Set(ChatCall.Kind.allCases).subtracting([.find, .readRights])
      return try stick(rest, ChatRow.noPermission)
    }
    try readDone()
  }

  /// The end of a search for a chat whose creation was not seen to end.
  private func lookedForNew(_ found: PlatformChat?) throws {
    if let found {
      try adopt(found)
      try set("creation_doubt = 0, whole_doubt = whole_doubt + 1, stuck = '', stuck_until = NULL")
    } else if chat.isWanted {
      try set("creation_doubt = :looked", ["looked": JSONValue(ChatRow.Creation.lookedFor.rawValue)])
    } else if chat.stuck.contains(.find) {
      // Looked for twice, and long enough apart: it was never made.
      try set("creation_doubt = 0, stuck = '', stuck_until = NULL")
    } else {
      // The lost request may still arrive, and would make a chat that nobody knows of.
      try set(
        "stuck = :find, stuck_until = :until",
        ["find": JSONValue(ChatCall.Kind.find.rawValue), "until": JSONValue(nowMs + Self.latestMs)])
    }
    try readDone()
  }
}
