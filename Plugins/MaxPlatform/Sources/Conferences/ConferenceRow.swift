import PluginKit

/// A row of `max_platform_conferences`; its columns are explained in `ConferenceSchema`.
struct ConferenceRow: Sendable {
  let id: String
  let revision: Int64
  let name: String
  let chatID: String
  let startsAt: Int64
  let endsAt: Int64
  let phase: ConferencePhase
  let actual: ConferenceCallState
  let callID: String?
  let link: String?
  let startedAt: Int64?
  let finishedAt: Int64?
  let callChat: Int64?
  let known: ConferencePlan?
  let isInDoubt: Bool
  private(set) var error: String?
  private(set) var attempts: Int
  private(set) var nextAttemptAtMs: Int64?
  let hasFailed: Bool
  let dueAtMs: Int64?
  /// What others were told last.
  let told: String?

  /// The chat is not there, says the platform; another one cures it.
  static let chatNotFound = "chat.not.found"
  static let callNotFound = "call.not.found"

  init?(_ row: JSONValue?) {
    guard let row, let id = row["conference_id"]?.string else { return nil }
    self.id = id
    revision = row["revision"]?.int64 ?? 0
    name = row["name"]?.string ?? ""
    chatID = row["chat_id"]?.string ?? ""
    startsAt = row["starts_at"]?.int64 ?? 0
    endsAt = row["ends_at"]?.int64 ?? 0
    phase = row["phase"]?.string.flatMap(ConferencePhase.init) ?? .planned
    actual = row["actual"]?.string.flatMap(ConferenceCallState.init) ?? .none
    callID = row["call_id"]?.string
    link = row["link"]?.string
    startedAt = row["started_at"]?.int64
    finishedAt = row["finished_at"]?.int64
    callChat = row["call_chat"]?.int64
    known = ConferencePlan(text: row["known"]?.string)
    isInDoubt = row["doubt"]?.int == 1
    error = row["error"]?.string
    attempts = row["attempts"]?.int ?? 0
    nextAttemptAtMs = row["next_attempt_at"]?.int64
    hasFailed = row["failed"]?.int == 1
    dueAtMs = row["due_at"]?.int64
    told = row["told"]?.string
  }
}

extension ConferenceRow {
  mutating func forgetFailure() { (error, attempts, nextAttemptAtMs) = (nil, 0, nil) }
}

enum Conferences {
  static func find(_ transaction: Transaction, _ id: String) throws -> ConferenceRow? {
    ConferenceRow(
      try transaction.first("SELECT * FROM max_platform_conferences WHERE conference_id = ?", [JSONValue(id)]))
  }

  static func picture(_ transaction: Transaction, _ row: ConferenceRow) throws -> ConferencePicture {
    let chat = try transaction.first(
      "SELECT platform_chat_id FROM max_platform_chats WHERE chat_id = ?", [JSONValue(row.chatID)])
    let members = try transaction.rows(
      """
      SELECT m.member_id FROM max_platform_conference_members AS c JOIN max_platform_members AS m
        ON m.user_id = c.user_id
      WHERE c.conference_id = ? AND m.member_id IS NOT NULL ORDER BY m.member_id
      """, [JSONValue(row.id)])
    let wanted = ConferencePlan(
      name: row.name, startsAt: row.startsAt, endsAt: row.endsAt, members: members.compactMap { $0["member_id"]?.int64 }
    )
    return ConferencePicture(
      phase: row.phase, actual: row.actual, wanted: wanted, known: row.known, chat: chat?["platform_chat_id"]?.int64,
      callChat: row.callChat, wasStarted: row.startedAt != nil, isInDoubt: row.isInDoubt)
  }

  /// The person's conferences that may still change for them.
  static func open(_ transaction: Transaction, ofUsers users: [String]) throws -> Set<String> {
    let rows = try transaction.rows(
      """
      SELECT c.conference_id FROM max_platform_conference_members AS m JOIN max_platform_conferences AS c
        ON c.conference_id = m.conference_id
      WHERE m.user_id IN (SELECT value FROM json_each(?)) AND c.phase IN ('planned', 'active')
      """, [Chats.list(users)])
    return Set(rows.compactMap { $0["conference_id"]?.string })
  }

  /// Those that are to be in a chat.
  static func open(_ transaction: Transaction, inChat chat: String) throws -> Set<String> {
    let rows = try transaction.rows(
      """
      SELECT conference_id FROM max_platform_conferences WHERE chat_id = ? AND phase IN ('planned', 'active')
      """, [JSONValue(chat)])
    return Set(rows.compactMap { $0["conference_id"]?.string })
  }
}
