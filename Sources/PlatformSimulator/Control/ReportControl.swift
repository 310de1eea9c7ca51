import GRDB

/// What the platform has and has seen: bindings, the log, the clock.
enum ReportControl {
  static func register(in routes: inout RouteTable) {
    routes.on("GET", "/control/bindings", bindings)
    routes.on("GET", "/control/log") { exchange in try .control(try RequestLog.all(exchange.db)) }
    routes.on("GET", "/control/clock") { exchange in
      try .control(["now": Instant.text(exchange.now)])
    }
  }

  @Sendable private static func bindings(_ exchange: Exchange) throws -> Answer {
    try Binding.expire(exchange.db, now: exchange.now)
    let all = try Binding.fetchAll(
      exchange.db,
      sql: "SELECT * FROM bindings WHERE deletedAt IS NULL ORDER BY ordinal"
    )
    return try .control(
      all.map {
        BindingSummary(
          id: $0.bindingId,
          externalUserId: $0.externalUserId,
          phone: $0.phone,
          status: $0.status.rawValue,
          updatedAt: Instant.text($0.updatedAt)
        )
      }
    )
  }
}
