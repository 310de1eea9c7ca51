import Jansson
import ShellTime
import ZoneRules

/// A job to run later. Scheduling another of the same owner, name and key replaces it.
package struct JobRequest: Equatable, Sendable {
  package let owner: String
  package let name: String
  package let key: String
  /// Milliseconds since 1970; in the past: at once.
  package let dueAtMs: Int64
  package let payload: JSONValue

  package init(owner: String, name: String, key: String, dueAtMs: Int64, payload: JSONValue = .null) {
    self.owner = owner
    self.name = name
    self.key = key
    self.dueAtMs = dueAtMs
    self.payload = payload
  }
}

// Each of these needs a write transaction.
extension Transaction {
  /// Publishes an event. Returns its number; later events have greater ones.
  @discardableResult
  package func emit(name: String, owner: String, payload: JSONValue) throws -> Int64 {
    try write(
      "INSERT INTO shell_events (name, owner, at, payload) VALUES (?, ?, ?, ?)",
      [JSONValue(name), JSONValue(owner), JSONValue(nowMs), JSONValue(payload.text())])
    noteEvents()
    return lastInsertID
  }

  package func schedule(_ job: JobRequest) throws {
    // REPLACE gives a new id: see HostSchema.
    try write(
      """
      INSERT OR REPLACE INTO shell_jobs (owner, name, key, due_at, payload) VALUES (?, ?, ?, ?, ?)
      """,
      [
        JSONValue(job.owner), JSONValue(job.name), JSONValue(job.key), JSONValue(job.dueAtMs),
        JSONValue(job.payload.text()),
      ])
    noteJobs()
  }

  /// Takes a job back. False when there was none.
  @discardableResult
  package func unschedule(owner: String, name: String, key: String) throws -> Bool {
    try write(
      "DELETE FROM shell_jobs WHERE owner = ? AND name = ? AND key = ?",
      [JSONValue(owner), JSONValue(name), JSONValue(key)])
    let isGone = changes > 0
    if isGone { noteJobs() }
    return isGone
  }

  /// Ends the job that was started with this id. One scheduled since then has another id and stays.
  package func finishJob(id: Int64) throws {
    try write("DELETE FROM shell_jobs WHERE id = ?", [JSONValue(id)])
    if changes > 0 { noteJobs() }
  }

  /// Sets a context key for one user, or for all ("").  nil takes the value away.
  package func setContext(user: String, key: String, value: JSONValue?) throws {
    if let value {
      try write(
        """
        INSERT INTO shell_context (user_id, key, value) VALUES (?, ?, ?)
        ON CONFLICT (user_id, key) DO UPDATE SET value = excluded.value WHERE value <> excluded.value
        """, [JSONValue(user), JSONValue(key), JSONValue(value.text())])
    } else {
      try write("DELETE FROM shell_context WHERE user_id = ? AND key = ?", [JSONValue(user), JSONValue(key)])
    }
    if changes > 0 { noteContext(of: user) }
  }

  /// Adds a line to the audit log. Nothing can change or remove it.
  package func audit(_ line: AuditLine) throws {
    let offset = try line.zone.flatMap { ZoneRules.named($0)?.offset(atMs: nowMs) } ?? lastAuditOffset()
    let local = RFC3339.text(nowMs + Int64(offset) * 1000)
    let changes = line.changes ?? line.namedChanges
    try write(
      """
      INSERT INTO shell_audit
        (at, user_id, login, session, client, method, plugin, action, object, old, new, trace, local_date, local_time,
          title, title_en, object_title, object_title_en, changes, changes_en)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        JSONValue(nowMs), JSONValue(line.user), JSONValue(line.login), JSONValue(line.session),
        JSONValue(line.client), JSONValue(line.method), JSONValue(line.plugin), JSONValue(line.action),
        JSONValue(line.object), JSONValue(line.old?.text()), JSONValue(line.new?.text()), JSONValue(line.trace),
        JSONValue(String(local.prefix(10))), JSONValue(String(local.dropFirst(11).prefix(8))),
        JSONValue(line.title?.ru ?? line.action), JSONValue(line.title?.en ?? line.action),
        JSONValue(line.objectTitle?.ru), JSONValue(line.objectTitle?.en), JSONValue(changes?.ru),
        JSONValue(changes?.en),
      ])
  }

  /// Seconds east of Greenwich of the line before: what nobody does, an event or a job, has no zone of its own.
  private func lastAuditOffset() throws -> Int {
    let rows = try query(
      """
      SELECT unixepoch(local_date || ' ' || local_time) - at / 1000 AS offset FROM shell_audit
      WHERE local_date IS NOT NULL ORDER BY id DESC LIMIT 1
      """, nil, policy: nil)
    return rows[0]?["offset"]?.int ?? 0
  }

  /// Moves a subscriber past an event, together with what the event made it do. Never back.
  package func moveCursor(subscriber: String, to seq: Int64) throws {
    try write(
      """
      INSERT INTO shell_event_cursors (subscriber, seq) VALUES (?, ?)
      ON CONFLICT (subscriber) DO UPDATE SET seq = excluded.seq WHERE seq < excluded.seq
      """, [JSONValue(subscriber), JSONValue(seq)])
  }

  /// Notes that this transaction carries out the request that the user gave this key. Throws
  /// `idempotencyConflict` when it was carried out before, or the key belongs to another request.
  package func recordIdempotency(user: String, key: String, requestHash: String) throws {
    let now = nowMs
    // An expired entry is as good as gone.
    try write(
      """
      INSERT INTO shell_idempotency (user_id, key, request_hash, at) VALUES (?, ?, ?, ?)
      ON CONFLICT (user_id, key) DO UPDATE
        SET request_hash = excluded.request_hash, at = excluded.at, answer = NULL
        WHERE at <= ?
      """,
      [
        JSONValue(user), JSONValue(key), JSONValue(requestHash), JSONValue(now),
        JSONValue(now - Store.idempotencyMs),
      ])
    guard changes > 0 else { throw StoreError.idempotencyConflict(key: key) }
  }
}
