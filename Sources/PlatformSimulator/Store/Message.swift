import Crypto
import Foundation
import GRDB

/// A message as it is kept.
struct Message: Codable, FetchableRecord, Sendable {
  var mid: String
  var chatId: Int64
  /// Instant in milliseconds shifted left by 16, plus a counter: above 2^53.
  var seq: Int64
  var senderId: Int64
  var at: Int64
  var text: String?
  /// JSON array of attachments.
  var attachments: String
  var editedAt: Int64?
  var deletedAt: Int64?
}

extension Message {
  /// A message that is there: not deleted.
  static func find(_ db: Database, mid: String) throws -> Message? {
    try fetchOne(db, sql: "SELECT * FROM messages WHERE mid = ? AND deletedAt IS NULL", arguments: [mid])
  }

  /// Newest first, both bounds inclusive.
  static func list(
    _ db: Database,
    chatId: Int64,
    after: Int64?,
    before: Int64?,
    count: Int64
  ) throws -> [Message] {
    try fetchAll(
      db,
      sql: """
        SELECT * FROM messages
        WHERE chatId = ? AND deletedAt IS NULL AND at >= ? AND at <= ? ORDER BY seq DESC LIMIT ?
        """,
      arguments: [chatId, after ?? .min, before ?? .max, count]
    )
  }

  /// Writes a message of the bot into a dialog or a group chat.
  static func send(_ db: Database, chatId: Int64, _ body: NewMessageBody, now: Int64) throws -> Message {
    let last = try Int64.fetchOne(db, sql: "SELECT max(seq) FROM messages") ?? 0
    let seq = max(last + 1, now << 16)
    let mid = "mid." + hex(UInt64(bitPattern: chatId)) + hex(UInt64(bitPattern: seq))
    let message = Message(
      mid: mid,
      chatId: chatId,
      seq: seq,
      senderId: Bot.userId,
      at: now,
      text: body.text,
      attachments: try stored(body.attachments ?? [])
    )
    try db.execute(
      sql:
        "INSERT INTO messages(mid, chatId, seq, senderId, at, text, attachments) VALUES(?, ?, ?, ?, ?, ?, ?)",
      arguments: [mid, chatId, seq, Bot.userId, now, message.text, message.attachments]
    )
    return message
  }

  /// Changes what `body` names and keeps the rest.
  func edit(_ db: Database, _ body: NewMessageBody, now: Int64) throws {
    try db.execute(
      sql: "UPDATE messages SET text = ?, attachments = ?, editedAt = ? WHERE mid = ?",
      arguments: [
        body.text ?? text, try body.attachments.map { try Message.stored($0) } ?? attachments, now, mid,
      ]
    )
  }

  func delete(_ db: Database, now: Int64) throws {
    try db.execute(sql: "UPDATE messages SET deletedAt = ? WHERE mid = ?", arguments: [now, mid])
  }

  /// Its buttons, row by row made flat.
  var buttons: [Button] {
    get throws {
      try received.flatMap { $0.payload?.buttons.joined().map { $0 } ?? [] }
    }
  }

  /// The message as the Bot API shows it.
  func object(_ db: Database) throws -> MessageObject {
    let person = try Person.find(db, chatId: chatId)
    let shown = try received
    return MessageObject(
      sender: .bot(),
      recipient: RecipientObject(chatId: chatId, userId: person?.userId),
      timestamp: at,
      body: MessageObject.Body(
        mid: mid,
        seq: seq,
        text: text,
        attachments: shown.isEmpty ? nil : shown
      )
    )
  }

  /// Attachments with the legacy fields that received ones carry.
  private var received: [Attachment] {
    get throws {
      try ControlJSON.decode([Attachment].self, from: Data(attachments.utf8)).map { attachment in
        var shown = attachment
        shown.callbackId = base64URL(Data(SHA256.hash(data: Data(mid.utf8))))
        shown.payload?.buttons =
          attachment.payload?.buttons.map { row in
            row.map { button in
              var shown = button
              shown.intent = button.type == "callback" ? "default" : nil
              return shown
            }
          } ?? []
        return shown
      }
    }
  }

  private static func stored(_ attachments: [Attachment]) throws -> String {
    String(decoding: try ControlJSON.encode(attachments), as: UTF8.self)
  }

  private static func hex(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
