import GRDB

/// The rest of the Bot API that has no state of its own: the bot, its dialogs, its web hooks (none).
enum BotOperations {
  static func register(in routes: inout RouteTable) {
    routes.on("GET", "/me") { exchange in try Answer(UserObject.bot(at: exchange.now)) }
    routes.on("GET", "/chats/{chatId}", dialog)
    routes.on("GET", "/subscriptions") { _ in
      struct Subscriptions: Encodable { var subscriptions: [String] = [] }
      return try Answer(Subscriptions())
    }
  }

  @Sendable private static func dialog(_ exchange: Exchange) throws -> Answer {
    guard let chatId = Int64(exchange.pieces["chatId"] ?? "") else { throw Refusal.nothingThere }
    guard let person = try Person.find(exchange.db, chatId: chatId) else { throw Refusal.noChat(chatId) }
    let last = try Int64.fetchOne(
      exchange.db,
      sql: "SELECT max(at) FROM messages WHERE chatId = ?",
      arguments: [chatId]
    )
    return try Answer(
      ChatObject(
        chatId: chatId,
        status: person.stopped ? "suspended" : "active",
        lastEventTime: max(last ?? 0, person.lastActiveAt),
        dialogWithUser: UserObject(person)
      )
    )
  }
}
