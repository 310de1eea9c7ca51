import GRDB

/// What people on the platform do to a chat, past the school: drift.
enum ChatControl {
  private struct Visit: Decodable {
    /// A title, or an id.
    var chat: String
    var phone: String
    var block: Bool?
  }

  private struct Retitle: Decodable {
    var chat: String
    var title: String
  }

  private struct Loss: Decodable {
    var chat: String
    var silent: Bool?
  }

  private struct Demotion: Decodable {
    var chat: String
    var off: Bool?
  }

  private struct Changed: Encodable { var changed: Bool }

  static func register(in routes: inout RouteTable) {
    routes.on("GET", "/control/chats", list)
    routes.on("GET", "/control/messages") { exchange in
      let chat = try ControlTable.chat(exchange, try exchange.call.text("chat"))
      return try .control(try DialogControl.messages(in: chat.chatId, exchange.db))
    }
    routes.on("POST", "/control/kick", kick)
    routes.on("POST", "/control/leave", leave)
    routes.on("POST", "/control/join", join)
    routes.on("POST", "/control/unblock") { exchange in
      let (chat, person, _) = try visit(exchange)
      return try .control(Changed(changed: try ChatBlock.remove(exchange.db, chat.chatId, person.userId)))
    }
    routes.on("POST", "/control/retitle", retitle)
    routes.on("POST", "/control/lose", lose)
    routes.on("POST", "/control/demote", demote)
  }

  /// All, those of one person, or those with one title; oldest first.
  @Sendable private static func list(_ exchange: Exchange) throws -> Answer {
    var chats: [Chat]
    if let phone = exchange.call.query["phone"] {
      chats = try Chat.all(exchange.db, with: try ControlTable.person(exchange, phone: phone).userId)
    } else {
      chats = try Chat.all(exchange.db)
    }
    if let name = exchange.call.query["chat"] {
      let named = Set(try ControlTable.chats(exchange, name).map(\.chatId))
      chats.removeAll { !named.contains($0.chatId) }
    }
    return try .control(try chats.map { try ChatSummary(exchange.db, $0) })
  }

  @Sendable private static func kick(_ exchange: Exchange) throws -> Answer {
    let (chat, person, visit) = try visit(exchange)
    try mustBeIn(chat, person, exchange.db)
    let actor = try chat.stranger(exchange.db, to: person.userId)
    let isChanged = try chat.dismiss(
      exchange.db, person, by: actor.userId, blocking: visit.block ?? false, now: exchange.now)
    return try .control(Changed(changed: isChanged))
  }

  @Sendable private static func leave(_ exchange: Exchange) throws -> Answer {
    let (chat, person, _) = try visit(exchange)
    try mustBeIn(chat, person, exchange.db)
    let isChanged = try chat.dismiss(exchange.db, person, by: nil, blocking: false, now: exchange.now)
    return try .control(Changed(changed: isChanged))
  }

  /// By the link: whoever lets nobody add them can still come themself, whoever was blocked cannot.
  @Sendable private static func join(_ exchange: Exchange) throws -> Answer {
    let (chat, person, _) = try visit(exchange)
    guard try !ChatMember.contains(exchange.db, chat.chatId, person.userId) else {
      return try .control(Changed(changed: false))
    }
    guard try !ChatBlock.contains(exchange.db, chat.chatId, person.userId) else {
      throw ControlTable.refusal(
        409, "member.blocked", "\(person.name) (\(person.phone)) is blocked in the chat '\(chat.title)'")
    }
    try chat.welcome(exchange.db, person, now: exchange.now)
    return try .control(Changed(changed: true))
  }

  @Sendable private static func retitle(_ exchange: Exchange) throws -> Answer {
    let wish = try ControlJSON.decode(Retitle.self, from: exchange.call.body)
    let chat = try ControlTable.chat(exchange, wish.chat)
    try ChatOperations.checkTitle(wish.title)
    let actor = try chat.stranger(exchange.db)
    return try .control(
      Changed(changed: try chat.retitle(exchange.db, wish.title, by: actor, now: exchange.now)))
  }

  @Sendable private static func lose(_ exchange: Exchange) throws -> Answer {
    let wish = try ControlJSON.decode(Loss.self, from: exchange.call.body)
    let chat = try ControlTable.chat(exchange, wish.chat)
    try chat.close(exchange.db, by: wish.silent == true ? nil : .staff(), now: exchange.now)
    return try .control(Changed(changed: true))
  }

  @Sendable private static func demote(_ exchange: Exchange) throws -> Answer {
    let wish = try ControlJSON.decode(Demotion.self, from: exchange.call.body)
    let chat = try ControlTable.chat(exchange, wish.chat)
    let isChanged = try chat.setBotRights(
      exchange.db, wish.off == true ? .all : nil, by: try chat.stranger(exchange.db), now: exchange.now)
    return try .control(Changed(changed: isChanged))
  }

  private static func visit(_ exchange: Exchange) throws -> (Chat, Person, Visit) {
    let visit = try ControlJSON.decode(Visit.self, from: exchange.call.body)
    let chat = try ControlTable.chat(exchange, visit.chat)
    return (chat, try ControlTable.person(exchange, phone: visit.phone), visit)
  }

  private static func mustBeIn(_ chat: Chat, _ person: Person, _ db: Database) throws {
    guard try !ChatMember.contains(db, chat.chatId, person.userId) else { return }
    throw ControlTable.refusal(
      404, "member.not.found", "\(person.name) (\(person.phone)) is not in the chat '\(chat.title)'")
  }
}
