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
  let startsAtMs: Int64
  let endsAtMs: Int64
  let phase: String
  let status: String
  let reason: String
  let link: String?
  let author: String?
  /// Who gives the lesson. Both are persons.
  let leader: String?
  let finishedMs: Int64?
  /// Whether it has begun at any time.
  let wasHeld: Bool
  let revision: Int64
  /// How often its times have changed.
  let moves: Int
  /// It has its lesson's times, and moves with it.
  let followsLesson: Bool
  /// Failures in a row of what is asked of the platform now; nil: none.
  let attempts: Int?
  let nextAttemptAtMs: Int64?
  let failure: Text

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
    startsAtMs = row["starts_ms"]?.int64 ?? 0
    endsAtMs = row["ends_ms"]?.int64 ?? 0
    phase = row["phase"]?.string ?? ""
    status = row["status"]?.string ?? ""
    reason = row["reason"]?.string ?? ""
    link = row["link"]?.string
    author = row["author_person"]?.string
    leader = row["leader_person"]?.string
    finishedMs = row["finished_ms"]?.int64
    wasHeld = row["started_ms"]?.int64 != nil
    revision = row["revision"]?.int64 ?? 0
    moves = row["moves"]?.int ?? 0
    followsLesson = row["follows"]?.int == 1
    attempts = row["attempts"]?.int
    nextAttemptAtMs = row["next_attempt_ms"]?.int64
    failure = Text(row["failure"]?.string ?? "", en: row["failure_english"]?.string ?? "")
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

  /// `01.09.2026 08:05:30`.
  func moment(_ ms: Int64) -> String {
    let seconds = Int((ms / 1000 + Int64(offset(atMs: ms))) % 86_400)
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(day(ms)) \(two(seconds / 3600)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
  }
}
