import GRDB

/// A conference of the platform.
package struct ConferenceSummary: Codable, Sendable, Equatable {
  package var id: String
  package var name: String
  /// The chat's title, also when the chat is gone.
  package var chat: String
  /// `active` or `finished`; `created` when those are asked for, too.
  package var state: String
  package var link: String
  /// Absent only while it is `created`.
  package var startedAt: String?
  package var finishedAt: String?
  /// How many people have been in it so far.
  package var participants: Int
  /// How many are in now.
  package var present: Int
  /// How many it is for; absent: everybody in the chat.
  package var invited: Int?
  /// The partner's name for it.
  package var externalId: String
  /// The partner's plan.
  package var startsAt: String?
  package var endsAt: String?

  /// Oldest first; those that have not begun are left out unless wanted.
  static func all(_ db: Database, withCreated: Bool) throws -> [ConferenceSummary] {
    let rows = try Row.fetchCursor(
      db,
      sql: """
        SELECT calls.*,
          (SELECT title FROM chats WHERE chatId = calls.chatId) AS chat,
          (SELECT count(DISTINCT userId) FROM callStays WHERE call = calls.ordinal) AS participants,
          (SELECT count(*) FROM callStays WHERE call = calls.ordinal AND leftAt IS NULL) AS present,
          (SELECT nullif(count(*), 0) FROM callInvitees WHERE call = calls.ordinal) AS invited
        FROM calls WHERE deletedAt IS NULL AND (? OR state <> 'created') ORDER BY ordinal
        """,
      arguments: [withCreated])
    var all: [ConferenceSummary] = []
    while let row = try rows.next() { all.append(ConferenceSummary(row)) }
    return all
  }

  private init(_ row: Row) {
    func instant(_ column: String) -> String? { (row[column] as Int64?).map(Instant.text) }
    id = row["callId"]
    name = row["name"]
    chat = row["chat"]
    state = row["state"]
    link = row["link"]
    startedAt = instant("startedAt")
    finishedAt = instant("finishedAt")
    participants = row["participants"]
    present = row["present"]
    invited = row["invited"]
    externalId = row["externalId"]
    startsAt = instant("startsAt")
    endsAt = instant("endsAt")
  }
}

/// Somebody's stay in a conference.
package struct ParticipantStay: Codable, Sendable, Equatable {
  package var userId: Int64
  package var name: String
  package var phone: String
  package var joinedAt: String
  /// Absent: is in.
  package var leftAt: String?
}
