import GRDB

/// Members of a group chat: read, add, remove.
enum MemberOperations {
  private struct Added: Decodable { var userIds: [Int64] }

  static let maxAtOnce = 100

  static func register(in routes: inout RouteTable) {
    routes.onChat("GET", "/chats/{chatId}/members", list)
    routes.onChat("POST", "/chats/{chatId}/members", add)
    routes.onChat("DELETE", "/chats/{chatId}/members", remove)
    routes.onChat("GET", "/chats/{chatId}/members/me") { exchange in
      try Answer(ChatMemberObject(exchange.bot(), now: exchange.now))
    }
    routes.onChat("DELETE", "/chats/{chatId}/members/me") { exchange in
      try exchange.countChange()
      return try .success(try exchange.chat.leaveBot(exchange.db, now: exchange.now) ? .applied : .repeated)
    }
  }

  /// Pages go by user id, so nobody is lost or told twice while others come and go.
  @Sendable private static func list(_ exchange: ChatExchange) throws -> Answer {
    _ = try exchange.bot()
    let chatId = exchange.chat.chatId
    if let wanted = exchange.call.list("user_ids") {
      let members = try wanted.prefix(maxAtOnce).compactMap { text in
        guard let userId = Int64(text) else { throw Refusal.payload("Invalid parameter: user_ids") }
        return try ChatMember.find(exchange.db, chatId, userId)
      }
      return try answer(members, marker: nil, exchange)
    }
    let count = try exchange.call.integer("count", 1...100, default: 20)
    let marker = try exchange.call.integer("marker") ?? 0
    // One more than asked for tells whether there is a next page.
    let found = try ChatMember.page(exchange.db, chatId, after: marker, count: count + 1)
    let members = Array(found.prefix(Int(count)))
    return try answer(members, marker: found.count > members.count ? members.last?.userId : nil, exchange)
  }

  private static func answer(_ members: [ChatMember], marker: Int64?, _ exchange: ChatExchange) throws -> Answer {
    try Answer(
      ChatMembersList(members: members.map { ChatMemberObject($0, now: exchange.now) }, marker: marker))
  }

  @Sendable private static func add(_ exchange: ChatExchange) throws -> Answer {
    let userIds = try WireJSON.decode(Added.self, from: exchange.call.body).userIds
    guard (1...maxAtOnce).contains(userIds.count) else {
      throw Refusal.payload("user_ids: size must be between 1 and \(maxAtOnce)")
    }
    try exchange.mayChange(by: .addRemoveMembers)
    let admission = try exchange.chat.admit(exchange.db, userIds, by: Bot.userId, now: exchange.now)
    return try Answer(ModifyMembersResult(admission), effect: admission.effect)
  }

  @Sendable private static func remove(_ exchange: ChatExchange) throws -> Answer {
    guard let userId = try exchange.call.integer("user_id") else {
      throw Refusal.payload("Missing required parameter: user_id")
    }
    let isBlocking = try flag("block", exchange.call)
    try exchange.mayChange(by: .addRemoveMembers)
    // The owner goes by itself or not at all.
    guard userId != Bot.userId else { return try .failure("Insufficient access rights to perform this action") }
    guard let person = try Person.find(exchange.db, userId: userId) else { return try .success(.repeated) }
    let isChanged = try exchange.chat.dismiss(
      exchange.db, person, by: Bot.userId, blocking: isBlocking, now: exchange.now)
    return try .success(isChanged ? .applied : .repeated)
  }

  private static func flag(_ name: String, _ call: Call) throws(Refusal) -> Bool {
    switch call.query[name] {
    case nil, "", "false": false
    case "true": true
    default: throw .payload("Invalid parameter: \(name)")
    }
  }
}
