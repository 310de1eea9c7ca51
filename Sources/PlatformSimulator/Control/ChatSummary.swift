import GRDB

/// A chat of the platform, without the bot.
package struct ChatSummary: Codable, Sendable, Equatable {
  package struct Member: Codable, Sendable, Equatable {
    package var userId: Int64
    package var name: String
    package var phone: String
  }

  package var id: String
  package var title: String
  package var members: [Member]
  /// Ids of members.
  package var administrators: [Int64]
  /// The partner's name for it.
  package var externalId: String
  /// `teachers`, `class`, `parents`, `subject` or `other`.
  package var kind: String

  /// A chat with its members by id.
  init(_ db: Database, _ chat: Chat) throws {
    let all = try ChatMember.all(db, chat.chatId)
    id = String(chat.chatId)
    title = chat.title
    members = all.compactMap { member in
      member.person.map { Member(userId: $0.userId, name: $0.name, phone: "+\($0.phone)") }
    }
    administrators = all.filter { $0.rights != nil && !$0.isBot }.map(\.userId)
    externalId = chat.externalId
    kind = chat.kind.rawValue
  }
}
