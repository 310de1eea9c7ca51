import GRDB

/// Every request that came, with what it did.
enum RequestLog {
  private static let kept: Int64 = 100_000

  /// Notes a request in the transaction of its effect.
  ///
  /// `status` 0: no answer was given. `fault`: why the bot did not get what it asked for.
  static func add(
    _ db: Database,
    _ call: Call,
    at: Int64,
    status: Int,
    effect: Answer.Effect,
    target: String?,
    fault: Fault.Kind? = nil
  ) throws {
    try db.execute(
      sql: """
        INSERT INTO requests(at, method, path, status, effect, idempotencyKey, target, fault)
        VALUES(?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        at, call.method, call.target, status, effect.rawValue, call.idempotencyKey, target, fault?.rawValue,
      ]
    )
    let id = db.lastInsertedRowID
    guard id % 1000 == 0 else { return }
    try db.execute(sql: "DELETE FROM requests WHERE id <= ?", arguments: [id - kept])
  }

  static func add(
    _ db: Database, _ call: Call, at: Int64, _ answer: Answer, fault: Fault.Kind? = nil
  ) throws {
    try add(
      db, call, at: at, status: answer.status, effect: answer.effect, target: answer.target, fault: fault)
  }

  /// Oldest first.
  static func all(_ db: Database) throws -> [LoggedRequest] {
    let rows = try Row.fetchCursor(db, sql: "SELECT * FROM requests ORDER BY at, id")
    var requests: [LoggedRequest] = []
    while let row = try rows.next() {
      requests.append(
        LoggedRequest(
          at: Instant.text(row["at"]),
          method: row["method"],
          path: row["path"],
          status: row["status"],
          effect: row["effect"],
          idempotencyKey: row["idempotencyKey"],
          target: row["target"],
          fault: row["fault"]
        )
      )
    }
    return requests
  }
}
