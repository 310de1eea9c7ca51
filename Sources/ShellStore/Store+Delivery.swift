import Jansson

/// A published event, as it is delivered.
package struct StoredEvent: Equatable, Sendable {
  package let seq: Int64
  package let name: String
  package let owner: String
  package let atMs: Int64
  package let payload: JSONValue
}

/// A job that is due.
package struct StoredJob: Equatable, Sendable {
  /// Of this scheduling: scheduling again gives another id.
  package let id: Int64
  package let owner: String
  package let name: String
  package let key: String
  package let dueAtMs: Int64
  package let payload: JSONValue
  /// How often it has failed so far.
  package let attempt: Int
  package let lastError: String?
}

// MARK: - Events

extension Store {
  /// How long events are kept after everyone concerned has seen them.
  package static let eventsKeptMs: Int64 = 7 * 86_400_000

  /// The next events of these names for a subscriber, oldest first, at most `limit`. A new subscriber starts
  /// with the oldest event that is still kept.
  package func nextEvents(subscriber: String, names: [String], limit: Int) throws -> [StoredEvent] {
    try subscribe(subscriber, names)
    let rows = try transact(.read) { transaction in
      try transaction.query(
        """
        SELECT seq, name, owner, at, payload FROM shell_events
        WHERE name IN (SELECT value FROM json_each(?))
          AND seq > coalesce((SELECT seq FROM shell_event_cursors WHERE subscriber = ?), 0)
        ORDER BY seq LIMIT ?
        """, [JSONValue(JSONValue(names.map { JSONValue($0) }).text()), JSONValue(subscriber), JSONValue(limit)],
        policy: nil)
    }
    return (rows.array ?? []).map { row in
      StoredEvent(
        seq: row["seq"]?.int64 ?? 0, name: row["name"]?.string ?? "", owner: row["owner"]?.string ?? "",
        atMs: row["at"]?.int64 ?? 0, payload: parsed(row["payload"]))
    }
  }

  /// Moves a subscriber past everything up to `seq`. Never back.
  package func skipEvents(subscriber: String, to seq: Int64) throws {
    try transact(.write) { try $0.moveCursor(subscriber: subscriber, to: seq) }
  }

  /// The number of the newest event ever published; 0 when there was none.
  package func lastEvent() throws -> Int64 {
    let rows = try transact(.read) { transaction in
      try transaction.query(
        "SELECT seq FROM sqlite_sequence WHERE name = 'shell_events'", nil, policy: nil)
    }
    return rows[0]?["seq"]?.int64 ?? 0
  }

  /// Forgets a subscriber that is gone for good, so that no events are kept for it.
  package func forgetSubscriber(_ subscriber: String) throws {
    subscriptions.withLock { $0[subscriber] = nil }
    try transact(.write) { transaction in
      _ = try transaction.write("DELETE FROM shell_event_cursors WHERE subscriber = ?", [JSONValue(subscriber)])
    }
  }

  /// Removes events older than a week that no known subscriber of their name still has before it. Returns how
  /// many.
  @discardableResult
  package func pruneEvents() throws -> Int {
    try transact(.write) { transaction in
      try transaction.write(
        """
        DELETE FROM shell_events WHERE at < ? AND NOT EXISTS (
          SELECT 1 FROM shell_event_cursors AS cursor, json_each(cursor.names) AS subscribed
          WHERE cursor.seq < shell_events.seq AND subscribed.value = shell_events.name)
        """, [JSONValue(clock.nowMs - Store.eventsKeptMs)])
      return transaction.changes
    }
  }

