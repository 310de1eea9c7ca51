import PluginKit

/// Who is in which group. A group whose members are exactly the pupils of their classes is a group of whole classes
/// and has no rows: whoever enters the class is in it.
extension RosterApply {
  /// Rows in one statement: a second's work, so that progress can be told. Each statement costs a copy of every page
  /// that it changes.
  private static let slice = 400_000

  func applyMembers() throws {
    guard let mode = facts.modes[.enrollments] else { return }
    switch mode {
    case .bulk:
      try run("UPDATE school_staged_classes SET in_scope = 1 WHERE homeroom = 0 AND active = 1 AND group_n IS NOT NULL")
    case .delta:
      try run(
        """
        UPDATE school_staged_classes SET in_scope = 1
        WHERE group_n IS NOT NULL AND n IN (SELECT class FROM \(StagedMembers.table))
        """, over: members.columns)
      // Before the groups' members tell their classes: whoever has left the class is no member any more.
      try leaveOldGroups()
      try addPresentMembers()
    }
    let wanted = try MemberOrder(members, transaction)
    try findWhole(wanted)
    try applyGroupClasses()
    if mode == .bulk { try leaveOldGroups() }
    try applyWhole()
    try addMembers(wanted)
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
    // One text for each group: a row for each member would fill the memory.
    let groups = try rows(
      """
      SELECT c.n, group_concat(u.n) AS users FROM school_staged_classes c
      CROSS JOIN school_v1_group_members m ON m.group_id = 'g' || c.group_n
      CROSS JOIN school_staged_users u ON u.pupil_n = \(pupil)
      WHERE c.in_scope = 1 GROUP BY c.n
      """)
    members.addPresent(
      groups.map { group in
        let users = (group["users"]?.string ?? "").split(separator: ",").compactMap { Int32($0) }
        return (Int32(group["n"]?.int ?? 0), users)
      })
  }

  private func addMembers(_ wanted: MemberOrder) throws {
    // Members that were added by hand become the source's.
    try keep(
      .groupMembers,
      where: "source IS NULL AND group_id IN (SELECT 'g' || group_n FROM school_staged_classes WHERE in_scope = 1)")
    let whole = Set(
      try rows("SELECT n FROM school_staged_classes WHERE in_scope = 1 AND whole = 1").compactMap { $0["n"]?.int })
    let listed = wanted.order.filter { whole.isEmpty || !whole.contains(Int(members.classes[Int($0)])) }
    for first in stride(from: 0, to: listed.count, by: Self.slice) {
      try say(75 + 12 * first / listed.count, Text("Состав групп", en: "Members of groups"))
      try run(
        """
        INSERT INTO school_group_members(group_id, pupil_id, source, sourced_id, operation)
        SELECT a, b, :source, nullif(c, ''), :operation FROM shell_columns WHERE true
        ON CONFLICT DO UPDATE SET source = excluded.source, sourced_id = excluded.sourced_id WHERE source IS NULL
        """, over: wanted.columns.ordered(listed[first..<min(first + Self.slice, listed.count)]))
    }
    counts[.members].added += try number(
      """
      SELECT coalesce(sum((SELECT count(*) FROM school_group_members m
        WHERE m.group_id = 'g' || s.group_n AND m.operation = :operation)), 0) AS n
      FROM school_staged_classes s WHERE s.in_scope = 1 AND s.whole = 0 AND s.was_whole = 0
      """)
  }

  /// Rows of this source that are no longer wanted. Only groups with more rows than wanted members are looked into, and
  /// of those only such as had any: while a wide change runs `pupils` is what it was before.
  private func dropSurplus() throws {
    let surplus = """
      SELECT s.n FROM school_staged_classes s JOIN school_groups g ON g.n = s.group_n
      WHERE s.in_scope = 1 AND s.whole = 0 AND g.pupils > 0 AND
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
          SELECT 'g' || c.group_n || ' u' || u.pupil_n FROM \(StagedMembers.table) e
          CROSS JOIN school_staged_classes c ON c.n = e.class CROSS JOIN school_staged_users u ON u.n = e.user
          WHERE e.active = 1 AND u.pupil_n IS NOT NULL AND c.n IN (\(surplus)))
        AND NOT EXISTS (SELECT 1 FROM school_staged_spared f
          WHERE f.file = 'enrollments.csv' AND f.sourced_id = m.sourced_id)
      """, over: members.columns)
    try hold(.members)
    counts[.members].removed += try number(
      "SELECT count(*) AS n FROM school_staged_removals WHERE registry = 'members'")
    try keepLeavingMembers()
    try removeMembers()
  }
}
