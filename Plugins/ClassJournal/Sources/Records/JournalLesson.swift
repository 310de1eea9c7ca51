import PluginKit

/// A lesson of the timetable with what the journal says of it.
struct JournalLesson: Sendable {
  let id: String
  let date: String
  let number: Int
  let starts: String
  let ends: String
  let group: String
  let groupTitle: String
  /// The employee who gives this one lesson in the teacher's place.
  let substitute: String?
  let isCancelled: Bool

  let isHeld: Bool
  let heldAt: Int64?
  let heldBy: String?
  /// The topic of the group's plan; nil while the lesson is bound to none.
  let topic: String?
  /// Of that topic; of a lesson that was held also when its topic has left the plan.
  let topicTitle: String?
  let kind: String?

  private static let query = """
    SELECT l.id, l.date, l.number, l.starts, l.ends, l.group_id, l.group_title, l.substitute_id, l.cancelled,
      j.held, j.held_at, j.held_by, p.id AS topic_id,
      coalesce(p.title, CASE j.held WHEN 1 THEN j.topic_title END) AS topic, j.kind
    FROM school_v1_lessons l
    LEFT JOIN class_journal_lessons j ON j.lesson_id = l.id
    LEFT JOIN school_v1_plans p ON p.id = j.topic_id AND p.group_id = l.group_id
    """

  private init(_ row: JSONValue) {
    func text(_ column: String) -> String { row[column]?.string ?? "" }
    (id, date, starts, ends) = (text("id"), text("date"), text("starts"), text("ends"))
    (group, groupTitle) = (text("group_id"), text("group_title"))
    number = row["number"]?.int ?? 0
    substitute = row["substitute_id"]?.string
    isCancelled = row["cancelled"]?.int == 1
    isHeld = row["held"]?.int == 1
    heldAt = row["held_at"]?.int64
    heldBy = row["held_by"]?.string
    topic = row["topic_id"]?.string
    topicTitle = row["topic"]?.string
    kind = row["kind"]?.string
  }

  static func require(_ id: String, _ transaction: Transaction) throws -> JournalLesson {
    guard let row = try transaction.first("\(query) WHERE l.id = ?", [JSONValue(id)]) else {
      throw PluginError.notFound("lesson", id)
    }
    return JournalLesson(row)
  }

  /// Lessons of a group from day to day, both included, in order.
  static func list(
    _ group: String, from: String, until: String, _ transaction: Transaction
  ) throws -> [JournalLesson] {
    try transaction.rows(
      "\(query) WHERE l.group_id = ? AND l.date BETWEEN ? AND ? ORDER BY l.date, l.number",
      [JSONValue(group), JSONValue(from), JSONValue(until)]
    ).map { JournalLesson($0) }
  }

  /// Lessons that are marked as held and are cancelled, or stand on that day or later. `among`: ids; nil for all.
  static func heldFrom(
    _ date: String, among ids: [JSONValue]?, _ transaction: Transaction
  ) throws -> [JournalLesson] {
    let chosen = ids == nil ? "" : "AND j.lesson_id IN (SELECT value FROM json_each(:ids))"
    return try transaction.rows(
      "\(query) WHERE j.held = 1 AND (l.cancelled = 1 OR l.date >= :date) \(chosen) ORDER BY l.date, l.number",
      ids.map { ["date": JSONValue(date), "ids": JSONValue(JSONValue($0).text())] } ?? ["date": JSONValue(date)]
    ).map { JournalLesson($0) }
  }

  /// `01.09.2026, 08:30–09:15, № 1`.
  var place: Text {
    let day = SchoolClock.display(date)
    return Text("\(day), \(starts)–\(ends), № \(number)", en: "\(day), \(starts)–\(ends), no. \(number)")
  }
}
