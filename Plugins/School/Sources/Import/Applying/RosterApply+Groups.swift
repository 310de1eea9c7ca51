import PluginKit

extension RosterApply {
  func applyGroups() throws {
    try applySubjects()
    let new = try number(
      """
      SELECT count(*) AS n FROM school_staged_classes
      WHERE homeroom = 0 AND active = 1 AND group_n IS NULL AND subject_n IS NOT NULL
      """)
    if new > 0 {
      // An id that a group of an earlier year came with belongs to this year's group now.
      try run(
        """
        UPDATE school_groups SET source = NULL, sourced_id = NULL
        WHERE source = :source AND sourced_id IN (\(Self.idsOfNewGroups))
        """)
      let year = try currentYear()
      counts[.groups].added += try add(
        .groups,
        """
        INSERT INTO school_groups(year_id, subject_id, part, whole_class, subject, source, sourced_id)
        SELECT :year, 's' || subject_n, coalesce(part, ''), 0, subject, :source, sourced_id FROM school_staged_classes
        WHERE homeroom = 0 AND active = 1 AND group_n IS NULL AND subject_n IS NOT NULL ORDER BY n
        """, [("year", JSONValue(year))]
      ).count
      try run(
        """
        UPDATE school_staged_classes AS s SET group_n = g.n, is_new = 1 FROM school_groups g
        WHERE g.source = :source AND g.sourced_id = s.sourced_id AND s.homeroom = 0 AND s.group_n IS NULL
        """)
    }
    counts[.groups].changed += try run(
      """
      UPDATE school_groups AS g SET subject_id = 's' || s.subject_n, subject = s.subject, archived = 0
      FROM school_staged_classes s WHERE s.group_n = g.n AND s.active = 1 AND s.is_new = 0 AND s.subject_n IS NOT NULL
        AND (g.subject_id <> 's' || s.subject_n OR g.archived = 1)
      """)
    tied += try run(
      """
      UPDATE school_groups AS g SET source = :source, sourced_id = s.sourced_id FROM school_staged_classes s
      WHERE s.group_n = g.n AND s.active = 1 AND g.source IS NULL
      """)
    counts[.groups].changed += try setTeachers(.groups, "group_n", "teacher_id", isHomeroom: 0)
  }

  static let idsOfNewGroups = """
    SELECT sourced_id FROM school_staged_classes WHERE homeroom = 0 AND active = 1 AND group_n IS NULL
    """

  private func applySubjects() throws {
    _ = try add(
      .subjects,
      """
      INSERT INTO school_subjects(title) SELECT subject FROM school_staged_classes
      WHERE homeroom = 0 AND active = 1 AND subject IS NOT NULL AND subject_n IS NULL GROUP BY subject ORDER BY min(n)
      """)
    try run(
      """
      UPDATE school_staged_classes AS s SET subject_n = t.n FROM school_subjects t
      WHERE t.title = s.subject AND s.subject_n IS NULL
      """)
    tied += try operation.inserting(.sourceKeys) {
      try run(
        """
        INSERT INTO school_source_keys(source, kind, sourced_id, record)
        SELECT :source, 'course', course, min(subject_n) FROM school_staged_classes s
        WHERE course IS NOT NULL AND subject_n IS NOT NULL AND NOT EXISTS (SELECT 1 FROM school_source_keys k
          WHERE k.source = :source AND k.kind = 'course' AND k.sourced_id = s.course)
        GROUP BY course ORDER BY min(n)
        """)
    }
    let isOther = """
      source = :source AND kind = 'course' AND EXISTS (SELECT 1 FROM school_staged_classes s
        WHERE s.course = school_source_keys.sourced_id AND s.subject_n <> school_source_keys.record)
      """
    try keep(.sourceKeys, where: isOther)
    tied += try run(
      """
      UPDATE school_source_keys SET record = (SELECT min(s.subject_n) FROM school_staged_classes s
        WHERE s.course = school_source_keys.sourced_id) WHERE \(isOther)
      """)
  }

  /// The year that runs, made from the package or from the calendar where there is none yet.
  private func currentYear() throws -> String {
    if let id = try rows("SELECT id FROM school_academic_years WHERE is_current = 1").first?["id"]?.string { return id }
    let calendar = SchoolYear(on: facts.today)
    let year =
      facts.years.first { $0.starts <= facts.today && facts.today <= $0.ends } ?? facts.years.first
      ?? StagedYear(title: calendar.title, starts: calendar.starts, ends: calendar.ends)
    let title = String(year.title.prefix(100))
    let bound: [(String, JSONValue)] = [
      ("title", JSONValue(title)), ("starts", JSONValue(year.starts.text)), ("ends", JSONValue(year.ends.text)),
    ]
    try keep(.years, where: "1")
    try run("UPDATE school_academic_years SET is_current = 1 WHERE title = :title", bound)
    if try number("SELECT count(*) AS n FROM school_academic_years WHERE is_current = 1") == 0 {
      _ = try add(
        .years,
        "INSERT INTO school_academic_years(title, starts, ends, is_current) SELECT :title, :starts, :ends, 1", bound)
    }
    return try rows("SELECT id FROM school_academic_years WHERE is_current = 1").first?["id"]?.string ?? ""
  }
}
