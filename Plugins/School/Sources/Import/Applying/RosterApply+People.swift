import PluginKit

extension RosterApply {
  func applyPeople() throws {
    let returning = try dismissedWithAccounts()
    try addPeople()
    try changePeople()
    try tieUsers()
    for (registry, table, column) in [
      (RosterCounts.Registry.employees, RosterTable.employees, "employee_n"), (.pupils, .pupils, "pupil_n"),
    ] {
      let role = registry == .employees ? "employee" : "pupil"
      let added = try add(
        table,
        """
        INSERT INTO \(table.name)(person_id, full_name)
        SELECT p.id, p.full_name FROM school_people p WHERE p.n IN (SELECT person_n FROM school_staged_users
          WHERE role = '\(role)' AND active = 1 AND person_n IS NOT NULL AND \(column) IS NULL)
        ORDER BY p.n
        """)
      counts[registry].added += added.count
      if registry == .pupils { newPupils = added }
    }
    try findKinds()
    try applyPositions()
    try openAccounts(of: returning)
    try bringPupilsBack()
  }

  private static let isUnknown = """
    person_n IS NULL AND active = 1 AND role IS NOT NULL AND family IS NOT NULL AND (master IS NULL OR master = n)
    """

  private func addPeople() throws {
    let added = try operation.inserting(.people) { () -> Range<Int> in
      let count = try run(
        """
        INSERT INTO school_people(family_name, given_name, middle_name, birth_date, sex, phone, email)
        SELECT family, given, middle, birth, sex, phone, email FROM school_staged_users WHERE \(Self.isUnknown)
        ORDER BY n
        """)
      let last = try number("SELECT coalesce(max(n), 0) AS n FROM school_people")
      return last - count + 1..<last + 1
    }
    guard !added.isEmpty else { return }
    try run(
      """
      UPDATE school_staged_users AS s SET person_n = :first + r.rank, is_new = 1 FROM (
        SELECT n, row_number() OVER (ORDER BY n) - 1 AS rank FROM school_staged_users WHERE \(Self.isUnknown)) r
      WHERE r.n = s.n
      """, [("first", JSONValue(added.lowerBound))])
    try run(
      """
      UPDATE school_staged_users AS s SET person_n = m.person_n FROM school_staged_users m
      WHERE m.n = s.master AND s.person_n IS NULL AND m.person_n IS NOT NULL
      """)
  }

  private func changePeople() throws {
    try run(
      """
      UPDATE school_people AS p SET family_name = s.family, given_name = s.given,
        middle_name = CASE s.middle WHEN '' THEN p.middle_name ELSE s.middle END, phone = coalesce(s.phone, p.phone),
        email = coalesce(s.email, p.email), birth_date = coalesce(s.birth, p.birth_date), sex = coalesce(s.sex, p.sex)
      FROM school_staged_users s WHERE s.changed = 1 AND s.person_n = p.n
      """)
    for row in try rows(
      """
      SELECT role, count(DISTINCT person_n) AS n FROM school_staged_users WHERE changed = 1 AND role IS NOT NULL
      GROUP BY role
      """)
    {
      let registry: RosterCounts.Registry =
        switch row["role"]?.string {
        case "employee": .employees
        case "pupil": .pupils
        default: .parents
        }
      counts[registry].changed += row["n"]?.int ?? 0
    }
    try changeByDemographics()
  }

  /// A package with demographics and without the users themselves.
  private func changeByDemographics() throws {
    let differs = """
      s.family IS NULL AND s.person_n = p.n AND ((s.birth IS NOT NULL AND p.birth_date IS NOT s.birth)
        OR (s.sex IS NOT NULL AND p.sex IS NOT s.sex))
      """
    let ids = "SELECT p.n FROM school_people p JOIN school_staged_users s ON \(differs)"
    try keep(.people, where: "n IN (\(ids))")
    counts[.pupils].changed += try run(
      """
      UPDATE school_people AS p SET birth_date = coalesce(s.birth, p.birth_date), sex = coalesce(s.sex, p.sex)
      FROM school_staged_users s WHERE \(differs)
      """)
  }

  /// Remembers which of the source's users is who here.
  private func tieUsers() throws {
    tied += try operation.inserting(.sourceKeys) {
      try run(
        """
        INSERT INTO school_source_keys(source, kind, sourced_id, role, record)
        SELECT :source, 'user', s.sourced_id, s.role, s.person_n FROM school_staged_users s
        WHERE s.active = 1 AND s.sourced_id IS NOT NULL AND s.role IS NOT NULL AND s.person_n IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM school_source_keys k
            WHERE k.source = :source AND k.kind = 'user' AND k.sourced_id = s.sourced_id)
        ORDER BY s.n
        """)
    }
    let differs = """
      source = :source AND kind = 'user' AND EXISTS (SELECT 1 FROM school_staged_users s
        WHERE s.sourced_id = school_source_keys.sourced_id AND s.active = 1 AND s.role <> school_source_keys.role)
      """
    try keep(.sourceKeys, where: differs)
    tied += try run(
      """
      UPDATE school_source_keys SET role = (SELECT s.role FROM school_staged_users s
        WHERE s.sourced_id = school_source_keys.sourced_id AND s.active = 1 AND s.role IS NOT NULL)
      WHERE \(differs)
      """)
  }

