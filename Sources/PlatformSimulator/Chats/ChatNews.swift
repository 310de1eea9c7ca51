import GRDB

/// Updates about group chats.
extension Update {
  static func botAdded(_ chat: Chat, by actor: UserObject, now: Int64) -> Update {
    Update(about: chat, "bot_added", actor, now)
  }

  static func botRemoved(_ chat: Chat, by actor: UserObject, now: Int64) -> Update {
    Update(about: chat, "bot_removed", actor, now)
  }

  /// `inviter` nil: came by the link.
  static func userAdded(_ chat: Chat, _ person: Person, by inviter: Int64?, now: Int64) -> Update {
    var update = Update(about: chat, "user_added", UserObject(person), now)
    update.inviterId = inviter
    return update
  }

  /// `administrator` nil: left.
  static func userRemoved(_ chat: Chat, _ person: Person, by administrator: Int64?, now: Int64) -> Update {
    var update = Update(about: chat, "user_removed", UserObject(person), now)
    update.adminId = administrator
    return update
  }

  static func titleChanged(_ chat: Chat, to title: String, by actor: UserObject, now: Int64) -> Update {
    var update = Update(about: chat, "chat_title_changed", actor, now)
    update.isChannel = nil
    update.title = title
    return update
  }

  /// `rights` nil: the bot is no administrator any more.
  static func botRights(_ chat: Chat, _ rights: Permissions?, by actor: UserObject, now: Int64) -> Update {
    var update = Update(about: chat, "bot_admin_permissions_changed", nil, now)
    update.userId = actor.userId
    update.botId = Bot.userId
    update.isAdmin = rights != nil
    update.permissions = rights?.names
    return update
  }

  private init(about chat: Chat, _ type: String, _ user: UserObject?, _ now: Int64) {
    updateType = type
    timestamp = now
    userLocale = nil
    chatId = chat.chatId
    self.user = user
    isChannel = false
  }
}

extension Chat {
  /// Queues an update for the bot.
  ///
  /// What happens among the members reaches only an administrator who may read everything.
  func tell(_ db: Database, _ update: Update, now: Int64) throws {
    if !update.updateType.hasPrefix("bot_") {
      let bot = try ChatMember.find(db, chatId, Bot.userId)
      guard bot?.rights?.contains(.readAllMessages) == true else { return }
    }
    try UpdateQueue.add(db, update, now: now)
  }
}
