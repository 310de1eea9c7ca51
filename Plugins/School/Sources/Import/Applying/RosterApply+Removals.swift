import PluginKit

/// Carries out the removals that stand in `school_staged_removals`, from an import or from somebody's word.
extension RosterApply {
  /// SQL: the records of a registry that leave.
  private func leaving(_ registry: String) -> String {
    "SELECT record FROM school_staged_removals WHERE registry = '\(registry)'"
  }

  /// SQL: their ids.
  private func ids(_ registry: String, _ letter: String) -> String {
    "SELECT '\(letter)' || record FROM school_staged_removals WHERE registry = '\(registry)'"
  }

  /// SQL: ids of pupils whose enrolments end.
  private var closing: String { "\(ids("pupils", "u")) UNION ALL \(ids("places", "u"))" }

  /// SQL: ids of parents who may be nobody's any more.
  private var childless: String {
    "\(ids("parents", "r")) UNION ALL SELECT parent_id FROM school_parent_links WHERE n IN (\(leaving("links")))"
  }

  /// Keeps what `applyRemovals` changes.
  func keepRemovals() throws {
    try keep(.employees, where: "n IN (\(leaving("employees")))")
    try keep(.positions, where: "dismissed IS NULL AND employee_id IN (\(ids("employees", "e")))")
    try keep(.pupils, where: "id IN (\(closing))")
    try keep(.enrolments, where: "until IS NULL AND pupil_id IN (\(closing))")
    try keep(.groupMembers, where: "pupil_id IN (\(ids("pupils", "u"))) OR (\(isLeavingMember))")
    try keep(.parents, where: "id IN (\(childless))")
    try keep(
      .parentLinks,
      where: "n IN (\(leaving("links"))) OR (source = :source AND parent_id IN (\(ids("parents", "r"))))")
    try keep(.classes, where: "n IN (\(leaving("classes"))) OR homeroom_teacher_id IN (\(ids("employees", "e")))")
    try keep(.groups, where: "n IN (\(leaving("groups"))) OR teacher_id IN (\(ids("employees", "e")))")
    try keep(.lessons, where: isSubstitutedByLeaving)
    for table in StagedDates.all { try keep(table.roster, where: "n IN (\(leaving(table.registry.rawValue)))") }
  }

  /// SQL over school_lessons: lessons to come that somebody who leaves was to give for another.
  private var isSubstitutedByLeaving: String { "substitute_id IN (\(ids("employees", "e"))) AND date >= :today" }

  /// SQL over school_group_members. The first condition keeps a million rows from being looked up in vain.
  private var isLeavingMember: String {
    """
    EXISTS (SELECT 1 FROM school_staged_removals WHERE registry = 'members')
      AND group_id || ' ' || pupil_id IN (\(leaving("members")))
    """
  }

  func applyRemovals() throws {
    try count()
    let employees = ids("employees", "e")
    try run("UPDATE school_classes SET homeroom_teacher_id = NULL WHERE homeroom_teacher_id IN (\(employees))")
    try run("UPDATE school_groups SET teacher_id = NULL WHERE teacher_id IN (\(employees))")
    try run(
      """
      UPDATE school_positions SET dismissed = max(hired, :today)
      WHERE dismissed IS NULL AND employee_id IN (\(employees))
      """)
    try run("UPDATE school_lessons SET substitute_id = NULL WHERE \(isSubstitutedByLeaving)")
    try closeAccounts()
    try removePupils()
    try removeParents()
    try run("UPDATE school_groups SET archived = 1 WHERE archived = 0 AND n IN (\(leaving("groups")))")
    try archiveClasses(unlessUsed: Self.willBeUsed)
    for table in StagedDates.all {
      try run("DELETE FROM \(table.roster.name) WHERE n IN (\(leaving(table.registry.rawValue)))")
    }
    try removeMembers()
  }

  func removeMembers() throws { try run("DELETE FROM school_group_members WHERE \(isLeavingMember)") }
  func keepLeavingMembers() throws { try keep(.groupMembers, where: isLeavingMember) }

  private func removePupils() throws {
    for (registry, reason) in [("pupils", "expelled"), ("places", "transferred")] {
      try run(
        """
        UPDATE school_enrolments SET until = max(since, :today), end_reason = '\(reason)'
        WHERE until IS NULL AND pupil_id IN (\(ids(registry, "u")))
        """)
    }
    // Those who were in no class.
    try run(
      """
      UPDATE school_pupils SET state = 'expelled', left_on = :today
      WHERE state = 'studying' AND n IN (\(leaving("pupils")))
      """)
    try run("DELETE FROM school_group_members WHERE pupil_id IN (\(ids("pupils", "u")))")
  }

  private func removeParents() throws {
    try run(
      """
      INSERT OR IGNORE INTO school_staged_removals(registry, record)
      SELECT 'childless', CAST(substr(parent_id, 2) AS INTEGER) FROM school_parent_links WHERE n IN (\(leaving("links")))
      """)
    try run(
      """
      DELETE FROM school_parent_links WHERE n IN (\(leaving("links")))
        OR (source = :source AND parent_id IN (\(ids("parents", "r"))))
      """)
    try run(
      """
      DELETE FROM school_parents WHERE (n IN (\(leaving("parents"))) OR n IN (\(leaving("childless"))))
        AND NOT EXISTS (SELECT 1 FROM school_parent_links k WHERE k.parent_id = school_parents.id)
        AND (n IN (\(leaving("parents"))) OR NOT EXISTS (SELECT 1 FROM school_source_keys k
          WHERE k.kind = 'user' AND k.role = 'parent' AND 'p' || k.record = school_parents.person_id))
      """)
    try run("DELETE FROM school_staged_removals WHERE registry = 'childless'")
  }

  private func count() throws {
    for row in try rows("SELECT registry, count(*) AS n FROM school_staged_removals GROUP BY registry") {
      let name = row["registry"]?.string ?? ""
      guard let registry = RosterCounts.Registry(removal: name), let found = row["n"]?.int else { continue }
      // Whoever is left without a class is still a pupil, and a parent of one child less still a parent.
      if name == "places" || name == "links" {
        counts[registry].changed += found
      } else {
        counts[registry].removed += found
      }
    }
  }
}
