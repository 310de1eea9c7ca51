import GRDB

/// A dialog or a group chat as the Bot API shows it.
///
/// Optional fields are left out when they are empty.
struct ChatObject: Encodable {
  var chatId: Int64
  var type: String
  /// `active`, `suspended` (a dialog whose person stopped the bot), `left` (a chat that the bot is not in).
  var status: String
  var title: String?
  var description: String?
  var lastEventTime: Int64
  var participantsCount: Int
  /// Told to administrators.
  var ownerId: Int64?
  var isPublic = false
  var link: String?
  var dialogWithUser: UserObject?
  /// The gateway's only.
  var externalId: String?

  init(dialogWith person: Person, lastMessageAt: Int64) {
    chatId = person.chatId
    type = "dialog"
    status = person.stopped ? "suspended" : "active"
    lastEventTime = max(lastMessageAt, person.lastActiveAt)
    participantsCount = 2
    dialogWithUser = UserObject(person)
  }

  init(_ db: Database, _ chat: Chat) throws {
    let bot = try ChatMember.find(db, chat.chatId, Bot.userId)
    chatId = chat.chatId
    type = "chat"
    status = bot == nil ? "left" : "active"
    title = chat.title
    description = chat.description
    lastEventTime = chat.lastEventAt
    participantsCount = try ChatMember.count(db, chat.chatId)
    ownerId = bot?.rights == nil ? nil : Bot.userId
    link = chat.link
  }
}

/// Somebody in a chat: a user with their standing in it, in one flat object.
struct ChatMemberObject: Encodable {
  private struct Standing: Encodable {
    var lastAccessTime: Int64
    var isOwner: Bool
    var isAdmin: Bool
    var joinTime: Int64
    /// Of administrators.
    var permissions: [String]?
    var alias: String?
  }

  private var user: UserObject
  private var standing: Standing

  init(_ member: ChatMember, now: Int64) {
    user = member.person.map { UserObject($0) } ?? .bot(at: now)
    standing = Standing(
      lastAccessTime: max(member.joinedAt, user.lastActivityTime ?? 0), isOwner: member.isBot,
      isAdmin: member.rights != nil, joinTime: member.joinedAt, permissions: member.rights?.names, alias: member.alias)
  }

  func encode(to encoder: any Encoder) throws {
    try user.encode(to: encoder)
    try standing.encode(to: encoder)
  }
}

/// A page of members.
struct ChatMembersList: Encodable {
  var members: [ChatMemberObject]
  /// Where the next page begins; absent on the last one.
  var marker: Int64?
}

/// What became of adding people; their failures stand beside the success.
struct ModifyMembersResult: Encodable {
  private struct Outcome: Encodable {
    var success: Bool
    var message: String?
  }

  private var outcome: Outcome
  private var failures: AdmissionFailures

  /// A success when anybody of the wish is in the chat now.
  init(_ admission: Admission) {
    let isSuccess = admission.effect != .refused
    outcome = Outcome(success: isSuccess, message: isSuccess ? nil : "No participants were added")
    failures = AdmissionFailures(admission.failures)
  }

  func encode(to encoder: any Encoder) throws {
    try outcome.encode(to: encoder)
    try failures.encode(to: encoder)
  }
}
