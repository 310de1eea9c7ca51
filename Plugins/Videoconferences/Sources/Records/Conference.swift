import PluginKit
import ZoneRules

/// A conference as its row says.
struct Conference: Sendable {
  let id: String
  let isLesson: Bool
  let name: String
  let chatID: String
  let lessonID: String?
  let date: String
  let starts: String
  let ends: String
  let endsAtMs: Int64
  let phase: String
  let status: String
  let reason: String
  let link: String?

  init?(_ row: JSONValue?) {
    guard let row, let id = row["id"]?.string else { return nil }
    self.id = id
    isLesson = row["kind"]?.string == "lesson"
    name = row["name"]?.string ?? ""
    chatID = row["chat_id"]?.string ?? ""
    lessonID = row["lesson_id"]?.string
    date = row["date"]?.string ?? ""
    starts = row["starts"]?.string ?? ""
    ends = row["ends"]?.string ?? ""
    endsAtMs = row["ends_ms"]?.int64 ?? 0
    phase = row["phase"]?.string ?? ""
    status = row["status"]?.string ?? ""
    reason = row["reason"]?.string ?? ""
    link = row["link"]?.string
  }

  static func require(_ id: String, _ transaction: Transaction) throws -> Conference {
    let row = try transaction.first(
      "SELECT * FROM videoconferences_conferences WHERE id = ? AND phase <> 'removed'", [JSONValue(id)])
    guard let conference = Conference(row) else { throw PluginError.notFound("conference", id) }
    return conference
  }

  static func ofLesson(_ lesson: String, _ transaction: Transaction) throws -> Conference? {
    Conference(
      try transaction.first(
        "SELECT * FROM videoconferences_conferences WHERE lesson_id = ? AND phase <> 'removed'", [JSONValue(lesson)]))
  }
}

extension LocalTime {
  /// In the organization's time zone.
  static func ofOrganization(_ transaction: Transaction) throws -> LocalTime {
    let row = try transaction.first("SELECT time_zone FROM school_v1_organization")
    return LocalTime(zone: row?["time_zone"]?.string ?? "UTC")
  }
}
