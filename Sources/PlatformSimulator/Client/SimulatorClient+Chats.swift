import Foundation

/// Group chats, as people on the platform see and change them.
///
/// A chat is named by its title or its id. Each change returns whether it changed anything.
extension SimulatorClient {
  /// All, or only those that somebody is in, or only those with a title.
  package func chats(_ chat: String? = nil, phone: String? = nil) async throws -> [ChatSummary] {
    let query = [("chat", chat), ("phone", phone)].compactMap { name, value in
      value.map { "\(name)=\($0.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? $0)" }
    }
    return try await get("/control/chats" + (query.isEmpty ? "" : "?" + query.joined(separator: "&")))
  }

  /// Takes somebody out of a chat behind the school's back; blocked, nobody can add them again.
  @discardableResult
  package func kick(chat: String, phone: String, block: Bool = false) async throws -> Bool {
    struct Kick: Encodable {
      var chat: String
      var phone: String
      var block: Bool
    }
    return try await change("kick", Kick(chat: chat, phone: phone, block: block))
  }

  /// They go of their own accord.
  @discardableResult
  package func leave(chat: String, phone: String) async throws -> Bool {
    try await change("leave", ["chat": chat, "phone": phone])
  }

  /// They come by the chat's link.
  @discardableResult
  package func join(chat: String, phone: String) async throws -> Bool {
    try await change("join", ["chat": chat, "phone": phone])
  }

  /// Lets somebody blocked be added again.
  @discardableResult
  package func unblock(chat: String, phone: String) async throws -> Bool {
    try await change("unblock", ["chat": chat, "phone": phone])
  }

  /// Somebody lets nobody add them to chats, or does again.
  @discardableResult
  package func setRefusesChats(_ refuses: Bool, phone: String) async throws -> Bool {
    struct Refusing: Encodable {
      var phone: String
      var refuses: Bool
    }
    return try await change("users/refuse-chats", Refusing(phone: phone, refuses: refuses))
  }

  @discardableResult
  package func retitle(chat: String, title: String) async throws -> Bool {
    try await change("retitle", ["chat": chat, "title": title])
  }

  /// The platform loses a chat; `silently`, without telling the bot.
  @discardableResult
  package func lose(chat: String, silently: Bool = false) async throws -> Bool {
    struct Loss: Encodable {
      var chat: String
      var silent: Bool
    }
    return try await change("lose", Loss(chat: chat, silent: silently))
  }

  /// Takes the bot's rights in a chat, or gives them back.
  @discardableResult
  package func setBotDemoted(_ demoted: Bool, chat: String) async throws -> Bool {
    struct Demotion: Encodable {
      var chat: String
      var off: Bool
    }
    return try await change("demote", Demotion(chat: chat, off: !demoted))
  }
}
