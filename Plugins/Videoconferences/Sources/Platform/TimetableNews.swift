import PluginKit
import ZoneRules

/// A lesson was moved, or somebody gives it in the teacher's place: its conference follows. Times that a person has set
/// otherwise stay. Source: SPEC X7.
enum TimetableNews {
  static func take(_ call: Call) throws {
    let lessons = (call.params["payload"]?["lessonIds"]?.array ?? []).compactMap(\.string)
    try call.write { transaction in
      let zone = try LocalTime.ofOrganization(transaction)
      for id in lessons { try follow(transaction, id, zone) }
      try Bell.wind(transaction)
      try Push.schedule(transaction, nowMs: call.host.nowMs)
    }
  }

  private static func follow(_ transaction: Transaction, _ id: String, _ zone: LocalTime) throws {
    guard let conference = try Conference.ofLesson(id, transaction), conference.phase == "planned" else { return }
    let row = try transaction.first("SELECT 1 AS found FROM school_v1_lessons WHERE id = ?", [JSONValue(id)])
    guard row != nil else { return }
    let lesson = try LessonOfTimetable.require(id, transaction)
    if let leader = lesson.leader {
      try transaction.query(
        """
        UPDATE videoconferences_conferences SET leader_person = :leader, revision = revision + 1
        WHERE id = :id AND leader_person IS NOT :leader
        """, ["leader": JSONValue(leader), "id": JSONValue(conference.id)])
      try transaction.query(
        """
        INSERT INTO videoconferences_participants (conference_id, person_id, side) VALUES (?, ?, 'employee')
        ON CONFLICT DO NOTHING
        """, [JSONValue(conference.id), JSONValue(leader)])
    }
    guard let from = zone.instant(lesson.date, lesson.starts), let until = zone.instant(lesson.date, lesson.ends) else {
      return
    }
    try transaction.query(
      """
      UPDATE videoconferences_conferences SET date = :date, starts = :starts, ends = :ends, starts_ms = :from,
        ends_ms = :until, revision = revision + 1
      WHERE id = :id AND (date <> :date OR starts <> :starts OR ends <> :ends)
      """,
      [
        "date": JSONValue(lesson.date), "starts": JSONValue(lesson.starts), "ends": JSONValue(lesson.ends),
        "from": JSONValue(from), "until": JSONValue(until), "id": JSONValue(conference.id),
      ])
  }
}
