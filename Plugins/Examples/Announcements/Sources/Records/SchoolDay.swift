import PluginKit

/// Days of the school's calendar: ISO 8601 in its time zone, so that they compare as text. SQL knows the zones.
struct SchoolDay {
  private let transaction: Transaction
  private let zone: JSONValue

  init(_ transaction: Transaction) throws {
    self.transaction = transaction
    zone = try transaction.first("SELECT time_zone FROM school_v1_organization")?["time_zone"] ?? "UTC"
  }

  /// The day of an instant of the host's clock.
  func day(_ ms: Int64) throws -> String {
    try transaction.first("SELECT shell_day(?, ?) AS day", [JSONValue(ms), zone])?["day"]?.string ?? ""
  }

  /// The first instant at which a day is over.
  func end(of day: String) throws -> Int64 {
    try transaction.first("SELECT shell_instant(?, '24:00', ?) AS ms", [JSONValue(day), zone])?["ms"]?.int64 ?? 0
  }

  /// `2026-09-01` as people read it: `01.09.2026`.
  static func display(_ day: String) -> String { day.split(separator: "-").reversed().joined(separator: ".") }
}
