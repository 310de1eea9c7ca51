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
    let destination = try destination(exchange)
    return try exchange.about("chat:\(destination.chatId)") {
      let body = try WireJSON.decode(NewMessageBody.self, from: exchange.call.body)
      try MessageRules.check(body)
      guard !(body.text ?? "").isEmpty || !(body.attachments ?? []).isEmpty else {
        throw Refusal.payload("Invalid request. `text` or `attachments` required")
      }
      try destination.mayWrite(exchange)

      struct Sent: Encodable { var message: MessageObject }
      let message = try Message.send(exchange.db, chatId: destination.chatId, body, now: exchange.now)
      try destination.touch(exchange)
      return try Answer(Sent(message: try message.object(exchange.db)), effect: .applied)
    }
  }

  @Sendable private static func list(_ exchange: Exchange) throws -> Answer {
    struct Listed: Encodable { var messages: [MessageObject] }
    let call = exchange.call
    if let mids = call.list("message_ids") {
      let found = try mids.prefix(100).compactMap { try visible($0, exchange.db) }
      return try Answer(Listed(messages: try found.map { try $0.object(exchange.db) }))
    }
    guard let chatId = try call.integer("chat_id") else {
      throw Refusal.payload("Missing required parameter: chat_id")
    }
    try Destination.find(exchange.db, chatId: chatId).mustBeOpen(exchange.db)
    // The deprecated pair runs backwards: `from` is the newer end.
    let after = try call.integer("after") ?? call.integer("to")
    let before = try call.integer("before") ?? call.integer("from")
    let count = try call.integer("count", 1...100, default: 50)
    let found = try Message.list(exchange.db, chatId: chatId, after: after, before: before, count: count)
    return try Answer(Listed(messages: try found.map { try $0.object(exchange.db) }))
  }

  @Sendable private static func read(_ exchange: Exchange) throws -> Answer {
    let mid = exchange.pieces["mid"] ?? ""
    guard let message = try visible(mid, exchange.db) else { throw Refusal.noMessage(mid) }
    return try Answer(try message.object(exchange.db))
  }

  @Sendable private static func edit(_ exchange: Exchange) throws -> Answer {
    let mid = try exchange.call.text("message_id")
    let body = try WireJSON.decode(NewMessageBody.self, from: exchange.call.body)
    try MessageRules.check(body)
    return try exchange.about("message:\(mid)") {
      try own(mid, exchange).edit(exchange.db, body, now: exchange.now)
      return try .success(.applied)
    }
  }

  @Sendable private static func delete(_ exchange: Exchange) throws -> Answer {
    let mid = try exchange.call.text("message_id")
    return try exchange.about("message:\(mid)") {
      let isGone = try Bool.fetchOne(
        exchange.db, sql: "SELECT deletedAt IS NOT NULL FROM messages WHERE mid = ?", arguments: [mid])
      if isGone == true { return try .success(.repeated) }
      try own(mid, exchange).delete(exchange.db, now: exchange.now)
      return try .success(.applied)
    }
  }

  /// A message of a chat that the bot sees into.
  private static func visible(_ mid: String, _ db: Database) throws -> Message? {
    guard let message = try Message.find(db, mid: mid) else { return nil }
    // Ids below zero are groups'; the bot sees into every dialog.
    guard message.chatId < 0 else { return message }
    return try ChatMember.contains(db, message.chatId, Bot.userId) ? message : nil
  }

  private static func destination(_ exchange: Exchange) throws -> Destination {
    if let chatId = try exchange.call.integer("chat_id") {
      guard chatId != 0 else {
        throw Refusal(status: 403, code: "chat.denied", message: "Invalid chatId: 0")
      }
      return try Destination.find(exchange.db, chatId: chatId)
    }
    guard let userId = try exchange.call.integer("user_id") else {
      throw Refusal.payload("Missing required parameter: user_id or chat_id")
    }
    guard let person = try Person.find(exchange.db, userId: userId) else { throw Refusal.noDialog }
    return .dialog(person)
  }

  /// A message of the bot in a chat that is open to it.
  private static func own(_ mid: String, _ exchange: Exchange) throws -> Message {
    guard let message = try Message.find(exchange.db, mid: mid) else { throw Refusal.noMessage(mid) }
    guard message.senderId == Bot.userId else {
      throw Refusal(status: 403, code: "access.denied", message: "Message belongs to somebody else")
    }
    try Destination.find(exchange.db, chatId: message.chatId).mayWrite(exchange)
    return message
  }
}
