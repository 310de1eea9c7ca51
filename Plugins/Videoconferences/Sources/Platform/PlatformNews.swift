import PluginKit

/// What the platform's plugin tells of conferences: active with a link, over, or refused.
enum PlatformNews {
  static let event = "platform.v1.conferencesChanged"
  /// Tells the participants. Key: the conference.
  static let notify = "videoconferences.notify"
  /// What the service takes in a call.
  private static let mostNotices = 500

  static func take(_ call: Call) throws {
    let payload = call.params["payload"] ?? .emptyObject
    let now = call.host.nowMs
    try call.write { transaction in
      var ids = (payload["conferenceIds"]?.array ?? []).compactMap(\.string)
      if payload["all"]?.bool == true {
        ids = try transaction.rows(
          "SELECT id FROM videoconferences_conferences WHERE phase IN ('planned', 'active') OR status = 'active'"
        ).compactMap { $0["id"]?.string }
      }
      for id in ids { try take(transaction, id, now) }
    }
  }

  private static func take(_ transaction: Transaction, _ id: String, _ now: Int64) throws {
    let row = try transaction.first(
      "SELECT state, reason, link, started_at, finished_at FROM max_platform_v1_conferences WHERE conference_id = ?",
      [JSONValue(id)])
    guard let row, let conference = try? Conference.require(id, transaction) else { return }  // removed here meanwhile
    switch row["state"]?.string {
    case "active" where conference.phase == "active":
      try transaction.query(
        """
        UPDATE videoconferences_conferences SET status = 'active', reason = '', link = ?, started_ms = ? WHERE id = ?
        """, [row["link"] ?? .null, row["started_at"] ?? .null, JSONValue(id)])
      if conference.status != "active" {
        try transaction.schedule(notify, key: id, dueAtMs: now)
        try Bell.wind(transaction)
      }
    case "finished" where !(row["started_at"] ?? .null).isNull:
      // Somebody may have ended it on the platform: it is over here, too.
      try transaction.query(
        """
        UPDATE videoconferences_conferences SET status = 'finished', reason = '', link = NULL, finished_ms = ?,
          started_ms = ?, phase = 'finished' WHERE id = ?
        """, [row["finished_at"] ?? .null, row["started_at"] ?? .null, JSONValue(id)])
    case "failed" where conference.status != "finished":
      let reason = row["reason"]?.string ?? ""
      try transaction.query(
        "UPDATE videoconferences_conferences SET status = 'error', reason = ?, link = NULL WHERE id = ?",
        [JSONValue("отказ платформы: \(reason)"), JSONValue(id)])
    default: break
    }
  }

  /// The link to everybody who is to take part, once.
  static func tell(_ call: Call) async throws {
    guard let id = call.params["key"]?.string else { return }
    let notices = try call.read { transaction -> [JSONValue] in
      guard let conference = try? Conference.require(id, transaction), let link = conference.link else { return [] }
      return try transaction.rows(
        """
        SELECT DISTINCT a.id FROM videoconferences_participants p
        JOIN school_v1_accounts a ON a.person_id = p.person_id AND a.blocked = 0 WHERE p.conference_id = ?
        """, [JSONValue(id)]
      ).map { row in
        [
          "key": JSONValue("conference:\(id):\(row["id"]?.string ?? "")"), "userId": row["id"] ?? "",
          "text": JSONValue("Видеоконференция «\(conference.name)» началась: \(link)"),
        ]
      }
    }
    for start in stride(from: 0, to: notices.count, by: mostNotices) {
      let part = notices[start..<min(start + mostNotices, notices.count)]
      _ = try await call.host.callService("platform.notify", ["notices": JSONValue(part)])
    }
  }
}
