import PluginKit

/// Calls that were not seen to end, and chats that came to theirs.
enum ChatEnd {
  /// Notes what is uncertain when the answer to a call is lost.
  static func doubt(_ transaction: Transaction, _ chat: ChatRow, _ call: LostCall, nowMs: Int64) throws {
    switch call.kind {
    case .create: try set(transaction, chat, "creation_doubt = 1")
    case .rename: try set(transaction, chat, "title_doubt = title_doubt + 1")
    case .remove, .add, .unmake, .make:
      try ChatPeople(transaction: transaction, chat: chat.id, nowMs: nowMs).doubt(call.members)
    // Deleting again does no harm, nor does reading.
    case .delete, .find, .readRights, .readTitle, .readAll, .readMembers: break
    }
  }

  /// After the end of a process: its calls may have had their effect. Returns the chats that this concerns.
  static func recover(_ transaction: Transaction, nowMs: Int64) throws -> Set<String> {
    let rows = try transaction.rows("SELECT * FROM max_platform_chats WHERE call IS NOT NULL")
    var ids: Set<String> = []
    for chat in rows.compactMap({ ChatRow($0) }) {
      if let call = LostCall(chat.call) {
        try doubt(transaction, chat, call, nowMs: nowMs)
      } else if chat.platformID == nil {
        try set(transaction, chat, "creation_doubt = 1")
      } else {
        try set(transaction, chat, "whole_doubt = whole_doubt + 1")
      }
      try set(transaction, chat, "call = NULL")
      ids.insert(chat.id)
    }
    return ids
  }

  /// The platform lost the chat: the next one is another.
  static func lost(_ transaction: Transaction, _ chat: ChatRow, nowMs: Int64) throws {
    try forget(transaction, chat)
    // Who had left, or is refused, is so in the new chat too.
    try transaction.query(
      "DELETE FROM max_platform_chat_actual WHERE chat_id = ? AND gone = 0 AND refused IS NULL", [JSONValue(chat.id)])
    try transaction.query(
      """
      UPDATE max_platform_chat_actual SET present = 0, administrator = 0, uncertain = 0, leave = 0, since = ?
      WHERE chat_id = ?
      """, [JSONValue(nowMs), JSONValue(chat.id)])
  }

  /// The chat is removed from the platform. When it is wanted again meanwhile, another is made.
  static func removed(_ transaction: Transaction, _ chat: ChatRow, nowMs: Int64) throws {
    try forget(transaction, chat)
    for table in ["max_platform_chat_actual", "max_platform_chat_departures"] {
      try transaction.query("DELETE FROM \(table) WHERE chat_id = ?", [JSONValue(chat.id)])
    }
  }

  private static func forget(_ transaction: Transaction, _ chat: ChatRow) throws {
    try set(
      transaction, chat,
      """
      generation = generation + 1, platform_chat_id = NULL, link = NULL, actual_title = NULL, creation_doubt = 0,
      title_doubt = 0, whole_doubt = 0, rights_doubt = 0, attempts = 0, next_attempt_at = NULL, error = NULL,
      stuck = '', stuck_until = NULL, compare_at = NULL
      """)
  }

  private static func set(_ transaction: Transaction, _ chat: ChatRow, _ assignments: String) throws {
    try transaction.query(
      "UPDATE max_platform_chats SET \(assignments) WHERE chat_id = ?", [JSONValue(chat.id)])
  }
}
