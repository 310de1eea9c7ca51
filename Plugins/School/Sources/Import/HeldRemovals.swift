import PluginKit

/// Removals that were more than the settings allow without a word: kept with their import until somebody confirms or
/// drops them, or the next package of the source says something else.
enum HeldRemovals {
  private static let mostListed = 500

  /// `[{registry, record, name}]`, at most 500.
  static func list(_ operation: Int, _ transaction: Transaction) throws -> JSONValue {
    let rows = try transaction.rows(
      "SELECT registry, record FROM school_held_removals WHERE operation = ? ORDER BY registry, record LIMIT ?",
      [JSONValue(operation), JSONValue(mostListed)])
    return JSONValue(
      try rows.map { row in
        let registry = row["registry"]?.string ?? ""
        let record = row["record"]?.string ?? "\(letters[registry] ?? "")\(row["record"]?.int ?? 0)"
        let ids = record.split(separator: " ").map(String.init)
        let name = try ids.map { try UndoConflicts.words($0, transaction) }.joined(separator: ", ")
        return ["registry": JSONValue(registry), "record": JSONValue(record), "name": JSONValue(name)]
      })
  }

  private static let letters = [
    "employees": "e", "pupils": "u", "places": "u", "parents": "r", "links": "k", "classes": "c", "groups": "g",
    "timetable": "l", "plans": "t",
  ]

  /// Whether two imports hold the same.
  static func isSame(_ one: Int, _ other: Int, _ transaction: Transaction) throws -> Bool {
    let differences = try transaction.first(
      """
      SELECT count(*) AS n FROM (SELECT registry, record FROM school_held_removals WHERE operation IN (:one, :other)
        GROUP BY registry, record HAVING count(*) = 1)
      """, ["one": JSONValue(one), "other": JSONValue(other)])
    return differences?["n"]?.int == 0
  }

  /// The import of that source that waits for a word; nil when none does.
  static func waiting(_ source: String, except operation: Int, _ transaction: Transaction) throws -> Int? {
    try transaction.first(
      """
      SELECT n FROM school_operations WHERE held > 0 AND state = 'applied' AND n <> ?
        AND json_extract(summary, '$.source') = ? ORDER BY n DESC LIMIT 1
      """, [JSONValue(operation), JSONValue(source)])?["n"]?.int
  }

  static func drop(_ operation: Int, _ transaction: Transaction) throws {
    try transaction.query("DELETE FROM school_held_removals WHERE operation = ?", [JSONValue(operation)])
    try transaction.query("UPDATE school_operations SET held = 0 WHERE n = ?", [JSONValue(operation)])
  }
}

/// `school.confirmRemovals {operation}` → `{operation, removed}`: carries the held removals of an import out, as an
/// operation of its own. `school.dropRemovals {operation}` → `{dropped}`: forgets them.
enum ConfirmRemovals {
  static let confirm = "school.confirmRemovals"
  static let drop = "school.dropRemovals"

  static func register(in plugin: inout PluginDefinition) {
    plugin.command(confirm, confirmed)
    plugin.command(drop, dropped)
  }

  @Sendable private static func confirmed(_ call: Call) throws -> Outcome {
    try call.write { transaction in
      let waiting = try find(call, transaction)
      let operation = try Operation.open(
        .removals, title: "Подтверждённые исключения: \(waiting.title)", call, transaction)
      let facts = RosterApply.Facts(source: waiting.source, today: try SchoolDay.today(call, transaction))
      let apply = RosterApply(call, transaction, operation, ImportReport(), facts)
      try apply.run(
        """
        INSERT OR IGNORE INTO school_staged_removals(registry, record)
        SELECT registry, record FROM school_held_removals WHERE operation = :held
        """, [("held", JSONValue(waiting.number))])
      try apply.spareChatAdministrator()
      try BulkMode.run(transaction) {
        try apply.keepRemovals()
        try apply.applyRemovals()
      }
      try transaction.query("DELETE FROM school_staged_removals")
      try HeldRemovals.drop(waiting.number, transaction)
      let counts = apply.counts
      let summary: JSONValue = [
        "source": JSONValue(waiting.source), "registries": counts.json(held: [:]),
        "of": JSONValue("x\(waiting.number)"),
      ]
      try operation.close(changed: counts.changed, removed: counts.removed, summary: summary)
      try transaction.audit(confirm, object: operation.id, new: summary)
      try transaction.emit(
        SchoolEvent.rosterChanged, ["reason": "imported", "operation": JSONValue(operation.id)])
      return Outcome(
        result: [
          "operation": JSONValue(operation.id), "removed": JSONValue(counts.removed),
          "registries": counts.json(held: [:]),
        ])
    }
  }

  @Sendable private static func dropped(_ call: Call) throws -> Outcome {
    try call.write { transaction in
      let waiting = try find(call, transaction)
      try HeldRemovals.drop(waiting.number, transaction)
      try transaction.audit(drop, object: "x\(waiting.number)", new: ["dropped": JSONValue(waiting.held)])
      return Outcome(result: ["dropped": JSONValue(waiting.held)])
    }
  }

  private struct Waiting {
    let number: Int
    let title: String
    let held: Int
    let source: String
  }

  private static func find(_ call: Call, _ transaction: Transaction) throws -> Waiting {
    let id = try call.string("operation")
    let row = try transaction.first(
      """
      SELECT n, title, held, state, json_extract(summary, '$.source') AS source FROM school_operations WHERE id = ?
      """, [JSONValue(id)])
    guard let row, let number = row["n"]?.int else { throw PluginError.notFound("operation", id) }
    let held = row["held"]?.int ?? 0
    guard held > 0, row["state"]?.string == "applied" else {
      throw PluginError(
        "school.nothingHeld",
        Text("У этого импорта нет исключений, которые ждут подтверждения", en: "This import has no removals that wait"))
    }
    return Waiting(
      number: number, title: String((row["title"]?.string ?? "").prefix(200)), held: held,
      source: row["source"]?.string ?? "")
  }
}
