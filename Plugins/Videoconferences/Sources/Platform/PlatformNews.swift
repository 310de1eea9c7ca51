import PluginKit

/// What the platform's plugin tells of conferences: active with a link, over, or refused.
enum PlatformNews {
  static let event = "platform.v1.conferencesChanged"

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
      """
      SELECT revision, state, reason, link, started_at, finished_at, attempts, next_attempt_at
      FROM max_platform_v1_conferences WHERE conference_id = ?
      """, [JSONValue(id)])
    guard let row, let conference = try? Conference.require(id, transaction) else { return }  // removed here meanwhile
    try Trouble.note(Trouble(row), id, transaction)
    // Of an older wish: what is wanted by now was not refused yet.
    let isCurrent = row["revision"]?.int64 == conference.revision
    switch row["state"]?.string {
    case "active" where conference.phase == "active":
      try transaction.query(
        """
        UPDATE videoconferences_conferences SET status = 'active', reason = '', link = ?, started_ms = ? WHERE id = ?
        """, [row["link"] ?? .null, row["started_at"] ?? .null, JSONValue(id)])
      if conference.status != "active" {
        try Notices.schedule(.started, id, transaction, nowMs: now)
        try Bell.wind(transaction)
      }
    case "finished" where !(row["started_at"] ?? .null).isNull:
      // Somebody may have ended it on the platform: it is over here, too.
      try transaction.query(
        """
        UPDATE videoconferences_conferences SET status = 'finished', reason = '', link = NULL, finished_ms = ?,
          started_ms = ?, phase = 'finished' WHERE id = ?
        """, [row["finished_at"] ?? .null, row["started_at"] ?? .null, JSONValue(id)])
      try OfferAttendance.note(id, transaction, nowMs: now)
    case "pending" where isCurrent && conference.status == "error",
      "planned" where isCurrent && conference.status == "error":
      // What was refused, such as a chat that was lost, is there again and tried anew.
      guard ["planned", "active"].contains(conference.phase) else { return }
      try transaction.query(
        "UPDATE videoconferences_conferences SET status = 'new', reason = '' WHERE id = ?", [JSONValue(id)])
    case "failed" where isCurrent && conference.status != "finished":
      let reason = row["reason"]?.string ?? ""
      try transaction.query(
        "UPDATE videoconferences_conferences SET status = 'error', reason = ?, link = NULL WHERE id = ?",
        [JSONValue("отказ платформы: \(reason)"), JSONValue(id)])
    default: break
    }
  }
}
