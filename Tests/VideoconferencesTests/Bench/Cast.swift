import PluginKit
import Testing

/// A group of the school that somebody teaches, with a chat of its own and its next lesson.
struct Cast {
  let group: String
  let chat: String
  /// The teacher's person, record and account; bound to Sferum.
  let teacher: String
  let teacherRecord: String
  let teacherAccount: String
  /// The first lesson of tomorrow or later.
  let lesson: String
  let date: String
  let starts: String
  let ends: String
  /// The person who is the Sferum chat administrator; somebody else.
  let keeper: String
  /// The name that a conference of the lesson is given.
  let lessonName: String

  init(_ desk: ConferenceDesk) async throws {
    let row = try #require(
      try desk.query(
        """
        SELECT l.id, l.date, l.starts, l.ends, l.group_id, l.classes, l.subject, e.id AS teacher, e.person_id AS person,
          a.id AS account, o.chat_administrator_person_id AS keeper
        FROM school_v1_lessons l JOIN school_v1_employees e ON e.id = l.teacher_id
        JOIN school_v1_accounts a ON a.person_id = e.person_id JOIN school_v1_organization o
        WHERE l.date > '\(ConferenceDesk.today)' AND e.person_id <> o.chat_administrator_person_id
          AND a.roles = 'employee'
          AND EXISTS (SELECT 1 FROM school_v1_lessons n WHERE n.group_id = l.group_id AND n.date > l.date)
        ORDER BY l.date, l.starts, l.id LIMIT 1
        """
      ).first)
    func text(_ column: String) -> String { row[column]?.string ?? "" }
    (group, lesson, date) = (text("group_id"), text("id"), text("date"))
    (starts, ends, keeper) = (text("starts"), text("ends"), text("keeper"))
    (teacher, teacherRecord, teacherAccount) = (text("person"), text("teacher"), text("account"))
    let shown = date.split(separator: "-").reversed().joined(separator: ".")
    lessonName = "\(text("classes")) - \(shown) - \(starts) - \(text("subject"))"
    let made = try await desk.run(
      "chats.addChat", ["title": "Чат группы", "kind": "subject", "group": row["group_id"] ?? ""])
    chat = try #require(made["chat"]?.string)
    try desk.bind(teacher)
  }

  var lessonArguments: JSONValue { ["kind": "lesson", "chat": JSONValue(chat), "lesson": JSONValue(lesson)] }

  /// A teacher who is free at that time, and is not in the chat.
  func substitute(_ desk: ConferenceDesk) throws -> (record: String, person: String) {
    let row = try #require(
      try desk.query(
        """
        SELECT e.id, e.person_id FROM school_v1_employees e WHERE e.is_teaching = 1 AND e.dismissed IS NULL
          AND e.person_id NOT IN (SELECT person_id FROM chats_v1_members WHERE chat_id = '\(chat)')
          AND EXISTS (SELECT 1 FROM school_v1_accounts a WHERE a.person_id = e.person_id)
          AND NOT EXISTS (SELECT 1 FROM school_v1_lessons l WHERE l.date = '\(date)' AND l.starts < '\(ends)'
            AND l.ends > '\(starts)' AND l.conducted_by = e.id)
        ORDER BY e.id LIMIT 1
        """
      ).first)
    return (row["id"]?.string ?? "", row["person_id"]?.string ?? "")
  }
}
