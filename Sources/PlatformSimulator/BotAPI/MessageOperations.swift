import GRDB

/// Messages of the Bot API: send, read, edit, delete.
enum MessageOperations {
  static func register(in routes: inout RouteTable) {
    routes.on("POST", "/messages", send)
    routes.on("GET", "/messages", list)
    routes.on("PUT", "/messages", edit)
    routes.on("DELETE", "/messages", delete)
    routes.on("GET", "/messages/{mid}", read)
  }

  @Sendable private static func send(_ exchange: Exchange) throws -> Answer {
    let person = try recipient(exchange)
    let body = try WireJSON.decode(NewMessageBody.self, from: exchange.call.body)
    try MessageRules.check(body)
    guard !(body.text ?? "").isEmpty || !(body.attachments ?? []).isEmpty else {
      throw Refusal.payload("Invalid request. `text` or `attachments` required")
    }
    try mayChange(person, exchange)

    struct Sent: Encodable { var message: MessageObject }
    let message = try Message.send(exchange.db, chatId: person.chatId, body, now: exchange.now)
    return try Answer(
      Sent(message: try message.object(exchange.db)),
      effect: .applied,
      target: "chat:\(person.chatId)"
    )
  }

  @Sendable private static func list(_ exchange: Exchange) throws -> Answer {
    struct Listed: Encodable { var messages: [MessageObject] }
    let call = exchange.call
    if let mids = call.list("message_ids") {
      let found = try mids.prefix(100).compactMap { try Message.find(exchange.db, mid: $0) }
      return try Answer(Listed(messages: try found.map { try $0.object(exchange.db) }))
    }
    guard let chatId = try call.integer("chat_id") else {
      throw Refusal.payload("Missing required parameter: chat_id")
    }
    guard try Person.find(exchange.db, chatId: chatId) != nil else { throw Refusal.noChat(chatId) }
    // The deprecated pair runs backwards: `from` is the newer end.
    let after = try call.integer("after") ?? call.integer("to")
    let before = try call.integer("before") ?? call.integer("from")
    let count = try call.integer("count", 1...100, default: 50)
    let found = try Message.list(exchange.db, chatId: chatId, after: after, before: before, count: count)
    return try Answer(Listed(messages: try found.map { try $0.object(exchange.db) }))
  }

  @Sendable private static func read(_ exchange: Exchange) throws -> Answer {
    let mid = exchange.pieces["mid"] ?? ""
    guard let message = try Message.find(exchange.db, mid: mid) else { throw Refusal.noMessage(mid) }
    return try Answer(try message.object(exchange.db))
  }

  @Sendable private static func edit(_ exchange: Exchange) throws -> Answer {
    let mid = try exchange.call.text("message_id")
    let body = try WireJSON.decode(NewMessageBody.self, from: exchange.call.body)
    try MessageRules.check(body)
    let message = try own(mid, exchange)
    try message.edit(exchange.db, body, now: exchange.now)
    return try .success(.applied, target: "message:\(mid)")
  }

  @Sendable private static func delete(_ exchange: Exchange) throws -> Answer {
    let mid = try exchange.call.text("message_id")
    let wasThere = try Bool.fetchOne(
      exchange.db,
      sql: "SELECT deletedAt IS NOT NULL FROM messages WHERE mid = ?",
      arguments: [mid]
    )
    if wasThere == true { return try .success(.repeated, target: "message:\(mid)") }
    try own(mid, exchange).delete(exchange.db, now: exchange.now)
    return try .success(.applied, target: "message:\(mid)")
  }

  private static func recipient(_ exchange: Exchange) throws -> Person {
    if let chatId = try exchange.call.integer("chat_id") {
      guard chatId != 0 else {
        throw Refusal(status: 403, code: "chat.denied", message: "Invalid chatId: 0")
      }
      guard let person = try Person.find(exchange.db, chatId: chatId) else { throw Refusal.noChat(chatId) }
      return person
    }
    guard let userId = try exchange.call.integer("user_id") else {
      throw Refusal.payload("Missing required parameter: user_id or chat_id")
    }
    guard let person = try Person.find(exchange.db, userId: userId) else { throw Refusal.noDialog }
    return person
  }

  /// A message of the bot in a dialog that is open to it.
  private static func own(_ mid: String, _ exchange: Exchange) throws -> Message {
    guard let message = try Message.find(exchange.db, mid: mid) else { throw Refusal.noMessage(mid) }
    guard message.senderId == Bot.userId else {
      throw Refusal(status: 403, code: "access.denied", message: "Message belongs to somebody else")
    }
    guard let person = try Person.find(exchange.db, chatId: message.chatId) else {
      throw Refusal.noChat(message.chatId)
    }
    try mayChange(person, exchange)
    return message
  }

  private static func mayChange(_ person: Person, _ exchange: Exchange) throws {
    guard !person.stopped else { throw Refusal.suspended(chat: person.chatId) }
    try exchange.limiter.admitChange(chat: person.chatId)
  }
}
