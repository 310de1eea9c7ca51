import PluginKit

/// What an employee does in the school: classes that they lead, groups that they teach, lessons that they stand in
/// for, the chats of Sferum that they administer.
struct Duties {
  let classes: [JSONValue]
  let groups: [JSONValue]
  let isChatAdministrator: Bool

  static func of(_ employee: String, _ transaction: Transaction) throws -> Duties {
    let id: JSONValue = [JSONValue(employee)]
    let settings = try transaction.first(
      "SELECT 1 AS found FROM school_organization WHERE chat_administrator_id = ?", id)
    return Duties(
      classes: try transaction.rows(
        "SELECT id, title FROM school_classes WHERE homeroom_teacher_id = ? AND archived = 0 ORDER BY grade, letter",
        id),
      groups: try transaction.rows(
        "SELECT id, title FROM school_groups WHERE teacher_id = ? AND archived = 0 ORDER BY title COLLATE russian",
        id), isChatAdministrator: settings != nil)
  }

  var isEmpty: Bool { classes.isEmpty && groups.isEmpty && !isChatAdministrator }

  /// «классы: 5А; группы: Математика (5А), Алгебра (7Б)»; empty for none.
  var words: Text {
    func list(_ word: String, _ rows: [JSONValue]) -> String? {
      let titles = rows.compactMap { $0["title"]?.string }
      return titles.isEmpty ? nil : "\(word): \(titles.joined(separator: ", "))"
    }
    func all(_ words: (classes: String, groups: String, chats: String)) -> String {
      [list(words.classes, classes), list(words.groups, groups), isChatAdministrator ? words.chats : nil]
        .compactMap { $0 }.joined(separator: "; ")
    }
    return Text(all(("классы", "группы", "чаты Сферум")), en: all(("classes", "groups", "the chats of Sferum")))
  }

  /// Hands everything over to another employee, or leaves classes and groups without a teacher.
  func handOver(from employee: String, to successor: String?, _ change: RosterChange) throws {
    let (old, new) = (JSONValue(employee), JSONValue(successor))
    for row in classes {
      let id = row["id"] ?? .null
      try change.transaction.query("UPDATE school_classes SET homeroom_teacher_id = ? WHERE id = ?", [new, id])
      try change.emit(SchoolEvent.classChanged, ["classId": id])
    }
    for row in groups {
      let id = row["id"] ?? .null
      try change.transaction.query("UPDATE school_groups SET teacher_id = ? WHERE id = ?", [new, id])
      try change.emit(SchoolEvent.groupChanged, ["groupId": id])
    }
    // A successor who teaches at that hour, or whose own group it is now, cannot stand in.
    let lessons = try change.transaction.rows(
      """
      UPDATE school_lessons SET substitute_id = CASE WHEN EXISTS (
          SELECT 1 FROM school_lessons x JOIN school_groups g ON g.id = x.group_id
          WHERE x.date = school_lessons.date AND x.number = school_lessons.number
            AND coalesce(x.substitute_id, g.teacher_id) = :new AND x.n <> school_lessons.n)
        OR EXISTS (SELECT 1 FROM school_groups g WHERE g.id = school_lessons.group_id AND g.teacher_id = :new)
        THEN NULL ELSE :new END
      WHERE (date > :today OR (date = :today AND ends > :time)) AND (substitute_id = :old OR (substitute_id = :new AND EXISTS (
        SELECT 1 FROM school_groups g WHERE g.id = school_lessons.group_id AND g.teacher_id = :new)))
      RETURNING id
      """, ["old": old, "new": new, "today": JSONValue(change.today.text), "time": JSONValue(try change.time())])
    if !lessons.isEmpty {
      try change.emit(SchoolEvent.timetableChanged, ["lessonIds": JSONValue(lessons.compactMap { $0["id"] })])
    }
    if isChatAdministrator {
      try change.transaction.query("UPDATE school_organization SET chat_administrator_id = ?", [new])
      try change.emit(SchoolEvent.settingsChanged, ["changed": ["chatAdministrator"]])
    }
    let touched = (classes + groups + lessons).compactMap { $0["id"]?.string }
    try TouchedRecords.note(touched, change.transaction)
  }
}
