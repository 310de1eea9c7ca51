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

  init?(_ json: JSONValue) {
    guard let id = json["user_id"]?.int64 else { return nil }
    self.id = id
    isBot = json["is_bot"]?.bool ?? false
    isAdministrator = json["is_admin"]?.bool ?? false || json["is_owner"]?.bool ?? false
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
