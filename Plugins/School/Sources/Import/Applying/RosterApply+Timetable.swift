import PluginKit

extension RosterApply {
  /// Lessons or topics: changed ones are taken out and put in again under their numbers, since two may change places.
  func apply(_ table: StagedDates) throws {
    guard facts.modes[table.file] != nil else { return }
    try settleSlots(table)
    let columns = table.columns + table.carried
    let changed = "SELECT \(table.record) FROM \(table.staged) WHERE changed = 1 AND active = 1"
    try run("DELETE FROM \(table.roster.name) WHERE n IN (\(changed))")
    let names = "\(columns.joined(separator: ", ")), group_id, group_title, source, sourced_id"
    let values = "\(columns.map { "s.\($0)" }.joined(separator: ", ")), g.id, g.title, :source, s.sourced_id"
    let from = """
      FROM \(table.staged) s CROSS JOIN school_staged_classes c ON c.n = s.class
      CROSS JOIN school_groups g ON g.n = c.group_n
      """
    counts[table.registry].changed += try run(
      """
      INSERT INTO \(table.roster.name)(n, \(names)) SELECT s.\(table.record), \(values) \(from)
      WHERE s.changed = 1 AND s.active = 1
      """)
    counts[table.registry].added += try add(
      table.roster,
      """
      INSERT INTO \(table.roster.name)(\(names)) SELECT \(values) \(from)
      WHERE s.\(table.record) IS NULL AND s.active = 1 ORDER BY s.n
      """
    ).count
    let isUntied = """
      source IS NULL AND n IN (SELECT \(table.record) FROM \(table.staged) WHERE active = 1 AND changed = 0)
      """
    try keep(table.roster, where: isUntied)
    tied += try run(
      """
      UPDATE \(table.roster.name) AS t SET source = :source, sourced_id = s.sourced_id FROM \(table.staged) s
      WHERE s.\(table.record) = t.n AND s.active = 1 AND t.source IS NULL
      """)
  }

  /// A place that another lesson or topic keeps: the row is left out.
  private func settleSlots(_ table: StagedDates) throws {
    let slot = table.slot.map { "t.\($0) = s.\($0)" }.joined(separator: " AND ")
    var leftOut = 0
    while true {
      let count = try run(
        """
        UPDATE \(table.staged) SET active = 0, changed = 0 WHERE n IN (
          SELECT s.n FROM \(table.staged) s CROSS JOIN school_staged_classes c ON c.n = s.class
          CROSS JOIN \(table.roster.name) t ON t.group_id = 'g' || c.group_n AND \(slot)
          WHERE s.active = 1 AND (s.changed = 1 OR s.\(table.record) IS NULL) AND t.n IS NOT s.\(table.record)
            AND t.n NOT IN (SELECT \(table.record) FROM \(table.staged)
              WHERE changed = 1 AND active = 1 AND \(table.record) IS NOT NULL))
        """)
      leftOut += count
      if count == 0 { break }
    }
    guard leftOut > 0 else { return }
    report.warn(
      table.file.name,
      Text(
        "Не принято строк: \(leftOut); их место в группе занято записями, которых в наборе нет",
        en: "\(leftOut) rows were left out: their places are taken by records that the package does not have"))
  }

  func applyBindings() throws {
    let isNew = """
      u.person_n IS NOT NULL AND NOT EXISTS (SELECT 1 FROM school_imported_bindings x
        WHERE x.person_id = 'p' || u.person_n AND x.phone = b.phone)
      """
    newlyBound = try rows(
      """
      SELECT 'p' || u.person_n AS id FROM school_staged_bindings b JOIN school_staged_users u ON u.n = b.user
      WHERE \(isNew) ORDER BY u.person_n
      """
    ).compactMap { $0["id"]?.string }
    guard !newlyBound.isEmpty else { return }
    try keep(
      .bindings,
      where:
        "person_id IN (SELECT 'p' || u.person_n FROM school_staged_bindings b JOIN school_staged_users u ON u.n = b.user)"
    )
    try operation.inserting(.bindings) {
      try run(
        """
        INSERT INTO school_imported_bindings(person_id, phone, source)
        SELECT 'p' || u.person_n, min(b.phone), :source FROM school_staged_bindings b
        JOIN school_staged_users u ON u.n = b.user WHERE \(isNew) GROUP BY u.person_n ORDER BY u.person_n
        ON CONFLICT (person_id) DO UPDATE SET phone = excluded.phone, source = excluded.source
        """)
    }
  }
}
