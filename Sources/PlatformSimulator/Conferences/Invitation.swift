import GRDB

/// Whom a call is for.
struct Invitation {
  /// Ids that nobody has.
  private(set) var unknown: [Int64] = []
  private(set) var isChanged = false

  /// People of one call; the service's own lists are shorter.
  static let maxInvited = 1000

  /// User ids in rising order; none: everybody in the call's chat.
  static func all(_ db: Database, _ call: Conference) throws -> [Int64] {
    try Int64.fetchAll(
      db, sql: "SELECT userId FROM callInvitees WHERE call = ? ORDER BY userId", arguments: [call.ordinal])
  }

  /// Makes the wish the whole list, as far as it names people.
  static func replace(_ db: Database, _ call: Conference, with userIds: [Int64]) throws -> Invitation {
    let wanted = try Int64.fetchAll(
      db, sql: "SELECT userId FROM people WHERE userId IN (SELECT value FROM json_each(?)) ORDER BY userId",
      arguments: [json(userIds)])
    var invitation = Invitation()
    invitation.unknown = Set(userIds).subtracting(wanted).sorted()
    guard try wanted != all(db, call) else { return invitation }
    try db.execute(sql: "DELETE FROM callInvitees WHERE call = ?", arguments: [call.ordinal])
    try db.execute(
      sql: "INSERT INTO callInvitees(call, userId) SELECT ?, value FROM json_each(?)",
      arguments: [call.ordinal, json(wanted)])
    invitation.isChanged = true
    return invitation
  }

  /// One statement for the whole list.
  private static func json(_ userIds: [Int64]) throws -> String {
    String(decoding: try ControlJSON.encode(userIds), as: UTF8.self)
  }

  var failures: AdmissionFailures { AdmissionFailures(unknown.isEmpty ? [:] : [.notFound: unknown]) }
}
