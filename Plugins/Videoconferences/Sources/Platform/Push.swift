import PluginKit

/// The job that hands conferences over to the platform's plugin, each whole, those that start first first.
enum Push {
  static let job = "videoconferences.push"
  static let key = "conferences"
  private static let batch = 200
  /// The platform's plugin takes no more; the list only says whom a conference is for and keeps nobody out.
  private static let mostMembers = 1000

  static func schedule(_ transaction: Transaction, nowMs: Int64) throws {
    let due = try transaction.first(
      "SELECT 1 AS found FROM videoconferences_conferences WHERE revision > pushed LIMIT 1")
    if due != nil { try transaction.schedule(job, key: key, dueAtMs: nowMs) }
  }

  static func run(_ call: Call) async throws {
    while true {
      let rows = try call.read { transaction in try next(transaction) }
      guard !rows.isEmpty else { return }
      let answer = try await call.host.callService("platform.conference.put", ["conferences": JSONValue(rows)])
      try call.write { transaction in
        for refused in answer["refused"]?.array ?? [] { try refuse(refused, rows, transaction) }
        for row in rows {
          try transaction.query(
            "UPDATE videoconferences_conferences SET pushed = max(pushed, ?) WHERE id = ?",
            [row["revision"] ?? 0, row["conferenceId"] ?? ""])
        }
      }
    }
  }

  /// What the platform's plugin does not even take is an error of this one conference; saving it tries again.
  private static func refuse(_ refused: JSONValue, _ rows: [JSONValue], _ transaction: Transaction) throws {
    guard let index = refused["index"]?.int, rows.indices.contains(index) else { return }
    let reason = refused["message"]?["ru"]?.string ?? refused["path"]?.string ?? ""
    try transaction.query(
      """
      UPDATE videoconferences_conferences SET status = 'error', reason = ? WHERE id = ? AND revision = ?
        AND status <> 'finished'
      """,
      [
        JSONValue("отказ платформы: \(reason)"), rows[index]["conferenceId"] ?? "", rows[index]["revision"] ?? 0,
      ])
  }

  private static func next(_ transaction: Transaction) throws -> [JSONValue] {
    try transaction.rows(
      """
      SELECT id, revision, name, chat_id, starts_ms, ends_ms, phase FROM videoconferences_conferences
      WHERE revision > pushed ORDER BY starts_ms, n LIMIT \(batch)
      """
    ).map { row in
      let members = try transaction.rows(
        """
        SELECT DISTINCT a.id FROM videoconferences_participants p
        JOIN school_v1_accounts a ON a.person_id = p.person_id AND a.blocked = 0 WHERE p.conference_id = ?
        LIMIT \(mostMembers)
        """, [row["id"] ?? ""])
      return [
        "conferenceId": row["id"] ?? "", "revision": row["revision"] ?? 0, "name": row["name"] ?? "",
        "chatId": row["chat_id"] ?? "", "startsAt": row["starts_ms"] ?? 0, "endsAt": row["ends_ms"] ?? 0,
        "phase": row["phase"] ?? "", "members": JSONValue(members.compactMap { $0["id"] }),
      ]
    }
  }
}
