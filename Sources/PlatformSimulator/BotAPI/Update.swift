import Foundation
import GRDB

/// Something that the bot is to learn of.
struct Update: Encodable {
  struct Press: Encodable {
    var timestamp: Int64
    var callbackId: String
    var payload: String
    var user: UserObject
  }

  var updateType: String
  var timestamp: Int64
  /// Of the person in a dialog.
  var userLocale: String? = "ru"
  var callback: Press?
  var message: MessageObject?
  var chatId: Int64?
  var user: UserObject?
  // Of group chats.
  var isChannel: Bool?
  var inviterId: Int64?
  var adminId: Int64?
  var title: String?
  var userId: Int64?
  var botId: Int64?
  var isAdmin: Bool?
  var permissions: [String]?

  static func pressed(_ callback: Callback, by person: Person, on message: MessageObject) -> Update {
    Update(
      updateType: "message_callback",
      timestamp: callback.at,
      callback: Press(
        timestamp: callback.at,
        callbackId: callback.callbackId,
        payload: callback.payload,
        user: UserObject(person)
      ),
      message: message
    )
  }

  /// The person stopped the bot or started it again.
  static func started(_ isStarted: Bool, by person: Person, now: Int64) -> Update {
    Update(
      updateType: isStarted ? "bot_started" : "bot_stopped",
      timestamp: now,
      chatId: person.chatId,
      user: UserObject(person)
    )
  }
}

/// Updates that wait for the bot, in their order.
///
/// A position is a marker.
enum UpdateQueue {
  /// How long an update waits to be fetched.
  static let keptMs: Int64 = 24 * 3600 * 1000

  struct Item: FetchableRecord, Decodable {
    var seq: Int64
    var type: String
    var body: String
    var isCopy: Bool
  }

  static func add(_ db: Database, _ update: Update, now: Int64) throws {
    let body = String(decoding: try WireJSON.encode(update), as: UTF8.self)
    try db.execute(
      sql: "INSERT INTO updates(at, type, body) VALUES(?, ?, ?)",
      arguments: [now, update.updateType, body]
    )
  }

  /// The position after the newest update.
  static func end(_ db: Database) throws -> Int64 {
    (try Int64.fetchOne(db, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'updates'") ?? 0) + 1
  }

  /// Forgets what is before the marker, and what is too old.
  ///
  /// Returns the position from which to read.
  static func commit(_ db: Database, marker: Int64?, now: Int64) throws -> Int64 {
    // Before the first commit the queue begins with what it holds, never with 0: clients take that for none.
    let committed =
      try State.value(db, "committedMarker").flatMap { Int64($0) }
      ?? Int64.fetchOne(db, sql: "SELECT min(seq) FROM updates") ?? end(db)
    let position = max(committed, min(marker ?? committed, try end(db)))
    if position > committed { try State.setValue(db, "committedMarker", String(position)) }
    try db.execute(sql: "DELETE FROM updates WHERE seq < ? OR at < ?", arguments: [position, now - keptMs])
    return position
  }

  /// From a position on, at most `limit`.
  ///
  /// Nil types: all.
  static func items(_ db: Database, from position: Int64, types: [String]?, limit: Int64) throws -> [Item] {
    let wanted = types.map {
      String(decoding: (try? ControlJSON.encode($0)) ?? Data("[]".utf8), as: UTF8.self)
    }
    return try Item.fetchAll(
      db,
      sql: """
        SELECT seq, type, body, isCopy FROM updates
        WHERE seq >= ? AND (? IS NULL OR type IN (SELECT value FROM json_each(?))) ORDER BY seq LIMIT ?
        """,
      arguments: [position, wanted, wanted, limit]
    )
  }

  /// Puts an update once more at the end of the queue.
  static func repeatItem(_ db: Database, _ item: Item, now: Int64) throws {
    try db.execute(
      sql: "INSERT INTO updates(at, type, body, isCopy) VALUES(?, ?, ?, 1)",
      arguments: [now, item.type, item.body]
    )
  }
}
