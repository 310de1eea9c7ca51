import GRDB

/// A disturbance that somebody asked for.
struct Fault: Codable, FetchableRecord, Sendable {
  enum Kind: String, Codable, Sendable, CaseIterable {
    case status
    case dropBefore = "drop-before"
    case dropAfter = "drop-after"
    case delay
    case duplicate
    case reorder

    /// Acts on the delivery of updates and not on a request.
    var actsOnUpdates: Bool { self == .duplicate || self == .reorder }
  }

  var id: Int64
  /// A glob over `METHOD path` or `path`.
  var operation: String
  var kind: Kind
  var status: Int?
  var timesLeft: Int?
  /// Share of the matching requests that are hit, 0…1.
  var rate: Double
  var ms: Int64?
  var matched: Int64
  var hit: Int64
}

extension Fault {
  /// The faults whose glob fits, in the order in which they were added.
  static func matching(_ db: Database, _ method: String, _ path: String) throws -> [Fault] {
    try fetchAll(
      db,
      sql: "SELECT * FROM faults WHERE ? GLOB operation OR ? GLOB operation ORDER BY id",
      arguments: ["\(method) \(path)", path]
    )
  }

  /// Counts a matching request and tells whether it is among those that are hit.
  ///
  /// Nothing is used up yet.
  func chooses(_ db: Database) throws -> Bool {
    try db.execute(sql: "UPDATE faults SET matched = matched + 1 WHERE id = ?", arguments: [id])
    return rate >= 1 || Fault.choice(id, matched) < rate
  }

  /// Uses the fault up by one.
  func strike(_ db: Database) throws {
    if let timesLeft, timesLeft <= 1 {
      try db.execute(sql: "DELETE FROM faults WHERE id = ?", arguments: [id])
    } else {
      try db.execute(
        sql: "UPDATE faults SET hit = hit + 1, timesLeft = timesLeft - 1 WHERE id = ?",
        arguments: [id]
      )
    }
  }

  /// A number in 0..<1 that is the same for the same request of the same fault.
  ///
  /// After "SplitMix64" (Steele, Lea, Flood).
  private static func choice(_ id: Int64, _ count: Int64) -> Double {
    var mixed =
      UInt64(bitPattern: id) &* 0xD6E8_FEB8_6659_FD93 &+ UInt64(bitPattern: count &+ 1)
      &* 0x9E37_79B9_7F4A_7C15
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    mixed ^= mixed >> 31
    return Double(mixed >> 11) / Double(UInt64(1) << 53)
  }
}

/// What the faults do to one request.
struct Disturbance: Sendable {
  enum Outcome: Sendable {
    case status(Int)
    case dropBefore
    case dropAfter

    /// As the log calls it.
    var kind: Fault.Kind {
      switch self {
      case .status: .status
      case .dropBefore: .dropBefore
      case .dropAfter: .dropAfter
      }
    }
  }

  /// Nil: the request is served.
  var outcome: Outcome?
  var delayMs: Int64 = 0

  /// Delays add up; of the others the first one acts, and those behind it are not used up.
  static func take(_ db: Database, _ call: Call) throws -> Disturbance {
    var disturbance = Disturbance()
    for fault in try Fault.matching(db, call.method, call.path) where !fault.kind.actsOnUpdates {
      if fault.kind != .delay, disturbance.outcome != nil { continue }
      guard try fault.chooses(db) else { continue }
      try fault.strike(db)
      switch fault.kind {
      case .delay: disturbance.delayMs += fault.ms ?? 0
      case .status: disturbance.outcome = .status(fault.status ?? 503)
      case .dropBefore: disturbance.outcome = .dropBefore
      case .dropAfter: disturbance.outcome = .dropAfter
      case .duplicate, .reorder: break  // filtered out above
      }
    }
    return disturbance
  }
}
