import Foundation
import GRDB

/// A call of the platform, made for a partner through the gateway: planned, then going on, then over.
struct Conference: Codable, FetchableRecord, Sendable, Equatable {
  enum Phase: String, Codable, Sendable {
    case created, active, finished
  }

  /// Grows with every call: the newest has the largest.
  var ordinal: Int64
  /// A UUID in small letters.
  var callId: String
  /// The partner's own name for it: no two calls that are kept share one.
  var externalId: String
  var chatId: Int64
  var name: String
  var state: Phase
  /// Whoever has the link may join while it goes on.
  var link: String
  /// What the partner plans; nothing happens by itself at these instants.
  var startsAt: Int64?
  var endsAt: Int64?
  var createdAt: Int64
  var startedAt: Int64?
  var finishedAt: Int64?
  /// Set once the partner has deleted it.
  var deletedAt: Int64?

  /// What the log calls it.
  var target: String { "call:\(callId)" }
}

extension Conference {
  /// Deleted or not.
  static func find(_ db: Database, id: String) throws -> Conference? {
    try fetchOne(db, sql: "SELECT * FROM calls WHERE callId = ?", arguments: [id])
  }

  static func find(_ db: Database, externalId: String) throws -> Conference? {
    try fetchOne(
      db, sql: "SELECT * FROM calls WHERE externalId = ? AND deletedAt IS NULL", arguments: [externalId])
  }

  /// The one with this id or link, or else all with this name, oldest first.
  static func named(_ db: Database, _ name: String) throws -> [Conference] {
    let one = try fetchOne(
      db, sql: "SELECT * FROM calls WHERE (callId = ? OR link = ?) AND deletedAt IS NULL", arguments: [name, name])
    if let one { return [one] }
    return try fetchAll(
      db, sql: "SELECT * FROM calls WHERE name = ? AND deletedAt IS NULL ORDER BY ordinal", arguments: [name])
  }

  /// A new call, not begun yet.
  static func make(
    _ db: Database, externalId: String, chat: Chat, name: String, startsAt: Int64?, endsAt: Int64?, now: Int64
  ) throws -> Conference {
    let callId = UUID().uuidString.lowercased()
    // 32 random bytes are the 43 letters that the platform's links have.
    let link = "https://max.ru/joincall/\(randomText(bytes: 32))"
    try db.execute(
      sql: """
        INSERT INTO calls(callId, externalId, chatId, name, state, link, startsAt, endsAt, createdAt)
        VALUES(?, ?, ?, ?, 'created', ?, ?, ?, ?)
        """,
      arguments: [callId, externalId, chat.chatId, name, link, startsAt, endsAt, now])
    return Conference(
      ordinal: db.lastInsertedRowID, callId: callId, externalId: externalId, chatId: chat.chatId, name: name,
      state: .created, link: link, startsAt: startsAt, endsAt: endsAt, createdAt: now)
  }

  /// Lets people in.
  func begin(_ db: Database, now: Int64) throws -> Conference {
    try db.execute(
      sql: "UPDATE calls SET state = 'active', startedAt = ? WHERE ordinal = ?", arguments: [now, ordinal])
    var begun = self
    begun.state = .active
    begun.startedAt = now
    return begun
  }

  /// Ends it for everybody who is in.
  func end(_ db: Database, now: Int64) throws -> Conference {
    try db.execute(
      sql: "UPDATE calls SET state = 'finished', finishedAt = ? WHERE ordinal = ?", arguments: [now, ordinal])
    try ConferenceStay.endAll(db, of: self, now: now)
    var ended = self
    ended.state = .finished
    ended.finishedAt = now
    return ended
  }

  /// Writes its name and its planned times as they are here.
  func savePlan(_ db: Database) throws {
    try db.execute(
      sql: "UPDATE calls SET name = ?, startsAt = ?, endsAt = ? WHERE ordinal = ?",
      arguments: [name, startsAt, endsAt, ordinal])
  }

  /// Invitations and stays go; the row stays, so that its id and its link are known for gone.
  func remove(_ db: Database, now: Int64) throws {
    try db.execute(sql: "UPDATE calls SET deletedAt = ? WHERE ordinal = ?", arguments: [now, ordinal])
    try db.execute(sql: "DELETE FROM callInvitees WHERE call = ?", arguments: [ordinal])
    try db.execute(sql: "DELETE FROM callStays WHERE call = ?", arguments: [ordinal])
  }
}
