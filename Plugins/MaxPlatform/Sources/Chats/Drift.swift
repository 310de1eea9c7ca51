import PluginKit

/// Finds in updates where the platform's chats may have drifted from what is known. Nothing is changed by an update's
/// word: it casts doubt, and a reading decides. Only how somebody went (by themselves or not) is told by it alone.
enum Drift {
  static func ownID(_ transaction: Transaction) throws -> Int64? {
    try transaction.first("SELECT bot_id FROM max_platform_chat_settings")?["bot_id"]?.int64
  }

  static func take(_ transaction: Transaction, _ events: [ChatEvent], nowMs: Int64) throws {
    guard !events.isEmpty else { return }
    let own = try ownID(transaction)
    var touched: Set<String> = []
    for event in newest(events) {
      guard let chat = try Chats.find(transaction, platformID: event.chatID) else { continue }
      if try castsDoubt(transaction, event, chat, own: own, nowMs: nowMs) { touched.insert(chat.id) }
    }
    try ChatBook.close(transaction, touched, nowMs: nowMs)
  }

  /// Of several words about one person of one chat the newest, in the order of their instants.
  private static func newest(_ events: [ChatEvent]) -> [ChatEvent] {
    struct Key: Hashable {
      var chat: Int64
      var subject: Int64
    }
    var people: [Key: ChatEvent] = [:]
    var others: [ChatEvent] = []
    for event in events {
      guard event.subject != 0 else {
        others.append(event)
        continue
      }
      let key = Key(chat: event.chatID, subject: event.subject)
      if let known = people[key], known.atMs > event.atMs { continue }
      people[key] = event
    }
    return (others + people.values).sorted { ($0.atMs, $0.chatID, $0.subject) < ($1.atMs, $1.chatID, $1.subject) }
  }

  private static func castsDoubt(
    _ transaction: Transaction, _ event: ChatEvent, _ chat: ChatRow, own: Int64?, nowMs: Int64
  ) throws -> Bool {
    let people = ChatPeople(transaction: transaction, chat: chat.id, nowMs: nowMs)
    switch event.happening {
    case .retitled(let by):
      guard by == nil || by != own else { return false }
      return try doubt(transaction, chat, "title_doubt")
    case .botAdded(let by):
      // At its making the bot is added by itself; that is no news.
      guard by != own, chat.error == ChatRow.noPermission else { return false }
      return try doubtRights(transaction, chat, nowMs)
    case .botRights: return try doubtRights(transaction, chat, nowMs)
    case .joined(let member, let by):
      // Somebody who was thought to be there may have been away, and lost their mark.
      if by != nil, by == own, try people.find(member).map({ $0.isPresent && $0.uncertain == 0 }) ?? false {
        return false
      }
      guard !isOwn(by, own, member, chat) else { return false }
      try people.doubt(member, left: false, atMs: event.atMs)
      return true
    case .left(let member, let by):
      // Of somebody who is not known here there is nothing to doubt.
      guard let known = try people.find(member), known.isPresent || known.uncertain > 0 || by == nil else {
        return false
      }
      guard !isOwn(by, own, member, chat) else { return false }
      try people.doubt(member, left: by == nil, atMs: event.atMs)
      return true
    }
  }

  /// The echo of a call whose answer is still awaited; the answer will say more. An echo of ours that speaks against
  /// what is known, with no call under way, is no echo but a late effect, and casts doubt like any other.
  private static func isOwn(_ by: Int64?, _ own: Int64?, _ member: Int64, _ chat: ChatRow) -> Bool {
    by != nil && by == own && LostCall(chat.call)?.members.contains(member) == true
  }

  /// What rested for want of rights is looked at now, not by the hour.
  private static func doubtRights(_ transaction: Transaction, _ chat: ChatRow, _ nowMs: Int64) throws -> Bool {
    if chat.error == ChatRow.noPermission {
      try transaction.query(
        "UPDATE max_platform_chats SET stuck_until = ? WHERE chat_id = ?", [JSONValue(nowMs), JSONValue(chat.id)])
    }
    return try doubt(transaction, chat, "rights_doubt")
  }

  private static func doubt(_ transaction: Transaction, _ chat: ChatRow, _ column: String) throws -> Bool {
    try transaction.query(
      "UPDATE max_platform_chats SET \(column) = \(column) + 1 WHERE chat_id = ?", [JSONValue(chat.id)])
    return true
  }
}
