import PluginKit

/// Puts back what an operation did, inside one transaction.
///
/// The order matters, since keys and unique labels hold at every step: what hangs on others goes first, labels are
/// freed before old records take them again, and what lists show beside a row's own is set last, when all triggers
/// have run.
struct OperationUndo {
  let operation: Int
  let transaction: Transaction

  func run() throws {
    try BulkMode.run(transaction) {
      // 1. Leaves that it added.
      for table in RosterTable.leaves.reversed() { try removeAdded(table) }
      // 2. Classes and groups that it added: they may stand on labels of old ones.
      for table in [RosterTable.groups, .classes] { try removeAdded(table) }
      // 3. Records that it removed, and records that it changed.
      try makeRoom()
      for table in RosterTable.roots {
        try bringBack(table)
        try restore(table)
      }
      // 4. Now nothing refers to people that it added.
      for table in [RosterTable.parents, .pupils, .employees, .people, .subjects, .years] { try removeAdded(table) }
      // 5. Leaves that it changed or removed. Changed ones are taken out first: two lessons may have changed places.
      for table in RosterTable.leaves {
        try takeOut(table)
        try bringBack(table)
      }
      // 6. The triggers of step 5 have moved pupils and counts about.
      for table in [RosterTable.employees, .classes, .pupils, .parents, .groups] { try restore(table) }
    }
    try renewCopies()
    try openAccounts()
    // 7. The school's name, which a first import may have brought, unless somebody has given it another since.
    try transaction.query(
      """
      UPDATE school_organization SET name = json_extract(r.image, '$.name'),
        short_name = json_extract(r.image, '$.short_name')
      FROM school_operation_rows r WHERE r.operation = :operation AND r.name = 'school_organization'
        AND NOT EXISTS (SELECT 1 FROM school_operations x JOIN school_touched t ON t.n > x.touched
          WHERE x.n = :operation AND t.record = 'school')
      """, parameters)
    try transaction.query("DELETE FROM school_held_removals WHERE operation = ?", [JSONValue(operation)])
    try transaction.query(
      "UPDATE school_operations SET state = 'undone', held = 0 WHERE n = ?", [JSONValue(operation)])
  }

  /// Images hold what lists show beside a row's own; of names and blocked accounts that may have changed since.
  private func renewCopies() throws {
    for table in ["school_employees", "school_pupils", "school_parents"] {
      try transaction.query(
        """
        UPDATE \(table) SET full_name = p.full_name FROM school_people p
        WHERE p.id = \(table).person_id AND \(table).full_name <> p.full_name
        """)
    }
    try transaction.query(
      """
      UPDATE school_employees SET blocked = a.blocked FROM school_accounts a
      WHERE a.person_id = school_employees.person_id AND school_employees.blocked <> a.blocked
      """)
  }

  /// Whoever works here again because the dismissal is taken back signs in again; as `EmployeeAccount.open` does.
  private func openAccounts() throws {
    let back = """
      SELECT a.id FROM school_operation_rows r JOIN school_employees e ON e.n = r.record
      JOIN school_accounts a ON a.person_id = e.person_id
      WHERE r.operation = :operation AND r.name = 'school_employees'
        AND json_extract(r.image, '$.hired') IS NOT NULL AND json_extract(r.image, '$.dismissed') IS NULL
        AND e.dismissed IS NULL
      """
    try transaction.query(
      """
      UPDATE school_accounts SET blocked = 0, blocked_by = NULL WHERE blocked_by = 'dismissal' AND id IN (\(back))
      """, parameters)
    try transaction.query(
      "INSERT OR IGNORE INTO school_account_roles(account_id, role) SELECT id, 'employee' FROM (\(back))", parameters)
  }

  private var parameters: JSONValue { ["operation": JSONValue(operation)] }

  private func removeAdded(_ table: RosterTable) throws {
    let predicate =
      if table == .groupMembers {
        "operation = :operation"
      } else if table.isNumbered {
        """
        n IN (SELECT x.n FROM school_operation_ranges g JOIN \(table.name) x ON x.n BETWEEN g.first AND g.last
          WHERE g.operation = :operation AND g.name = '\(table.name)')
        """
      } else {
        """
        \(table.record) IN (SELECT record FROM school_operation_rows
          WHERE operation = :operation AND name = '\(table.name)' AND image IS NULL)
        """
      }
    try transaction.query("DELETE FROM \(table.name) WHERE \(predicate)", parameters)
  }

  /// Two labels or two current years may change places; for a moment nobody has one.
  private func makeRoom() throws {
    try transaction.query(
      """
      UPDATE school_classes SET letter = '~' || n WHERE n IN (SELECT record FROM school_operation_rows
        WHERE operation = :operation AND name = 'school_classes' AND image IS NOT NULL)
      """, parameters)
    try transaction.query(
      """
      UPDATE school_academic_years SET is_current = 0 WHERE EXISTS (SELECT 1 FROM school_operation_rows
        WHERE operation = :operation AND name = 'school_academic_years')
      """, parameters)
  }

  /// Rows that are there, as they were. Of a table whose rows have numbers.
  private func restore(_ table: RosterTable) throws {
    let old = table.columns.map { "\($0) = json_extract(r.image, '$.\($0)')" }.joined(separator: ", ")
    try transaction.query(
      """
      UPDATE \(table.name) SET \(old) FROM school_operation_rows r
      WHERE r.operation = :operation AND r.name = '\(table.name)' AND r.image IS NOT NULL AND r.record = \(table.name).n
      """, parameters)
  }

  private func takeOut(_ table: RosterTable) throws {
    try transaction.query(
      """
      DELETE FROM \(table.name) WHERE \(table.record) IN (SELECT record FROM school_operation_rows
        WHERE operation = :operation AND name = '\(table.name)' AND image IS NOT NULL)
      """, parameters)
  }

  /// Rows that are gone.
  private func bringBack(_ table: RosterTable) throws {
    let columns = (table.isNumbered ? ["n"] : []) + table.columns
    let old = table.columns.map { "json_extract(r.image, '$.\($0)')" }
    let values = ((table.isNumbered ? ["r.record"] : []) + old).joined(separator: ", ")
    let isThere =
      table.isNumbered
      ? "SELECT 1 FROM \(table.name) x WHERE x.n = r.record"
      : "SELECT 1 FROM \(table.name) x WHERE "
        + table.key.map { "x.\($0) = json_extract(r.image, '$.\($0)')" }.joined(separator: " AND ")
    try transaction.query(
      """
      INSERT INTO \(table.name)(\(columns.joined(separator: ", "))) SELECT \(values) FROM school_operation_rows r
      WHERE r.operation = :operation AND r.name = '\(table.name)' AND r.image IS NOT NULL AND NOT EXISTS (\(isThere))
      """, parameters)
  }
}
