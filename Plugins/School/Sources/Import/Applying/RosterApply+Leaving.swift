import PluginKit

/// What can only be settled when everybody sits where the package wants them: classes that are to be archived, and
/// groups of a class that a pupil has left.
extension RosterApply {
  /// SQL over school_classes c: somebody learns in it, or an open group is of it.
  static let isUsed = """
    EXISTS (SELECT 1 FROM school_pupils p WHERE p.class_id = c.id)
      OR EXISTS (SELECT 1 FROM school_group_classes q JOIN school_groups g ON g.id = q.group_id
        WHERE q.class_id = c.id AND g.archived = 0)
    """

  /// The same before anybody has moved: pupils who are about to, and groups whose classes the package tells, do not
  /// count. A class that will be free gives its label to another one.
  static let willBeUsed = """
    EXISTS (SELECT 1 FROM school_pupils p WHERE p.class_id = c.id AND NOT EXISTS (
        SELECT 1 FROM school_staged_users u JOIN school_staged_places l ON l.user = u.n
        JOIN school_staged_classes s ON s.n = l.class
        WHERE u.pupil_n = p.n AND l.active = 1 AND l.moves = 1 AND s.class_n IS NOT c.n))
      OR EXISTS (SELECT 1 FROM school_group_classes q JOIN school_groups g ON g.id = q.group_id
        WHERE q.class_id = c.id AND g.archived = 0 AND NOT EXISTS (SELECT 1 FROM school_staged_classes s
          WHERE s.group_n = g.n AND s.active = 1))
    """

  private static let isLeaving =
    "c.n IN (SELECT record FROM school_staged_removals WHERE registry = 'classes')"

  func archiveClasses(unlessUsed isUsed: String) throws {
    try run(
      "UPDATE school_classes AS c SET archived = 1 WHERE c.archived = 0 AND \(Self.isLeaving) AND NOT (\(isUsed))")
  }

  /// Archives what has become free; the rest stays, and is told. A class that was taken for free too early opens
  /// again, unless another has its label.
  func settleLeavingClasses() throws {
    try archiveClasses(unlessUsed: Self.isUsed)
    try run(
      """
      UPDATE school_classes AS c SET archived = 0 WHERE c.archived = 1 AND \(Self.isLeaving) AND (\(Self.isUsed))
        AND NOT EXISTS (SELECT 1 FROM school_classes o
          WHERE o.grade = c.grade AND o.letter = c.letter AND o.archived = 0)
      """)
    let kept = try rows(
      "SELECT c.n, c.title FROM school_classes c WHERE c.archived = 0 AND \(Self.isLeaving) ORDER BY c.grade, c.letter")
    guard !kept.isEmpty else { return }
    for row in kept {
      try run(
        "DELETE FROM school_staged_removals WHERE registry = 'classes' AND record = :n", [("n", row["n"] ?? .null)])
    }
    counts[.classes].removed -= kept.count
    let titles = kept.compactMap { $0["title"]?.string }
    let listed = titles.prefix(20).joined(separator: ", ") + (titles.count > 20 ? "…" : "")
    report.warn(
      RosterFile.classes.name,
      Text(
        "Классов выбыло из набора, но в архив не отправлено: \(titles.count) (\(listed)); в них учатся ученики или есть группы",
        en: "\(titles.count) classes have left the package and were kept (\(listed)): they have pupils or groups"))
  }

  /// Takes pupils who have another class now, or none, out of groups none of whose classes is theirs, as a transfer
  /// by hand does. Whom the package itself names in a group stays in it.
  func leaveOldGroups() throws {
    let moved = """
      SELECT 'u' || u.pupil_n FROM school_staged_places l JOIN school_staged_users u ON u.n = l.user
        WHERE l.moves = 1 AND l.active = 1 AND u.pupil_n IS NOT NULL
      UNION ALL SELECT 'u' || record FROM school_staged_removals WHERE registry = 'places'
      """
    guard try number("SELECT count(*) AS n FROM (SELECT 1 FROM (\(moved)) LIMIT 1)") > 0 else { return }
    let isOver = """
      pupil_id IN (\(moved)) AND group_id IN (SELECT id FROM school_groups WHERE archived = 0)
        AND NOT EXISTS (SELECT 1 FROM school_pupils p JOIN school_group_classes q ON q.class_id = p.class_id
          WHERE p.id = pupil_id AND q.group_id = school_group_members.group_id)
        AND (group_id, pupil_id) NOT IN (\(Self.namedMembers))
      """
    let columns = members.columns
    try keep(.groupMembers, where: isOver, over: columns)
    counts[.members].removed += try run("DELETE FROM school_group_members WHERE \(isOver)", over: columns)
  }

  /// SQL, over the members' columns: who of those that move is in which group by the package's own word, or by a class
  /// that it gives the group.
  private static let namedMembers = """
    SELECT 'g' || c.group_n, 'u' || u.pupil_n FROM \(StagedMembers.table) e
      CROSS JOIN school_staged_users u ON u.n = e.user CROSS JOIN school_staged_places l ON l.user = u.n
      CROSS JOIN school_staged_classes c ON c.n = e.class
      WHERE e.active = 1 AND e.sourced_id <> '' AND l.moves = 1 AND c.group_n IS NOT NULL AND u.pupil_n IS NOT NULL
    UNION ALL
    SELECT 'g' || c.group_n, 'u' || u.pupil_n FROM school_staged_homes h
      CROSS JOIN school_staged_classes c ON c.n = h.class CROSS JOIN school_staged_places l ON l.class = h.home
      CROSS JOIN school_staged_users u ON u.n = l.user
      WHERE l.active = 1 AND l.moves = 1 AND c.group_n IS NOT NULL AND u.pupil_n IS NOT NULL
    """
}
