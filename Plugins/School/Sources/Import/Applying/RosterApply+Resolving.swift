import PluginKit

/// Which staged row is which of our records. Nothing of the school changes here.
extension RosterApply {
  func resolveUsers() throws {
    try run(
      """
      UPDATE school_staged_users SET person_n = k.record FROM school_source_keys k
      WHERE k.source = :source AND k.kind = 'user' AND k.sourced_id = school_staged_users.sourced_id
      """)
    try mergeAdults()
    try matchAdults()
    try matchPupils()
    try findKinds()
    // An empty field is no word: what is known here stays.
    try run(
      """
      UPDATE school_staged_users AS s SET changed = 1 FROM school_people p
      WHERE p.n = s.person_n AND s.active = 1 AND \(isMain) AND (
        p.family_name <> s.family OR p.given_name <> s.given OR (s.middle <> '' AND p.middle_name <> s.middle)
        OR (s.phone IS NOT NULL AND p.phone IS NOT s.phone) OR (s.email IS NOT NULL AND p.email IS NOT s.email)
        OR (s.birth IS NOT NULL AND p.birth_date IS NOT s.birth) OR (s.sex IS NOT NULL AND p.sex IS NOT s.sex))
      """)
  }

  /// SQL over `school_staged_users s`: the row that speaks for its person, where several are one.
  var isMain: String {
    """
    s.family IS NOT NULL AND s.n = (SELECT min(o.n) FROM school_staged_users o
      WHERE o.person_n = s.person_n AND o.active = 1 AND o.family IS NOT NULL)
    """
  }

  /// One adult, listed once for each child or once as a teacher and once as a parent, is one person: the same name
  /// with the same phone (and no other birth date), or with the same birth date.
  private func mergeAdults() throws {
    try run(
      """
      UPDATE school_staged_users AS s SET master = (SELECT min(o.n) FROM school_staged_users o
        WHERE o.name_key = s.name_key AND o.role <> 'pupil' AND o.active = 1 AND (o.n = s.n
          OR (o.phone = s.phone AND coalesce(o.birth = s.birth, 1)) OR o.birth = s.birth))
      WHERE role <> 'pupil' AND active = 1
      """)
    // Of three that are alike two by two the first one leads.
    for _ in 0..<2 {
      try run(
        """
        UPDATE school_staged_users AS s SET master = m.master FROM school_staged_users m
        WHERE m.n = s.master AND m.master < m.n
        """)
    }
    try spread()
  }

  private func spread() throws {
    try run(
      """
      UPDATE school_staged_users AS s SET person_n = (SELECT o.person_n FROM school_staged_users o
        WHERE o.master = s.master AND o.person_n IS NOT NULL LIMIT 1)
      WHERE person_n IS NULL AND master IS NOT NULL
      """)
  }

  private func matchAdults() throws {
    try run(
      """
      UPDATE school_staged_users AS s SET person_n = (SELECT p.n FROM school_people p
        WHERE p.phone = s.phone AND shell_fold(p.full_name) = s.name_key AND coalesce(p.birth_date = s.birth, 1)
        ORDER BY p.n LIMIT 1)
      WHERE person_n IS NULL AND active = 1 AND role <> 'pupil' AND phone IS NOT NULL
      """)
    // CROSS JOIN: from the people, of whom there is no index by birth date, to the rows, which have one by name.
    try run(
      """
      UPDATE school_staged_users SET person_n = m.person FROM (
        SELECT s.n, min(p.n) AS person FROM school_people p CROSS JOIN school_staged_users s
          ON s.name_key = shell_fold(p.full_name) AND s.birth = p.birth_date
        WHERE p.birth_date IS NOT NULL AND s.person_n IS NULL AND s.active = 1 AND s.role <> 'pupil' GROUP BY s.n) m
      WHERE m.n = school_staged_users.n
      """)
    try spread()
  }

  /// Two pupils of a source are two children, whatever their names; only somebody whom the source does not have yet
  /// can be met.
  private func matchPupils() throws {
    try run(
      """
      UPDATE school_staged_users SET person_n = m.person FROM (
        SELECT s.n, min(p.n) AS person FROM school_people p CROSS JOIN school_staged_users s
          ON s.name_key = shell_fold(p.full_name)
            AND (s.birth = p.birth_date OR (coalesce(s.birth = p.birth_date, 1) AND s.phone = p.phone))
        WHERE s.person_n IS NULL AND s.active = 1 AND s.role = 'pupil' AND NOT EXISTS (
          SELECT 1 FROM school_source_keys k WHERE k.kind = 'user' AND k.record = p.n AND k.source = :source
            AND k.role = 'pupil')
        GROUP BY s.n) m
      WHERE m.n = school_staged_users.n
      """)
    try run(
      """
      UPDATE school_staged_users AS s SET person_n = NULL WHERE role = 'pupil' AND person_n IS NOT NULL AND EXISTS (
        SELECT 1 FROM school_staged_users o WHERE o.person_n = s.person_n AND o.role = 'pupil' AND o.n < s.n)
      """)
  }

