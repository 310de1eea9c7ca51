import PluginKit

extension RosterApply {
  func applyClasses() throws {
    try settleLabels()
    let relabelled = "n IN (SELECT class_n FROM school_staged_classes WHERE changed = 1 AND active = 1)"
    // Two labels may change places: for a moment neither class has one.
    try run("UPDATE school_classes SET letter = '~' || n WHERE \(relabelled)")
    counts[.classes].changed += try run(
      """
      UPDATE school_classes AS c SET grade = s.grade, letter = s.letter, archived = 0 FROM school_staged_classes s
      WHERE s.class_n = c.n AND s.changed = 1 AND s.active = 1
      """)
    try addClasses()
    tied += try run(
      """
      UPDATE school_classes AS c SET source = :source, sourced_id = s.sourced_id FROM school_staged_classes s
      WHERE s.class_n = c.n AND s.active = 1 AND c.source IS NULL
      """)
    counts[.classes].changed += try setTeachers(.classes, "class_n", "homeroom_teacher_id", isHomeroom: 1)
  }

  /// A label that another class keeps is an error of the row, and the row's class stays as it was.
  private func settleLabels() throws {
    while true {
      let taken = try rows(
        """
        SELECT s.n, s.line, s.class_n, s.grade || s.letter AS label FROM school_staged_classes s
        JOIN school_classes c ON c.grade = s.grade AND c.letter = s.letter AND c.archived = 0
        WHERE s.homeroom = 1 AND s.active = 1 AND (s.class_n IS NULL OR s.changed = 1) AND c.n IS NOT s.class_n
          AND NOT EXISTS (SELECT 1 FROM school_staged_classes o
            WHERE o.class_n = c.n AND o.changed = 1 AND o.active = 1)
        """)
      if taken.isEmpty { return }
      for row in taken {
        let label = row["label"]?.string ?? ""
        report.add(
          RosterFile.classes.name, row["line"]?.int ?? 0, "title", label,
          Text("Класс \(label) в школе уже есть, и это другой класс", en: "The school has another class \(label)"))
        try transaction.query(
          "UPDATE school_staged_classes SET changed = 0, active = CASE WHEN class_n IS NULL THEN 0 ELSE active END WHERE n = ?",
          [row["n"] ?? .null])
      }
    }
  }

  private func addClasses() throws {
    let new = try rows(
      """
      SELECT n, sourced_id AS id, grade, letter FROM school_staged_classes
      WHERE homeroom = 1 AND active = 1 AND class_n IS NULL ORDER BY n
      """)
    guard !new.isEmpty else { return }
    let year = SchoolYear(on: facts.today).startYear
    try operation.inserting(.classes) {
      for row in new {
        let (grade, letter) = (row["grade"]?.int ?? 1, row["letter"]?.string ?? "")
        let made = try rows(
          """
          INSERT INTO school_classes(grade, letter, cohort, source, sourced_id)
          VALUES (:grade, :letter, :cohort, :source, :id) RETURNING n
          """,
          [
            ("grade", JSONValue(grade)), ("letter", JSONValue(letter)), ("id", row["id"] ?? .null),
            ("cohort", JSONValue(try freeCohort("\(year - grade + 1)\(letter)"))),
          ])
        try transaction.query(
          "UPDATE school_staged_classes SET class_n = ?, is_new = 1 WHERE n = ?",
          [made.first?["n"] ?? .null, row["n"] ?? .null])
      }
    }
    counts[.classes].added += new.count
  }

  private func freeCohort(_ wanted: String) throws -> String {
    var (name, turn) = (wanted, 1)
    while try number("SELECT count(*) AS n FROM school_classes WHERE cohort = :name", [("name", JSONValue(name))]) > 0 {
      turn += 1
      name = "\(wanted)-\(turn)"
    }
    return name
  }

  /// Homeroom and group teachers alike. How many classes that were there have another teacher now.
  func setTeachers(
    _ table: RosterTable, _ record: String, _ column: String, isHomeroom: Int
  ) throws -> Int {
    guard let mode = facts.modes[.enrollments] else { return 0 }
    let isOther = """
      s.\(record) = t.n AND s.homeroom = \(isHomeroom) AND s.active = 1 AND u.n = s.teacher
        AND u.employee_n IS NOT NULL AND t.\(column) IS NOT 'e' || u.employee_n
      """
    var changed = try number(
      """
      SELECT count(*) AS n FROM school_staged_classes s, school_staged_users u, \(table.name) t
      WHERE \(isOther) AND s.is_new = 0 AND s.changed = 0
      """)
    try run(
      """
      UPDATE \(table.name) AS t SET \(column) = 'e' || u.employee_n FROM school_staged_classes s, school_staged_users u
      WHERE \(isOther)
      """)
    let isGone =
      mode == .bulk
      ? "s.teacher IS NULL AND s.is_new = 0"
      : """
      EXISTS (SELECT 1 FROM school_staged_users u WHERE u.n = s.teacher_gone
        AND 'e' || u.employee_n = \(table.name).\(column))
      """
    guard mode == .delta || facts.hasTeachers else { return changed }
    changed += try run(
      """
      UPDATE \(table.name) SET \(column) = NULL WHERE \(column) IS NOT NULL AND n IN (
        SELECT s.\(record) FROM school_staged_classes s
        WHERE s.homeroom = \(isHomeroom) AND s.active = 1 AND s.\(record) = \(table.name).n AND \(isGone))
      """)
    return changed
  }

  /// Moves pupils between classes and into their first one.
  func applyPlaces() throws {
    let moving = """
      FROM school_staged_places l JOIN school_staged_users u ON u.n = l.user
      JOIN school_staged_classes c ON c.n = l.class
      WHERE l.moves = 1 AND l.active = 1 AND u.pupil_n IS NOT NULL AND c.class_n IS NOT NULL
      """
    counts[.pupils].changed += try number(
      "SELECT count(*) AS n \(moving) AND u.pupil_n NOT BETWEEN :first AND :last",
      [("first", JSONValue(newPupils.lowerBound)), ("last", JSONValue(newPupils.upperBound - 1))])
    try run(
      """
      UPDATE school_enrolments SET until = max(since, :today), end_reason = 'transferred'
      WHERE until IS NULL AND pupil_id IN (SELECT 'u' || u.pupil_n \(moving))
      """)
    // An id may come back with another class; it belongs to the newer enrolment.
    try run(
      """
      UPDATE school_enrolments SET source = NULL, sourced_id = NULL
      WHERE source = :source AND sourced_id IN (SELECT l.sourced_id \(moving))
      """)
    _ = try add(
      .enrolments,
      """
      INSERT INTO school_enrolments(pupil_id, class_id, since, reason, source, sourced_id)
      SELECT 'u' || u.pupil_n, 'c' || c.class_n, coalesce(l.since, :today),
        CASE WHEN (SELECT state FROM school_pupils WHERE n = u.pupil_n) <> 'studying' THEN 'restored'
          WHEN EXISTS (SELECT 1 FROM school_enrolments o WHERE o.pupil_id = 'u' || u.pupil_n) THEN 'transferred'
          ELSE 'enrolled' END, :source, l.sourced_id \(moving) ORDER BY l.user
      """)
  }
}
