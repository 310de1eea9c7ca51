import PluginKit
import Testing

@testable import VideoconferencesPlugin

/// The schedule as iCalendar, RFC 5545.
@Suite struct CalendarTests {
  private func lines(_ rows: [JSONValue]) -> [String] {
    Calendar(rows, organization: "s1").text.split(separator: "\r\n", omittingEmptySubsequences: false).map(String.init)
  }

  @Test func `D6: a conference is an event with its instants in UTC`() {
    let text = lines([
      [
        "id": "v7", "name": "2А - 23.11.2026 - 08:00 - Алгебра, геометрия", "kind_title": "Онлайн-урок",
        "starts_ms": 1_795_410_000_000, "ends_ms": 1_795_412_700_000, "created_at": 1_795_406_400_000, "revision": 3,
        "subject": "Алгебра", "class": "2А",
      ]
    ])
    #expect(text.first == "BEGIN:VCALENDAR")
    #expect(text.contains("UID:v7@s1"))
    #expect(text.contains("DTSTART:20261123T050000Z"))
    #expect(text.contains("DTEND:20261123T054500Z"))
    #expect(text.contains("SEQUENCE:2"))
    #expect(text.contains("SUMMARY:2А - 23.11.2026 - 08:00 - Алгебра\\, геометрия"))
    #expect(text.suffix(2) == ["END:VCALENDAR", ""])
  }

  @Test func `D6: commas, semicolons, backslashes and line breaks of a name are escaped`() {
    #expect(Calendar.escaped("а, б; в\\г\nд") == "а\\, б\\; в\\\\г\\nд")
  }

  @Test func `D6: lines are folded at 75 bytes, never inside a letter, and unfold to what they were`() {
    let line = "SUMMARY:" + String(repeating: "Щука ", count: 60)
    let folded = Calendar.folded(line)
    #expect(folded.split(separator: "\r\n").allSatisfy { $0.utf8.count <= 75 })
    #expect(folded.replacing("\r\n ", with: "") == line)
  }

  @Test func `D6: leap days and the ends of years are written right`() {
    #expect(Calendar.instant(1_709_164_800_000) == "20240229T000000Z")
    #expect(Calendar.instant(1_767_225_599_000) == "20251231T235959Z")
  }
}
