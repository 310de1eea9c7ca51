import Foundation
import GRDB

/// The Sferum gateway's bindings.
enum BindingOperations {
  private struct Request: Decodable {
    struct Organization: Decodable {
      var id: String
      var name: String
    }

    var externalUserId: String
    var phone: String
    var role: String
    var lastName: String
    var firstName: String
    var middleName: String?
    var organization: Organization
    var expiresAt: Int64?
  }

  static func register(in routes: inout RouteTable) {
    routes.on("POST", "/sferum/v1/bindings", request)
    routes.on("GET", "/sferum/v1/bindings", find)
    routes.on("GET", "/sferum/v1/bindings/{id}", read)
    routes.on("DELETE", "/sferum/v1/bindings/{id}", delete)
  }

  @Sendable private static func request(_ exchange: Exchange) throws -> Answer {
    let idempotency = Idempotency(exchange)
    if let first = try idempotency?.firstAnswer() { return first }
    let answer = try bind(exchange)
    try idempotency?.remember(answer, now: exchange.now)
    return answer
  }

  private static func bind(_ exchange: Exchange) throws -> Answer {
    let db = exchange.db
    let request = try WireJSON.decode(Request.self, from: exchange.call.body)
    let phone = try checkedPhone(request.phone)
    guard ["teacher", "student", "parent"].contains(request.role) else {
      throw Refusal.payload("Invalid value of field 'role'")
    }
    guard !request.externalUserId.isEmpty else {
      throw Refusal.payload("Invalid value of field 'external_user_id'")
    }

    try Binding.expire(db, now: exchange.now)
    if let known = try Binding.find(db, externalUserId: request.externalUserId), known.isActive {
      return try answer(known, .repeated)
    }
    if try Binding.linked(db, phone: phone) != nil {
      throw Refusal(
        status: 409,
        code: "binding.phone.taken",
        message: "Phone is linked to another external user"
      )
    }
    let person = try Person.find(db, phone: phone)
    let binding = Binding(
      bindingId: randomText(bytes: 12),
      ordinal: try Binding.nextOrdinal(db),
      externalUserId: request.externalUserId,
      phone: phone,
      status: person == nil ? .notFound : .pending,
      userId: person?.userId,
      chatId: person?.chatId,
      role: request.role,
      lastName: request.lastName,
      firstName: request.firstName,
      middleName: request.middleName,
      organizationId: request.organization.id,
      organizationName: request.organization.name,
      createdAt: exchange.now,
      updatedAt: exchange.now,
      expiresAt: request.expiresAt
    )
    try binding.insert(db)
    return try answer(binding, .applied)
  }

  @Sendable private static func find(_ exchange: Exchange) throws -> Answer {
    try Binding.expire(exchange.db, now: exchange.now)
    let query = exchange.call.query
    let found: Binding?
    switch (query["external_user_id"], query["phone"]) {
    case (let user?, nil): found = try Binding.find(exchange.db, externalUserId: user)
    case (nil, let phone?): found = try Binding.find(exchange.db, phone: try checkedPhone(phone))
    default: throw Refusal.payload("Missing required parameter: external_user_id or phone")
    }
    guard let found else { throw Refusal.noBinding }
    return try answer(found, .none)
  }

  @Sendable private static func read(_ exchange: Exchange) throws -> Answer {
    try Binding.expire(exchange.db, now: exchange.now)
    guard let found = try Binding.find(exchange.db, id: exchange.pieces["id"] ?? ""), found.deletedAt == nil
    else { throw Refusal.noBinding }
    return try answer(found, .none)
  }

  @Sendable private static func delete(_ exchange: Exchange) throws -> Answer {
    guard var binding = try Binding.find(exchange.db, id: exchange.pieces["id"] ?? "") else {
      throw Refusal.noBinding
    }
    let target = "binding:\(binding.bindingId)"
    guard binding.deletedAt == nil else { return try .success(.repeated, target: target) }
    binding.deletedAt = exchange.now
    binding.updatedAt = exchange.now
    try binding.update(exchange.db)
    return try .success(.applied, target: target)
  }

  /// The gateway is strict: 79123456789, with or without a plus (which a query may turn into a blank).
  private static func checkedPhone(_ text: String) throws -> String {
    let digits = text.first == "+" || text.first == " " ? String(text.dropFirst()) : text
    guard digits.utf8.count == 11, digits.hasPrefix("7"), digits.utf8.allSatisfy({ (48...57).contains($0) })
    else { throw Refusal.payload("Invalid value of field 'phone'") }
    return digits
  }

  private static func answer(_ binding: Binding, _ effect: Answer.Effect) throws -> Answer {
    try Answer(
      BindingObject(binding),
      effect: effect,
      target: effect == .none ? nil : "binding:\(binding.bindingId)"
    )
  }
}
