import PluginKit

/// The school's calendar day, in the organization's time zone.
enum SchoolDay {
  static func today(_ call: Call, _ transaction: Transaction) throws -> CivilDate {
    let zone = try transaction.first("SELECT time_zone FROM school_organization")?["time_zone"]?.string ?? ""
    return CivilDate(ms: call.host.nowMs, offsetMinutes: TimeZones.standardOffsetMinutes(zone))
  }
}

extension TimeZones {
  /// Minutes east of Greenwich. Russia's zones have no summer time; of others, which no Russian school is in, the
  /// day is told as in Moscow.
  static func standardOffsetMinutes(_ zone: String) -> Int {
    if zone == "UTC" { return 0 }
    let title = russian.first { $0.id == zone }?.title ?? "(UTC+3)"
    let hours = title.drop { $0 != "+" }.dropFirst().prefix { $0.isNumber }
    return (Int(hours) ?? 3) * 60
  }
}
