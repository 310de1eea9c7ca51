import PluginKit

/// What may be asked of the platform. One row of the queue is one errand; the errands of one person form a lane
/// and go out in their order.
enum Errand: String, Sendable {
  /// Ask for a binding.
  case bind
  /// Send the message with the person's data and the two buttons.
  case message
  /// Learn what became of a binding, after a button was pressed.
  case check
  /// Answer a pressed button; its keyboard goes away.
  case answer
  /// Take the keyboard off a message whose request has ended otherwise.
  case retire
  /// Take a request back, unless it was confirmed in time.
  case withdraw
  /// Undo a binding.
  case unbind
}

/// A row of the queue.
struct OutboxItem: Sendable {
  let seq: Int64
  let lane: String
  let kind: Errand
  let requestID: String
  /// What the errand needs beside its binding.
  let body: JSONValue
  /// Attempts begun, the present one included.
  var attempts: Int
  let nextAttemptAtMs: Int64

  /// nil for a row of a kind that this version does not know.
  init?(_ row: JSONValue) {
    guard let kind = row["kind"]?.string.flatMap(Errand.init), let seq = row["seq"]?.int64 else { return nil }
    self.kind = kind
    self.seq = seq
    lane = row["lane"]?.string ?? ""
    requestID = row["request_id"]?.string ?? ""
    body = (row["body"]?.string).flatMap { try? JSONValue(parsing: $0) } ?? .emptyObject  // written by us alone
    attempts = row["attempts"]?.int ?? 0
    nextAttemptAtMs = row["next_attempt_at"]?.int64 ?? 0
  }
}

/// The queue on disk of all that is still to be told to the platform.
enum Outbox {
  static func lane(ofUser id: String) -> String { "user:\(id)" }

  /// Queues an errand and wakes its lane. A second one of the same `key` is dropped: the first does it.
  static func add(
    _ transaction: Transaction, _ kind: Errand, key: String, binding: Binding, body: JSONValue = .emptyObject,
    nowMs: Int64
  ) throws {
    let lane = lane(ofUser: binding.userID)
    try transaction.query(
      """
      INSERT INTO max_platform_outbox (lane, kind, key, request_id, body, next_attempt_at, created_at)
      VALUES (:lane, :kind, :key, :request, :body, :now, :now) ON CONFLICT (key) DO NOTHING
      """,
      [
        "lane": JSONValue(lane), "kind": JSONValue(kind.rawValue), "key": JSONValue(key),
        "request": JSONValue(binding.requestID), "body": JSONValue(body.text()), "now": JSONValue(nowMs),
      ])
    try wake(transaction, lane, atMs: nowMs)
  }

  static func wake(_ transaction: Transaction, _ lane: String, atMs: Int64) throws {
    try transaction.schedule(MaxPlatform.Wire.outboxJob, key: lane, dueAtMs: atMs)
  }

  /// The first errand of a lane that is not done.
  static func head(_ transaction: Transaction, _ lane: String) throws -> JSONValue? {
    try transaction.first(
      "SELECT * FROM max_platform_outbox WHERE state = 'waiting' AND lane = ? ORDER BY seq LIMIT 1", [JSONValue(lane)])
  }

  /// Notes that an attempt begins, before anything is sent: after a crash the next one knows of it.
  static func begin(_ transaction: Transaction, _ item: OutboxItem) throws {
    try transaction.query(
      "UPDATE max_platform_outbox SET attempts = attempts + 1 WHERE seq = ?", [JSONValue(item.seq)])
  }

  enum End: String { case done, refused }

  /// Ends an errand. What it carried is forgotten: a queue is no place to keep people's data.
  static func end(
    _ transaction: Transaction, seq: Int64, _ end: End, error: String? = nil, nowMs: Int64
  ) throws {
    try transaction.query(
      """
      UPDATE max_platform_outbox SET state = :state, last_error = :error, body = '{}', done_at = :now
      WHERE seq = :seq AND state IN ('waiting', 'parked')
      """,
      [
        "state": JSONValue(end.rawValue), "error": JSONValue(error), "seq": JSONValue(seq), "now": JSONValue(nowMs),
      ])
    try transaction.query(
      "DELETE FROM max_platform_outbox WHERE done_at < ?", [JSONValue(nowMs - keptMs)])
  }

  static func postpone(_ transaction: Transaction, seq: Int64, untilMs: Int64, error: String?) throws {
    try transaction.query(
      "UPDATE max_platform_outbox SET next_attempt_at = ?, last_error = ? WHERE seq = ? AND state = 'waiting'",
      [JSONValue(untilMs), JSONValue(error), JSONValue(seq)])
  }

  /// Sets a message aside until the person lets the community write again.
  static func park(_ transaction: Transaction, seq: Int64, error: String) throws {
    try transaction.query(
      "UPDATE max_platform_outbox SET state = 'parked', last_error = ? WHERE seq = ? AND state = 'waiting'",
      [JSONValue(error), JSONValue(seq)])
  }

  /// Brings parked errands of a request back.
  static func unpark(_ transaction: Transaction, _ binding: Binding, nowMs: Int64) throws {
    try transaction.query(
      """
      UPDATE max_platform_outbox SET state = 'waiting', next_attempt_at = ?
      WHERE request_id = ? AND state = 'parked'
      """, [JSONValue(nowMs), JSONValue(binding.requestID)])
    if transaction.changes > 0 { try wake(transaction, lane(ofUser: binding.userID), atMs: nowMs) }
  }

  /// Takes errands back that are not done yet.
  static func drop(_ transaction: Transaction, _ kinds: [Errand], of requestID: String, nowMs: Int64) throws {
    for kind in kinds {
      try transaction.query(
        """
        UPDATE max_platform_outbox SET state = 'dropped', body = '{}', done_at = ?
        WHERE request_id = ? AND kind = ? AND state IN ('waiting', 'parked')
        """, [JSONValue(nowMs), JSONValue(requestID), JSONValue(kind.rawValue)])
    }
  }

  /// Whether an errand of that kind was ever begun for a request.
  static func wasBegun(_ transaction: Transaction, _ kind: Errand, of requestID: String) throws -> Bool {
    try transaction.first(
      "SELECT 1 AS found FROM max_platform_outbox WHERE request_id = ? AND kind = ? AND attempts > 0 LIMIT 1",
      [JSONValue(requestID), JSONValue(kind.rawValue)]) != nil
  }

  /// Ends the wait of errands that failed for want of an answer: someone is looking again. A platform that
  /// asked for patience keeps it.
  static func hurry(_ transaction: Transaction, _ binding: Binding, nowMs: Int64) throws {
    try transaction.query(
      """
      UPDATE max_platform_outbox SET next_attempt_at = :now
      WHERE request_id = :request AND state = 'waiting' AND next_attempt_at > :now AND last_error <> 'too.many.requests'
      """, ["request": JSONValue(binding.requestID), "now": JSONValue(nowMs)])
    if transaction.changes > 0 { try wake(transaction, lane(ofUser: binding.userID), atMs: nowMs) }
  }

  /// Lanes with something to do, and when.
  static func lanes(_ transaction: Transaction) throws -> [(name: String, dueAtMs: Int64)] {
    let rows = try transaction.rows(
      "SELECT lane, min(next_attempt_at) AS due FROM max_platform_outbox WHERE state = 'waiting' GROUP BY lane")
    return rows.compactMap { row in
      row["lane"]?.string.map { ($0, row["due"]?.int64 ?? 0) }
    }
  }

  /// Done errands are kept for a week, to see what happened.
  private static let keptMs: Int64 = 7 * 86_400_000
}
