import PluginKit

/// Who was at a lesson: what somebody proposes, and what the teacher has confirmed.
enum Attendance {
  /// What is known of one pupil.
  struct Mark: Sendable {
    let pupil: String
    let name: String
    /// Whether the pupil was in the lesson's group on its day.
    let isMember: Bool
    let proposed: Bool?
    let stay: Stay
    /// Why whoever proposes cannot tell.
    let note: Text?
    let present: Bool?
  }

  /// The group's pupils on the lesson's day and whoever else has a mark, by name.
  static func marks(_ lesson: JournalLesson, _ transaction: Transaction) throws -> [Mark] {
    let members = try Membership(lesson.group, from: lesson.date, until: lesson.date, transaction).pupils
    return try transaction.rows(
      """
      SELECT p.id, p.full_name, m.value IS NOT NULL AS is_member, a.proposed, a.came_at, a.left_at,
        a.minutes, a.note, a.present
      FROM (SELECT value AS pupil_id FROM json_each(:members)
        UNION SELECT pupil_id FROM class_journal_attendance WHERE lesson_id = :lesson) k
      JOIN school_v1_pupils p ON p.id = k.pupil_id
      LEFT JOIN json_each(:members) m ON m.value = p.id
      LEFT JOIN class_journal_attendance a ON a.lesson_id = :lesson AND a.pupil_id = p.id
      ORDER BY p.full_name COLLATE russian, p.id
      """,
      [
        "members": JSONValue(JSONValue(members.map { JSONValue($0) }).text()), "lesson": JSONValue(lesson.id),
      ]
    ).map { row in
      Mark(
        pupil: row["id"]?.string ?? "", name: row["full_name"]?.string ?? "", isMember: row["is_member"]?.int == 1,
        proposed: flag(row["proposed"]), stay: Stay(row, "came_at", "left_at"),
        note: Text(written: row["note"]?.string),
        present: flag(row["present"]))
    }
  }

  private static func flag(_ value: JSONValue?) -> Bool? { value?.int.map { $0 == 1 } }

  /// Reads `[{pupil, present}]` of a command; `present` null takes a mark back.
  static func wanted(_ argument: JSONValue?, among marks: [Mark]) throws -> [(pupil: String, present: Bool?)] {
    let known = Set(marks.map(\.pupil))
    return try (argument?.array ?? []).map { entry in
      let pupil = entry["pupil"]?.string ?? ""
      guard known.contains(pupil) else {
        throw PluginError.invalid(
          "attendance", Text("Ученика «\(pupil)» нет в группе", en: "The pupil '\(pupil)' is not in the group"),
          kind: "journal.notMember")
      }
      return (pupil, entry["present"]?.bool)
    }
  }

  /// Writes confirmed marks; true when any is new.
  static func confirm(
    _ wanted: [(pupil: String, present: Bool?)], of lesson: JournalLesson, _ marks: [Mark], _ call: Call,
    _ transaction: Transaction
  ) throws -> Bool {
    let old = Dictionary(marks.map { ($0.pupil, $0.present) }, uniquingKeysWith: { first, _ in first })
    let new = wanted.filter { old[$0.pupil] != .some($0.present) }
    guard !new.isEmpty else { return false }
    let user = try call.user().id
    try transaction.insertMany(
      """
      INSERT INTO class_journal_attendance(lesson_id, pupil_id, present, confirmed_at, confirmed_by)
      VALUES (?1, ?2, ?3, CASE WHEN ?3 IS NULL THEN NULL ELSE ?4 END, CASE WHEN ?3 IS NULL THEN NULL ELSE ?5 END)
      ON CONFLICT DO UPDATE SET present = excluded.present, confirmed_at = excluded.confirmed_at,
        confirmed_by = excluded.confirmed_by
      """,
      JSONValue(
        new.map { mark in
          [
            JSONValue(lesson.id), JSONValue(mark.pupil), JSONValue(mark.present), JSONValue(call.host.nowMs),
            JSONValue(user),
          ] as JSONValue
        }))
    return true
  }

  /// Takes all confirmed marks of a lesson back; what was proposed stays. True when there were any.
  static func withdraw(_ lesson: String, _ transaction: Transaction) throws -> Bool {
    try transaction.query(
      """
      UPDATE class_journal_attendance SET present = NULL, confirmed_at = NULL, confirmed_by = NULL
      WHERE lesson_id = ? AND present IS NOT NULL
      """, [JSONValue(lesson)])
    return transaction.changes > 0
  }
}

extension JSONValue {
  /// Null for nil.
  init(_ flag: Bool?) { self = flag.map { JSONValue($0) } ?? .null }
}
