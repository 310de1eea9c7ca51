import PluginKit

/// Which records commands touched, in order. An import or a roll-over can be undone while nobody has changed its
/// records since; this is how that is known.
enum TouchedRecords {
  static let sql = [
    """
    CREATE TABLE school_touched (
      n INTEGER PRIMARY KEY AUTOINCREMENT,
      record TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX school_touched_by_record ON school_touched(record, n)",
  ]

  /// Notes records by their ids (`u12`, `c3`: the letter tells the table), in the transaction that changes them.
  static func note(_ ids: [String], _ transaction: Transaction) throws {
    for id in ids {
      try transaction.query("INSERT INTO school_touched(record) VALUES (?)", [JSONValue(id)])
    }
  }
}
