import CSQLite
import ZoneRules

/// Days in a time zone for SQL: plugins know the organization's zone by its name, and need not read zone files.
///
/// `shell_day(ms, zone)`: the day of an instant, `2026-09-01`. `shell_instant(day, time, zone)`: the instant of a day
/// and a time of it, milliseconds since 1970; `24:00` is the day's end. NULL for NULL, and for what is no day or time. A
/// zone that this machine does not know counts as Greenwich's. Zones change by law, so no index may use these.
enum SQLCalendar {
  static func register(_ database: OpaquePointer) throws(StoreError) {
    let flags = SQLITE_UTF8 | SQLITE_INNOCUOUS
    let day = unsafe sqlite3_create_function_v2(
      database, "shell_day", 2, flags, nil,
      { context, _, arguments in
        guard let ms = unsafe SQLCalendar.number(arguments, 0), let zone = unsafe SQLCalendar.text(arguments, 1) else {
          unsafe sqlite3_result_null(context)
          return
        }
        let parts = LocalTime(zone: zone).day(ms).split(separator: ".")
        unsafe answer(context, Array(parts.reversed().joined(separator: "-").utf8))
      }, nil, nil, nil)
    guard day == SQLITE_OK else { throw unsafe StoreError(database, "shell_day") }

    let instant = unsafe sqlite3_create_function_v2(
      database, "shell_instant", 3, flags, nil,
      { context, _, arguments in
        guard let day = unsafe SQLCalendar.text(arguments, 0), SQLCalendar.isDay(day),
          let time = unsafe SQLCalendar.text(arguments, 1), SQLCalendar.isTime(time),
          let zone = unsafe SQLCalendar.text(arguments, 2), let ms = LocalTime(zone: zone).instant(day, time)
        else {
          unsafe sqlite3_result_null(context)
          return
        }
        unsafe sqlite3_result_int64(context, ms)
      }, nil, nil, nil)
    guard instant == SQLITE_OK else { throw unsafe StoreError(database, "shell_instant") }
  }

  private static func text(_ arguments: UnsafeMutablePointer<OpaquePointer?>?, _ index: Int) -> String? {
    unsafe argument(arguments, index).map { unsafe String(decoding: $0, as: UTF8.self) }
  }

  /// Within some thousand years, so that nothing overflows.
  private static func number(_ arguments: UnsafeMutablePointer<OpaquePointer?>?, _ index: Int) -> Int64? {
    guard let value = unsafe arguments?[index], unsafe sqlite3_value_type(value) == SQLITE_INTEGER else { return nil }
    let ms = unsafe sqlite3_value_int64(value)
    return abs(ms / 1000) < 253_402_300_800 ? ms : nil
  }

  /// `2026-09-01`; whether the month has that day is SQLite's to say.
  private static func isDay(_ text: String) -> Bool { isDigits(text, [4, 2, 2], "-") }

  /// `08:30`, and `24:00`.
  private static func isTime(_ text: String) -> Bool {
    isDigits(text, [2, 2], ":") && text <= "24:00" && text.suffix(2) < "60"
  }

  private static func isDigits(_ text: String, _ counts: [Int], _ separator: Character) -> Bool {
    let parts = text.split(separator: separator, omittingEmptySubsequences: false)
    return parts.map(\.utf8.count) == counts && parts.allSatisfy { $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
  }
}
