import PluginKit

/// A row of `max_platform_notices`; its columns are explained in `ConferenceSchema`.
struct NoticeRow: Sendable {
  let seq: Int64
  let userID: String
  let text: String
  let attempts: Int
  let firstTriedAtMs: Int64?
  /// An attempt was begun whose end nobody saw.
  let isInDoubt: Bool
  /// The person on the platform; nil: unbound.
  let memberID: Int64?
  /// Their dialog, by the binding.
  let dialogID: Int64?

  init?(_ row: JSONValue?) {
    guard let row, let seq = row["seq"]?.int64, let user = row["user_id"]?.string else { return nil }
    self.seq = seq
    userID = user
    text = row["text"]?.string ?? ""
    attempts = row["attempts"]?.int ?? 0
    firstTriedAtMs = row["first_tried_at"]?.int64
    isInDoubt = row["doubt"]?.int == 1
    memberID = row["member_id"]?.int64
    dialogID = row["dialog_id"]?.int64
  }

  /// What the dialog's limit is kept under; the same as for the binding's messages.
  var lane: String { dialogID.map { "\($0)" } ?? userID }
}

/// The queue of notices on disk.
enum Notices {
  /// Keys are known for so long.
  private static let keptMs: Int64 = 30 * 86_400_000

  enum End: String {
    case sent
    /// The person is not bound.
    case skipped
    case refused
    /// Nobody can tell whether it was sent, and it must not be sent twice.
    case unknown
  }

  /// Still waiting, with its person as bound by now.
  static func find(_ transaction: Transaction, _ seq: Int64) throws -> NoticeRow? {
    NoticeRow(
      try transaction.first(
        """
        SELECT n.*, m.member_id, b.chat_id AS dialog_id FROM max_platform_notices AS n
        LEFT JOIN max_platform_members AS m ON m.user_id = n.user_id
        LEFT JOIN max_platform_bindings AS b ON b.request_id = m.request_id
        WHERE n.seq = ? AND n.state = 'waiting'
        """, [JSONValue(seq)]))
  }

  /// The first due notice of each of so many people, those waiting longest first.
  static func due(
    _ transaction: Transaction, except users: Set<String>, limit: Int, nowMs: Int64
  ) throws -> [(seq: Int64, user: String)] {
    let rows = try transaction.rows(
      """
      SELECT seq, user_id FROM max_platform_notices
      WHERE state = 'waiting' AND next_attempt_at <= :now AND user_id NOT IN (SELECT value FROM json_each(:users))
      ORDER BY next_attempt_at, seq LIMIT :limit
      """, ["now": JSONValue(nowMs), "users": Chats.list(users), "limit": JSONValue(limit)])
    var seen: Set<String> = []
    return rows.compactMap { row in
      guard let seq = row["seq"]?.int64, let user = row["user_id"]?.string, seen.insert(user).inserted else {
        return nil
      }
      return (seq, user)
    }
  }

  static func nextDue(_ transaction: Transaction) throws -> Int64? {
    try transaction.first(
      "SELECT min(next_attempt_at) AS due FROM max_platform_notices WHERE state = 'waiting'")?["due"]?.int64
  }

  static func wake(_ transaction: Transaction, notBeforeMs: Int64 = 0) throws {
    guard let due = try nextDue(transaction) else { return }
    try transaction.schedule(MaxPlatform.Wire.noticesJob, key: NoticeRun.key, dueAtMs: max(due, notBeforeMs))
  }

  /// Notes that an attempt begins, before anything is sent.
  static func begin(_ transaction: Transaction, _ seq: Int64, nowMs: Int64) throws {
    try transaction.query(
      """
      UPDATE max_platform_notices SET attempts = attempts + 1, doubt = 1, first_tried_at = coalesce(first_tried_at, ?)
      WHERE seq = ?
      """, [JSONValue(nowMs), JSONValue(seq)])
  }

  /// Ends a notice. What it said is forgotten.
  static func end(
    _ transaction: Transaction, _ seq: Int64, _ end: End, mid: String? = nil, error: String? = nil, nowMs: Int64
  ) throws {
    try transaction.query(
      """
      UPDATE max_platform_notices SET state = :state, mid = :mid, error = :error, text = '', done_at = :now
      WHERE seq = :seq AND state = 'waiting'
      """,
      [
        "state": JSONValue(end.rawValue), "mid": JSONValue(mid), "error": JSONValue(error), "now": JSONValue(nowMs),
        "seq": JSONValue(seq),
      ])
  }

  /// `isSure`: nothing was sent.
  static func postpone(
    _ transaction: Transaction, _ seq: Int64, isSure: Bool, error: String, untilMs: Int64
  ) throws {
    try transaction.query(
      """
      UPDATE max_platform_notices SET doubt = CASE WHEN :sure THEN 0 ELSE doubt END, error = :error,
        next_attempt_at = :until
      WHERE seq = :seq AND state = 'waiting'
      """,
      [
        "sure": JSONValue(isSure), "error": JSONValue(error), "until": JSONValue(untilMs), "seq": JSONValue(seq),
      ])
  }

  /// Messages that are known for other notices to the same person.
  static func sent(_ transaction: Transaction, to user: String) throws -> Set<String> {
    let rows = try transaction.rows(
      "SELECT mid FROM max_platform_notices WHERE user_id = ? AND mid IS NOT NULL", [JSONValue(user)])
    return Set(rows.compactMap { $0["mid"]?.string })
  }

  static func forgetDone(_ transaction: Transaction, nowMs: Int64) throws {
    try transaction.query("DELETE FROM max_platform_notices WHERE done_at < ?", [JSONValue(nowMs - keptMs)])
  }
}
