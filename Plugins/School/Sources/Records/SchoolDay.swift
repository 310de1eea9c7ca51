import PluginKit
import ZoneRules

/// What day it is in the school.
enum SchoolDay {
  /// Today by the host's clock in the organization's time zone.
  static func today(_ transaction: Transaction, nowMs: Int64) throws -> CivilDate {
    let row = try transaction.first("SELECT time_zone FROM school_organization")
    return today(in: row?["time_zone"]?.string ?? "UTC", nowMs: nowMs)
  }

  static func today(_ call: Call, _ transaction: Transaction) throws -> CivilDate {
    try today(transaction, nowMs: call.host.nowMs)
  }

  /// The time of day in the school, `08:00`.
  static func time(_ transaction: Transaction, nowMs: Int64) throws -> String {
    let row = try transaction.first("SELECT time_zone FROM school_organization")
    let offset = offsetMinutes(in: row?["time_zone"]?.string ?? "UTC", atMs: nowMs)
    let minutes = Int((Double(nowMs) / 60_000).rounded(.down)) + offset
    let ofDay = (minutes % 1440 + 1440) % 1440
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(two(ofDay / 60)):\(two(ofDay % 60))"
  }

  static func today(in zone: String, nowMs: Int64) -> CivilDate {
    CivilDate(ms: nowMs, offsetMinutes: offsetMinutes(in: zone, atMs: nowMs))
  }

  /// Minutes east of Greenwich. Russia's zones are known here for machines without zone files: none of them has
  /// changed its offset since 2020.
  static func offsetMinutes(in zone: String, atMs ms: Int64) -> Int {
    if let rules = ZoneRules.named(zone) { return rules.offset(atMs: ms) / 60 }
    let title = TimeZones.russian.first { $0.id == zone }?.title ?? ""
    let hours = title.drop { $0 != "+" }.dropFirst().prefix { $0.isNumber }
    return (Int(hours) ?? 0) * 60
  }
}

extension CivilDate {
  /// `05.04.2025`: as people read it.
  var display: String { text.split(separator: "-").reversed().joined(separator: ".") }

  /// The same for a day as it is kept, `2025-04-05`.
  static func display(_ iso: String) -> String { CivilDate(text: iso)?.display ?? iso }
}
