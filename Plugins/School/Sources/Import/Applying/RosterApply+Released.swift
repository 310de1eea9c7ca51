import PluginKit

/// Removals of earlier imports wait for a word; a package that has the record is a newer word, whatever the person
/// then says.
extension RosterApply {
  func releaseHeld() throws {
    let waiting = "SELECT n FROM school_operations WHERE held > 0 AND state = 'applied' AND source = :source"
    guard try number("SELECT count(*) AS n FROM (\(waiting))") > 0 else { return }
    let columns = members.columns
    for (registry, named) in Self.named {
      released += try run(
        """
        DELETE FROM school_held_removals
        WHERE registry = '\(registry)' AND operation IN (\(waiting)) AND record IN (\(named))
        """, over: columns)
    }
    guard released > 0 else { return }
    try run(
      """
      UPDATE school_operations SET held = (
        SELECT count(*) FROM school_held_removals h WHERE h.operation = school_operations.n) WHERE n IN (\(waiting))
      """)
  }

  /// SQL by registry, over the members' columns: the records that the package has as active.
  private static let named: [(String, String)] =
    [("employees", "employee", "employee_n"), ("pupils", "pupil", "pupil_n"), ("parents", "parent", "parent_n")].map {
      ($0, "SELECT \($2) FROM school_staged_users WHERE role = '\($1)' AND active = 1 AND \($2) IS NOT NULL")
    }
    + [
      (
        "places",
        """
        SELECT u.pupil_n FROM school_staged_places l JOIN school_staged_users u ON u.n = l.user
        WHERE l.active = 1 AND u.pupil_n IS NOT NULL
        """
      ),
      ("links", "SELECT link_n FROM school_staged_links WHERE link_n IS NOT NULL"),
      ("classes", "SELECT class_n FROM school_staged_classes WHERE active = 1 AND class_n IS NOT NULL"),
      ("groups", "SELECT group_n FROM school_staged_classes WHERE active = 1 AND group_n IS NOT NULL"),
      (
        "members",
        """
        SELECT 'g' || c.group_n || ' u' || u.pupil_n FROM \(StagedMembers.table) e
        JOIN school_staged_classes c ON c.n = e.class JOIN school_staged_users u ON u.n = e.user
        WHERE e.active = 1 AND c.group_n IS NOT NULL AND u.pupil_n IS NOT NULL
        """
      ),
    ]
    + StagedDates.all.map {
      ($0.registry.rawValue, "SELECT \($0.record) FROM \($0.staged) WHERE active = 1 AND \($0.record) IS NOT NULL")
    }
}
