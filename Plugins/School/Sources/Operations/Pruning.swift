import PluginKit

/// Keeps the journal of imports and roll-overs from growing for ever. The last 50 operations stay, and all of the last
/// 400 days: whichever is more. Older ones can no longer be undone and leave the list.
///
/// Which records commands touched is kept as far back as an operation that can still be undone.
enum Pruning {
  static let job = "school.prune"
  static let keptOperations = 50
  static let keptDays = 400
  private static let dayMs: Int64 = 86_400_000

  /// Touches that nobody asks for are let stand up to this many, so that a start has nothing to write.
  private static let mostIdleTouches = 10_000

  /// When the next run is due.
  static let sql = [
    "CREATE TABLE school_chores (name TEXT NOT NULL PRIMARY KEY, due_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID"
  ]

  static func register(in plugin: inout PluginDefinition) {
    plugin.job(job) { call throws in
      try call.write { transaction in
        try prune(transaction, nowMs: call.host.nowMs)
        try schedule(transaction, dueMs: call.host.nowMs + dayMs)
      }
    }
  }

  /// At the start of the plugin: operations of before there was a job get one, and a school without operations loses
  /// the touches that have piled up.
  static func start(_ host: Host) throws {
    let facts = try host.read { transaction in
      try transaction.first(
        """
        SELECT EXISTS (SELECT 1 FROM school_operations) AS operations,
          EXISTS (SELECT 1 FROM school_chores WHERE name = ?) AS scheduled,
          (SELECT coalesce(max(n) - min(n), 0) FROM school_touched) AS touches
        """, [JSONValue(job)])
    }
    let hasOperations = facts?["operations"]?.int == 1
    let isIdle = !hasOperations && (facts?["touches"]?.int ?? 0) > mostIdleTouches
    guard (hasOperations && facts?["scheduled"]?.int != 1) || isIdle else { return }
    try host.write { transaction in
      if isIdle { try prune(transaction, nowMs: host.nowMs) }
      if hasOperations { try schedule(transaction, dueMs: host.nowMs + dayMs) }
    }
  }

  /// With an operation: the first one starts the daily run.
  static func startIfNeeded(_ transaction: Transaction, nowMs: Int64) throws {
    guard try transaction.first("SELECT 1 AS found FROM school_chores WHERE name = ?", [JSONValue(job)]) == nil else {
      return
    }
    try schedule(transaction, dueMs: nowMs + dayMs)
  }

  private static func schedule(_ transaction: Transaction, dueMs: Int64) throws {
    try transaction.query(
      "INSERT OR REPLACE INTO school_chores(name, due_ms) VALUES (?, ?)", [JSONValue(job), JSONValue(dueMs)])
    try transaction.schedule(job, key: "daily", dueAtMs: dueMs)
  }

  static func prune(_ transaction: Transaction, nowMs: Int64) throws {
    // What an operation kept goes with it, by the schema.
    try transaction.query(
      """
      DELETE FROM school_operations WHERE at < strftime('%Y-%m-%dT%H:%M:%SZ', :oldest, 'unixepoch')
        AND n NOT IN (SELECT n FROM school_operations ORDER BY n DESC LIMIT :kept)
      """,
      ["oldest": JSONValue((nowMs - Int64(keptDays) * dayMs) / 1000), "kept": JSONValue(keptOperations)])
    try transaction.query(
      """
      DELETE FROM school_touched WHERE n <= (
        SELECT coalesce(min(touched), (SELECT max(n) FROM school_touched)) FROM school_operations WHERE state = 'applied')
      """)
  }
}
