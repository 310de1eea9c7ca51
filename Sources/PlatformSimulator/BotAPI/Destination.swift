import GRDB

/// Where messages stand: a dialog with a person, or a group chat.
enum Destination {
  case dialog(Person)
  case group(Chat)

  var chatId: Int64 {
    switch self {
    case .dialog(let person): person.chatId
    case .group(let chat): chat.chatId
    }
  }

  /// - Throws: 404 when there is no such chat.
  static func find(_ db: Database, chatId: Int64) throws -> Destination {
    if let chat = try Chat.find(db, id: chatId) { return .group(chat) }
    guard let person = try Person.find(db, chatId: chatId) else {
      var refusal = Refusal.noChat(chatId)
      refusal.target = "chat:\(chatId)"
      throw refusal
    }
    return .dialog(person)
  }

  /// Guards what only somebody inside may do: in a group the bot must be a member, administrator or not.
  func mustBeOpen(_ db: Database) throws {
    guard case .group(let chat) = self else { return }
    guard try ChatMember.contains(db, chat.chatId, Bot.userId) else { throw Refusal.notMember(of: chat.chatId) }
  }

  /// Guards a message that is sent, edited or deleted, and counts it.
  func mayWrite(_ exchange: Exchange) throws {
    if case .dialog(let person) = self, person.stopped { throw Refusal.suspended(chat: person.chatId) }
    try mustBeOpen(exchange.db)
    try exchange.limiter.admitChange(chat: chatId)
  }

  /// Remembers that something happened there.
  func touch(_ exchange: Exchange) throws {
    guard case .group(let chat) = self else { return }
    try chat.touch(exchange.db, now: exchange.now)
  }
}
