import PluginKit

/// Wide changes without a recount for each row.
///
/// The counts and class lists of groups are kept row by row, by triggers or by whoever adds a row; for a million
/// members that costs more than the members. Inside `run` these triggers are off, and one set-based recount at its
/// end stands in for them. The other triggers stay on: their rows are as many as there are people.
enum BulkMode {
  private static let silenced = [
    "school_classes_counted", "school_group_members_added", "school_group_members_removed",
    "school_group_classes_insert", "school_group_classes_delete",
  ]

  /// One row while a wide change runs; it is gone before the transaction ends, so nobody else ever sees it.
  static let sql =
    ["CREATE TABLE school_bulk (n INTEGER PRIMARY KEY) STRICT"]
    + silenced.flatMap { name in
      ["DROP TRIGGER \(name)"]
        + ListColumns.sql.filter { $0.hasPrefix("CREATE TRIGGER \(name) ") }.map {
          $0.replacing(" BEGIN", with: " WHEN NOT EXISTS (SELECT 1 FROM school_bulk) BEGIN", maxReplacements: 1)
        }
    }

  @discardableResult
  static func run<Result>(_ transaction: Transaction, _ body: () throws -> Result) throws -> Result {
    try transaction.query("INSERT INTO school_bulk(n) VALUES (1)")
    let result = try body()
    try recount(transaction)
    try transaction.query("DELETE FROM school_bulk")
    return result
  }

  /// Groups put away keep their classes, and the count of a whole class; a list of members is counted all the same.
  private static func recount(_ transaction: Transaction) throws {
    try transaction.query(
      """
      WITH found AS (
        SELECT g.n,
          CASE g.archived WHEN 1 THEN g.classes ELSE
            (SELECT coalesce(group_concat(title, ', '), '') FROM (SELECT c.title FROM school_group_classes gc
              JOIN school_classes c ON c.id = gc.class_id WHERE gc.group_id = g.id ORDER BY c.grade, c.letter))
            END AS classes,
          CASE g.whole_class
            WHEN 1 THEN (SELECT coalesce(sum(c.pupils), 0) FROM school_group_classes gc
              JOIN school_classes c ON c.id = gc.class_id WHERE gc.group_id = g.id)
            ELSE (SELECT count(*) FROM school_group_members m WHERE m.group_id = g.id) END AS pupils
        FROM school_groups g WHERE g.archived = 0 OR g.whole_class = 0)
      UPDATE school_groups SET classes = found.classes, pupils = found.pupils FROM found
      WHERE found.n = school_groups.n
        AND (school_groups.classes <> found.classes OR school_groups.pupils <> found.pupils)
      """)
  }
}
