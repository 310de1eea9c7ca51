import PluginKit

/// Who leaves. A removal takes only what this source brought, and only in a kind of file that the package has; past
/// the threshold it waits for a person's word while the rest goes on.
extension RosterApply {
  func planRemovals() throws {
    if let mode = facts.modes[.users] { try planPeople(mode) }
    if let mode = facts.modes[.classes] {
      for (registry, table) in [("classes", "school_classes"), ("groups", "school_groups")] {
        try run(
          """
          INSERT OR IGNORE INTO school_staged_removals(registry, record)
          SELECT '\(registry)', t.n FROM \(table) t WHERE t.source = :source AND t.archived = 0
            AND \(leaves("t.sourced_id", "school_staged_classes", mode, .classes))
          """)
      }
    }
    if let mode = facts.modes[.enrollments] { try planPlaces(mode) }
    for table in StagedDates.all {
      guard let mode = facts.modes[table.file] else { continue }
      try run(
        """
        INSERT OR IGNORE INTO school_staged_removals(registry, record)
        SELECT '\(table.registry.rawValue)', t.n FROM \(table.roster.name) t
        WHERE t.source = :source AND \(leaves("t.sourced_id", table.staged, mode, table.file))
        """)
    }
    for registry in RosterCounts.Registry.allCases where registry != .members { try hold(registry) }
  }

  /// SQL: whether a bulk file no longer has the id, or a delta says that it is gone.
  private func leaves(_ id: String, _ staged: String, _ mode: RosterMode, _ file: RosterFile) -> String {
    switch mode {
    case .bulk:
      """
      NOT EXISTS (SELECT 1 FROM \(staged) s WHERE s.sourced_id = \(id))
        AND NOT EXISTS (SELECT 1 FROM school_staged_spared f WHERE f.file = '\(file.name)' AND f.sourced_id = \(id))
      """
    case .delta: "EXISTS (SELECT 1 FROM \(staged) s WHERE s.sourced_id = \(id) AND s.active = 0)"
    }
  }

  private func planPeople(_ mode: RosterMode) throws {
    for (registry, role, table, isThere) in [
      ("employees", "employee", "school_employees", "t.dismissed IS NULL AND t.position <> ''"),
      ("pupils", "pupil", "school_pupils", "t.state = 'studying'"), ("parents", "parent", "school_parents", "1"),
    ] {
      try run(
        """
        INSERT OR IGNORE INTO school_staged_removals(registry, record)
        SELECT '\(registry)', t.n FROM school_source_keys k JOIN \(table) t ON t.person_id = 'p' || k.record
        WHERE k.source = :source AND k.kind = 'user' AND k.role = '\(role)' AND \(isThere)
          AND \(leaves("k.sourced_id", "school_staged_users", mode, .users))
          AND NOT EXISTS (SELECT 1 FROM school_staged_users o
            WHERE o.person_n = k.record AND o.active = 1 AND o.role = '\(role)')
        """)
    }
    try spareIndispensable()
    guard facts.hasAgents else { return }
    // In a delta an empty list of agents is no word; the other side may have the relation.
    let isSaid = mode == .bulk ? "1" : "EXISTS (SELECT 1 FROM school_staged_links l WHERE l.pupil = u.n)"
    try run(
      """
      INSERT OR IGNORE INTO school_staged_removals(registry, record)
      SELECT 'links', k.n FROM school_staged_users u JOIN school_parent_links k ON k.pupil_id = 'u' || u.pupil_n
      WHERE u.role = 'pupil' AND u.active = 1 AND k.source = :source AND \(isSaid)
        AND k.n NOT IN (SELECT link_n FROM school_staged_links WHERE link_n IS NOT NULL)
        AND NOT EXISTS (SELECT 1 FROM school_parents r JOIN school_source_keys i
          ON i.kind = 'user' AND 'p' || i.record = r.person_id JOIN school_staged_spared f
          ON f.file = 'users.csv' AND f.sourced_id = i.sourced_id WHERE r.id = k.parent_id)
      """)
  }

  /// Pupils who stay in the school and are in no class any more.
  private func planPlaces(_ mode: RosterMode) throws {
    let isLeaving = "EXISTS (SELECT 1 FROM school_staged_removals r WHERE r.registry = 'pupils' AND r.record = p.n)"
    if mode == .delta {
      try run(
        """
        INSERT OR IGNORE INTO school_staged_removals(registry, record)
        SELECT 'places', p.n FROM school_staged_places l JOIN school_staged_users u ON u.n = l.user
        JOIN school_staged_classes c ON c.n = l.class JOIN school_pupils p ON p.n = u.pupil_n
        WHERE l.active = 0 AND p.class_id = 'c' || c.class_n AND NOT \(isLeaving)
        """)
      return
    }
    try run(
      """
      INSERT OR IGNORE INTO school_staged_removals(registry, record)
      SELECT 'places', p.n FROM school_source_keys k JOIN school_pupils p ON p.person_id = 'p' || k.record
      WHERE k.source = :source AND k.kind = 'user' AND k.role = 'pupil' AND p.class_id IS NOT NULL
        AND p.n NOT IN (SELECT u.pupil_n FROM school_staged_places l JOIN school_staged_users u ON u.n = l.user
          WHERE u.pupil_n IS NOT NULL AND l.active = 1)
        AND NOT \(isLeaving)
        AND NOT EXISTS (SELECT 1 FROM school_enrolments n JOIN school_staged_spared f
          ON f.file = 'enrollments.csv' AND f.sourced_id = n.sourced_id WHERE n.pupil_id = p.id AND n.until IS NULL)
      """)
  }

