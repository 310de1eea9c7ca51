import PluginKit

/// Keeps what is told of conferences true: whoever changed anything of them ends the transaction with `close`.
enum ConferenceBook {
  /// More conferences than this are told as `all`.
  static let mostToldByName = 200

  /// What is told of a conference, and what is done next about it.
  private struct Summary {
    var state: String
    var reason: String?
    var triedAtMs: Int64?
    var dueAtMs: Int64?
    var rank: Int

    init(_ row: ConferenceRow, _ picture: ConferencePicture, nowMs: Int64) {
      let next = row.hasFailed ? nil : ConferencePlanner.next(picture)
      dueAtMs = next.map { _ in row.nextAttemptAtMs ?? min(row.dueAtMs ?? nowMs, nowMs) }
      rank = next.map { ConferencePlanner.isUrgent($0, picture) ? 0 : 1 } ?? 1
      triedAtMs = next == nil || row.attempts == 0 ? nil : row.nextAttemptAtMs
      state = row.hasFailed ? "failed" : Self.state(picture)
      let waitsForChat =
        picture.chat == nil && picture.actual == .none && !picture.wasStarted
        && (picture.phase == .planned || picture.phase == .active)
      reason = row.error ?? (waitsForChat ? "chat" : nil)
    }

    /// The platform's side as it is known.
    private static func state(_ picture: ConferencePicture) -> String {
      switch picture.actual {
      case .created: "planned"
      case .active: "active"
      case .finished: "finished"
      case .none where picture.phase == .removed && !picture.isInDoubt: "removed"
      // One that never was is over all the same; and one that had begun and is gone does not come back.
      case .none where picture.phase == .finished && !picture.isInDoubt || picture.wasStarted: "finished"
      case .none: "pending"
      }
    }
  }

  /// Brings what is told of `ids` up to date, tells other plugins, and wakes the run. `byRun`: the change is the run's
  /// own, which looks by itself what comes next.
  static func close(_ transaction: Transaction, _ ids: Set<String>, byRun: Bool = false, nowMs: Int64) throws {
    guard !ids.isEmpty else { return }
    var told: [String] = []
    for id in ids where try derive(transaction, id, nowMs) { told.append(id) }
    if !told.isEmpty { try tell(transaction, told) }
    if !byRun { try wake(transaction, nowMs: nowMs) }
  }

  /// Schedules the run for the first conference that is due, if any is.
  static func wake(_ transaction: Transaction, nowMs: Int64, notBeforeMs: Int64 = 0) throws {
    guard let due = try nextDue(transaction) else { return }
    try transaction.schedule(MaxPlatform.Wire.conferencesJob, key: ConferenceRun.key, dueAtMs: max(due, notBeforeMs))
  }

  static func nextDue(_ transaction: Transaction) throws -> Int64? {
    try transaction.first(
      "SELECT min(due_at) AS due FROM max_platform_conferences WHERE due_at IS NOT NULL")?["due"]?.int64
  }

  /// True when something that others are told has changed.
  private static func derive(_ transaction: Transaction, _ id: String, _ nowMs: Int64) throws -> Bool {
    guard var row = try Conferences.find(transaction, id) else { return false }
    let picture = try Conferences.picture(transaction, row)
    if !row.hasFailed, row.attempts > 0, ConferencePlanner.next(picture) == nil {
      // What had failed came about all the same, or is not wanted any more.
      try transaction.query(
        """
        UPDATE max_platform_conferences SET attempts = 0, next_attempt_at = NULL, error = NULL WHERE conference_id = ?
        """, [JSONValue(id)])
      row.forgetFailure()
    }
    let summary = Summary(row, picture, nowMs: nowMs)
    let told: JSONValue = [
      JSONValue(summary.state), JSONValue(summary.reason), JSONValue(row.callID), JSONValue(row.link),
      JSONValue(row.startedAt), JSONValue(row.finishedAt), JSONValue(row.attempts), JSONValue(summary.triedAtMs),
    ]
    let text = told.text()
    try transaction.query(
      """
      UPDATE max_platform_conferences SET state = :state, reason = :reason, tried_at = :tried, due_at = :due,
        rank = :rank, changed_at = CASE WHEN told IS :told THEN changed_at ELSE :now END, told = :told
      WHERE conference_id = :id
      """,
      [
        "state": JSONValue(summary.state), "reason": JSONValue(summary.reason), "tried": JSONValue(summary.triedAtMs),
        "due": JSONValue(summary.dueAtMs), "rank": JSONValue(summary.rank), "told": JSONValue(text),
        "now": JSONValue(nowMs), "id": JSONValue(id),
      ])
    return row.told != text
  }

  private static func tell(_ transaction: Transaction, _ ids: [String]) throws {
    let payload: JSONValue =
      ids.count > mostToldByName
      ? ["all": true] : ["conferenceIds": JSONValue(ids.sorted().map { JSONValue($0) })]
    try transaction.emit(MaxPlatform.Wire.conferencesEvent, payload)
  }
}
