import GRDB

/// Somebody in a group chat: a person, or the bot.
struct ChatMember: FetchableRecord, Sendable {
  var chatId: Int64
  var userId: Int64
  var joinedAt: Int64
  /// Nil: no administrator.
  var rights: Permissions?
  /// The title shown beside an administrator's name.
  var alias: String?
  /// Nil: the bot.
  var person: Person?

  var isBot: Bool { userId == Bot.userId }

  init(row: Row) throws {
    chatId = row["chatId"]
    userId = row["userId"]
    joinedAt = row["joinedAt"]
    rights = row["rights"]
    alias = row["alias"]
    guard let phone: String = row["phone"] else { return }
    person = Person(
      userId: userId, phone: phone, name: row["name"], chatId: row["dialogId"], stopped: row["stopped"],
      refusesChats: row["refusesChats"], lastActiveAt: row["lastActiveAt"])
  }

  private static let everyone = """
    SELECT member.*, person.phone, person.name, person.chatId AS dialogId, person.stopped, person.refusesChats,
      person.lastActiveAt
    FROM chatMembers AS member LEFT JOIN people AS person ON person.userId = member.userId
    WHERE member.chatId = ?
    """
}

extension ChatMember {
  static func find(_ db: Database, _ chatId: Int64, _ userId: Int64) throws -> ChatMember? {
    try fetchOne(db, sql: "\(everyone) AND member.userId = ?", arguments: [chatId, userId])
  }

  /// Those behind a user id, in the order of ids.
  static func page(_ db: Database, _ chatId: Int64, after userId: Int64, count: Int64) throws -> [ChatMember] {
    try fetchAll(
      db, sql: "\(everyone) AND member.userId > ? ORDER BY member.userId LIMIT ?", arguments: [chatId, userId, count])
  }

  static func all(_ db: Database, _ chatId: Int64) throws -> [ChatMember] {
    try fetchAll(db, sql: "\(everyone) ORDER BY member.userId", arguments: [chatId])
  }

  static func administrators(_ db: Database, _ chatId: Int64) throws -> [ChatMember] {
    try fetchAll(db, sql: "\(everyone) AND member.rights IS NOT NULL ORDER BY member.userId", arguments: [chatId])
  }

  /// The bot counts, too.
  static func count(_ db: Database, _ chatId: Int64) throws -> Int {
    try Int.fetchOne(db, sql: "SELECT count(*) FROM chatMembers WHERE chatId = ?", arguments: [chatId]) ?? 0
  }

  static func contains(_ db: Database, _ chatId: Int64, _ userId: Int64) throws -> Bool {
    try Bool.fetchOne(
      db, sql: "SELECT EXISTS(SELECT 1 FROM chatMembers WHERE chatId = ? AND userId = ?)", arguments: [chatId, userId])
      ?? false
  }

  static func add(_ db: Database, _ chatId: Int64, _ userId: Int64, now: Int64) throws {
    try db.execute(
      sql: "INSERT INTO chatMembers(chatId, userId, joinedAt) VALUES(?, ?, ?)", arguments: [chatId, userId, now])
  }

  static func remove(_ db: Database, _ chatId: Int64, _ userId: Int64) throws {
    try db.execute(sql: "DELETE FROM chatMembers WHERE chatId = ? AND userId = ?", arguments: [chatId, userId])
  }

  /// Makes a member an administrator, or no longer one.
  static func setRights(
    _ db: Database, _ chatId: Int64, _ userId: Int64, _ rights: Permissions?, alias: String? = nil
  ) throws {
    try db.execute(
      sql: "UPDATE chatMembers SET rights = ?, alias = ? WHERE chatId = ? AND userId = ?",
      arguments: [rights, alias, chatId, userId])
  }
}

/// Who may not come back into a chat until somebody lets them.
enum ChatBlock {
  static func contains(_ db: Database, _ chatId: Int64, _ userId: Int64) throws -> Bool {
    try Bool.fetchOne(
      db, sql: "SELECT EXISTS(SELECT 1 FROM chatBlocks WHERE chatId = ? AND userId = ?)", arguments: [chatId, userId])
      ?? false
  }

  /// Tells whether that is new.
  static func add(_ db: Database, _ chatId: Int64, _ userId: Int64) throws -> Bool {
    try db.execute(
      sql: "INSERT OR IGNORE INTO chatBlocks(chatId, userId) VALUES(?, ?)", arguments: [chatId, userId])
    return db.changesCount > 0
  }

  /// Tells whether there was one.
  static func remove(_ db: Database, _ chatId: Int64, _ userId: Int64) throws -> Bool {
    try db.execute(sql: "DELETE FROM chatBlocks WHERE chatId = ? AND userId = ?", arguments: [chatId, userId])
    return db.changesCount > 0
  }
}