  /// Keeps a subscriber's names beside its cursor; a write only when they are news.
  private func subscribe(_ subscriber: String, _ names: [String]) throws {
    let names = names.sorted()
    guard subscriptions.withLock({ $0[subscriber] }) != names else { return }
    try transact(.write) { transaction in
      _ = try transaction.write(
        """
        INSERT INTO shell_event_cursors (subscriber, seq, names) VALUES (?, 0, ?)
        ON CONFLICT (subscriber) DO UPDATE SET names = excluded.names WHERE names <> excluded.names
        """, [JSONValue(subscriber), JSONValue(JSONValue(names.map { JSONValue($0) }).text())])
    }
    subscriptions.withLock { $0[subscriber] = names }
  }
}

// MARK: - Jobs

extension Store {
  /// Jobs that are due, by due time and then in the order of scheduling, at most `limit`. They stay until
  /// `finishJob`, `rescheduleJob` or `failJob`.
  package func dueJobs(nowMs: Int64, limit: Int) throws -> [StoredJob] {
    let rows = try transact(.read) { transaction in
      try transaction.query(
        """
        SELECT id, owner, name, key, due_at, payload, attempt, last_error FROM shell_jobs
        WHERE failed = 0 AND due_at <= ? ORDER BY due_at, id LIMIT ?
        """, [JSONValue(nowMs), JSONValue(limit)], policy: nil)
    }
    return (rows.array ?? []).map { row in
      StoredJob(
        id: row["id"]?.int64 ?? 0, owner: row["owner"]?.string ?? "", name: row["name"]?.string ?? "",
        key: row["key"]?.string ?? "", dueAtMs: row["due_at"]?.int64 ?? 0, payload: parsed(row["payload"]),
        attempt: row["attempt"]?.int ?? 0, lastError: row["last_error"]?.string)
    }
  }

  /// When the next job falls due; nil when there is none.
  package func nextDueMs() throws -> Int64? {
    let rows = try transact(.read) { transaction in
      try transaction.query("SELECT min(due_at) AS due FROM shell_jobs WHERE failed = 0", nil, policy: nil)
    }
    return rows[0]?["due"]?.int64
  }

  /// Ends a job outside of a transaction of its own. See `Transaction.finishJob`.
  package func finishJob(id: Int64) throws { try transact(.write) { try $0.finishJob(id: id) } }

  /// Tries a job again at `dueAtMs` after `error`: one attempt more, unless it never ran. Nothing happens when it has
  /// been scheduled again or taken back meanwhile.
  package func rescheduleJob(id: Int64, dueAtMs: Int64, error: String?, hasRun: Bool = true) throws {
    try transact(.write) { transaction in
      _ = try transaction.write(
        "UPDATE shell_jobs SET due_at = ?, attempt = attempt + ?, last_error = ? WHERE id = ?",
        [JSONValue(dueAtMs), JSONValue(hasRun ? 1 : 0), JSONValue(error), JSONValue(id)])
      if transaction.changes > 0 { transaction.noteJobs() }
    }
  }

  /// Gives a job up: it is kept as failed until it is scheduled again.
  package func failJob(id: Int64, error: String) throws {
    try transact(.write) { transaction in
      _ = try transaction.write(
        "UPDATE shell_jobs SET failed = 1, attempt = attempt + 1, last_error = ? WHERE id = ?",
        [JSONValue(error), JSONValue(id)])
      if transaction.changes > 0 { transaction.noteJobs() }
    }
  }

  package func jobCounts() throws -> (pending: Int, failed: Int) {
    let rows = try transact(.read) { transaction in
      try transaction.query(
        "SELECT count(*) AS jobs, coalesce(sum(failed), 0) AS failed FROM shell_jobs", nil, policy: nil)
    }
    let failed = rows[0]?["failed"]?.int ?? 0
    return ((rows[0]?["jobs"]?.int ?? 0) - failed, failed)
  }
}

/// A text that we wrote as JSON; null when someone has damaged it.
func parsed(_ text: JSONValue?) -> JSONValue {
  // try?: there is nobody to tell, and a damaged payload must not stop the queue.
  text?.string.flatMap { try? JSONValue(parsing: $0) } ?? .null
}
