import GRDB

/// What a person does in their dialog with the community: read, press, stop the bot, start it.
enum DialogControl {
  private struct PhoneBody: Decodable { var phone: String }

  private struct Press: Decodable {
    var phone: String
    var button: String
  }

  static func register(in routes: inout RouteTable) {
    routes.on("GET", "/control/inbox", inbox)
    routes.on("POST", "/control/press", press)
    routes.on("POST", "/control/stop") { try setStopped(true, $0) }
    routes.on("POST", "/control/start") { try setStopped(false, $0) }
  }

  @Sendable private static func inbox(_ exchange: Exchange) throws -> Answer {
    let person = try ControlTable.person(exchange, phone: try exchange.call.text("phone"))
    return try .control(try messages(in: person.chatId, exchange.db))
  }

  /// The newest thousand messages of a dialog or a group chat, newest first.
  static func messages(in chatId: Int64, _ db: Database) throws -> [InboxMessage] {
    try Message.list(db, chatId: chatId, after: nil, before: nil, count: 1000).map { message in
      InboxMessage(
        id: message.mid, from: Bot.name, text: message.text ?? "", buttons: try message.buttons.map(\.text),
        at: Instant.text(message.at))
    }
  }

  /// Presses the button in the newest message that has it.
  ///
  /// The press, its effect on a binding and the update for the bot are one transaction.
  @Sendable private static func press(_ exchange: Exchange) throws -> Answer {
    let wish = try ControlJSON.decode(Press.self, from: exchange.call.body)
    let person = try ControlTable.person(exchange, phone: wish.phone)
    guard !person.stopped else {
      throw ControlTable.refusal(409, "bot.stopped", "this person has stopped the bot")
    }
    guard let (message, payload) = try newest(wish.button, chatId: person.chatId, exchange.db) else {
      throw ControlTable.refusal(
        404,
        "button.not.found",
        "no message of this person has a button '\(wish.button)'"
      )
    }

    let active = try person.touch(exchange.db, stopped: false, now: exchange.now)
    let callback = Callback(
      callbackId: randomText(bytes: 32),
      mid: message.mid,
      chatId: message.chatId,
      userId: person.userId,
      payload: payload,
      at: exchange.now
    )
    try callback.insert(exchange.db)
    if message.senderId == Bot.userId {
      try Binding.decide(exchange.db, payload: payload, by: person, now: exchange.now)
    }
    try UpdateQueue.add(
      exchange.db,
      .pressed(callback, by: active, on: try message.object(exchange.db)),
      now: exchange.now
    )
    return try .control(
      PressedButton(callbackId: callback.callbackId, messageId: message.mid, payload: payload)
    )
  }

  private static func newest(
    _ title: String,
    chatId: Int64,
    _ db: Database
  ) throws -> (Message, payload: String)? {
    let cursor = try Message.fetchCursor(
      db,
      sql: "SELECT * FROM messages WHERE chatId = ? AND deletedAt IS NULL ORDER BY seq DESC",
      arguments: [chatId]
    )
    while let message = try cursor.next() {
      let button = try message.buttons.first { $0.text == title && $0.type == "callback" }
      if let payload = button?.payload { return (message, payload) }
    }
    return nil
  }

  private static func setStopped(_ stopped: Bool, _ exchange: Exchange) throws -> Answer {
    struct Changed: Encodable { var changed: Bool }
    let body = try ControlJSON.decode(PhoneBody.self, from: exchange.call.body)
    let person = try ControlTable.person(exchange, phone: body.phone)
    guard person.stopped != stopped else { return try .control(Changed(changed: false)) }
    let active = try person.touch(exchange.db, stopped: stopped, now: exchange.now)
    try UpdateQueue.add(exchange.db, .started(!stopped, by: active, now: exchange.now), now: exchange.now)
    return try .control(Changed(changed: true))
  }
}
