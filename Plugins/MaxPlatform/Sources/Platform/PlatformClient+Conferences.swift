import PluginKit

/// A call as the platform tells it.
struct PlatformCall: Sendable {
  let id: String
  let link: String?
  let chat: Int64?
  let state: ConferenceCallState
  let startedAt: Int64?
  let finishedAt: Int64?
  let plan: ConferencePlan?
  /// Those whom nobody there knows.
  let refused: Set<Int64>

  init(_ json: JSONValue) throws(PlatformFailure) {
    guard let id = json["call_id"]?.string, let state = json["state"]?.string.flatMap(ConferenceCallState.init) else {
      throw .broken(status: 200, retryAfterMs: nil)
    }
    self.id = id
    self.state = state
    link = json["join_link"]?.string
    chat = json["chat_id"]?.int64
    startedAt = json["started_at"]?.int64
    finishedAt = json["finished_at"]?.int64
    refused = Set((json["failed_user_ids"]?.array ?? []).compactMap(\.int64))
    let members = (json["participant_user_ids"]?.array ?? []).compactMap(\.int64).sorted()
    if let name = json["name"]?.string, let startsAt = json["starts_at"]?.int64, let endsAt = json["ends_at"]?.int64 {
      plan = ConferencePlan(name: name, startsAt: startsAt, endsAt: endsAt, members: members)
    } else {
      plan = nil
    }
  }
}

/// The state that a call is in after what was asked of it, done or not.
struct PlatformCallState: Sendable {
  let isDone: Bool
  let state: ConferenceCallState
  let startedAt: Int64?
  let finishedAt: Int64?

  init(_ json: JSONValue) throws(PlatformFailure) {
    guard let state = json["state"]?.string.flatMap(ConferenceCallState.init) else {
      throw .broken(status: 200, retryAfterMs: nil)
    }
    self.state = state
    isDone = json["success"]?.bool ?? true
    startedAt = json["started_at"]?.int64
    finishedAt = json["finished_at"]?.int64
  }
}

/// The gateway's operations on calls. Source: the simulator's page "Calls".
extension PlatformClient {
  /// Makes a call, or gets the one of that external id as it is.
  func createCall(
    externalID: String, chat: Int64, _ plan: ConferencePlan, start: Bool
  ) async throws(PlatformFailure) -> PlatformCall {
    let body: JSONValue = [
      "external_id": JSONValue(externalID), "chat_id": JSONValue(chat), "name": JSONValue(plan.name),
      "starts_at": JSONValue(plan.startsAt), "ends_at": JSONValue(plan.endsAt),
      "participant_user_ids": JSONValue(plan.members.map { JSONValue($0) }), "start": JSONValue(start),
    ]
    return try PlatformCall(try await send("POST", "/sferum/v1/calls", body: body.text()))
  }

  func call(externalID: String) async throws(PlatformFailure) -> PlatformCall? {
    let answer = try await send("GET", "/sferum/v1/calls", query: [("external_id", externalID)])
    guard let calls = answer["calls"]?.array else { throw .broken(status: 200, retryAfterMs: nil) }
    guard let first = calls.first else { return nil }
    return try PlatformCall(first)
  }

  /// `movesStart`: only a call that has not begun can be moved.
  func changeCall(
    _ id: String, _ plan: ConferencePlan, movesStart: Bool
  ) async throws(PlatformFailure) -> PlatformCallState {
    var body: JSONValue = [
      "name": JSONValue(plan.name), "ends_at": JSONValue(plan.endsAt),
      "participant_user_ids": JSONValue(plan.members.map { JSONValue($0) }),
    ]
    if movesStart { body = body.setting("starts_at", JSONValue(plan.startsAt)) }
    return try await order("PATCH", Self.path(id), body: body.text())
  }

  func startCall(_ id: String) async throws(PlatformFailure) -> PlatformCallState {
    try await order("POST", Self.path(id) + "/start")
  }

  func finishCall(_ id: String) async throws(PlatformFailure) -> PlatformCallState {
    try await order("POST", Self.path(id) + "/finish")
  }

  func deleteCall(_ id: String) async throws(PlatformFailure) -> PlatformCallState {
    try await order("DELETE", Self.path(id))
  }

  /// A page of a hundred stays, and where the next one begins; nil after the last.
  func participants(
    ofCall id: String, after marker: Int64?
  ) async throws(PlatformFailure) -> (stays: [JSONValue], next: Int64?) {
    var query = [("count", "100")]
    if let marker { query.append(("marker", "\(marker)")) }
    let answer = try await send("GET", Self.path(id) + "/participants", query: query)
    guard let stays = answer["participants"]?.array else { throw .broken(status: 200, retryAfterMs: nil) }
    return (stays, answer["marker"]?.int64)
  }

  /// What the state of a call does not allow is an answer too: it tells the state.
  private func order(
    _ method: String, _ path: String, body: String? = nil
  ) async throws(PlatformFailure) -> PlatformCallState {
    try PlatformCallState(
      try await send(
        method, path, body: body, isResult: { $0["state"]?.string.flatMap(ConferenceCallState.init) != nil }))
  }

  private static func path(_ id: String) -> String { "/sferum/v1/calls/\(URLText.encoded(id))" }
}
