import GRDB

/// The tie of an account of a school to a person of the platform, from the request on.
struct Binding: Codable, FetchableRecord, PersistableRecord, Sendable {
  static let databaseTableName = "bindings"

  enum Status: String, Codable, Sendable {
    case pending, linked, declined, expired
    case notFound = "not_found"
  }

  var bindingId: String
  /// Grows with every binding: the newest has the largest.
  var ordinal: Int64
  var externalUserId: String
  var phone: String
  var status: Status
  var reason: String?
  var userId: Int64?
  var chatId: Int64?
  var role: String
  var lastName: String
  var firstName: String
  var middleName: String?
  var organizationId: String
  var organizationName: String
  var createdAt: Int64
  var updatedAt: Int64
  var expiresAt: Int64?
  var deletedAt: Int64?

  var isActive: Bool { deletedAt == nil && (status == .pending || status == .linked) }
}

extension Binding {
  /// Ends the requests whose time is over.
  ///
  /// Called before every look, so nobody sees one that should have ended.
  static func expire(_ db: Database, now: Int64) throws {
    try db.execute(
      sql: """
        UPDATE bindings SET status = 'expired', updatedAt = expiresAt
        WHERE status = 'pending' AND expiresAt IS NOT NULL AND expiresAt <= ?
        """,
      arguments: [now]
    )
  }

  static func find(_ db: Database, id: String) throws -> Binding? {
    try fetchOne(db, sql: "SELECT * FROM bindings WHERE bindingId = ?", arguments: [id])
  }

  /// The binding of a user that counts: the newest.
  static func find(_ db: Database, externalUserId: String) throws -> Binding? {
    try fetchOne(
      db,
      sql:
        "SELECT * FROM bindings WHERE externalUserId = ? AND deletedAt IS NULL ORDER BY ordinal DESC LIMIT 1",
      arguments: [externalUserId]
    )
  }

  /// The linked binding of a phone, or else its newest.
  static func find(_ db: Database, phone: String) throws -> Binding? {
    try fetchOne(
      db,
      sql: """
        SELECT * FROM bindings WHERE phone = ? AND deletedAt IS NULL
        ORDER BY status = 'linked' DESC, ordinal DESC LIMIT 1
        """,
      arguments: [phone]
    )
  }

  static func linked(_ db: Database, phone: String) throws -> Binding? {
    try fetchOne(
      db,
      sql: "SELECT * FROM bindings WHERE phone = ? AND status = 'linked' AND deletedAt IS NULL",
      arguments: [phone]
    )
  }

  static func nextOrdinal(_ db: Database) throws -> Int64 {
    (try Int64.fetchOne(db, sql: "SELECT max(ordinal) FROM bindings") ?? 0) + 1
  }

  /// What the person's press does: `bind:<id>:yes` or `bind:<id>:no`, while the request is waiting for them.
  static func decide(_ db: Database, payload: String, by person: Person, now: Int64) throws {
    let parts = payload.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0] == "bind", parts[2] == "yes" || parts[2] == "no" else { return }
    try expire(db, now: now)
    guard var binding = try find(db, id: String(parts[1])), binding.deletedAt == nil,
      binding.status == .pending, binding.userId == person.userId
    else { return }

    if parts[2] == "no" {
      binding.status = .declined
    } else if try linked(db, phone: binding.phone) != nil {
      binding.status = .declined
      binding.reason = "phone.taken"
    } else {
      binding.status = .linked
    }
    binding.updatedAt = now
    try binding.update(db)
  }
}

/// A binding as the gateway shows it.
struct BindingObject: Encodable {
  var bindingId: String
  var externalUserId: String
  var phone: String
  var status: Binding.Status
  var reason: String?
  var userId: Int64?
  var chatId: Int64?
  var createdAt: Int64
  var updatedAt: Int64
  var expiresAt: Int64?

  init(_ binding: Binding) {
    bindingId = binding.bindingId
    externalUserId = binding.externalUserId
    phone = binding.phone
    status = binding.status
    reason = binding.reason
    userId = binding.userId
    chatId = binding.chatId
    createdAt = binding.createdAt
    updatedAt = binding.updatedAt
    expiresAt = binding.expiresAt
  }
}
