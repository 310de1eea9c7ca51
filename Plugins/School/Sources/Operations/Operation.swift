import PluginKit

/// A wide change under way, an import or a roll-over, inside the transaction that makes it:
///
///     let operation = try Operation.open(.rollover, title: "Перевод на 2026/2027", call, transaction)
///     try operation.keep(.classes, where: "archived = 0")           // rows that will be changed or removed
///     try operation.keep(.pupils, where: "…")                       // pupils whose enrolments will be, too
///     …
///     try operation.inserting(.enrolments) { … }                    // around rows that are added
///     try operation.close(changed: 12, summary: […])
///
/// What was kept and what was added is what an undo needs; whoever forgets to keep a row cannot get it back. Keep
/// all of it before the first change: triggers move titles and counts into other rows as soon as something changes.
struct Operation {
  enum Kind: String, Sendable { case `import`, removals, rollover }

  let number: Int
  let transaction: Transaction

  /// The operation's id, `x12`.
  var id: String { "x\(number)" }

  static func open(
    _ kind: Kind, title: Text, _ call: Call, _ transaction: Transaction
  ) throws -> Operation {
    let row = try transaction.first(
      """
      INSERT INTO school_operations(kind, title, title_en, at, login)
      VALUES (?, ?, ?, strftime('%Y-%m-%dT%H:%M:%SZ', ?, 'unixepoch'), ?) RETURNING n
      """,
      [
        JSONValue(kind.rawValue), JSONValue(title.ru), JSONValue(title.en), JSONValue(call.host.nowMs / 1000),
        JSONValue(call.session?.user.login ?? ""),
      ])
    try Pruning.startIfNeeded(transaction, nowMs: call.host.nowMs)
    return Operation(number: row?["n"]?.int ?? 0, transaction: transaction)
  }

  /// Keeps rows as they are, before they are changed or removed. A row that was kept already, or that this
  /// operation added, keeps its first image.
  ///
  /// `predicate`: SQL over the table's columns, and over `columns` as `shell_columns`.
  func keep(
    _ table: RosterTable, where predicate: String, _ bindings: [(String, JSONValue)] = [], over columns: Columns? = nil
  ) throws {
    let sql = """
      INSERT OR IGNORE INTO school_operation_rows(operation, name, record, image)
      SELECT :operation, '\(table.name)', \(table.record), \(table.image) FROM \(table.name)
      WHERE (\(predicate)) AND \(notAdded(table))
      """
    let bound = JSONValue(members: bindings + [("operation", JSONValue(number))])
    if let columns { try transaction.query(sql, bound, over: columns) } else { try transaction.query(sql, bound) }
  }

  /// Notes the rows that `body` adds to a table whose rows have numbers.
  @discardableResult
  func inserting<Result>(_ table: RosterTable, _ body: () throws -> Result) throws -> Result {
    let before = try lastNumber(table)
    let result = try body()
    let after = try lastNumber(table)
    if after > before {
      try transaction.query(
        "INSERT INTO school_operation_ranges(operation, name, first, last) VALUES (?, ?, ?, ?)",
        [JSONValue(number), JSONValue(table.name), JSONValue(before + 1), JSONValue(after)])
    }
    return result
  }

  /// Notes rows that are about to be added to a table whose rows have a key: they were not there before.
  /// `keys`: SQL that gives the keys as the columns of the table's key. Rows of school_group_members need no note;
  /// they name their operation themselves.
  func noteAbsent(_ table: RosterTable, _ keys: String, _ bindings: [(String, JSONValue)] = []) throws {
    try transaction.query(
      """
      INSERT OR IGNORE INTO school_operation_rows(operation, name, record, image)
      SELECT :operation, '\(table.name)', \(table.record), NULL FROM (\(keys))
      """, JSONValue(members: bindings + [("operation", JSONValue(number))]))
  }

  /// Ends the change. `held`: removals that wait for somebody's word.
  func close(added: Int = 0, changed: Int = 0, removed: Int = 0, held: Int = 0, summary: JSONValue) throws {
    try transaction.query(
      """
      UPDATE school_operations SET added = ?, changed = ?, removed = ?, held = ?, summary = ?,
        touched = (SELECT coalesce(max(n), 0) FROM school_touched)
      WHERE n = ?
      """,
      [
        JSONValue(added), JSONValue(changed), JSONValue(removed), JSONValue(held), JSONValue(summary.text()),
        JSONValue(number),
      ])
  }

  private func notAdded(_ table: RosterTable) -> String {
    if table == .groupMembers { return "operation IS NOT :operation" }
    guard table.isNumbered else { return "1" }
    return """
      NOT EXISTS (SELECT 1 FROM school_operation_ranges g WHERE g.operation = :operation
        AND g.name = '\(table.name)' AND \(table.name).n BETWEEN g.first AND g.last)
      """
  }

  private func lastNumber(_ table: RosterTable) throws -> Int {
    try transaction.first("SELECT coalesce(max(n), 0) AS n FROM \(table.name)")?["n"]?.int ?? 0
  }
}
