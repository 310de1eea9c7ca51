import PluginKit
import ZoneRules

/// Days of the school's calendar: ISO 8601 in its time zone, so that they compare as text.
struct SchoolDay {
  private let local: LocalTime

  init(_ transaction: Transaction) throws {
    let row = try transaction.first("SELECT time_zone FROM school_v1_organization")
    local = LocalTime(zone: row?["time_zone"]?.string ?? "UTC")
  }

  /// The day of an instant of the host's clock.
  func day(_ ms: Int64) -> String { local.day(ms).split(separator: ".").reversed().joined(separator: "-") }

  /// The first instant at which a day is over.
  func end(of day: String) -> Int64 { local.instant(day, "24:00") ?? 0 }

  /// `2026-09-01` as people read it: `01.09.2026`.
  static func display(_ day: String) -> String { day.split(separator: "-").reversed().joined(separator: ".") }
}
