import PluginKit
import ZoneRules

/// The host's clock in the organization's time zone.
struct SchoolClock: Sendable {
  let nowMs: Int64
  private let local: LocalTime

  init(_ call: Call, _ transaction: Transaction) throws {
    let row = try transaction.first("SELECT time_zone FROM school_v1_organization")
    local = LocalTime(zone: row?["time_zone"]?.string ?? "UTC")
    nowMs = call.host.nowMs
  }

  /// `2026-09-01`.
  var today: String { local.day(nowMs).split(separator: ".").reversed().joined(separator: "-") }

  /// Whether a time of day on a day has come.
  func hasCome(_ date: String, _ time: String) -> Bool { local.instant(date, time).map { $0 <= nowMs } ?? false }

  /// `08:05`.
  func time(_ ms: Int64) -> String {
    let minutes = (ms + local.offset(atMs: ms) * 1000) / 60_000
    let ofDay = Int((minutes % 1440 + 1440) % 1440)
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(two(ofDay / 60)):\(two(ofDay % 60))"
  }

  /// `01.09.2026 08:05`.
  func moment(_ ms: Int64) -> String { "\(local.day(ms)) \(time(ms))" }

  /// A day `2026-09-01` as people read it: `01.09.2026`.
  static func display(_ date: String) -> String { date.split(separator: "-").reversed().joined(separator: ".") }
}
