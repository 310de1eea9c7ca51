import PluginKit

/// A chat as the platform tells it.
struct PlatformChat: Sendable {
  let id: Int64
  let title: String
  let link: String?

  /// nil: an answer that says no chat.
  init?(_ json: JSONValue?) {
    guard let json, let id = json["chat_id"]?.int64 else { return nil }
    self.id = id
    title = json["title"]?.string ?? ""
    link = json["link"]?.string
  }
}

/// Somebody in a chat, as the platform tells it.
struct PlatformMember: Sendable {
  let id: Int64
  let isBot: Bool
  let isAdministrator: Bool
  /// Whether an administrator may do all that one of ours does.
  let hasAllRights: Bool

  init?(_ json: JSONValue) {
    guard let id = json["user_id"]?.int64 else { return nil }
    self.id = id
    isBot = json["is_bot"]?.bool ?? false
    let isOwner = json["is_owner"]?.bool ?? false
    isAdministrator = json["is_admin"]?.bool ?? false || isOwner
    guard let permissions = json["permissions"]?.array, !isOwner else {
      // An owner may do everything; who is told without a list is believed.
      hasAllRights = true
      return
    }
    // The older name of one of them may still be told. Source: PLATFORM, "Objects".
    let held = Set(permissions.compactMap(\.string).map { $0 == "post_edit_delete_message" ? "write" : $0 })
    // This one comes and goes by itself.
    hasAllRights = held.isSuperset(of: PlatformClient.administratorPermissions.filter { $0 != "can_call" })
  }
}

/// Those whom the platform did not take, each with its code.
enum Refusals {
  static func read(_ json: JSONValue) -> [Int64: String] {
    var refused: [Int64: String] = [:]
    for id in (json["failed_user_ids"]?.array ?? []).compactMap(\.int64) { refused[id] = "unknown" }
    for detail in json["failed_user_details"]?.array ?? [] {
      let code = detail["error_code"]?.string ?? "unknown"
      for id in (detail["user_ids"]?.array ?? []).compactMap(\.int64) { refused[id] = code }
    }
    return refused
  }
}
