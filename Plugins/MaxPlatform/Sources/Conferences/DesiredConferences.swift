import PluginKit

/// Takes over what is wanted of conferences.
enum DesiredConferences {
  private static let dayMs: Int64 = 86_400_000

  /// Takes the states that are newer than what is stored. Returns the ids of those taken.
  static func take(
    _ transaction: Transaction, _ conferences: [DesiredConference], nowMs: Int64
  ) throws -> Set<String> {
    let stored = try revisions(transaction, conferences.map(\.id))
    let newer = conferences.filter { $0.revision > stored[$0.id] ?? .min }
    guard !newer.isEmpty else { return [] }
    try transaction.insertMany(
      takeConference,
      JSONValue(
        newer.map { wish -> JSONValue in
          [
            "id": JSONValue(wish.id), "revision": JSONValue(wish.revision), "name": JSONValue(wish.name),
            "chat": JSONValue(wish.chatID), "starts": JSONValue(wish.startsAt), "ends": JSONValue(wish.endsAt),
            "phase": JSONValue(wish.phase.rawValue), "now": JSONValue(nowMs),
          ]
        }))
    for wish in newer { try takeMembers(transaction, wish) }
    return Set(newer.map(\.id))
  }

  /// Removed conferences are remembered for a month, so that a late word of an older revision brings none back.
  static func forgetRemoved(_ transaction: Transaction, nowMs: Int64) throws {
    try transaction.query(
      "DELETE FROM max_platform_conferences WHERE state = 'removed' AND changed_at < ?",
      [JSONValue(nowMs - 30 * dayMs)])
  }

  private static func revisions(_ transaction: Transaction, _ ids: [String]) throws -> [String: Int64] {
    let rows = try transaction.rows(
      """
      SELECT conference_id, revision FROM max_platform_conferences
      WHERE conference_id IN (SELECT value FROM json_each(?))
      """, [Chats.list(ids)])
    return Dictionary(
      rows.map { ($0["conference_id"]?.string ?? "", $0["revision"]?.int64 ?? 0) }, uniquingKeysWith: { $1 })
  }

  /// A new revision may cure what was refused for good, and is tried at once. A pause that the platform itself asked
  /// for is kept.
  private static let takeConference = """
    INSERT INTO max_platform_conferences (
      conference_id, revision, name, chat_id, starts_at, ends_at, phase, changed_at)
    VALUES (:id, :revision, :name, :chat, :starts, :ends, :phase, :now)
    ON CONFLICT (conference_id) DO UPDATE SET
      revision = excluded.revision, name = excluded.name, chat_id = excluded.chat_id, starts_at = excluded.starts_at,
      ends_at = excluded.ends_at, phase = excluded.phase, failed = 0,
      attempts = CASE WHEN error = 'too.many.requests' THEN attempts ELSE 0 END,
      next_attempt_at = CASE WHEN error = 'too.many.requests' THEN next_attempt_at END,
      error = CASE WHEN error = 'too.many.requests' THEN error END
    """

  private static func takeMembers(_ transaction: Transaction, _ wish: DesiredConference) throws {
    let members = wish.phase == .removed ? [] : wish.members
    let list = Chats.list(members)
    try transaction.query(
      """
      DELETE FROM max_platform_conference_members
      WHERE conference_id = ? AND user_id NOT IN (SELECT value FROM json_each(?))
      """, [JSONValue(wish.id), list])
    try transaction.query(
      """
      INSERT INTO max_platform_conference_members (conference_id, user_id)
      SELECT ?, value FROM json_each(?) WHERE true ON CONFLICT DO NOTHING
      """, [JSONValue(wish.id), list])
  }
}
