import PluginKit

/// How far a conference is to be.
package enum ConferencePhase: String, CaseIterable, Sendable {
  case planned, active, finished, removed
}

/// What the platform has of a conference.
package enum ConferenceCallState: String, Sendable {
  /// No call: not made yet, or gone.
  case none
  case created, active, finished
}

/// What a call is told of its conference.
package struct ConferencePlan: Equatable, Sendable {
  package var name: String
  /// Milliseconds.
  package var startsAt: Int64
  package var endsAt: Int64
  /// The platform's ids in rising order. None: the platform takes it for everybody in the chat.
  package var members: [Int64]

  package init(name: String, startsAt: Int64, endsAt: Int64, members: [Int64]) {
    self.name = name
    self.startsAt = startsAt
    self.endsAt = endsAt
    self.members = members
  }

  /// As it stands in the conference's row.
  var json: JSONValue {
    [
      "name": JSONValue(name), "startsAt": JSONValue(startsAt), "endsAt": JSONValue(endsAt),
      "members": JSONValue(members.map { JSONValue($0) }),
    ]
  }

  init?(text: String?) {
    // try?: written by us alone; what can't be read came from another version, and is put again.
    guard let json = text.flatMap({ try? JSONValue(parsing: $0) }), let name = json["name"]?.string,
      let startsAt = json["startsAt"]?.int64, let endsAt = json["endsAt"]?.int64
    else { return nil }
    self.init(
      name: name, startsAt: startsAt, endsAt: endsAt, members: (json["members"]?.array ?? []).compactMap(\.int64))
  }
}

/// What is wanted of one conference and what is known of it.
package struct ConferencePicture: Equatable, Sendable {
  package var phase: ConferencePhase
  package var actual: ConferenceCallState
  package var wanted: ConferencePlan
  /// nil: not known.
  package var known: ConferencePlan?
  /// The platform's id of the chat that it is to be in; nil: there is none yet.
  package var chat: Int64?
  /// Of the chat that the call is in.
  package var callChat: Int64?
  /// It has begun at some time.
  package var wasStarted = false
  /// The answer to a change was lost.
  package var isInDoubt = false

  package init(
    phase: ConferencePhase, actual: ConferenceCallState, wanted: ConferencePlan, known: ConferencePlan? = nil,
    chat: Int64?, callChat: Int64? = nil, wasStarted: Bool = false, isInDoubt: Bool = false
  ) {
    (self.phase, self.actual, self.wanted, self.known) = (phase, actual, wanted, known)
    (self.chat, self.callChat, self.wasStarted, self.isInDoubt) = (chat, callChat, wasStarted, isInDoubt)
  }
}
