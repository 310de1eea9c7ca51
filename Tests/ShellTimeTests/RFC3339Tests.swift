import ShellTime
import Testing

@Suite struct RFC3339Tests {
  @Test(arguments: [
    (Int64(0), "1970-01-01T00:00:00Z"), (1_743_840_000_000, "2025-04-05T08:00:00Z"), (-1, "1969-12-31T23:59:59.999Z"),
    (1_709_164_800_500, "2024-02-29T00:00:00.500Z"), (4_102_444_800_000, "2100-01-01T00:00:00Z"),
  ])
  func `an instant and its text are the same thing`(ms: Int64, text: String) {
    #expect(RFC3339.text(ms) == text)
    #expect(RFC3339.parse(text) == ms)
  }

  @Test(arguments: [
    ("2025-04-05T08:00:00+03:00", Int64(1_743_829_200_000)), ("2025-04-05t08:00:00.5z", 1_743_840_000_500),
    ("2025-04-05 08:00:00-01:30", 1_743_845_400_000),
  ])
  func `offsets and loose spellings are read`(text: String, ms: Int64) { #expect(RFC3339.parse(text) == ms) }

  @Test(arguments: [
    "", "2025-04-05", "2025-04-05T08:00:00", "2025-02-30T08:00:00Z", "2025-13-01T08:00:00Z", "2025-04-05T24:00:00Z",
    "2025-04-05T08:00:00.Z", "2025-04-05T08:00:00+3", "завтра", "2025-04-05T08:00:00Zx",
  ])
  func `what is no instant is refused`(text: String) { #expect(RFC3339.parse(text) == nil) }

  @Test func `every day of four centuries comes back`() {
    for day in stride(from: -80_000, to: 80_000, by: 1) {
      let date = RFC3339.date(days: Int64(day))
      #expect(RFC3339.dayNumber(year: date.year, month: date.month, day: date.day) == day)
    }
  }

  @Test func `a manual clock never goes back`() {
    let clock = ManualClock(1000)
    clock.advance(toMs: 500)
    #expect(clock.nowMs == 1000)
    clock.advance(toMs: 2000)
    #expect(clock.nowMs == 2000)
  }
}
