import Foundation
import GRDB

/// Somebody registered on the messenger, with the dialog that the community's bot has with them.
struct Person: Codable, FetchableRecord, Sendable {
  var userId: Int64
  /// Eleven digits, 79123456789.
  var phone: String
  var name: String
  var chatId: Int64
  /// The person stopped the bot: nothing can be sent into their dialog.
  var stopped: Bool
  /// Lets nobody add them to a chat; by a link they may still come themself.
  var refusesChats: Bool
  var lastActiveAt: Int64
}

extension Person {
  static func find(_ db: Database, phone: String) throws -> Person? {
    try fetchOne(db, sql: "SELECT * FROM people WHERE phone = ?", arguments: [phone])
  }

  static func find(_ db: Database, userId: Int64) throws -> Person? {
    try fetchOne(db, sql: "SELECT * FROM people WHERE userId = ?", arguments: [userId])
  }

  static func find(_ db: Database, chatId: Int64) throws -> Person? {
    try fetchOne(db, sql: "SELECT * FROM people WHERE chatId = ?", arguments: [chatId])
  }

  static func all(_ db: Database) throws -> [Person] {
    try fetchAll(db, sql: "SELECT * FROM people ORDER BY userId")
  }

  /// Registers somebody, or gives somebody known the name that is told now.
  static func register(
    _ db: Database,
    phone: String,
    name: String,
    now: Int64
  ) throws -> (person: Person, isNew: Bool) {
    if var known = try find(db, phone: phone) {
      if known.name != name {
        try db.execute(sql: "UPDATE people SET name = ? WHERE userId = ?", arguments: [name, known.userId])
        known.name = name
      }
      return (known, false)
    }
    try db.execute(
      sql: "INSERT INTO people(phone, name, lastActiveAt) VALUES(?, ?, ?)",
      arguments: [phone, name, now]
    )
    let userId = db.lastInsertedRowID
    // A dialog's id mixes the ids of its two sides, so it is positive and nobody else's.
    let chatId = userId ^ Bot.userId
    try db.execute(sql: "UPDATE people SET chatId = ? WHERE userId = ?", arguments: [chatId, userId])
    let person = Person(
      userId: userId,
      phone: phone,
      name: name,
      chatId: chatId,
      stopped: false,
      refusesChats: false,
      lastActiveAt: now
    )
    return (person, true)
  }

  /// Remembers that the person did something, and whether they have stopped the bot.
  func touch(_ db: Database, stopped: Bool, now: Int64) throws -> Person {
    try db.execute(
      sql: "UPDATE people SET stopped = ?, lastActiveAt = ? WHERE userId = ?",
      arguments: [stopped, now, userId]
    )
    var copy = self
    copy.stopped = stopped
    copy.lastActiveAt = now
    return copy
  }
}

extension Person {
  func setRefusesChats(_ db: Database, _ refuses: Bool) throws {
    try db.execute(sql: "UPDATE people SET refusesChats = ? WHERE userId = ?", arguments: [refuses, userId])
  }
}

/// Phones as the messenger keeps them.
enum Phone {
  /// Eleven digits beginning with 7; nil when it is no Russian number.
  ///
  /// Blanks, dashes, brackets and dots are dropped, a leading 8 or a missing country code is understood.
  static func normalized(_ text: String) -> String? {
    var digits = ""
    for (index, character) in text.trimmingCharacters(in: .whitespaces).enumerated() {
      switch character {
      case "0"..."9" where character.isASCII: digits.append(character)
      case "+" where index == 0: break
      case " ", "-", "(", ")", ".": break
      default: return nil
      }
    }
    if digits.count == 10, digits.hasPrefix("9") { return "7" + digits }
    guard digits.count == 11, digits.hasPrefix("7") || digits.hasPrefix("8") else { return nil }
    return "7" + digits.dropFirst()
  }
}

/// Whoever acts for the platform itself: moderators, support.
enum Staff {
  /// The one before the first person's.
  static let userId: Int64 = 100_000_000
  static let name = "Поддержка"
}

/// The community's bot, the only one.
enum Bot {
  static let userId: Int64 = 229_229_229
  static let name = "Сферум"
  static let username = "sferum_bot"
}
