import PluginHost
import PluginKit
import Testing

@testable import SchoolPlugin

/// It is Monday, 23.11.2026, 12:00 in the school: what is over stays as it was held.
@Suite struct HeldLessonTests {
  private let today = "2026-11-23"

  /// A lesson of today that ended by `time`, or goes on after it.
  private func lesson(_ bench: SchoolBench, _ rule: String) throws -> JSONValue {
    try bench.row("SELECT id FROM school_lessons WHERE date = '\(today)' AND \(rule) ORDER BY n LIMIT 1")["id"] ?? ""
  }

  @Test func `F2: a lesson that is over today is neither removed nor moved, one to come is`() async throws {
    let bench = try await SchoolBench.generated(pupils: 60)
    let held = try lesson(bench, "ends <= '12:00'")
    for change: JSONValue in [["number": 15, "starts": "18:00", "ends": "18:40"], ["date": "2026-11-28"]] {
      let failure = try await bench.refusal(of: "school.changeLesson", change.setting("lesson", held))
      #expect(failure.kind == "school.lessonHeld" && failure.message.ru.contains("23.11.2026"))
    }
    // Its times are where it was held, too: a later end would open it again.
    let later = try await bench.refusal(of: "school.changeLesson", ["lesson": held, "ends": "23:00"])
    #expect(later.kind == "school.lessonHeld")
    let failure = try await bench.refusal(of: "school.removeLesson", ["lesson": held])
    #expect(failure.kind == "school.lessonHeld" && failure.message.ru.contains("закончился"))
    try await bench.run("school.changeLesson", ["lesson": held, "room": "101"])

    let coming = try bench.row("SELECT id FROM school_lessons WHERE date > '\(today)' LIMIT 1")["id"] ?? ""
    try await bench.run("school.removeLesson", ["lesson": coming])
  }

  @Test func `F2: no lesson is put where time has passed, and the field says so`() async throws {
    let bench = try await SchoolBench.generated(pupils: 20)
    for date in ["2026-11-20", today] {
      let failure = try await bench.refusal(
        of: "school.addLesson",
        ["group": "g1", "date": JSONValue(date), "number": 15, "starts": "07:00", "ends": "07:40"]
      )
      #expect(failure.kind == "school.lessonPast" && failure.issues.map(\.path) == ["/date"])
    }
    let coming = try bench.row("SELECT id FROM school_lessons WHERE date > '\(today)' LIMIT 1")["id"] ?? ""
    let moved = try await bench.refusal(of: "school.changeLesson", ["lesson": coming, "date": "2026-11-20"])
    #expect(moved.kind == "school.lessonPast")
    try await bench.run(
      "school.addLesson", ["group": "g1", "date": JSONValue(today), "number": 15, "starts": "11:30", "ends": "12:10"])
  }

  @Test func `F2: the school's own clock decides: in Vladivostok the evening has come`() async throws {
    let bench = try await SchoolBench.generated(pupils: 60)
    let afternoon: JSONValue = [
      "group": "g1", "date": JSONValue(today), "number": 15, "starts": "14:00", "ends": "14:40",
    ]
    let id = try await bench.run("school.addLesson", afternoon)["lesson"] ?? ""
    try await bench.run("school.saveSettings", ["timeZone": "Asia/Vladivostok"])
    #expect(try await bench.refusal(of: "school.removeLesson", ["lesson": id]).kind == "school.lessonHeld")
  }

  @Test func `F2: a group that is removed keeps the lessons that were held today`() async throws {
    let bench = try await SchoolBench.generated(pupils: 60)
    let row = try bench.row(
      "SELECT id, group_id FROM school_lessons WHERE date = '\(today)' AND ends <= '12:00' ORDER BY n LIMIT 1")
    try await bench.run("school.removeGroup", ["group": row["group_id"] ?? "", "withLessons": true])
    #expect(try bench.query("SELECT 1 AS n FROM school_lessons WHERE id = '\(row["id"]?.string ?? "")'").count == 1)
  }
}