  /// What the people of staged rows are in the school, as it stands.
  func findKinds() throws {
    for (column, table) in [
      ("employee_n", "school_employees"), ("pupil_n", "school_pupils"), ("parent_n", "school_parents"),
    ] {
      try run(
        """
        UPDATE school_staged_users AS s SET \(column) = k.n FROM \(table) k
        WHERE k.person_id = 'p' || s.person_n AND s.\(column) IS NULL AND s.person_n IS NOT NULL
        """)
    }
  }

  func resolveLinks() throws {
    try run(
      """
      UPDATE school_staged_links AS l SET link_n = k.n
      FROM school_staged_users u, school_staged_users r, school_parent_links k
      WHERE u.n = l.pupil AND r.n = l.parent AND k.parent_id = 'r' || r.parent_n AND k.pupil_id = 'u' || u.pupil_n
      """)
  }

  /// SQL over school_groups: a group of an earlier year is over, whatever a package calls by its id.
  static let isOfThisYear = "year_id = (SELECT id FROM school_academic_years WHERE is_current = 1)"

  func resolveClasses() throws {
    for (column, table, isHomeroom) in [("class_n", "school_classes", 1), ("group_n", "school_groups", 0)] {
      try run(
        """
        UPDATE school_staged_classes AS s SET \(column) = t.n FROM \(table) t
        WHERE t.source = :source AND t.sourced_id = s.sourced_id AND s.homeroom = \(isHomeroom) AND s.\(column) IS NULL
          AND \(isHomeroom == 1 ? "1" : Self.isOfThisYear)
        """)
    }
    // A class that was made by hand is met by its label, a group of ours by its id.
    try run(
      """
      UPDATE school_staged_classes AS s SET class_n = c.n FROM school_classes c
      WHERE c.grade = s.grade AND c.letter = s.letter AND c.archived = 0 AND c.source IS NULL AND s.homeroom = 1
        AND s.active = 1 AND s.class_n IS NULL
      """)
    try run(
      """
      UPDATE school_staged_classes AS s SET group_n = g.n FROM school_groups g
      WHERE g.id = s.sourced_id AND g.subject = s.subject AND g.archived = 0 AND g.source IS NULL
        AND \(Self.isOfThisYear)
        AND :source = '\(RosterExport.source)' AND s.homeroom = 0 AND s.active = 1 AND s.group_n IS NULL
      """)
    try run(
      "UPDATE school_staged_classes AS s SET subject_n = t.n FROM school_subjects t WHERE t.title = s.subject")
    try run(
      """
      UPDATE school_staged_classes AS s SET changed = 1 FROM school_classes c
      WHERE c.n = s.class_n AND s.active = 1 AND s.grade IS NOT NULL
        AND (c.grade <> s.grade OR c.letter <> s.letter OR c.archived = 1)
      """)
  }

  func resolvePlaces() throws {
    try run(
      """
      UPDATE school_staged_places AS l SET moves = 1 WHERE active = 1 AND NOT EXISTS (
        SELECT 1 FROM school_staged_users u JOIN school_pupils p ON p.n = u.pupil_n
        JOIN school_staged_classes c ON c.n = l.class
        WHERE u.n = l.user AND c.class_n IS NOT NULL AND p.class_id = 'c' || c.class_n)
      """)
  }

  func resolveTimetable() throws {
    for table in StagedDates.all {
      try run(
        """
        UPDATE \(table.staged) AS s SET \(table.record) = t.n FROM \(table.roster.name) t
        WHERE t.source = :source AND t.sourced_id = s.sourced_id
        """)
      let slot = table.slot.map { "t.\($0) = s.\($0)" }.joined(separator: " AND ")
      try run(
        """
        UPDATE \(table.staged) AS s SET \(table.record) = t.n
        FROM school_staged_classes c JOIN \(table.roster.name) t ON t.group_id = 'g' || c.group_n
        WHERE c.n = s.class AND t.source IS NULL AND \(slot) AND s.\(table.record) IS NULL AND s.active = 1
        """)
      let differs = table.columns.map { "t.\($0) IS NOT s.\($0)" }.joined(separator: " OR ")
      let carried = table.carried.map { ", \($0) = t.\($0)" }.joined()
      try run(
        """
        UPDATE \(table.staged) AS s SET changed = 1\(carried)
        FROM school_staged_classes c, \(table.roster.name) t
        WHERE c.n = s.class AND t.n = s.\(table.record) AND s.active = 1
          AND (t.group_id IS NOT 'g' || c.group_n OR \(differs))
        """)
    }
  }
}
