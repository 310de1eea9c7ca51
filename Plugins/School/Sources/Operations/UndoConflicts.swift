import PluginKit

/// Records that stand in the way of an undo: somebody has changed them since, or hung something on them.
enum UndoConflicts {
  private static let mostNamed = 10

  /// In words, e.g. «ученик Иванов Пётр», at most ten; and how many there are in all.
  static func find(_ operation: Int, _ transaction: Transaction) throws -> (words: [Text], total: Int) {
    let touched = try transaction.rows(
      """
      SELECT DISTINCT t.record FROM school_operations x JOIN school_touched t ON t.n > x.touched
      WHERE x.n = :operation AND (
        EXISTS (SELECT 1 FROM school_operation_rows r WHERE r.operation = x.n AND r.name = \(table)
          AND r.record = \(number) AND r.image IS NOT NULL)
        OR EXISTS (SELECT 1 FROM school_operation_ranges g WHERE g.operation = x.n AND g.name = \(table)
          AND \(number) BETWEEN g.first AND g.last))
      """, ["operation": JSONValue(operation)]
    ).compactMap { $0["record"]?.string }
    let accounts = try transaction.rows(
      """
      SELECT a.id AS record FROM school_operation_ranges g JOIN school_people p ON p.n BETWEEN g.first AND g.last
      JOIN school_accounts a ON a.person_id = p.id WHERE g.operation = :operation AND g.name = 'school_people'
      """, ["operation": JSONValue(operation)]
    ).compactMap { $0["record"]?.string }
    let all =
      try touched + accounts + hanging("school_lessons", operation, transaction)
      + hanging("school_plan_topics", operation, transaction)
    return (try all.prefix(mostNamed).map { try RecordName.words($0, transaction) }, all.count)
  }

  /// Lessons or topics that somebody put into a group which the operation added: they would go with it.
  private static func hanging(_ table: String, _ operation: Int, _ transaction: Transaction) throws -> [String] {
    // `table` is one of the two names above.
    try transaction.rows(
      """
      SELECT l.id AS record FROM school_operation_ranges g JOIN school_groups x ON x.n BETWEEN g.first AND g.last
      JOIN \(table) l ON l.group_id = x.id
      WHERE g.operation = :operation AND g.name = 'school_groups' AND NOT EXISTS (
        SELECT 1 FROM school_operation_ranges o WHERE o.operation = :operation AND o.name = '\(table)'
          AND l.n BETWEEN o.first AND o.last)
      """, ["operation": JSONValue(operation)]
    ).compactMap { $0["record"]?.string }
  }

  private static let number = "CAST(substr(t.record, 2) AS INTEGER)"

  /// SQL: the table that a touched record's letter stands for.
  private static let table =
    "CASE substr(t.record, 1, 1) "
    + RosterTable.all.compactMap { table in table.letter.map { "WHEN '\($0)' THEN '\(table.name)'" } }
    .joined(separator: " ") + " END"
}
