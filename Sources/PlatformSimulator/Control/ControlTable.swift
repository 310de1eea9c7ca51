/// The control interface: what a person on the platform does, and what a test does to the platform.
enum ControlTable {
  static func make() -> RouteTable {
    var routes = RouteTable()
    PeopleControl.register(in: &routes)
    DialogControl.register(in: &routes)
    ChatControl.register(in: &routes)
    ConferenceControl.register(in: &routes)
    FaultControl.register(in: &routes)
    ReportControl.register(in: &routes)
    return routes
  }

  /// A refusal of the control interface.
  static func refusal(_ status: Int, _ code: String, _ message: String) -> Refusal {
    Refusal(status: status, code: code, message: message)
  }

  static func person(_ exchange: Exchange, phone: String) throws -> Person {
    guard let person = try Person.find(exchange.db, phone: try checkedPhone(phone)) else {
      throw refusal(404, "user.not.found", "nobody with the phone \(phone) is registered on the platform")
    }
    return person
  }

  /// The chats with this title, or the one with this id; at least one.
  static func chats(_ exchange: Exchange, _ name: String) throws -> [Chat] {
    if let chatId = Int64(name), let chat = try Chat.find(exchange.db, id: chatId) { return [chat] }
    let chats = try Chat.titled(exchange.db, name)
    guard !chats.isEmpty else { throw refusal(404, "chat.not.found", "the platform has no chat '\(name)'") }
    return chats
  }

  /// The one chat with this id or title.
  static func chat(_ exchange: Exchange, _ name: String) throws -> Chat {
    let chats = try chats(exchange, name)
    guard let chat = chats.first, chats.count == 1 else {
      let ids = chats.map { String($0.chatId) }.joined(separator: ", ")
      throw refusal(
        409, "chat.ambiguous", "the platform has \(chats.count) chats '\(name)'; name one by its id: \(ids)")
    }
    return chat
  }

  static func checkedPhone(_ text: String) throws(Refusal) -> String {
    guard let phone = Phone.normalized(text) else {
      throw refusal(400, "phone.invalid", "'\(text)' is no Russian phone number")
    }
    return phone
  }
}
