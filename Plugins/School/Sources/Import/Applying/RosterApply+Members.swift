import PluginKit

/// Who is in which group. A group whose members are exactly the pupils of their classes is a group of whole classes
/// and has no rows: whoever enters the class is in it.
extension RosterApply {
  /// Rows in one statement: a second's work at most, so that progress can be told.
  private static let slice = 150_000

  func applyMembers() throws {
    guard let mode = facts.modes[.enrollments] else { return }
    switch mode {
    case .bulk:
      try run("UPDATE school_staged_classes SET in_scope = 1 WHERE homeroom = 0 AND active = 1 AND group_n IS NOT NULL")
    case .delta:
      try run(
        """
        UPDATE school_staged_classes SET in_scope = 1
        WHERE group_n IS NOT NULL AND n IN (SELECT class FROM school_staged_enrolments)
        """)
      // Before the groups' members tell their classes: whoever has left the class is no member any more.
      try leaveOldGroups()
      try addPresentMembers()
    }
    try findWhole()
    try applyGroupClasses()
    if mode == .bulk { try leaveOldGroups() }
    try applyWhole()
    try addMembers()
    try dropSurplus()
  }

  /// A delta says what changes; with the members that a group has it becomes what a bulk file would say.
  private func addPresentMembers() throws {
    let present = """
      FROM school_staged_classes c CROSS JOIN school_v1_group_members m ON m.group_id = 'g' || c.group_n
      WHERE c.in_scope = 1
      """
    let pupil = "CAST(substr(m.pupil_id, 2) AS INTEGER)"
    try run(
      """
      INSERT INTO school_staged_users(pupil_n) SELECT DISTINCT \(pupil) \(present)
        AND \(pupil) NOT IN (SELECT pupil_n FROM school_staged_users WHERE pupil_n IS NOT NULL)
      """)
    try run(
      """
      INSERT INTO school_staged_enrolments(class, user, sourced_id, active)
      SELECT c.n, u.n, '', 1 FROM school_staged_classes c
      CROSS JOIN school_v1_group_members m ON m.group_id = 'g' || c.group_n
      CROSS JOIN school_staged_users u ON u.pupil_n = \(pupil)
      WHERE c.in_scope = 1 AND (c.n, u.n) NOT IN (SELECT class, user FROM school_staged_enrolments)
      """)
  }

  private func findWhole() throws {
    try run(
      """
      INSERT INTO school_staged_pairs(class, class_id, members)
      SELECT e.class, coalesce(p.class_id, ''), count(DISTINCT e.user)
      FROM school_staged_enrolments e CROSS JOIN school_staged_classes c ON c.n = e.class AND c.in_scope = 1
      CROSS JOIN school_staged_users u ON u.n = e.user CROSS JOIN school_pupils p ON p.n = u.pupil_n
      WHERE e.active = 1 GROUP BY 1, 2
      """)
    try run(
      """
      INSERT OR IGNORE INTO school_staged_pairs(class, class_id, members)
      SELECT h.class, 'c' || c.class_n, 0 FROM school_staged_homes h JOIN school_staged_classes c ON c.n = h.home
      WHERE c.class_n IS NOT NULL
      """)
    try run(
      """
      UPDATE school_staged_classes AS s SET whole = 1 WHERE in_scope = 1
        AND EXISTS (SELECT 1 FROM school_staged_pairs q WHERE q.class = s.n)
        AND NOT EXISTS (SELECT 1 FROM school_staged_pairs q LEFT JOIN school_classes c ON c.id = q.class_id
          WHERE q.class = s.n AND (c.id IS NULL OR c.pupils <> q.members))
      """)
    try run(
      """
      UPDATE school_staged_classes AS s SET was_whole = g.whole_class FROM school_groups g
      WHERE g.n = s.group_n AND s.is_new = 0
      """)
  }

  private func applyGroupClasses() throws {
    let wanted = """
      SELECT 'g' || s.group_n AS group_id, q.class_id FROM school_staged_pairs q
      JOIN school_staged_classes s ON s.n = q.class WHERE q.class_id <> ''
      """
    try operation.noteAbsent(.groupClasses, "\(wanted) EXCEPT SELECT group_id, class_id FROM school_group_classes")
    try run("INSERT OR IGNORE INTO school_group_classes(group_id, class_id) \(wanted)")
    try run(
      """
      DELETE FROM school_group_classes WHERE group_id IN (SELECT group_id FROM (\(wanted)))
        AND (group_id, class_id) NOT IN (\(wanted))
      """)
  }

