import PluginKit

/// What came of a call.
enum ConferenceOutcome: Sendable {
  /// The call that was made, or found made.
  case made(PlatformCall)
  /// What a reading found; nil: there is no call.
  case read(PlatformCall?)
  /// How it stands after an order.
  case stands(PlatformCallState)
  case failed(PlatformFailure)
}

/// Notes what came of a call, in the transaction right after it.
struct ConferenceNotes {
  let transaction: Transaction
  /// As it stands now; what others changed meanwhile is in it.
  let row: ConferenceRow
  let call: ConferenceCall
  /// As it stood when the call was decided on, and of which revision that was.
  let asked: ConferencePicture
  let askedRevision: Int64
  let nowMs: Int64

  /// Passing failures of a start or a finish are not let grow to minutes: a class waits.
  private static let longestUrgentMs: Int64 = 30_000

  func take(_ outcome: ConferenceOutcome) throws {
    try set("call = NULL")
    switch outcome {
    case .made(let made):
      try found(made)
      try changed()
    case .read(let call?): try found(call)
    case .read(nil): try gone()
    case .stands(let state): try stands(state)
    case .failed(let failure): try failed(failure)
    }
  }

  /// A call as the platform tells it. Of those whom it does not know the list is as it was asked for.
  private func found(_ told: PlatformCall) throws {
    var plan = told.plan
    if told.refused == Set(asked.wanted.members).subtracting(plan?.members ?? []) {
      plan?.members = asked.wanted.members
    }
    try set(
      """
      call_id = :call, link = coalesce(:link, link), call_chat = coalesce(:chat, call_chat), actual = :actual,
      started_at = :started, finished_at = :finished, known = :known, doubt = 0, next_attempt_at = NULL
      """,
      [
        "call": JSONValue(told.id), "link": JSONValue(told.link), "chat": JSONValue(told.chat),
        "actual": JSONValue(told.state.rawValue), "started": JSONValue(told.startedAt),
        "finished": JSONValue(told.finishedAt), "known": JSONValue(plan?.json.text()),
      ])
  }

  /// A change went through, and failures are over. A reading that went through says nothing of the next change: how
  /// often it has failed stays noted, until there is none to be made (see `ConferenceBook`).
  private func changed() throws { try set("attempts = 0, next_attempt_at = NULL, error = NULL") }

  private func stands(_ told: PlatformCallState) throws {
    if call == .delete, told.isDone { return try gone() }
    // An order that was not carried out, and nothing new either: asking again would go on for ever.
    guard told.isDone || told.state != asked.actual else { return try refused("success.false") }
    try set(
      """
      actual = :actual, started_at = coalesce(:started, started_at), finished_at = coalesce(:finished, finished_at)
      """,
      [
        "actual": JSONValue(told.state.rawValue), "started": JSONValue(told.startedAt),
        "finished": JSONValue(told.finishedAt),
      ])
    try changed()
    if case .change(let plan) = call, told.isDone {
      try set("known = :known", ["known": JSONValue(plan.json.text())])
    }
  }

  /// There is no call. That it had begun is remembered, unless it is to be forgotten altogether: it must not begin a
  /// second time, and is over.
  private func gone() throws {
    try set(
      """
      actual = 'none', call_chat = NULL, known = NULL, link = NULL, doubt = 0, next_attempt_at = NULL,
      call_id = CASE WHEN started_at IS NULL OR phase = 'removed' THEN NULL ELSE call_id END,
      started_at = CASE WHEN phase = 'removed' THEN NULL ELSE started_at END,
      finished_at = CASE WHEN phase = 'removed' OR started_at IS NULL THEN NULL ELSE coalesce(finished_at, :now) END
      """, ["now": JSONValue(nowMs)])
  }

  private func failed(_ failure: PlatformFailure) throws {
    switch failure {
    case .limited: try postpone(failure)
    case .unauthorized: try postpone(failure, delayMs: Backoff.longestMs)
    case .unreachable, .broken:
      if call != .read { try set("doubt = 1") }
      try postpone(failure)
    case .refused(404, ConferenceRow.callNotFound, _): try gone()
    case .refused(404, _, _) where call == .delete || call == .finish: try gone()
    case .refused(_, let code, _): try refused(code)
    }
  }

  /// Refused for good; but what has changed meanwhile was not refused yet.
  private func refused(_ code: String) throws {
    guard row.revision == askedRevision else { return }
    if case .change(let plan) = call {
      // The call is what it was before. The same is not asked again.
      return try set(
        "known = :known, error = :code, attempts = 0, next_attempt_at = NULL",
        ["known": JSONValue(plan.json.text()), "code": JSONValue(code)])
    }
    if code == ConferenceRow.chatNotFound {
      guard try Conferences.picture(transaction, row).chat == asked.chat else { return }
    }
    try set("failed = 1, error = :code, attempts = attempts + 1, next_attempt_at = NULL", ["code": JSONValue(code)])
  }

  /// A chat has come about: those whose chat was gone are made in it.
  static func chatCame(_ transaction: Transaction, _ chat: String, nowMs: Int64) throws {
    let ids = try Conferences.open(transaction, inChat: chat)
    guard !ids.isEmpty else { return }
    try transaction.query(
      """
      UPDATE max_platform_conferences SET failed = 0, error = NULL, attempts = 0
      WHERE failed = 1 AND error = ? AND conference_id IN (SELECT value FROM json_each(?))
      """, [JSONValue(ConferenceRow.chatNotFound), Chats.list(ids)])
    try ConferenceBook.close(transaction, ids, nowMs: nowMs)
  }

  private func postpone(_ failure: PlatformFailure, delayMs: Int64? = nil) throws {
    let attempts = row.attempts + 1
    let isUrgent = ConferencePlanner.isUrgent(call, asked)
    let delay =
      delayMs
      ?? max(
        min(Backoff.delayMs(attempt: attempts), isUrgent ? Self.longestUrgentMs : .max), failure.retryAfterMs ?? 0)
    try set(
      "error = :code, attempts = :attempts, next_attempt_at = :at",
      ["code": JSONValue(failure.code), "attempts": JSONValue(attempts), "at": JSONValue(nowMs + delay)])
  }

  /// Sets columns of the conference's row.
  private func set(_ assignments: String, _ values: JSONValue = .emptyObject) throws {
    try transaction.query(
      "UPDATE max_platform_conferences SET \(assignments) WHERE conference_id = :id",
      values.setting("id", JSONValue(row.id)))
  }
}
