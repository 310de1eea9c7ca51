import GRDB

/// Somebody in a call from when to when; whoever comes back has another one.
struct ConferenceStay: Codable, FetchableRecord, Sendable {
  /// Grows with every stay of any call.
  var stay: Int64
  var userId: Int64
  var joinedAt: Int64
  /// Nil: is in.
  var leftAt: Int64?
}

extension ConferenceStay {
  /// Those behind a stay, in the order of coming.
  static func page(_ db: Database, _ call: Conference, after stay: Int64, count: Int64) throws -> [ConferenceStay] {
    try fetchAll(
      db, sql: "SELECT * FROM callStays WHERE call = ? AND stay > ? ORDER BY stay LIMIT ?",
      arguments: [call.ordinal, stay, count])
  }

  /// How many different people have been in a call so far.
  static func count(_ db: Database, _ call: Conference) throws -> Int {
    try Int.fetchOne(
      db, sql: "SELECT count(DISTINCT userId) FROM callStays WHERE call = ?", arguments: [call.ordinal]) ?? 0
  }

  /// Tells whether they were not in before.
  static func begin(_ db: Database, _ call: Conference, _ person: Person, now: Int64) throws -> Bool {
    try db.execute(
      sql: "INSERT INTO callStays(call, userId, joinedAt) VALUES(?, ?, ?) ON CONFLICT DO NOTHING",
      arguments: [call.ordinal, person.userId, now])
    return db.changesCount > 0
  }

  /// Tells whether they were in.
  static func end(_ db: Database, _ call: Conference, _ person: Person, now: Int64) throws -> Bool {
    try db.execute(
      sql: "UPDATE callStays SET leftAt = ? WHERE call = ? AND userId = ? AND leftAt IS NULL",
      arguments: [now, call.ordinal, person.userId])
    return db.changesCount > 0
  }

  static func endAll(_ db: Database, of call: Conference, now: Int64) throws {
    try db.execute(
      sql: "UPDATE callStays SET leftAt = ? WHERE call = ? AND leftAt IS NULL", arguments: [now, call.ordinal])
  }
}