  /// An employee has the position that the role gives, unless a position is there already. Somebody who was dismissed
  /// and is back in the package is hired again.
  private func applyPositions() throws {
    let isIdle = """
      s.role = 'employee' AND s.active = 1 AND s.employee_n IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM school_positions o WHERE o.employee_id = 'e' || s.employee_n AND o.dismissed IS NULL)
      """
    counts[.employees].changed += try run(
      """
      UPDATE school_positions SET dismissed = NULL WHERE source = :source AND dismissed IS NOT NULL
        AND sourced_id IN (SELECT s.sourced_id FROM school_staged_users s WHERE \(isIdle))
      """)
    _ = try add(
      .positions,
      """
      INSERT INTO school_positions(employee_id, title, type, hired, source, sourced_id)
      SELECT 'e' || s.employee_n, coalesce(s.position, s.position_default, 'Сотрудник'),
        coalesce(s.position_type, 'Обслуживающий персонал'), coalesce(s.hired, :today), :source, s.sourced_id
      FROM school_staged_users s WHERE \(isIdle) AND s.n = (SELECT min(o.n) FROM school_staged_users o
        WHERE o.employee_n = s.employee_n AND o.role = 'employee' AND o.active = 1 AND o.person_n = s.person_n)
      ORDER BY s.n
      """)
    counts[.employees].changed += try run(
      """
      UPDATE school_positions AS o SET type = s.position_type, title = CASE
          WHEN s.position IS NOT NULL THEN s.position
          WHEN o.type <> s.position_type THEN coalesce(s.position_default, o.title) ELSE o.title END
      FROM school_staged_users s
      WHERE o.source = :source AND o.sourced_id = s.sourced_id AND s.active = 1 AND s.role = 'employee'
        AND o.dismissed IS NULL AND (o.type <> s.position_type OR (s.position IS NOT NULL AND o.title <> s.position))
      """)
  }

  /// Somebody who had left and is in the package again, in no class so far.
  private func bringPupilsBack() throws {
    counts[.pupils].changed += try run(
      """
      UPDATE school_pupils SET state = 'studying', left_on = NULL, class_title = '' WHERE state <> 'studying'
        AND n IN (SELECT pupil_n FROM school_staged_users WHERE role = 'pupil' AND active = 1)
        AND n NOT IN (SELECT u.pupil_n FROM school_staged_places l JOIN school_staged_users u ON u.n = l.user
          WHERE l.active = 1 AND u.pupil_n IS NOT NULL)
      """)
  }

  func applyParents() throws {
    let added = try add(
      .parents,
      """
      INSERT INTO school_parents(person_id, full_name)
      SELECT p.id, p.full_name FROM school_people p WHERE p.n IN (
          SELECT person_n FROM school_staged_users WHERE role = 'parent' AND active = 1
          UNION SELECT r.person_n FROM school_staged_links l JOIN school_staged_users r ON r.n = l.parent)
        AND NOT EXISTS (SELECT 1 FROM school_parents r WHERE r.person_id = p.id)
      ORDER BY p.n
      """)
    counts[.parents].added += added.count
    try findKinds()
    try changeLinks()
    let links = try add(
      .parentLinks,
      """
      INSERT OR IGNORE INTO school_parent_links(parent_id, pupil_id, relation, source, sourced_id)
      SELECT 'r' || r.parent_n, 'u' || u.pupil_n, \(Self.relation), :source, 'r' || r.parent_n || ' u' || u.pupil_n
      FROM school_staged_links l JOIN school_staged_users u ON u.n = l.pupil
      JOIN school_staged_users r ON r.n = l.parent JOIN school_people p ON p.n = r.person_n
      WHERE l.link_n IS NULL AND u.pupil_n IS NOT NULL AND r.parent_n IS NOT NULL ORDER BY l.pupil, l.parent
      """)
    // A child more is a change of a parent who was there.
    counts[.parents].changed += try number(
      """
      SELECT count(DISTINCT parent_id) AS n FROM school_parent_links
      WHERE n BETWEEN :first AND :last AND CAST(substr(parent_id, 2) AS INTEGER) NOT BETWEEN :one AND :other
      """,
      [
        ("first", JSONValue(links.lowerBound)), ("last", JSONValue(links.upperBound - 1)),
        ("one", JSONValue(added.lowerBound)), ("other", JSONValue(added.upperBound - 1)),
      ])
  }

  private func changeLinks() throws {
    let isOther = "l.relation <> '' AND l.relation <> k.relation"
    counts[.parents].changed += try number(
      "SELECT count(*) AS n FROM school_staged_links l JOIN school_parent_links k ON k.n = l.link_n WHERE \(isOther)")
    try run(
      """
      UPDATE school_parent_links AS k SET relation = CASE l.relation WHEN '' THEN k.relation ELSE l.relation END,
        source = coalesce(k.source, :source), sourced_id = coalesce(k.sourced_id, k.parent_id || ' ' || k.pupil_id)
      FROM school_staged_links l WHERE k.n = l.link_n AND (k.source IS NULL OR (\(isOther)))
      """)
  }

  /// SQL: what the file says, or what the parent's sex or patronymic tells.
  private static let relation = """
    CASE WHEN l.relation <> '' THEN l.relation
      WHEN p.sex = 'female' OR p.middle_name GLOB '*[вч]на' OR p.middle_name GLOB '*кызы' THEN 'mother'
      WHEN p.sex = 'male' OR p.middle_name GLOB '*ич' OR p.middle_name GLOB '*оглы' THEN 'father'
      ELSE 'guardian' END
    """
}
