import GRDB

/// A press of a button, as the bot learns of it.
struct Callback: Codable, FetchableRecord, Sendable {
  var callbackId: String
  var mid: String
  var chatId: Int64
  var userId: Int64
  var payload: String
  var at: Int64
  var answeredAt: Int64?
  var notification: String?

  static func find(_ db: Database, id: String) throws -> Callback? {
    try fetchOne(db, sql: "SELECT * FROM callbacks WHERE callbackId = ?", arguments: [id])
  }

  func insert(_ db: Database) throws {
    try db.execute(
      sql: "INSERT INTO callbacks(callbackId, mid, chatId, userId, payload, at) VALUES(?, ?, ?, ?, ?, ?)",
      arguments: [callbackId, mid, chatId, userId, payload, at]
    )
  }
}

/// `POST /answers`: the bot's word on a press.
enum AnswerOperation {
  private struct Body: Decodable {
    var message: NewMessageBody?
    var notification: String?
  }

  static func register(in routes: inout RouteTable) {
    routes.on("POST", "/answers", answer)
  }

  @Sendable private static func answer(_ exchange: Exchange) throws -> Answer {
    let id = try exchange.call.text("callback_id")
    let body = try WireJSON.decode(Body.self, from: exchange.call.body)
    guard body.message != nil || body.notification != nil else {
      throw Refusal.payload("Invalid request. `message` or `notification` required")
    }
    if let message = body.message { try MessageRules.check(message) }
    guard let callback = try Callback.find(exchange.db, id: id) else {
      throw Refusal(status: 404, code: "not.found", message: "Callback \(id) not found")
    }
    let target = "message:\(callback.mid)"
    guard let person = try Person.find(exchange.db, chatId: callback.chatId) else {
      throw Refusal.noChat(callback.chatId)
    }
    guard !person.stopped else { throw Refusal.suspended(chat: person.chatId) }
    try exchange.limiter.admitChange(chat: person.chatId)
    guard callback.answeredAt == nil else { return try .success(.repeated, target: target) }

    // The message may have been deleted since; the press is answered all the same.
    if let edit = body.message, let message = try Message.find(exchange.db, mid: callback.mid) {
      try message.edit(exchange.db, edit, now: exchange.now)
    }
    try exchange.db.execute(
      sql: "UPDATE callbacks SET answeredAt = ?, notification = ? WHERE callbackId = ?",
      arguments: [exchange.now, body.notification, id]
    )
    return try .success(.applied, target: target)
  }
}
