import GRDB

/// The Sferum gateway's calls: planned, started, finished and deleted for a partner.
///
/// As with chats, a partner's right does not hang on what the bot may do in the chat, and calls take nothing from a
/// chat's share of changes.
enum ConferenceGateway {
  private struct Request: Decodable {
    var externalId: String
    var chatId: Int64
    var name: String
    var startsAt: Int64?
    var endsAt: Int64?
    var participantUserIds: [Int64]?
    /// Begin at once.
    var start: Bool?
  }

  /// What is absent or null stays.
  private struct Changes: Decodable {
    var name: String?
    var startsAt: Int64?
    var endsAt: Int64?
    var participantUserIds: [Int64]?
  }

  static func register(in routes: inout RouteTable) {
    routes.on("POST", "/sferum/v1/calls", create)
    routes.on("GET", "/sferum/v1/calls", find)
    routes.onCall("GET", "/sferum/v1/calls/{callId}") { exchange in
      try Answer(ConferenceObject(exchange.db, exchange.conference))
    }
    routes.onCall("PATCH", "/sferum/v1/calls/{callId}", change)
    routes.onCall("DELETE", "/sferum/v1/calls/{callId}", deleted: true, delete)
    routes.onCall("POST", "/sferum/v1/calls/{callId}/start", start)
    routes.onCall("POST", "/sferum/v1/calls/{callId}/finish", finish)
    routes.onCall("GET", "/sferum/v1/calls/{callId}/participants", participants)
  }

  @Sendable private static func create(_ exchange: Exchange) throws -> Answer {
    let idempotency = Idempotency(exchange)
    if let first = try idempotency?.firstAnswer() { return first }
    let answer = try make(exchange)
    try idempotency?.remember(answer, now: exchange.now)
    return answer
  }

  /// Once for each `external_id`: a call that is there is told as it is, whatever else the request says.
  private static func make(_ exchange: Exchange) throws -> Answer {
    let db = exchange.db
    let request = try WireJSON.decode(Request.self, from: exchange.call.body)
    guard !request.externalId.isEmpty else { throw Refusal.payload("Invalid value of field 'external_id'") }
    try check(name: request.name, request.startsAt, request.endsAt, request.participantUserIds)
    if let known = try Conference.find(db, externalId: request.externalId) {
      return try Answer(ConferenceObject(db, known), effect: .repeated, target: known.target)
    }
    guard let chat = try Chat.find(db, id: request.chatId) else {
      var refusal = Refusal.noChat(request.chatId)
      refusal.target = "chat:\(request.chatId)"
      throw refusal
    }

    var call = try Conference.make(
      db, externalId: request.externalId, chat: chat, name: request.name, startsAt: request.startsAt,
      endsAt: request.endsAt, now: exchange.now)
    let invitation = try Invitation.replace(db, call, with: request.participantUserIds ?? [])
    if request.start == true { call = try call.begin(db, now: exchange.now) }
    return try Answer(
      ConferenceObject(db, call, failures: invitation.failures), effect: .applied, target: call.target)
  }

  private static func check(
    name: String, _ startsAt: Int64?, _ endsAt: Int64?, _ participants: [Int64]?
  ) throws(Refusal) {
    try ChatOperations.checkTitle(name, field: "name")
    for (field, instant) in [("starts_at", startsAt), ("ends_at", endsAt)] {
      if let instant, instant < 0 { throw .payload("Invalid value of field '\(field)'") }
    }
    if let startsAt, let endsAt, endsAt <= startsAt {
      throw .payload("Field 'ends_at' value (\(endsAt)) must be greater than 'starts_at' (\(startsAt))")
    }
    if let count = participants?.count, count > Invitation.maxInvited {
      throw .payload("Field 'participant_user_ids' size (\(count)) must be at most \(Invitation.maxInvited)")
    }
  }

  @Sendable private static func find(_ exchange: Exchange) throws -> Answer {
    struct Found: Encodable { var calls: [ConferenceObject] }
    let externalId = try exchange.call.text("external_id")
    let call = try Conference.find(exchange.db, externalId: externalId)
    return try Answer(
      Found(calls: try call.map { [try ConferenceObject(exchange.db, $0)] } ?? []), target: call?.target)
  }

  @Sendable private static func change(_ exchange: ConferenceExchange) throws -> Answer {
    let wish = try WireJSON.decode(Changes.self, from: exchange.call.body)
    let known = exchange.conference
    var call = known
    call.name = wish.name ?? known.name
    call.startsAt = wish.startsAt ?? known.startsAt
    call.endsAt = wish.endsAt ?? known.endsAt
    try check(name: call.name, call.startsAt, call.endsAt, wish.participantUserIds)
    if known.state == .finished { return try ConferenceOutcome.failure("is finished", known) }
    if known.state == .active, call.startsAt != known.startsAt {
      return try ConferenceOutcome.failure("is active: its start cannot be moved", known)
    }

    var isChanged = call != known
    if isChanged { try call.savePlan(exchange.db) }
    var failures: AdmissionFailures?
    if let userIds = wish.participantUserIds {
      let invitation = try Invitation.replace(exchange.db, call, with: userIds)
      failures = invitation.failures
      if invitation.isChanged { isChanged = true }
    }
    return try Answer(
      ConferenceObject(exchange.db, call, failures: failures), effect: isChanged ? .applied : .repeated)
  }

  @Sendable private static func delete(_ exchange: ConferenceExchange) throws -> Answer {
    let call = exchange.conference
    guard call.deletedAt == nil else { return try ConferenceOutcome.success(call, .repeated) }
    guard call.state != .active else {
      return try ConferenceOutcome.failure("is active: finish it before deleting it", call)
    }
    try call.remove(exchange.db, now: exchange.now)
    return try ConferenceOutcome.success(call, .applied)
  }

  @Sendable private static func start(_ exchange: ConferenceExchange) throws -> Answer {
    let call = exchange.conference
    switch call.state {
    case .active: return try ConferenceOutcome.success(call, .repeated)
    case .finished: return try ConferenceOutcome.failure("is finished", call)
    case .created:
      guard try Chat.find(exchange.db, id: call.chatId) != nil else { throw Refusal.noChat(call.chatId) }
      return try ConferenceOutcome.success(try call.begin(exchange.db, now: exchange.now), .applied)
    }
  }

  @Sendable private static func finish(_ exchange: ConferenceExchange) throws -> Answer {
    let call = exchange.conference
    switch call.state {
    case .created: return try ConferenceOutcome.failure("has not been started", call)
    case .finished: return try ConferenceOutcome.success(call, .repeated)
    case .active: return try ConferenceOutcome.success(try call.end(exchange.db, now: exchange.now), .applied)
    }
  }

  /// Pages go by the order of coming, so nothing is lost or told twice while people come.
  @Sendable private static func participants(_ exchange: ConferenceExchange) throws -> Answer {
    let count = try exchange.call.integer("count", 1...100, default: 20)
    let marker = try exchange.call.integer("marker") ?? 0
    // One more than asked for tells whether there is a next page.
    let found = try ConferenceStay.page(exchange.db, exchange.conference, after: marker, count: count + 1)
    let stays = found.prefix(Int(count))
    return try Answer(
      ConferenceStaysList(
        participants: stays.map { .init(userId: $0.userId, joinedAt: $0.joinedAt, leftAt: $0.leftAt) },
        marker: found.count > stays.count ? stays.last?.stay : nil))
  }
}
