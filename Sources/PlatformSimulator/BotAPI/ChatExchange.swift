import GRDB

/// A request about one group chat, inside its transaction.
struct ChatExchange {
  let chat: Chat
  let exchange: Exchange

  var db: Database { exchange.db }
  var call: Call { exchange.call }
  var now: Int64 { exchange.now }

  /// The user whom the path names.
  func userInPath() throws(Refusal) -> Int64 {
    guard let userId = Int64(exchange.pieces["userId"] ?? "") else { throw .nothingThere }
    return userId
  }

  /// The bot as a member.
  func bot() throws -> ChatMember {
    guard let bot = try ChatMember.find(db, chat.chatId, Bot.userId) else { throw Refusal.notMember(of: chat.chatId) }
    return bot
  }

  /// Guards a change that the bot makes: its right first, then its share of the second.
  func mayChange(by permission: Permission) throws {
    guard try bot().rights?.contains(permission) == true else {
      throw Refusal.noPermission(permission, in: chat.chatId)
    }
    try countChange()
  }

  /// Takes one of the changes that a chat has in a second.
  func countChange() throws(Refusal) { try exchange.limiter.admitChange(chat: chat.chatId) }

  /// The chat as it is by now.
  func object() throws -> ChatObject {
    guard let changed = try Chat.find(db, id: chat.chatId) else { throw Refusal.noChat(chat.chatId) }
    return try ChatObject(db, changed)
  }
}

extension RouteTable {
  /// An operation on the living group chat that the piece `chatId` of the path names.
  ///
  /// Whatever comes of it, the log tells which chat it was about.
  mutating func onChat(
    _ method: String, _ pattern: String, _ operation: @escaping @Sendable (ChatExchange) throws -> Answer
  ) {
    on(method, pattern) { exchange in
      guard let chatId = Int64(exchange.pieces["chatId"] ?? "") else { throw Refusal.nothingThere }
      return try exchange.about("chat:\(chatId)") {
        guard let chat = try Chat.find(exchange.db, id: chatId) else { throw try RouteTable.noGroup(chatId, exchange) }
        return try operation(ChatExchange(chat: chat, exchange: exchange))
      }
    }
  }

  private static func noGroup(_ chatId: Int64, _ exchange: Exchange) throws -> Refusal {
    try Person.find(exchange.db, chatId: chatId) == nil
      ? .noChat(chatId) : .payload("Chat \(chatId) is a dialog; the method is for group chats")
  }
}
