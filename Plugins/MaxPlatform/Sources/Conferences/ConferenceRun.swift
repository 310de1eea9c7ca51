import PluginKit

/// One turn of the job `platform.conferences`: one request after the other for whatever comes first, several in
/// flight. Each is chosen at the moment when the limit lets it go, so what has become urgent meanwhile is next.
struct ConferenceRun: Sendable {
  static let key = "conferences"
  /// More would only wait for the limit.
  static let mostAtOnce = 24
  /// Leaves the rest to another turn after so long, well before the host's patience ends.
  private static let longest: Duration = .seconds(60)
  /// Looks again so often for something that comes first, while it waits for the limit.
  private static let longestWaitMs: Int64 = 50

  let call: Call
  let traffic: Traffic
  private let progress = RunProgress()

  init(call: Call, traffic: Traffic) {
    self.call = call
    self.traffic = traffic
  }

  /// A request that is to be made, and what was known then.
  struct Decision: Sendable {
    let call: ConferenceCall
    let row: ConferenceRow
    let picture: ConferencePicture
  }

  func run() async throws {
    await traffic.lanes.enter("conferences' run")
    defer { traffic.lanes.leave("conferences' run") }
    let until = ContinuousClock.now + Self.longest
    try call.write { try recover($0) }
    let bell = traffic.conferences.listen()
    traffic.conferences.ring()
    try await withThrowingDiscardingTaskGroup { group in
      for await _ in bell {
        while let decision = try await next(until) { group.addTask { await attempt(decision) } }
        guard progress.working.isEmpty else { continue }
        if try finish(mayGoOn: ContinuousClock.now < until && !progress.mustStop) { return }
        traffic.conferences.ring()
      }
      try Task.checkCancellation()
    }
  }

  /// What was asked by a turn that did not come to its end may have had its effect.
  private func recover(_ transaction: Transaction) throws {
    let rows = try transaction.rows("SELECT conference_id FROM max_platform_conferences WHERE call IS NOT NULL")
    let ids = Set(rows.compactMap { $0["conference_id"]?.string })
    guard !ids.isEmpty else { return }
    try transaction.query("UPDATE max_platform_conferences SET doubt = 1, call = NULL WHERE call IS NOT NULL")
    try ConferenceBook.close(transaction, ids, byRun: true, nowMs: call.host.nowMs)
  }

  /// Waits for the limit's leave and decides. nil: nothing is due, or enough is in flight.
  private func next(_ until: ContinuousClock.Instant) async throws -> Decision? {
    while ContinuousClock.now < until, !progress.mustStop, progress.working.count < Self.mostAtOnce {
      guard let head = try call.read({ try head($0) }) else { return nil }
      let wait =
        head.isUrgent
        ? traffic.limiter.takeUrgent(hostMs: call.host.nowMs)
        : traffic.limiter.takeForChat(nil, hostMs: call.host.nowMs)
      if wait > 0 {
        try await pause(for: .milliseconds(min(wait, Self.longestWaitMs)))
        continue
      }
      var decision: Decision?
      defer { if decision == nil { traffic.limiter.answered(forChat: nil, hostMs: call.host.nowMs) } }
      decision = try call.write { try decide($0, head.id) }
      guard let decision else { continue }
      progress.begin(decision.row.id)
      return decision
    }
    return nil
  }

  /// Starts and finishes first; in order of the planned start, then of arrival. The plus keeps SQLite from taking all
  /// that are due and sorting them for each request: it walks them in their order, and stops at the first.
  private func head(_ transaction: Transaction) throws -> (id: String, isUrgent: Bool)? {
    let row = try transaction.first(
      """
      SELECT conference_id, rank FROM max_platform_conferences
      WHERE due_at IS NOT NULL AND +due_at <= :now
        AND conference_id NOT IN (SELECT value FROM json_each(:working))
      ORDER BY rank, starts_at, seq LIMIT 1
      """, ["now": JSONValue(call.host.nowMs), "working": Chats.list(progress.working)])
    return row?["conference_id"]?.string.map { ($0, row?["rank"]?.int == 0) }
  }

  /// The request is noted before anything is sent: after the end of the process it is known what may have been done.
  private func decide(_ transaction: Transaction, _ id: String) throws -> Decision? {
    guard let row = try Conferences.find(transaction, id) else { return nil }
    let picture = try Conferences.picture(transaction, row)
    guard !row.hasFailed, let next = ConferencePlanner.next(picture) else {
      // Changed between the two looks at it.
      try ConferenceBook.close(transaction, [id], byRun: true, nowMs: call.host.nowMs)
      return nil
    }
    if next != .read {
      try transaction.query(
        "UPDATE max_platform_conferences SET call = ? WHERE conference_id = ?", [JSONValue(next.word), JSONValue(id)])
    }
    return Decision(call: next, row: row, picture: picture)
  }

  /// One conference's failure is its own; what breaks here is our own store, which ends the turn.
  private func attempt(_ decision: Decision) async {
    let id = decision.row.id
    do {
      let outcome = await ConferenceAttempt(client: PlatformClient(host: call.host), decision: decision).perform()
      traffic.limiter.answered(forChat: nil, hostMs: call.host.nowMs)
      if case .failed(let failure) = outcome {
        // An exchange that the end of the host cut short is no failure of the platform.
        if call.isCancelled { throw CancellationError() }
        log(decision, failure)
        if case .unauthorized = failure { progress.stop() }
      }
      try call.write { transaction in
        guard let row = try Conferences.find(transaction, id) else { return }
        let now = call.host.nowMs
        try ConferenceNotes(
          transaction: transaction, row: row, call: decision.call, asked: decision.picture,
          askedRevision: decision.row.revision, nowMs: now
        ).take(outcome)
        try ConferenceBook.close(transaction, [id], byRun: true, nowMs: now)
      }
      progress.end(id, nil)
    } catch {
      progress.end(id, error)
    }
    traffic.conferences.ring()
  }

  /// Ends the turn; false when something has fallen due meanwhile.
  private func finish(mayGoOn: Bool) throws -> Bool {
    if let failure = progress.failure { throw failure }
    let isEnded = try call.write { transaction in
      let now = call.host.nowMs
      if mayGoOn, let due = try ConferenceBook.nextDue(transaction), due <= now { return false }
      // Only a person can cure a token that is not accepted, and only a restart brings another.
      let notBefore = progress.isUnauthorized ? now + Backoff.longestMs : 0
      try ConferenceBook.wake(transaction, nowMs: now, notBeforeMs: notBefore)
      transaction.finishJob()
      return true
    }
    guard isEnded else { return false }
    if progress.isUnauthorized {
      call.host.log(.error, "the platform does not accept the token; conferences stay as they are")
    }
    call.host.log(.info, "conferences were brought into step", ["calls": JSONValue(progress.calls)])
    return true
  }

  private func log(_ decision: Decision, _ failure: PlatformFailure) {
    let isRefusal = !failure.isPassing
    call.host.log(
      isRefusal ? .warning : .info, isRefusal ? "the platform refused a call" : "a call is tried again later",
      [
        "conference": JSONValue(decision.row.id), "call": JSONValue(decision.call.word),
        "code": JSONValue(failure.code), "attempt": JSONValue(decision.row.attempts + 1),
      ])
  }
}
