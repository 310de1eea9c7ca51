import GRDB

/// A group chat of the platform, made for a partner through the gateway.
struct Chat: Codable, FetchableRecord, Sendable {
  enum Kind: String, Codable, Sendable, CaseIterable {
    case teachers, `class`, parents, subject, other
  }

  /// Below zero, as all group chats.
  var chatId: Int64
  /// The partner's own name for it: no two living chats share one.
  var externalId: String
  var title: String
  var description: String?
  var kind: Kind
  /// Whoever has the link may join.
  var link: String
  var createdAt: Int64
  var lastEventAt: Int64
  /// Set once the chat is gone; only its number stays, so that no other chat gets it.
  var closedAt: Int64?

  /// Ids count down from here; real ones are of this length.
  private static let firstId: Int64 = -70_000_000_000_001

  /// What the log calls it.
  var target: String { "chat:\(chatId)" }
}

extension Chat {
  static func find(_ db: Database, id: Int64) throws -> Chat? {
    try fetchOne(db, sql: "SELECT * FROM chats WHERE chatId = ? AND closedAt IS NULL", arguments: [id])
  }

  static func find(_ db: Database, externalId: String) throws -> Chat? {
    try fetchOne(
      db, sql: "SELECT * FROM chats WHERE externalId = ? AND closedAt IS NULL", arguments: [externalId])
  }

  /// All with this title, oldest first.
  static func titled(_ db: Database, _ title: String) throws -> [Chat] {
    try fetchAll(
      db, sql: "SELECT * FROM chats WHERE title = ? AND closedAt IS NULL ORDER BY chatId DESC", arguments: [title])
  }

  /// Oldest first.
  static func all(_ db: Database) throws -> [Chat] {
    try fetchAll(db, sql: "SELECT * FROM chats WHERE closedAt IS NULL ORDER BY chatId DESC")
  }

  /// Those that somebody is in, oldest first.
  static func all(_ db: Database, with userId: Int64) throws -> [Chat] {
    try fetchAll(
      db,
      sql: """
        SELECT chats.* FROM chatMembers JOIN chats USING(chatId) WHERE chatMembers.userId = ? ORDER BY chatId DESC
        """,
      arguments: [userId])
  }

  /// A new chat with the bot alone in it, as owner and administrator.
  static func make(_ db: Database, externalId: String, title: String, kind: Kind, now: Int64) throws -> Chat {
    let last = try Int64.fetchOne(db, sql: "SELECT min(chatId) FROM chats")
    let chat = Chat(
      chatId: last.map { $0 - 1 } ?? firstId, externalId: externalId, title: title, kind: kind,
      link: "https://max.ru/join/\(randomText(bytes: 32))", createdAt: now, lastEventAt: now)
    try db.execute(
      sql: """
        INSERT INTO chats(chatId, externalId, title, kind, link, createdAt, lastEventAt) VALUES(?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [chat.chatId, externalId, title, kind.rawValue, chat.link, now, now])
    try ChatMember.add(db, chat.chatId, Bot.userId, now: now)
    try ChatMember.setRights(db, chat.chatId, Bot.userId, .all)
    return chat
  }

  func setTitle(_ db: Database, _ title: String) throws {
    try db.execute(sql: "UPDATE chats SET title = ? WHERE chatId = ?", arguments: [title, chatId])
  }

  func setDescription(_ db: Database, _ description: String?) throws {
    try db.execute(sql: "UPDATE chats SET description = ? WHERE chatId = ?", arguments: [description, chatId])
  }

  /// Remembers that something happened in it.
  func touch(_ db: Database, now: Int64) throws {
    try db.execute(sql: "UPDATE chats SET lastEventAt = ? WHERE chatId = ?", arguments: [now, chatId])
  }

  /// Members, administrators, blocks and messages go; the row stays for its number.
  func remove(_ db: Database, now: Int64) throws {
    try db.execute(sql: "UPDATE chats SET closedAt = ? WHERE chatId = ?", arguments: [now, chatId])
    try db.execute(sql: "DELETE FROM chatMembers WHERE chatId = ?", arguments: [chatId])
    try db.execute(sql: "DELETE FROM chatBlocks WHERE chatId = ?", arguments: [chatId])
    try db.execute(sql: "DELETE FROM messages WHERE chatId = ?", arguments: [chatId])
  }
}