  private func applyWhole() throws {
    counts[.groups].changed += try number(
      "SELECT count(*) AS n FROM school_staged_classes WHERE in_scope = 1 AND is_new = 0 AND whole <> was_whole")
    let part = """
      CASE WHEN s.part IS NOT NULL THEN s.part WHEN s.subject IS NULL THEN g.part WHEN s.whole = 1 THEN ''
        WHEN s.title = s.subject THEN '' ELSE s.title END
      """
    try run(
      """
      UPDATE school_groups AS g SET whole_class = s.whole, part = \(part) FROM school_staged_classes s
      WHERE s.group_n = g.n AND s.in_scope = 1 AND (g.whole_class <> s.whole OR g.part <> \(part))
      """)
    let whole = "group_id IN (SELECT 'g' || group_n FROM school_staged_classes WHERE in_scope = 1 AND whole = 1)"
    try keep(.groupMembers, where: whole)
    try run("DELETE FROM school_group_members WHERE \(whole)")
  }

  private func addMembers() throws {
    // Members that were added by hand become the source's.
    try keep(
      .groupMembers,
      where: "source IS NULL AND group_id IN (SELECT 'g' || group_n FROM school_staged_classes WHERE in_scope = 1)")
    let last = try number("SELECT coalesce(max(n), 0) AS n FROM school_staged_enrolments")
    var first = 1
    while first <= last {
      try say(75 + 12 * first / max(1, last), Text("Состав групп", en: "Members of groups"))
      // Three loops from the outside in; the order of the file is mostly the order of the groups.
      try run(
        """
        INSERT INTO school_group_members(group_id, pupil_id, source, sourced_id, operation)
        SELECT 'g' || c.group_n, 'u' || u.pupil_n, :source, nullif(e.sourced_id, ''), :operation
        FROM school_staged_enrolments e
        CROSS JOIN school_staged_classes c ON c.n = e.class CROSS JOIN school_staged_users u ON u.n = e.user
        WHERE e.n BETWEEN :first AND :last AND e.active = 1 AND c.in_scope = 1 AND c.whole = 0
          AND u.pupil_n IS NOT NULL
        ON CONFLICT DO UPDATE SET source = excluded.source, sourced_id = excluded.sourced_id WHERE source IS NULL
        """, [("first", JSONValue(first)), ("last", JSONValue(first + Self.slice - 1))])
      first += Self.slice
    }
    counts[.members].added += try number(
      """
      SELECT coalesce(sum((SELECT count(*) FROM school_group_members m
        WHERE m.group_id = 'g' || s.group_n AND m.operation = :operation)), 0) AS n
      FROM school_staged_classes s WHERE s.in_scope = 1 AND s.whole = 0 AND s.was_whole = 0
      """)
  }

  /// Rows of this source that are no longer wanted. Only groups with more rows than wanted members are looked into.
  private func dropSurplus() throws {
    let surplus = """
      SELECT s.n FROM school_staged_classes s WHERE s.in_scope = 1 AND s.whole = 0 AND
        (SELECT count(*) FROM school_group_members m WHERE m.group_id = 'g' || s.group_n AND m.source = :source)
        > (SELECT coalesce(sum(q.members), 0) FROM school_staged_pairs q WHERE q.class = s.n)
      """
    guard try number("SELECT count(*) AS n FROM (\(surplus))") > 0 else { return }
    try run(
      """
      INSERT OR IGNORE INTO school_staged_removals(registry, record)
      SELECT 'members', m.group_id || ' ' || m.pupil_id
      FROM school_staged_classes s CROSS JOIN school_group_members m ON m.group_id = 'g' || s.group_n
      WHERE s.n IN (\(surplus)) AND m.source = :source
        AND m.group_id || ' ' || m.pupil_id NOT IN (
          SELECT 'g' || c.group_n || ' u' || u.pupil_n FROM school_staged_enrolments e
          CROSS JOIN school_staged_classes c ON c.n = e.class CROSS JOIN school_staged_users u ON u.n = e.user
          WHERE e.active = 1 AND u.pupil_n IS NOT NULL AND c.n IN (\(surplus)))
        AND NOT EXISTS (SELECT 1 FROM school_staged_spared f
          WHERE f.file = 'enrollments.csv' AND f.sourced_id = m.sourced_id)
      """)
    try hold(.members)
    counts[.members].removed += try number(
      "SELECT count(*) AS n FROM school_staged_removals WHERE registry = 'members'")
    try keepLeavingMembers()
    try removeMembers()
  }
}
