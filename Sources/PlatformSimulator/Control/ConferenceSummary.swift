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

  init(_ db: Database, _ call: Conference) throws {
    let invitedCount = try Invitation.all(db, call).count
    id = call.callId
    name = call.name
    chat = try Chat.lastTitle(db, id: call.chatId)
    state = call.state.rawValue
    link = call.link
    startedAt = call.startedAt.map(Instant.text)
    finishedAt = call.finishedAt.map(Instant.text)
    participants = try ConferenceStay.count(db, call)
    present = try ConferenceStay.countNow(db, call)
    invited = invitedCount == 0 ? nil : invitedCount
    externalId = call.externalId
    startsAt = call.startsAt.map(Instant.text)
    endsAt = call.endsAt.map(Instant.text)
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
