import PluginKit

/// One thing that happened on the platform, of those that matter here.
package enum PlatformUpdate: Equatable, Sendable {
  /// A button of ours was pressed.
  case pressed(callbackID: String, bindingID: String)
  /// The person lets the community write again.
  case started(chatID: Int64?, memberID: Int64?)
  /// Something in a group chat.
  case inChat(ChatEvent)
  /// Something else, or something newer than this code.
  case other

  /// Reads an update, and the key by which a second delivery is known: updates have no id. Throws for one
  /// that can't be read, which must not take the rest of its batch with it.
  package static func read(_ json: JSONValue) throws(UnreadableUpdate) -> (key: String, update: PlatformUpdate) {
    guard let type = json["update_type"]?.string else { throw UnreadableUpdate(reason: "no update_type") }
    let at = json["timestamp"]?.int64 ?? 0
    switch type {
    case "message_callback":
      guard let callback = json["callback"], let id = callback["callback_id"]?.string, !id.isEmpty else {
        throw UnreadableUpdate(reason: "no callback_id")
      }
      let key = "\(type)|\(at)|\(id)"
      guard let press = callback["payload"]?.string.flatMap(CommunityMessage.read) else { return (key, .other) }
      return (key, .pressed(callbackID: id, bindingID: press.bindingID))
    case "bot_started":
      let chat = json["chat_id"]?.int64
      let member = json["user"]?["user_id"]?.int64
      return ("\(type)|\(at)|\(chat ?? 0)|\(member ?? 0)", .started(chatID: chat, memberID: member))
    case "user_added", "user_removed", "chat_title_changed", "bot_added", "bot_removed",
      "bot_admin_permissions_changed":
      guard let event = try ChatEvent.read(json, type: type, atMs: at) else { return ("\(type)|\(at)", .other) }
      return ("\(type)|\(at)|\(event.chatID)|\(event.subject)", .inChat(event))
    default: return ("\(type)|\(at)", .other)
    }
  }
}

/// An update that is not of the documented shape.
package struct UnreadableUpdate: Error, Equatable, Sendable {
  package var reason: String
}
