import PluginKit
import ZoneRules

/// A lesson was moved, or somebody gives it in the teacher's place: its conference follows. Times that a person has set
/// otherwise stay. A lesson that does not take place has no conference. Source: SPEC X7.
enum TimetableNews {
  private static let action = "videoconferences.followLesson"

  static func register(in plugin: inout PluginDefinition) {
    on("school.v1.timetableChanged", &plugin) { payload in
      ("lesson_id IN (SELECT value FROM json_each(?))", [JSONValue((payload["lessonIds"] ?? .emptyArray).text())])
    }
    // Another teacher gives its lessons from now on.
    on("school.v1.groupChanged", &plugin) { payload in
      ("lesson_id IN (SELECT id FROM school_v1_lessons WHERE group_id = ?)", [payload["groupId"] ?? .null])
    }
    // An import or what undoes one: any lesson may be another one.
    on("school.v1.rosterChanged", &plugin) { _ in ("lesson_id IS NOT NULL", .emptyArray) }
  }

  /// `concerned`: a condition over conferences, with its bindings.
  private static func on(
    _ event: String, _ plugin: inout PluginDefinition,
    _ concerned: @escaping @Sendable (_ payload: JSONValue) -> (String, JSONValue)
  ) {
    plugin.event(event) { call throws in
      let (condition, bindings) = concerned(call.params["payload"] ?? .emptyObject)
      let now = call.host.nowMs
      try call.write { transaction in
        let zone = try LocalTime.ofOrganization(transaction)
        let rows = try transaction.rows(
          "SELECT * FROM videoconferences_conferences WHERE phase = 'planned' AND \(condition)", bindings)
        for conference in rows.compactMap(Conference.init) { try follow(conference, zone, transaction, now) }
        try Bell.wind(transaction)
        try Push.schedule(transaction, nowMs: now)
      }
    }
  }

  private static func follow(
    _ conference: Conference, _ zone: LocalTime, _ transaction: Transaction, _ now: Int64
  ) throws {
    guard let id = conference.lessonID else { return }
    if let lesson = try LessonOfTimetable.find(id, transaction), !lesson.isCancelled {
      try lead(conference, lesson, transaction, now)
      try move(conference, lesson, zone, transaction, now)
    } else {
      try callOff(conference, transaction, now)
    }
  }

  /// Whoever gives the lesson manages its conference, and takes part. Who gave it goes, unless there is another reason
  /// to be in: its own teacher, the author, the Sferum chat administrator.
  private static func lead(
    _ conference: Conference, _ lesson: LessonOfTimetable, _ transaction: Transaction, _ now: Int64
  ) throws {
    guard let leader = lesson.leader, leader != conference.leader else { return }
    try transaction.query(
      """
      DELETE FROM videoconferences_participants
      WHERE conference_id = :id AND side = 'employee' AND person_id = :former
        AND person_id NOT IN (
          SELECT e.person_id FROM school_v1_lessons l JOIN school_v1_employees e ON e.id = l.teacher_id
          WHERE l.id = :lesson
          UNION SELECT author_person FROM videoconferences_conferences WHERE id = :id AND author_person IS NOT NULL
          UNION SELECT chat_administrator_person_id FROM school_v1_organization
          WHERE chat_administrator_person_id IS NOT NULL)
      """,
      [
        "id": JSONValue(conference.id), "former": JSONValue(conference.leader), "lesson": JSONValue(lesson.id),
      ])
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
