/// Objects of the Bot API as they go over the wire.
///
/// Optional fields are left out when they are empty.

struct UserObject: Encodable {
  var userId: Int64
  var firstName: String
  var lastName: String?
  /// Deprecated by the platform and still sent by it.
  var name: String
  var username: String?
  var isBot: Bool
  var lastActivityTime: Int64?

  init(_ person: Person) {
    let parts = person.name.split(separator: " ", maxSplits: 1)
    userId = person.userId
    firstName = parts.first.map(String.init) ?? person.name
    lastName = parts.count > 1 ? String(parts[1]) : nil
    name = person.name
    isBot = false
    lastActivityTime = person.lastActiveAt
  }

  private init(botAt now: Int64?) {
    userId = Bot.userId
    firstName = Bot.name
    name = Bot.name
    username = Bot.username
    isBot = true
    lastActivityTime = now
  }

  private init(staffNamed name: String) {
    userId = Staff.userId
    firstName = name
    self.name = name
    isBot = false
  }

  static func staff() -> UserObject { UserObject(staffNamed: Staff.name) }

  static func bot(at now: Int64? = nil) -> UserObject { UserObject(botAt: now) }
}

struct RecipientObject: Encodable {
  var chatId: Int64
  var chatType: String
  /// Of a dialog.
  var userId: Int64?

  init(chatId: Int64, userId: Int64?) {
    self.chatId = chatId
    // Ids below zero are groups'.
    chatType = chatId < 0 ? "chat" : "dialog"
    self.userId = userId
  }
}

struct MessageObject: Encodable {
  struct Body: Encodable {
    var mid: String
    var seq: Int64
    var text: String?
    var attachments: [Attachment]?
  }

  var sender: UserObject
  var recipient: RecipientObject
  var timestamp: Int64
  var body: Body
}

/// An attachment on its way in, in the file and on its way out.
///
/// So far there are keyboards only.
struct Attachment: Codable, Sendable {
  var type: String
  /// Received keyboards carry one; nobody may rely on it.
  var callbackId: String?
  var payload: Keyboard?

  static let keyboardType = "inline_keyboard"
}

struct Keyboard: Codable, Sendable {
  var buttons: [[Button]]
}

struct Button: Codable, Sendable {
  var type: String
  var text: String
  var payload: String?
  var url: String?
  var quick: Bool?
  var webApp: String?
  var contactId: Int64?
  /// A legacy field of received buttons.
  var intent: String?
}

/// What a message is to become.
///
/// Null and absent are the same: keep what is there.
struct NewMessageBody: Decodable {
  var text: String?
  var attachments: [Attachment]?
}
