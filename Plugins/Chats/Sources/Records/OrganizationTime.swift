import PluginKit
import ZoneRules

extension LocalTime {
  /// In the organization's time zone.
  static func ofOrganization(_ transaction: Transaction) throws -> LocalTime {
    let row = try transaction.first("SELECT time_zone FROM school_v1_organization")
    return LocalTime(zone: row?["time_zone"]?.string ?? "UTC")
  }
}
