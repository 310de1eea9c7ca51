import GRDB

/// What can happen to a chat, whoever does it: the bot, the partner or people on the platform.
///
/// Each change comes with its update, and those that may find nothing to do tell whether they did anything.
extension Chat {
  /// Adds people, as far as they may be added.
  func admit(_ db: Database, _ userIds: [Int64], by inviter: Int64, now: Int64) throws -> Admission {
    let admission = try Admission.take(db, self, userIds, now: now)
    for person in admission.added {
      try tell(db, .userAdded(self, person, by: inviter, now: now), now: now)
    }
    return admission
  }

  /// Lets somebody in who comes by the link and is not in yet.
  func welcome(_ db: Database, _ person: Person, now: Int64) throws {
    try ChatMember.add(db, chatId, person.userId, now: now)
    try tell(db, .userAdded(self, person, by: nil, now: now), now: now)
    try touch(db, now: now)
  }

  /// - Parameter administrator: nil when they leave of their own accord.
  func dismiss(_ db: Database, _ person: Person, by administrator: Int64?, blocking: Bool, now: Int64) throws -> Bool {
    let isBlocked = blocking ? try ChatBlock.add(db, chatId, person.userId) : false
    guard try ChatMember.contains(db, chatId, person.userId) else { return isBlocked }
    try ChatMember.remove(db, chatId, person.userId)
    try tell(db, .userRemoved(self, person, by: administrator, now: now), now: now)
    try touch(db, now: now)
    return true
  }

  func retitle(_ db: Database, _ title: String, by actor: UserObject, now: Int64) throws -> Bool {
    guard title != self.title else { return false }
    try setTitle(db, title)
    try tell(db, .titleChanged(self, to: title, by: actor, now: now), now: now)
    try touch(db, now: now)
    return true
  }

  /// Nobody is told: the Bot API has no update for it.
  func describe(_ db: Database, _ description: String?, now: Int64) throws {
    try setDescription(db, description)
    try touch(db, now: now)
  }

  /// Ends the chat for all.
  ///
  /// - Parameter actor: nil when the platform keeps silent about it.
  func close(_ db: Database, by actor: UserObject?, now: Int64) throws {
    if let actor, try ChatMember.contains(db, chatId, Bot.userId) {
      try tell(db, .botRemoved(self, by: actor, now: now), now: now)
    }
    try remove(db, now: now)
  }

  /// The bot goes out of its own accord.
  func leaveBot(_ db: Database, now: Int64) throws -> Bool {
    guard try ChatMember.contains(db, chatId, Bot.userId) else { return false }
    try ChatMember.remove(db, chatId, Bot.userId)
    try tell(db, .botRemoved(self, by: .bot(), now: now), now: now)
    try touch(db, now: now)
    return true
  }

  /// Takes the bot's rights, or gives them all back, with its membership if that is gone.
  func setBotRights(_ db: Database, _ rights: Permissions?, by actor: UserObject, now: Int64) throws -> Bool {
    let bot = try ChatMember.find(db, chatId, Bot.userId)
    if bot == nil {
      guard rights != nil else { return false }
      try ChatMember.add(db, chatId, Bot.userId, now: now)
      try tell(db, .botAdded(self, by: actor, now: now), now: now)
    }
    guard bot?.rights != rights else { return false }
    try ChatMember.setRights(db, chatId, Bot.userId, rights)
    try tell(db, .botRights(self, rights, by: actor, now: now), now: now)
    try touch(db, now: now)
    return true
  }

  /// Who acts when it is neither the bot nor the person concerned: another administrator, or the platform's staff.
  func stranger(_ db: Database, to userId: Int64? = nil) throws -> UserObject {
    let people = try ChatMember.administrators(db, chatId).compactMap(\.person)
    return people.first { $0.userId != userId }.map { UserObject($0) } ?? .staff()
  }
}
