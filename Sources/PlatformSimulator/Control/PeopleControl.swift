/// Who is registered on the messenger.
enum PeopleControl {
  private struct NewUser: Decodable {
    var phone: String
    var name: String
  }

  private struct Refusing: Decodable {
    var phone: String
    var refuses: Bool
  }

  private struct NewUsers: Decodable { var users: [NewUser] }

  static func register(in routes: inout RouteTable) {
    routes.on("GET", "/control/users") { exchange in
      try .control(
        try Person.all(exchange.db).map {
          RegisteredUser(
            userId: $0.userId,
            chatId: $0.chatId,
            phone: $0.phone,
            name: $0.name,
            stopped: $0.stopped,
            refusesChats: $0.refusesChats
          )
        }
      )
    }
    routes.on("POST", "/control/users", addOne)
    routes.on("POST", "/control/users/bulk", addMany)
    routes.on("POST", "/control/users/refuse-chats", refuseChats)
  }

  @Sendable private static func addOne(_ exchange: Exchange) throws -> Answer {
    let user = try ControlJSON.decode(NewUser.self, from: exchange.call.body)
    let (person, isNew) = try add(user, exchange)
    return try .control(
      UserRegistration(
        userId: person.userId,
        chatId: person.chatId,
        phone: person.phone,
        name: person.name,
        created: isNew
      )
    )
  }

  @Sendable private static func addMany(_ exchange: Exchange) throws -> Answer {
    var outcome = BulkRegistration(created: 0, known: 0)
    for user in try ControlJSON.decode(NewUsers.self, from: exchange.call.body).users {
      if try add(user, exchange).isNew { outcome.created += 1 } else { outcome.known += 1 }
    }
    return try .control(outcome)
  }

  @Sendable private static func refuseChats(_ exchange: Exchange) throws -> Answer {
    struct Changed: Encodable { var changed: Bool }
    let wish = try ControlJSON.decode(Refusing.self, from: exchange.call.body)
    let person = try ControlTable.person(exchange, phone: wish.phone)
    try person.setRefusesChats(exchange.db, wish.refuses)
    return try .control(Changed(changed: person.refusesChats != wish.refuses))
  }

  private static func add(_ user: NewUser, _ exchange: Exchange) throws -> (person: Person, isNew: Bool) {
    let phone = try ControlTable.checkedPhone(user.phone)
    guard !user.name.isEmpty else { throw ControlTable.refusal(400, "name.empty", "a person needs a name") }
    return try Person.register(exchange.db, phone: phone, name: user.name, now: exchange.now)
  }
}
