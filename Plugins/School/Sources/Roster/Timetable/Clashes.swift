import PluginKit

/// Lessons that overlap with one in time and want the same teacher, room or pupils. Real timetables have joint
/// lessons and shared gyms, so a person is asked and may go on.
enum Clashes {
  static func find(_ lesson: LessonRecord, _ transaction: Transaction) throws -> [Text] {
    let rows = try transaction.rows(
      """
      SELECT l.group_title, l.starts, l.room, coalesce(l.substitute_id, g.teacher_id) AS teacher,
        coalesce(nullif(l.substitute, ''), g.teacher) AS teacher_name,
        EXISTS (SELECT 1 FROM school_v1_group_members a JOIN school_v1_group_members b ON b.pupil_id = a.pupil_id
          WHERE a.group_id = l.group_id AND b.group_id = :group) AS pupils
      FROM school_lessons l JOIN school_groups g ON g.id = l.group_id
      WHERE l.date = :date AND l.starts < :ends AND l.ends > :starts AND l.id <> :id AND l.cancelled = 0
      ORDER BY l.number, l.id
      """,
      [
        "group": JSONValue(lesson.group), "date": JSONValue(lesson.date), "starts": JSONValue(lesson.starts),
        "ends": JSONValue(lesson.ends), "id": JSONValue(lesson.id),
      ])
    let own = try transaction.first("SELECT teacher_id FROM school_groups WHERE id = ?", [JSONValue(lesson.group)])
    let teacher = lesson.substitute ?? own?["teacher_id"]?.string
    return rows.flatMap { row -> [Text] in
      let (group, starts) = (row["group_title"]?.string ?? "", row["starts"]?.string ?? "")
      var clashes: [Text] = []
      if let teacher, row["teacher"]?.string == teacher {
        let name = row["teacher_name"]?.string ?? ""
        clashes.append(
          Text("\(name) ведёт в это время «\(group)» (\(starts))", en: "\(name) teaches '\(group)' then (\(starts))"))
      }
      if !lesson.room.isEmpty, row["room"]?.string == lesson.room {
        clashes.append(
          Text(
            "Кабинет \(lesson.room) занят: «\(group)» (\(starts))",
            en: "Room \(lesson.room) is taken by '\(group)' (\(starts))"))
      }
      if row["pupils"]?.int == 1 {
        clashes.append(
          Text("У учеников в это время «\(group)» (\(starts))", en: "The pupils have '\(group)' then (\(starts))"))
      }
      return clashes
    }
  }

  /// The question of a form; «Сохранить» in it presses the form's button again, and then saves.
  static func question(_ clashes: [Text]) -> Effect {
    .dialog(
      .warning,
      Text(
        (clashes.prefix(10).map(\.ru) + ["Сохранить урок?"]).joined(separator: "\n"),
        en: (clashes.prefix(10).map(\.en) + ["Save the lesson?"]).joined(separator: "\n")),
      buttons: [
        Button("yes", Text("Сохранить", en: "Save"), .press("save", arguments: ["clashes": "allow"]), style: .primary),
        .cancel,
      ])
  }
}
