import GRDB

/// A call as the gateway shows it.
///
/// Optional fields are left out when they are empty.
struct ConferenceObject: Encodable {
  private struct Fields: Encodable {
    var callId: String
    var externalId: String
    var chatId: Int64
    var name: String
    var state: Conference.Phase
    var joinLink: String
    var startsAt: Int64?
    var endsAt: Int64?
    var createdAt: Int64
    var startedAt: Int64?
    var finishedAt: Int64?
    /// How many people have been in it so far.
    var participantsCount: Int
    /// Whom it is for; absent: everybody in the chat.
    var participantUserIds: [Int64]?
  }

  private var fields: Fields
  private var failures: AdmissionFailures?

  init(_ db: Database, _ call: Conference, failures: AdmissionFailures? = nil) throws {
    let invited = try Invitation.all(db, call)
    fields = Fields(
      callId: call.callId, externalId: call.externalId, chatId: call.chatId, name: call.name, state: call.state,
      joinLink: call.link, startsAt: call.startsAt, endsAt: call.endsAt, createdAt: call.createdAt,
      startedAt: call.startedAt, finishedAt: call.finishedAt, participantsCount: try ConferenceStay.count(db, call),
      participantUserIds: invited.isEmpty ? nil : invited)
    self.failures = failures
  }

  func encode(to encoder: any Encoder) throws {
    try fields.encode(to: encoder)
    try failures?.encode(to: encoder)
  }
}

/// What became of a wish to start, to finish or to delete a call, with the state that it is in afterwards.
struct ConferenceOutcome: Encodable {
  var success: Bool
  /// Of a failure.
  var message: String?
  var callId: String
  var state: Conference.Phase
  var startedAt: Int64?
  var finishedAt: Int64?

  /// A logical failure: what was wished for does not fit the call's state.
  static func failure(_ message: String, _ call: Conference) throws -> Answer {
    try Answer(ConferenceOutcome(success: false, message: "Call \(call.callId) \(message)", call), effect: .refused)
  }

  static func success(_ call: Conference, _ effect: Answer.Effect) throws -> Answer {
    try Answer(ConferenceOutcome(success: true, call), effect: effect)
  }

  private init(success: Bool, message: String? = nil, _ call: Conference) {
    self.success = success
    self.message = message
    callId = call.callId
    state = call.state
    startedAt = call.startedAt
    finishedAt = call.finishedAt
  }
}

/// A page of stays.
struct ConferenceStaysList: Encodable {
  struct Stay: Encodable {
    var userId: Int64
    var joinedAt: Int64
    /// Absent: is in.
    var leftAt: Int64?
  }

  var participants: [Stay]
  /// Where the next page begins; absent on the last one.
  var marker: Int64?
}
