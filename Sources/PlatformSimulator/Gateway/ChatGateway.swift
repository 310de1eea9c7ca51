import GRDB

/// The Sferum gateway's chats: made, renamed and ended for a partner, who asks by names of their own.
///
/// A partner's right is the partnership: it does not hang on what the bot may do in the chat.
enum ChatGateway {
  private struct Request: Decodable {
    var externalId: String
    var title: String
    var kind: String
    var memberUserIds: [Int64]?
    var adminUserIds: [Int64]?
  }

  private struct Title: Decodable { var title: String }

  private struct Created: Encodable {
    var chat: ChatObject
    var failures: AdmissionFailures?

    private enum CodingKeys: CodingKey { case chat }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(chat, forKey: .chat)
      try failures?.encode(to: encoder)
    }
  }

  static func register(in routes: inout RouteTable) {
    routes.on("POST", "/sferum/v1/chats", create)
    routes.on("GET", "/sferum/v1/chats", find)
    routes.onChat("PATCH", "/sferum/v1/chats/{chatId}", rename)
    routes.onChat("DELETE", "/sferum/v1/chats/{chatId}", delete)
  }

  /// Once for each `external_id`: a living chat is told as it is, whatever else the request says.
  @Sendable private static func create(_ exchange: Exchange) throws -> Answer {
    let db = exchange.db
    let request = try WireJSON.decode(Request.self, from: exchange.call.body)
    let kind = try check(request)
    if let known = try Chat.find(db, externalId: request.externalId) {
      return try Answer(Created(chat: try object(known, db)), effect: .repeated, target: known.target)
    }

    let chat = try Chat.make(
      db, externalId: request.externalId, title: request.title, kind: kind, now: exchange.now)
    try chat.tell(db, .botAdded(chat, by: .bot(), now: exchange.now), now: exchange.now)
    // Members of a chat that is just being made are no news of their own.
    let admission = try Admission.take(db, chat, request.memberUserIds ?? [], now: exchange.now)
    let administrators = Set(request.adminUserIds ?? [])
    for person in admission.added where administrators.contains(person.userId) {
      try ChatMember.setRights(db, chat.chatId, person.userId, .all)
    }
    return try Answer(
      Created(chat: try object(chat, db), failures: AdmissionFailures(admission.failures)), effect: .applied,
      target: chat.target)
  }

  private static func check(_ request: Request) throws(Refusal) -> Chat.Kind {
    guard !request.externalId.isEmpty else { throw .payload("Invalid value of field 'external_id'") }
    try ChatOperations.checkTitle(request.title)
    guard let kind = Chat.Kind(rawValue: request.kind) else { throw .payload("Invalid value of field 'kind'") }
    let members = Set(request.memberUserIds ?? [])
    try check("member_user_ids", members.count, atMost: MemberOperations.maxAtOnce)
    let administrators = Set(request.adminUserIds ?? [])
    try check("admin_user_ids", administrators.count, atMost: AdministratorOperations.maxAdministrators)
    if let first = administrators.subtracting(members).min() {
      throw .payload("Field 'admin_user_ids' has \(first), which 'member_user_ids' has not")
    }
    return kind
  }

  private static func check(_ field: String, _ count: Int, atMost limit: Int) throws(Refusal) {
    guard count > limit else { return }
    throw .payload("Field '\(field)' size (\(count)) must be at most \(limit)")
  }

  @Sendable private static func find(_ exchange: Exchange) throws -> Answer {
    struct Found: Encodable { var chats: [ChatObject] }
    let externalId = try exchange.call.text("external_id")
    let chat = try Chat.find(exchange.db, externalId: externalId)
    return try Answer(
      Found(chats: try chat.map { [try object($0, exchange.db)] } ?? []), target: chat?.target)
  }

  @Sendable private static func rename(_ exchange: ChatExchange) throws -> Answer {
    let title = try WireJSON.decode(Title.self, from: exchange.call.body).title
    try ChatOperations.checkTitle(title)
    try exchange.countChange()
    let isChanged = try exchange.chat.retitle(exchange.db, title, by: .bot(), now: exchange.now)
    var object = try exchange.object()
    object.externalId = exchange.chat.externalId
    return try Answer(object, effect: isChanged ? .applied : .repeated)
  }

  @Sendable private static func delete(_ exchange: ChatExchange) throws -> Answer {
    try exchange.countChange()
    try exchange.chat.close(exchange.db, by: .bot(), now: exchange.now)
    return try .success(.applied)
  }

  private static func object(_ chat: Chat, _ db: Database) throws -> ChatObject {
    var object = try ChatObject(db, chat)
    object.externalId = chat.externalId
    return object
  }
}
