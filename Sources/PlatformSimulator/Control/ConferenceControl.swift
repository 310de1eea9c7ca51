import GRDB

/// What people on the platform do with calls: come, go, end one for all; and what there is to see of them.
enum ConferenceControl {
  private struct Visit: Decodable {
    /// An id, a link or a name.
    var call: String
    var phone: String
  }

  private struct End: Decodable { var call: String }

  private struct Changed: Encodable { var changed: Bool }

  static func register(in routes: inout RouteTable) {
    routes.on("GET", "/control/conferences") { exchange in
      try .control(try ConferenceSummary.all(exchange.db, withCreated: exchange.call.query["all"] == "true"))
    }
    routes.on("GET", "/control/conferences/participants", participants)
    routes.on("POST", "/control/conferences/join", join)
    routes.on("POST", "/control/conferences/leave", leave)
    routes.on("POST", "/control/conferences/end", end)
  }

  /// Every stay in the order of coming.
  @Sendable private static func participants(_ exchange: Exchange) throws -> Answer {
    let name = try exchange.call.text("call")
    let calls = try named(exchange, name)
    let going = calls.filter { $0.state == .active }
    let call = try only(going.isEmpty ? calls : going, name)
    let stays = try ConferenceStay.page(exchange.db, call, after: 0, count: .max)
    return try .control(
      try stays.compactMap { stay in
        try Person.find(exchange.db, userId: stay.userId).map { person in
          ParticipantStay(
            userId: person.userId, name: person.name, phone: person.phone, joinedAt: Instant.text(stay.joinedAt),
            leftAt: stay.leftAt.map(Instant.text))
        }
      })
  }

  @Sendable private static func join(_ exchange: Exchange) throws -> Answer {
    let (call, person) = try visit(exchange)
    return try .control(
      Changed(changed: try ConferenceStay.begin(exchange.db, call, person, now: exchange.now)))
  }

  @Sendable private static func leave(_ exchange: Exchange) throws -> Answer {
    let (call, person) = try visit(exchange)
    guard try ConferenceStay.end(exchange.db, call, person, now: exchange.now) else {
      throw ControlTable.refusal(
        404, "participant.not.found", "\(person.name) (\(person.phone)) is not in the conference '\(call.name)'")
    }
    return try .control(Changed(changed: true))
  }

  @Sendable private static func end(_ exchange: Exchange) throws -> Answer {
    let wish = try ControlJSON.decode(End.self, from: exchange.call.body)
    _ = try active(exchange, wish.call).end(exchange.db, now: exchange.now)
    return try .control(Changed(changed: true))
  }

  private static func visit(_ exchange: Exchange) throws -> (Conference, Person) {
    let visit = try ControlJSON.decode(Visit.self, from: exchange.call.body)
    let call = try active(exchange, visit.call)
    return (call, try ControlTable.person(exchange, phone: visit.phone))
  }

  /// The one that goes on; others of its name do not matter then.
  private static func active(_ exchange: Exchange, _ name: String) throws -> Conference {
    let calls = try named(exchange, name)
    let going = calls.filter { $0.state == .active }
    if going.isEmpty, let last = calls.last {
      throw ControlTable.refusal(
        409, "call.not.active", "the conference '\(last.name)' is not active but \(last.state.rawValue)")
    }
    return try only(going, name)
  }

  /// At least one.
  private static func named(_ exchange: Exchange, _ name: String) throws -> [Conference] {
    let calls = try Conference.named(exchange.db, name)
    guard !calls.isEmpty else {
      throw ControlTable.refusal(404, "call.not.found", "the platform has no conference '\(name)'")
    }
    return calls
  }

  private static func only(_ calls: [Conference], _ name: String) throws -> Conference {
    guard let call = calls.first, calls.count == 1 else {
      let ids = calls.map(\.callId).joined(separator: ", ")
      throw ControlTable.refusal(
        409, "call.ambiguous", "the platform has \(calls.count) conferences '\(name)'; name one by its id: \(ids)")
    }
    return call
  }
}
