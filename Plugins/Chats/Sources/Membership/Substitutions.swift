import PluginKit
import ZoneRules

/// Who gives a lesson in the teacher's place: in the group's chat at once, with the administrator's mark; from the
/// morning of the lesson's day until its end the teacher's own mark rests. Source: SPEC X7.
enum Substitutions {
  /// Moves a substitution on: its day begins, or the lesson is over. Key: the lesson.
  static let job = "chats.substitution"

  /// Reads lessons anew. Returns the groups whose chats are to follow.
  static func take(_ transaction: Transaction, lessons: [String], nowMs: Int64) throws -> Set<String> {
    let zone = try LocalTime.ofOrganization(transaction)
    var groups: Set<String> = []
    for id in lessons {
      let old = try transaction.first(
        "SELECT group_id FROM chats_substitutions WHERE lesson_id = ?", [JSONValue(id)])
      if let group = old?["group_id"]?.string { groups.insert(group) }
      let lesson = try transaction.first("\(lessonColumns) WHERE l.id = ?", [JSONValue(id)])
      if let group = try take(transaction, lesson, id, zone, nowMs) { groups.insert(group) }
    }
    return groups
  }

  /// Reads all lessons that are to come.
  static func takeAll(_ transaction: Transaction, nowMs: Int64) throws {
    let zone = try LocalTime.ofOrganization(transaction)
    let today = try transaction.first(
      "SELECT date(:seconds, 'unixepoch') AS day", ["seconds": JSONValue(nowMs / 1000 + zone.offset(atMs: nowMs))])
    let lessons = try transaction.rows(
      "\(lessonColumns) WHERE l.substitute_id IS NOT NULL AND l.date >= ?", [today?["day"] ?? ""])
    let known = Set(lessons.compactMap { $0["id"]?.string })
    for row in try transaction.rows("SELECT lesson_id FROM chats_substitutions") {
      guard let id = row["lesson_id"]?.string, !known.contains(id) else { continue }
      try end(transaction, id)
    }
    for lesson in lessons {
      _ = try take(transaction, lesson, lesson["id"]?.string ?? "", zone, nowMs)
    }
  }

  /// The job: whatever is due at this moment.
  static func turn(_ call: Call) throws {
    guard let lesson = call.params["key"]?.string else { return }
    try call.write { transaction in
      let groups = try take(transaction, lessons: [lesson], nowMs: call.host.nowMs)
      // A job that still has something before it was scheduled again just now; the host keeps that one.
      transaction.finishJob()
      var affected = AffectedChats(transaction)
      for group in groups { try affected.group(group) }
      try Membership(transaction, call).follow(affected.list)
    }
  }

  private static let lessonColumns = """
    SELECT l.id, l.group_id, l.date, l.ends, l.cancelled, e.person_id
    FROM school_v1_lessons l LEFT JOIN school_v1_employees e ON e.id = l.substitute_id
    """

  private static func take(
    _ transaction: Transaction, _ lesson: JSONValue?, _ id: String, _ zone: LocalTime, _ nowMs: Int64
  ) throws -> String? {
    guard let lesson, let group = lesson["group_id"]?.string, let person = lesson["person_id"]?.string,
      lesson["cancelled"]?.int != 1, let date = lesson["date"]?.string, let ends = lesson["ends"]?.string,
      let from = zone.instant(date, "00:00"), let until = zone.instant(date, ends), until > nowMs
    else {
      try end(transaction, id)
      return nil
    }
    let onDuty = from <= nowMs
    try transaction.query(
      """
      INSERT INTO chats_substitutions (lesson_id, group_id, person_id, from_ms, until_ms, on_duty)
      VALUES (:lesson, :group, :person, :from, :until, :duty)
      ON CONFLICT (lesson_id) DO UPDATE SET group_id = excluded.group_id, person_id = excluded.person_id,
        from_ms = excluded.from_ms, until_ms = excluded.until_ms, on_duty = excluded.on_duty
      """,
      [
        "lesson": JSONValue(id), "group": JSONValue(group), "person": JSONValue(person), "from": JSONValue(from),
        "until": JSONValue(until), "duty": JSONValue(onDuty ? 1 : 0),
      ])
    try transaction.schedule(job, key: id, dueAtMs: onDuty ? until : from)
    return group
  }

  private static func end(_ transaction: Transaction, _ lesson: String) throws {
    try transaction.query("DELETE FROM chats_substitutions WHERE lesson_id = ?", [JSONValue(lesson)])
    try transaction.unschedule(job, key: lesson)
  }
}
