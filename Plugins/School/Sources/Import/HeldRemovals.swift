import PluginKit

/// Removals that were more than the settings allow without a word: kept with their import until somebody confirms or
/// drops them, or the next package of the source says something else.
enum HeldRemovals {
  private static let mostListed = 500

  /// `[{registry, record, name}]`, at most 500.
  static func list(_ operation: Int, in language: Language, _ transaction: Transaction) throws -> JSONValue {
    let rows = try transaction.rows(
      "SELECT registry, record FROM school_held_removals WHERE operation = ? ORDER BY registry, record LIMIT ?",
      [JSONValue(operation), JSONValue(mostListed)])
    return JSONValue(
      try rows.map { row in
        let registry = row["registry"]?.string ?? ""
        let record = row["record"]?.string ?? "\(letters[registry] ?? "")\(row["record"]?.int ?? 0)"
        let ids = record.split(separator: " ").map(String.init)
        let name = try ids.map { try RecordName.words($0, transaction).text(language) }.joined(separator: ", ")
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

  /// Takes out of `school_staged_removals` the records that somebody has changed since the import; in words, at most
  /// ten, and how many in all.
  static func passOverTouched(_ operation: Int, _ apply: RosterApply) throws -> (words: [Text], total: Int) {
    let letter =
      "CASE registry \(letters.sorted { $0.key < $1.key }.map { "WHEN '\($0)' THEN '\($1)'" }.joined(separator: " ")) END"
    let isTouched = """
      EXISTS (SELECT 1 FROM school_operations x JOIN school_touched t ON t.n > x.touched
        AND t.record IN (\(letter) || record, substr(record, 1, instr(record, ' ') - 1),
          substr(record, instr(record, ' ') + 1))
        WHERE x.n = :held)
      """
    let held = [("held", JSONValue(operation))]
    let records = try apply.rows(
      """
      SELECT coalesce(\(letter) || record, substr(record, instr(record, ' ') + 1)) AS id
      FROM school_staged_removals WHERE \(isTouched) ORDER BY registry, record
      """, held
    ).compactMap { $0["id"]?.string }
    guard !records.isEmpty else { return ([], 0) }
    try apply.run("DELETE FROM school_staged_removals WHERE \(isTouched)", held)
    return (try records.prefix(10).map { try RecordName.words($0, apply.transaction) }, records.count)
  }

  static func drop(_ operation: Int, _ transaction: Transaction) throws {
    try transaction.query("DELETE FROM school_held_removals WHERE operation = ?", [JSONValue(operation)])
    try transaction.query("UPDATE school_operations SET held = 0 WHERE n = ?", [JSONValue(operation)])
  }
}

/// `school.confirmRemovals {operation}` → `{operation, removed, skipped, warnings}`: carries the held removals of an
/// import out, as an operation of its own; records that somebody has changed since are passed over. `school.dropRemovals {operation}` → `{dropped}`: forgets them.
enum ConfirmRemovals {
  static let confirm = "school.confirmRemovals"
  static let drop = "school.dropRemovals"

  static func register(in plugin: inout PluginDefinition) {
    plugin.command(confirm, confirmed)
    plugin.command(drop, dropped)
  }

  @Sendable private static func confirmed(_ call: Call) throws -> Outcome {
    let (outcome, accounts) = try call.write { transaction in try confirm(call, transaction) }
    RosterApply.endSessions(of: accounts, call)
    return outcome
  }

  private static func confirm(_ call: Call, _ transaction: Transaction) throws -> (Outcome, accounts: [String]) {
    let waiting = try find(call, transaction)
    let operation = try Operation.open(
      .removals,
      title: Text(
        "Подтверждённые исключения: \(waiting.title.ru)", en: "Confirmed removals: \(waiting.title.en)"), call,
      transaction)
    let facts = RosterApply.Facts(source: waiting.source, today: try SchoolDay.today(call, transaction))
    let report = ImportReport(call)
    let apply = RosterApply(call, transaction, operation, report, facts)
    try apply.run(
      """
      INSERT OR IGNORE INTO school_staged_removals(registry, record)
      SELECT registry, record FROM school_held_removals WHERE operation = :held
      """, [("held", JSONValue(waiting.number))])
    let touched = try HeldRemovals.passOverTouched(waiting.number, apply)
    if touched.total > 0 {
      let rest = touched.total > touched.words.count ? "…" : ""
      func names(_ language: Language) -> String {
        touched.words.map { $0.text(language) }.joined(separator: ", ") + rest
      }
      report.warn(
        "",
        Text(
          "Не исключены, потому что с тех пор изменены: \(touched.total) (\(names(.ru)))",
          en: "Not removed, since they were changed after the import: \(touched.total) (\(names(.en)))"))
    }
    try apply.spareIndispensable()
    try BulkMode.run(transaction) {
      try apply.keepRemovals()
      try apply.applyRemovals()
      try apply.leaveOldGroups()
      try apply.settleLeavingClasses()
    }
    try transaction.query("DELETE FROM school_staged_removals")
    try HeldRemovals.drop(waiting.number, transaction)
    let counts = apply.counts
    let summary: JSONValue = [
      "source": JSONValue(waiting.source), "registries": counts.json(held: [:]),
      "of": JSONValue("x\(waiting.number)"), "skipped": JSONValue(touched.total),
      "warnings": JSONValue(report.warnings),
    ]
    try operation.close(changed: counts.changed, removed: counts.removed, summary: summary)
    try SchoolAudit.note(confirm, object: operation.id, new: summary, transaction)
    try transaction.emit(
      SchoolEvent.rosterChanged, ["reason": "imported", "operation": JSONValue(operation.id)])
    let words = report.warnings.compactMap { $0["reason"]?.string }.joined(separator: "\n")
    let outcome = Outcome(
      result: [
        "operation": JSONValue(operation.id), "removed": JSONValue(counts.removed),
        "registries": counts.json(held: [:]), "skipped": JSONValue(touched.total),
        "warnings": JSONValue(report.warnings),
      ], effects: words.isEmpty ? [] : [.dialog(.warning, Text(words, en: words))])
    return (outcome, apply.closedAccounts)
  }

  @Sendable private static func dropped(_ call: Call) throws -> Outcome {
    try call.write { transaction in
      let waiting = try find(call, transaction)
      try HeldRemovals.drop(waiting.number, transaction)
      try SchoolAudit.note(
        drop, object: "x\(waiting.number)", new: ["dropped": JSONValue(waiting.held)], transaction)
      return Outcome(result: ["dropped": JSONValue(waiting.held)])
    }
  }

  private struct Waiting {
    let number: Int
    let title: Text
    let held: Int
    let source: String
  }

  private static func find(_ call: Call, _ transaction: Transaction) throws -> Waiting {
    let id = try call.string("operation")
    let row = try transaction.first(
      """
      SELECT n, title, coalesce(title_en, title) AS title_en, held, state, json_extract(summary, '$.source') AS source FROM school_operations WHERE id = ?
      """, [JSONValue(id)])
    guard let row, let number = row["n"]?.int else { throw PluginError.notFound("operation", id) }
    let held = row["held"]?.int ?? 0
    guard held > 0, row["state"]?.string == "applied" else {
      throw PluginError(
        "school.nothingHeld",
        Text("У этого импорта нет исключений, которые ждут подтверждения", en: "This import has no removals that wait"))
    }
    return Waiting(
      number: number,
      title: Text(
        String((row["title"]?.string ?? "").prefix(200)), en: String((row["title_en"]?.string ?? "").prefix(200))),
      held: held, source: row["source"]?.string ?? "")
  }
}