  /// People without whom the school could not be run.
  func spareIndispensable() throws {
    try spareChatAdministrator()
    try spareLastAdministrators()
  }

  /// Whoever administers the chats cannot be dismissed before another does.
  private func spareChatAdministrator() throws {
    let spared = try run(
      """
      DELETE FROM school_staged_removals WHERE registry = 'employees' AND record IN (
        SELECT e.n FROM school_organization o JOIN school_employees e ON e.id = o.chat_administrator_id)
      """)
    guard spared > 0 else { return }
    report.warn(
      RosterFile.users.name,
      Text(
        "Администратор чатов Сферум выбыл из набора, но не уволен: сначала назначьте другого в «Настройках организации»",
        en: "The Sferum chat administrator has left the package and was not dismissed: appoint another one first"))
  }

  /// Without an administrator nobody could make another one: when all of them leave, none of them is dismissed.
  private func spareLastAdministrators() throws {
    let administrators = """
      SELECT a.person_id FROM school_account_roles r JOIN school_accounts a ON a.id = r.account_id
      WHERE r.role = 'administrator' AND a.blocked = 0
      """
    let leaving = """
      SELECT e.person_id FROM school_staged_removals s JOIN school_employees e ON e.n = s.record
      WHERE s.registry = 'employees'
      """
    guard try number("SELECT count(*) AS n FROM (\(administrators) EXCEPT \(leaving))") == 0 else { return }
    let spared = try run(
      """
      DELETE FROM school_staged_removals WHERE registry = 'employees' AND record IN (
        SELECT e.n FROM school_employees e WHERE e.person_id IN (\(administrators)))
      """)
    guard spared > 0 else { return }
    report.warn(
      RosterFile.users.name,
      Text(
        "Последний администратор организации выбыл из набора, но не уволен: сначала назначьте другого",
        en: "The organization's last administrator has left the package and was not dismissed: appoint another first"))
  }

  /// Puts removals of a registry aside when they are more than the settings allow without a word.
  func hold(_ registry: RosterCounts.Registry) throws {
    let names =
      switch registry {
      case .pupils: "'pupils', 'places'"
      case .parents: "'parents', 'links'"
      default: "'\(registry.rawValue)'"
      }
    let wanted = try number("SELECT count(*) AS n FROM school_staged_removals WHERE registry IN (\(names))")
    guard wanted > 0 else { return }
    let percent = try number("SELECT removal_threshold_percent AS n FROM school_organization")
    guard wanted * 100 > percent * (try number(Self.totals[registry] ?? "SELECT 0 AS n")) else { return }
    held[registry] = wanted
    try run(
      """
      INSERT INTO school_held_removals(operation, registry, record)
      SELECT :operation, registry, record FROM school_staged_removals WHERE registry IN (\(names))
      """)
    try run("DELETE FROM school_staged_removals WHERE registry IN (\(names))")
  }

  private static let totals: [RosterCounts.Registry: String] = [
    .employees: "SELECT count(*) AS n FROM school_employees WHERE dismissed IS NULL",
    .pupils: "SELECT count(*) AS n FROM school_pupils WHERE state = 'studying'",
    .parents: "SELECT count(*) AS n FROM school_parents",
    .classes: "SELECT count(*) AS n FROM school_classes WHERE archived = 0",
    .groups: "SELECT count(*) AS n FROM school_groups WHERE archived = 0",
    .members: "SELECT count(*) AS n FROM school_group_members",
    .timetable: "SELECT count(*) AS n FROM school_lessons", .plans: "SELECT count(*) AS n FROM school_plan_topics",
  ]

  /// Keeps every row that will change, besides those that leave. All of them before the first change: see
  /// `Operation`.
  func keepChanges() throws {
    try keep(.people, where: "n IN (SELECT person_n FROM school_staged_users WHERE changed = 1)")
    let moving = """
      SELECT 'u' || u.pupil_n FROM school_staged_places l JOIN school_staged_users u ON u.n = l.user WHERE l.moves = 1
      """
    try keep(
      .pupils,
      where: """
        id IN (\(moving)) OR (state <> 'studying' AND n IN (
          SELECT pupil_n FROM school_staged_users WHERE role = 'pupil' AND active = 1))
        """)
    try keep(.enrolments, where: "until IS NULL AND pupil_id IN (\(moving))")
    try keep(
      .enrolments,
      where: "source = :source AND sourced_id IN (SELECT sourced_id FROM school_staged_places WHERE moves = 1)")
    let staff = "SELECT employee_n FROM school_staged_users WHERE role = 'employee' AND active = 1"
    try keep(.employees, where: "n IN (\(staff))")
    try keep(
      .positions,
      where: "source = :source AND sourced_id IN (SELECT sourced_id FROM school_staged_users WHERE role = 'employee')")
    try keep(
      .parentLinks,
      where: """
        n IN (SELECT l.link_n FROM school_staged_links l JOIN school_parent_links k ON k.n = l.link_n
          WHERE k.source IS NULL OR (l.relation <> '' AND l.relation <> k.relation))
        """)
    try keep(.classes, where: "n IN (SELECT class_n FROM school_staged_classes)")
    try keep(.groups, where: "n IN (SELECT group_n FROM school_staged_classes)")
    try keep(.groups, where: "source = :source AND sourced_id IN (\(Self.idsOfNewGroups))")
    try keep(
      .groupClasses, where: "group_id IN (SELECT 'g' || group_n FROM school_staged_classes WHERE group_n IS NOT NULL)")
    for table in StagedDates.all {
      try keep(table.roster, where: "n IN (SELECT \(table.record) FROM \(table.staged) WHERE changed = 1)")
    }
  }
}
