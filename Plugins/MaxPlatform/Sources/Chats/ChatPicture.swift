import PluginKit

/// A person of a chat who can be named to the platform.
package struct ChatPerson: Sendable {
  package var memberID: Int64
  package var isWanted: Bool
  package var isWantedAsAdministrator: Bool
  package var isPresent: Bool
  package var isAdministrator: Bool
  /// How often doubt was cast on what is known here; 0: certain.
  package var uncertain = 0
  /// The platform refused, and it is not asked again before this.
  package var retryAtMs: Int64?
  /// Left, and is not brought back.
  package var isGone = false
  /// Is to go, and waits for somebody to confirm it.
  package var isHeld = false

  package init(
    memberID: Int64, isWanted: Bool, isWantedAsAdministrator: Bool = false, isPresent: Bool,
    isAdministrator: Bool = false
  ) {
    self.memberID = memberID
    self.isWanted = isWanted
    self.isWantedAsAdministrator = isWantedAsAdministrator
    self.isPresent = isPresent
    self.isAdministrator = isAdministrator
  }

  func isRefused(at nowMs: Int64) -> Bool { (retryAtMs ?? 0) > nowMs }

  init?(_ row: JSONValue) {
    guard let member = row["member_id"]?.int64 else { return nil }
    self.init(
      memberID: member, isWanted: row["desired"]?.int == 1,
      isWantedAsAdministrator: row["desired_administrator"]?.int == 1, isPresent: row["actual"]?.int == 1,
      isAdministrator: row["actual_administrator"]?.int == 1)
    uncertain = row["uncertain"]?.int ?? 0
    retryAtMs = row["retry_at"]?.int64
    isGone = row["gone"]?.int == 1
    isHeld = row["leave"]?.int == 1
  }
}

/// A chat as wanted and as known, at one moment: all that a plan is made from.
package struct ChatPicture: Sendable {
  package var title: String
  package var actualTitle: String?
  package var isWanted = true
  package var exists: Bool
  package var isCreationInDoubt = false
  package var titleIsInDoubt = false
  package var wholeIsInDoubt = false
  package var rightsAreInDoubt = false
  package var stuck: Set<ChatCall.Kind> = []
  package var people: [ChatPerson]

  package init(title: String, actualTitle: String?, exists: Bool, people: [ChatPerson]) {
    self.title = title
    self.actualTitle = actualTitle
    self.exists = exists
    self.people = people
  }

  init(_ chat: ChatRow, people: [ChatPerson], nowMs: Int64) {
    self.init(title: chat.title, actualTitle: chat.actualTitle, exists: chat.platformID != nil, people: people)
    isWanted = chat.isWanted
    isCreationInDoubt = chat.isCreationInDoubt
    titleIsInDoubt = chat.titleDoubt > 0
    wholeIsInDoubt = chat.wholeDoubt > 0
    rightsAreInDoubt = chat.asksForRights(at: nowMs)
    stuck = chat.stuck(at: nowMs)
  }

  static func read(_ transaction: Transaction, _ chat: ChatRow, nowMs: Int64) throws -> ChatPicture {
    let rows = try transaction.rows(
      """
      SELECT member_id, desired, desired_administrator, actual, actual_administrator, uncertain, retry_at, gone, leave
      FROM max_platform_chat_people WHERE chat_id = ? AND member_id IS NOT NULL
      """, [JSONValue(chat.id)])
    return ChatPicture(chat, people: rows.compactMap { ChatPerson($0) }, nowMs: nowMs)
  }
}
