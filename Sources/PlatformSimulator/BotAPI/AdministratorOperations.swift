import GRDB

/// Administrators of a group chat: read, appoint, dismiss.
enum AdministratorOperations {
  private struct Appointments: Decodable {
    struct Appointment: Decodable {
      var userId: Int64
      var permissions: [String]
      var alias: String?
    }

    var admins: [Appointment]
  }

  /// The owner does not count.
  static let maxAdministrators = 50

  private static let notAllowed = "Insufficient access rights to perform this action"

  static func register(in routes: inout RouteTable) {
    routes.onChat("GET", "/chats/{chatId}/members/admins", list)
    routes.onChat("POST", "/chats/{chatId}/members/admins", appoint)
    routes.onChat("DELETE", "/chats/{chatId}/members/admins/{userId}", dismiss)
  }

  @Sendable private static func list(_ exchange: ChatExchange) throws -> Answer {
    guard try exchange.bot().rights != nil else { throw Refusal.notAdministrator(of: exchange.chat.chatId) }
    let administrators = try ChatMember.administrators(exchange.db, exchange.chat.chatId)
    return try Answer(
      ChatMembersList(members: administrators.map { ChatMemberObject($0, now: exchange.now) }))
  }

  /// All or nobody: the answer has no room for some.
  @Sendable private static func appoint(_ exchange: ChatExchange) throws -> Answer {
    let wish = try WireJSON.decode(Appointments.self, from: exchange.call.body).admins
    guard (1...maxAdministrators).contains(wish.count) else {
      throw Refusal.payload("admins: size must be between 1 and \(maxAdministrators)")
    }
    let rights = try wish.map { try Permissions(asked: $0.permissions) }
    try exchange.mayChange(by: .addAdmins)
    if let failure = try failure(of: wish, exchange) { return try .failure(failure) }

    var isChanged = false
    for (one, rights) in zip(wish, rights) {
      let member = try ChatMember.find(exchange.db, exchange.chat.chatId, one.userId)
      guard member?.rights != rights || member?.alias != one.alias else { continue }
      try ChatMember.setRights(exchange.db, exchange.chat.chatId, one.userId, rights, alias: one.alias)
      isChanged = true
    }
    if isChanged { try exchange.chat.touch(exchange.db, now: exchange.now) }
    return try .success(isChanged ? .applied : .repeated)
  }

  /// Why the appointments cannot be; nil when they can.
  private static func failure(of wish: [Appointments.Appointment], _ exchange: ChatExchange) throws -> String? {
    let chatId = exchange.chat.chatId
    guard !wish.contains(where: { $0.userId == Bot.userId }) else { return notAllowed }
    for one in wish where try !ChatMember.contains(exchange.db, chatId, one.userId) {
      return "User \(one.userId) is not a member of chat \(chatId)"
    }
    let known = try ChatMember.administrators(exchange.db, chatId).filter { !$0.isBot }.map(\.userId)
    let count = Set(known + wish.map(\.userId)).count
    return count > maxAdministrators ? "Chat \(chatId) cannot have more than \(maxAdministrators) administrators" : nil
  }

  @Sendable private static func dismiss(_ exchange: ChatExchange) throws -> Answer {
    let userId = try exchange.userInPath()
    try exchange.mayChange(by: .addAdmins)
    guard userId != Bot.userId else { return try .failure(notAllowed) }
    let member = try ChatMember.find(exchange.db, exchange.chat.chatId, userId)
    guard member?.rights != nil else { return try .success(.repeated) }
    try ChatMember.setRights(exchange.db, exchange.chat.chatId, userId, nil)
    try exchange.chat.touch(exchange.db, now: exchange.now)
    return try .success(.applied)
  }
}
