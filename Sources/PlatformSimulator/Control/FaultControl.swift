import GRDB

/// Faults: add, list, clear.
enum FaultControl {
  static func register(in routes: inout RouteTable) {
    routes.on("GET", "/control/faults") { exchange in
      try .control(try Fault.fetchAll(exchange.db, sql: "SELECT * FROM faults ORDER BY id").map(summary))
    }
    routes.on("POST", "/control/faults", add)
    routes.on("DELETE", "/control/faults") { exchange in
      struct Cleared: Encodable { var cleared: Int }
      try exchange.db.execute(sql: "DELETE FROM faults")
      return try .control(Cleared(cleared: exchange.db.changesCount))
    }
  }

  @Sendable private static func add(_ exchange: Exchange) throws -> Answer {
    let wish = try ControlJSON.decode(FaultRequest.self, from: exchange.call.body)
    let kind = try checked(wish, exchange.db)
    try exchange.db.execute(
      sql: "INSERT INTO faults(operation, kind, status, timesLeft, rate, ms) VALUES(?, ?, ?, ?, ?, ?)",
      arguments: [wish.operation, kind.rawValue, wish.status, wish.times, wish.rate ?? 1, wish.ms]
    )
    let id = exchange.db.lastInsertedRowID
    guard
      let fault = try Fault.fetchOne(exchange.db, sql: "SELECT * FROM faults WHERE id = ?", arguments: [id])
    else { throw Refusal.internalError }
    return try .control(summary(fault))
  }

  private static func checked(_ wish: FaultRequest, _ db: Database) throws -> Fault.Kind {
    guard let kind = Fault.Kind(rawValue: wish.kind) else {
      let kinds = Fault.Kind.allCases.map(\.rawValue).joined(separator: ", ")
      throw invalid("'\(wish.kind)' is no kind of fault; there are \(kinds)")
    }
    guard !wish.operation.isEmpty else { throw invalid("the operation is empty") }
    if let status = wish.status, !(400...599).contains(status) { throw invalid("status must be 400…599") }
    if let times = wish.times, times < 1 { throw invalid("times must be 1 or more") }
    if let rate = wish.rate, !(rate > 0 && rate <= 1) { throw invalid("rate must be above 0 and at most 1") }
    if let ms = wish.ms, !(0...3_600_000).contains(ms) { throw invalid("ms must be 0…3600000") }
    if kind == .delay, wish.ms == nil { throw invalid("a delay needs ms") }
    if kind.actsOnUpdates {
      let fits = try Bool.fetchOne(
        db,
        sql: "SELECT 'GET /updates' GLOB ? OR '/updates' GLOB ?",
        arguments: [wish.operation, wish.operation]
      )
      guard fits == true else {
        throw invalid("\(kind.rawValue) acts on updates, so the operation must match 'GET /updates'")
      }
    }
    return kind
  }

  private static func invalid(_ message: String) -> Refusal {
    ControlTable.refusal(400, "fault.invalid", message)
  }

  private static func summary(_ fault: Fault) -> FaultSummary {
    FaultSummary(
      id: fault.id,
      operation: fault.operation,
      kind: fault.kind.rawValue,
      status: fault.status,
      timesLeft: fault.timesLeft,
      rate: fault.rate,
      ms: fault.ms,
      matched: fault.matched,
      hit: fault.hit
    )
  }
}
