import PluginKit

/// The work on one chat: one call after the other, until nothing is due. After each call one transaction notes what
/// came of it and decides on the next one, so the process may end at any point.
struct ChatWork: Sendable {
  let host: Call
  let traffic: Traffic
  let id: String
  /// Real time after which the rest is left to another turn.
  let until: ContinuousClock.Instant

  /// A call that is to be made, and what was known then.
  struct Decision: Sendable {
    let call: ChatCall
    let chat: ChatRow
    /// How uncertain people were.
    let marks: [Int64: Int]
  }

  /// How the work ended.
  struct End: Sendable {
    var calls = 0
    /// The platform does not accept the token: nobody else need try.
    var isUnauthorized = false
  }

  func work() async throws -> End {
    var end = End()
    var answered: (Decision, ChatOutcome)?
    var hasLooked = false
    while true {
      let noted = answered
      answered = nil
      guard let decision = try host.write({ try advance($0, noting: noted, hasLooked: hasLooked) }) else { return end }
      hasLooked = hasLooked && decision.call != .readAll
      let limit = decision.call.kind.isChange ? "chat:\(id)" : nil
      try await traffic.turn(changing: limit, host.host)
      let outcome: ChatOutcome
      switch try await attempt(decision, limit) {
      case .ending:
        try host.write { try mark($0, nil) }
        return end
      case .stale: continue
      case .came(let what): outcome = what
      }
      // An exchange that the end of the host cut short is no failure of the platform.
      if case .failed(let failure) = outcome {
        if host.isCancelled { throw CancellationError() }
        log(decision, failure)
        if case .unauthorized = failure { end.isUnauthorized = true }
      }
      end.calls += 1
      if case .failed = outcome {} else if decision.call == .readAll { hasLooked = true }
      answered = (decision, outcome)
    }
  }

  private enum Attempt {
    /// The host is about to end: what has not been sent is left to the next one.
    case ending
    /// What was decided before the wait is wrong after it: a child that was to be added has left school.
    case stale
    case came(ChatOutcome)
  }

  /// Uses the turn that the limits gave, and gives it back, whatever happens.
  private func attempt(_ decision: Decision, _ limit: String?) async throws -> Attempt {
    defer { traffic.limiter.answered(forChat: limit, hostMs: host.host.nowMs) }
    guard !host.isCancelled else { return .ending }
    guard try host.read({ try isCurrent($0, decision) }) else { return .stale }
    let attempt = ChatAttempt(
      client: PlatformClient(host: host.host), chat: decision.chat, call: decision.call,
      nextTurn: {
        // In this order one turn is held at any time, also when there is no other.
        try await traffic.turn(changing: nil, host.host)
        traffic.limiter.answered(forChat: nil, hostMs: host.host.nowMs)
      })
    return .came(try await attempt.perform())
  }

  private func advance(
    _ transaction: Transaction, noting answered: (Decision, ChatOutcome)?, hasLooked: Bool
  ) throws -> Decision? {
    let now = host.host.nowMs
    guard var chat = try Chats.find(transaction, id) else { return nil }
    var isChanged = false
    if let (decision, outcome) = answered {
      try ChatNotes(transaction, chat, decision, nowMs: now).take(outcome)
      isChanged = true
    }
    if try ChatSweep.begin(transaction, chat, nowMs: now) { isChanged = true }
    if isChanged {
      try ChatBook.close(transaction, [id], byRun: true, nowMs: now)
      guard let changed = try Chats.find(transaction, id) else { return nil }
      chat = changed
    }
    let picture = try ChatPicture.read(transaction, chat, nowMs: now)
    let isDue = (chat.dueAtMs ?? .max) <= now
    let calls = isDue ? plan(picture, now, hasLooked: hasLooked) : []
    guard ContinuousClock.now < until, !host.isCancelled, let call = calls.first else {
      if chat.call != nil { try mark(transaction, nil) }
      if isDue, calls.isEmpty { try rest(transaction, now) }
      return nil
    }
    // Noted before anything is sent: after the end of the process it is known what may have been done.
    try mark(transaction, call)
    let marks = picture.people.filter { $0.uncertain > 0 }.map { ($0.memberID, $0.uncertain) }
    return Decision(call: call, chat: chat, marks: Dictionary(marks, uniquingKeysWith: { $1 }))
  }

  /// After a whole reading come the changes that it called for, and only then the next reading: somebody who presses
  /// «Обновить» again and again must not keep a chat from being repaired.
  private func plan(_ picture: ChatPicture, _ now: Int64, hasLooked: Bool) -> [ChatCall] {
    guard hasLooked, picture.wholeIsInDoubt else { return ChatPlanner.calls(picture, nowMs: now) }
    var seen = picture
    seen.wholeIsInDoubt = false
    let calls = ChatPlanner.calls(seen, nowMs: now)
    return calls.isEmpty ? ChatPlanner.calls(picture, nowMs: now) : calls
  }

  /// A chat that was said to be due, and for which nothing is planned: time has passed, or the two disagree. It must
  /// not be looked at in a circle.
  private func rest(_ transaction: Transaction, _ now: Int64) throws {
    try ChatBook.close(transaction, [id], byRun: true, nowMs: now)
    guard let due = try Chats.find(transaction, id)?.dueAtMs, due <= now else { return }
    host.host.log(.error, "a chat is due and nothing is planned for it", ["chat": JSONValue(id)])
    try transaction.query("UPDATE max_platform_chats SET due_at = NULL WHERE chat_id = ?", [JSONValue(id)])
  }

  private func mark(_ transaction: Transaction, _ call: ChatCall?) throws {
    try transaction.query(
      "UPDATE max_platform_chats SET call = ? WHERE chat_id = ?", [JSONValue(call?.json.text()), JSONValue(id)])
  }

  private func isCurrent(_ transaction: Transaction, _ decision: Decision) throws -> Bool {
    let row = try transaction.first("SELECT version FROM max_platform_chats WHERE chat_id = ?", [JSONValue(id)])
    return row?["version"]?.int64 == decision.chat.version
  }

  private func log(_ decision: Decision, _ failure: PlatformFailure) {
    let isRefusal = !failure.isPassing
    host.host.log(
      isRefusal ? .warning : .info, isRefusal ? "the platform refused a call" : "a call is tried again later",
      [
        "chat": JSONValue(id), "call": JSONValue(decision.call.kind.rawValue), "code": JSONValue(failure.code),
        "attempt": JSONValue(decision.chat.attempts + 1),
      ])
  }
}
