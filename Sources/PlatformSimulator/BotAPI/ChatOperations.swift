import GRDB

/// Chats of the Bot API: read one, change what it is called.
enum ChatOperations {
  private struct Patch: Decodable {
    /// Taken by the real service and not by this one.
    struct Unserved: Decodable { init(from decoder: any Decoder) {} }

    var title: String?
    var description: String?
    var icon: Unserved?
    var pin: Unserved?
  }

  private static let maxDescription = 16_000

  static func register(in routes: inout RouteTable) {
    routes.on("GET", "/chats/{chatId}", read)
    routes.onChat("PATCH", "/chats/{chatId}", change)
  }

  /// Both a dialog and a group chat.
  @Sendable private static func read(_ exchange: Exchange) throws -> Answer {
    guard let chatId = Int64(exchange.pieces["chatId"] ?? "") else { throw Refusal.nothingThere }
    let target = "chat:\(chatId)"
    if let chat = try Chat.find(exchange.db, id: chatId) {
      return try Answer(ChatObject(exchange.db, chat), target: target)
    }
    guard let person = try Person.find(exchange.db, chatId: chatId) else {
      var refusal = Refusal.noChat(chatId)
      refusal.target = target
      throw refusal
    }
    let last = try Int64.fetchOne(
      exchange.db, sql: "SELECT max(at) FROM messages WHERE chatId = ?", arguments: [chatId])
    return try Answer(ChatObject(dialogWith: person, lastMessageAt: last ?? 0), target: target)
  }

  @Sendable private static func change(_ exchange: ChatExchange) throws -> Answer {
    let patch = try WireJSON.decode(Patch.self, from: exchange.call.body)
    guard patch.icon == nil else { throw Refusal.payload("Field 'icon' is not supported") }
    guard patch.pin == nil else { throw Refusal.payload("Field 'pin' is not supported") }
    if let title = patch.title { try checkTitle(title) }
    if let size = patch.description?.utf16.count, size > maxDescription {
      throw Refusal.payload("Field 'description' size (\(size)) must be at most \(maxDescription)")
    }
    try exchange.mayChange(by: .changeChatInfo)

    let chat = exchange.chat
    // An empty description is none.
    let description = patch.description.map { $0.isEmpty ? nil : $0 } ?? chat.description
    var isChanged = description != chat.description
    if isChanged { try chat.describe(exchange.db, description, now: exchange.now) }
    if let title = patch.title, try chat.retitle(exchange.db, title, by: .bot(), now: exchange.now) {
      isChanged = true
    }
    return try Answer(try exchange.object(), effect: isChanged ? .applied : .repeated)
  }

  /// 1 to 200 UTF-16 units that are not all blank.
  static func checkTitle(_ title: String, field: String = "title") throws(Refusal) {
    guard title.contains(where: { !$0.isWhitespace }), title.utf16.count <= 200 else {
      throw .payload("\(field): size must be between 1 and 200")
    }
  }
}
