import PluginKit
import ZoneRules

/// A lesson was moved, or somebody gives it in the teacher's place: its conference follows. Times that a person has set
/// otherwise stay. A lesson that does not take place has no conference. Source: SPEC X7.
enum TimetableNews {
  private static let action = "videoconferences.followLesson"

  static func take(_ call: Call) throws {
    let lessons = (call.params["payload"]?["lessonIds"]?.array ?? []).compactMap(\.string)
    let now = call.host.nowMs
    try call.write { transaction in
      let zone = try LocalTime.ofOrganization(transaction)
      for id in lessons {
        guard let conference = try Conference.ofLesson(id, transaction), conference.phase == "planned" else { continue }
        if let lesson = try LessonOfTimetable.find(id, transaction), !lesson.isCancelled {
          try lead(conference, lesson, transaction, now)
          try move(conference, lesson, zone, transaction, now)
        } else {
          try callOff(conference, transaction, now)
        }
      }
      try Bell.wind(transaction)
      try Push.schedule(transaction, nowMs: now)
    }
  }

  /// Whoever gives the lesson manages its conference, and takes part.
  private static func lead(
    _ conference: Conference, _ lesson: LessonOfTimetable, _ transaction: Transaction, _ now: Int64
  ) throws {
    guard let leader = lesson.leader, leader != conference.leader else { return }
    try transaction.query(
      "UPDATE videoconferences_conferences SET leader_person = ?, revision = revision + 1 WHERE id = ?",
      [JSONValue(leader), JSONValue(conference.id)])
    try transaction.query(
      """
      INSERT INTO videoconferences_participants (conference_id, person_id, side) VALUES (?, ?, 'employee')
      ON CONFLICT DO NOTHING
      """, [JSONValue(conference.id), JSONValue(leader)])
    try Notices.schedule(.planned, conference.id, transaction, nowMs: now)
  }

  private static func move(
    _ conference: Conference, _ lesson: LessonOfTimetable, _ zone: LocalTime, _ transaction: Transaction, _ now: Int64
  ) throws {
    let old = (conference.date, conference.starts, conference.ends)
    guard conference.followsLesson, (lesson.date, lesson.starts, lesson.ends) != old,
      let from = zone.instant(lesson.date, lesson.starts), let until = zone.instant(lesson.date, lesson.ends),
      until > from
    else { return }
    // A name that was made of the lesson follows too.
    let made = lesson.conferenceName(conference.date, conference.starts)
    let name = conference.name == made ? lesson.conferenceName(lesson.date, lesson.starts) : conference.name
    try transaction.query(
      """
      UPDATE videoconferences_conferences SET date = :date, starts = :starts, ends = :ends, starts_ms = :from,
        ends_ms = :until, name = :name, moves = moves + 1, revision = revision + 1 WHERE id = :id
      """,
      [
        "date": JSONValue(lesson.date), "starts": JSONValue(lesson.starts), "ends": JSONValue(lesson.ends),
        "from": JSONValue(from), "until": JSONValue(until), "name": JSONValue(name), "id": JSONValue(conference.id),
      ])
    try Notices.schedule(.moved, conference.id, transaction, nowMs: now)
    try transaction.audit(
      action, object: "conference:\(conference.id)",
      old: ["date": JSONValue(conference.date), "starts": JSONValue(conference.starts)],
      new: ["date": JSONValue(lesson.date), "starts": JSONValue(lesson.starts)],
      words: AuditWords(
        title: Text("Видеоконференция перенесена вместе с уроком", en: "The conference moved with its lesson")))
  }

  private static func callOff(_ conference: Conference, _ transaction: Transaction, _ now: Int64) throws {
    try Removal.run(conference, by: nil, transaction, nowMs: now)
    try transaction.audit(
      action, object: "conference:\(conference.id)", old: ["name": JSONValue(conference.name)],
      words: AuditWords(
        title: Text(
          "Видеоконференция удалена: урок отменён или убран из расписания",
          en: "The conference is called off: its lesson was cancelled or removed")))
  }
}
