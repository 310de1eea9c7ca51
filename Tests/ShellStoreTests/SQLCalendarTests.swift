import Jansson
import ShellStore
import Testing

/// Days and instants in SQL.
struct SQLCalendarTests {
  private let test: TestStore

  init() throws { test = try TestStore() }

  private func value(_ sql: String) throws -> JSONValue? { try test.read("SELECT \(sql) AS value")[0]?["value"] }

  @Test(arguments: [
    ("shell_day(1795467599999, 'Europe/Moscow')", "2026-11-23"),
    ("shell_day(1795467600000, 'Europe/Moscow')", "2026-11-24"),
    ("shell_day(1795467600000, 'UTC')", "2026-11-23"), ("shell_day(1795467600000, 'Nowhere/Land')", "2026-11-23"),
    ("shell_day(1795467600000, 'Asia/Kamchatka')", "2026-11-24"), ("shell_day(-1, 'UTC')", "1969-12-31"),
  ])
  func `an instant has a day in each zone`(sql: String, day: String) throws {
    #expect(try value(sql) == JSONValue(day))
  }

  @Test(arguments: [
    ("shell_instant('2026-11-23', '24:00', 'Europe/Moscow')", 1_795_467_600_000),
    ("shell_instant('2026-11-24', '00:00', 'Europe/Moscow')", 1_795_467_600_000),
    ("shell_instant('1970-01-01', '00:01', 'UTC')", 60_000),
    // A time that a change of clocks skips, and one that comes twice.
    ("shell_instant('2026-03-29', '02:30', 'Europe/Berlin')", 1_774_747_800_000),
    ("shell_instant('2026-10-25', '02:30', 'Europe/Berlin')", 1_792_888_200_000),
  ])
  func `a day and a time have an instant in each zone`(sql: String, ms: Int64) throws {
    #expect(try value(sql) == JSONValue(ms))
  }

  @Test(arguments: [
    "shell_day(NULL, 'UTC')", "shell_day('today', 'UTC')", "shell_day(9223372036854775807, 'UTC')",
    "shell_day(1.5, 'UTC')",
    "shell_day(1, NULL)", "shell_instant('2026-9-1', '08:00', 'UTC')", "shell_instant('2026-09-01', '8:00', 'UTC')",
    "shell_instant('2026-09-01', '24:01', 'UTC')", "shell_instant('2026-09-01', '08:60', 'UTC')",
    "shell_instant('+026-09-01', '08:00', 'UTC')", "shell_instant(NULL, '08:00', 'UTC')",
    "shell_instant('2026-09-01', NULL, 'UTC')", "shell_instant('2026-09-01', '08:00', NULL)",
    "shell_instant('', '', '')",
  ])
  func `what is no day, no time or no number is NULL`(sql: String) throws {
    #expect(try value(sql) == .null)
  }

  @Test func `no index may hang on the law of time zones`() throws {
    #expect(throws: (any Error).self) {
      try test.read("CREATE INDEX days ON shell_jobs(shell_day(due_at, 'UTC'))")
    }
  }
}
