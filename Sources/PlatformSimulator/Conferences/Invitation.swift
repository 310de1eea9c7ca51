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
    var invitation = Invitation()
    var wanted: Set<Int64> = []
    for userId in Set(userIds).sorted() {
      if try Person.find(db, userId: userId) == nil {
        invitation.unknown.append(userId)
      } else {
        wanted.insert(userId)
      }
    }
    let known = Set(try all(db, call))
    for userId in known.subtracting(wanted) {
      try db.execute(
        sql: "DELETE FROM callInvitees WHERE call = ? AND userId = ?", arguments: [call.ordinal, userId])
    }
    for userId in wanted.subtracting(known) {
      try db.execute(sql: "INSERT INTO callInvitees(call, userId) VALUES(?, ?)", arguments: [call.ordinal, userId])
    }
    invitation.isChanged = known != wanted
    return invitation
  }

  var failures: AdmissionFailures { AdmissionFailures(unknown.isEmpty ? [:] : [.notFound: unknown]) }
}
