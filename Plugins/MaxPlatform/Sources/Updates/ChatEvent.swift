import PluginKit

/// Something that happened in a group chat. It says where to look, not what to believe: updates come twice, late and
/// out of order.
package struct ChatEvent: Equatable, Sendable {
  package enum Happening: Equatable, Sendable {
    /// `by` nil: came by the link.
    case joined(member: Int64, by: Int64?)
    /// `by` nil: left by themselves.
    case left(member: Int64, by: Int64?)
    case retitled(by: Int64?)
    /// The bot was added.
    case botAdded(by: Int64?)
    /// The bot was removed, or its rights changed.
    case botRights
  }

  /// The platform's id of the chat.
  package var chatID: Int64
  /// On the platform's clock.
  package var atMs: Int64
  package var happening: Happening

  package init(chatID: Int64, atMs: Int64, happening: Happening) {
    self.chatID = chatID
    self.atMs = atMs
    self.happening = happening
  }

  /// Whom it is about; 0: nobody.
  var subject: Int64 {
    switch happening {
    case .joined(let member, _), .left(let member, _): member
    case .retitled, .botAdded, .botRights: 0
    }
  }

  /// nil: about a channel or a bot, which are nobody's business here.
  static func read(_ json: JSONValue, type: String, atMs: Int64) throws(UnreadableUpdate) -> ChatEvent? {
    guard let chat = json["chat_id"]?.int64 else { throw UnreadableUpdate(reason: "no chat_id in \(type)") }
    guard json["is_channel"]?.bool != true else { return nil }
    let user = json["user"]?["user_id"]?.int64
    func event(_ happening: Happening) -> ChatEvent { ChatEvent(chatID: chat, atMs: atMs, happening: happening) }
    switch type {
    case "chat_title_changed": return event(.retitled(by: user))
    case "bot_added": return event(.botAdded(by: user))
    case "bot_removed", "bot_admin_permissions_changed": return event(.botRights)
    default: break
    }
    guard json["user"]?["is_bot"]?.bool != true else { return nil }
    // Real samples carry another `user_id` beside the user; the user's own is meant.
    guard let member = user ?? json["user_id"]?.int64 else { throw UnreadableUpdate(reason: "no user in \(type)") }
    return type == "user_added"
      ? event(.joined(member: member, by: json["inviter_id"]?.int64))
      : event(.left(member: member, by: json["admin_id"]?.int64))
  }
}
