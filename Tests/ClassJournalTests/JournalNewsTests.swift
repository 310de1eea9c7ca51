import PluginKit
import ShellTesting
import Testing

/// What the journal leaves behind and tells, and what it does when the timetable changes.
@Suite struct JournalNewsTests {
  /// A lesson that is being given: one that is over cannot be moved any more.
  private func lessonUnderWay(_ desk: JournalDesk) throws -> JSONValue {
    let lesson = try desk.lesson()
    try desk.execute(
      "UPDATE school_lessons SET starts = '11:50', ends = '12:30' WHERE id = '\(lesson["id"]?.string ?? "")'")
    return lesson
  }

  @Test func `E3: a save is one event, one audit line and one row, and a refused one is none of them`() async throws {
    let desk = try await JournalDesk()
    let lesson = try desk.lesson()
    let topic = try desk.topic(lesson["group_id"])
    try await desk.run(
      "journal.saveLesson",
      ["lesson": lesson["id"] ?? "", "held": true, "topic": topic["id"] ?? "", "kind": "Зачёт"])
    let events = try desk.query("SELECT payload FROM shell_events WHERE name = 'journal.v1.lessonChanged'")
    #expect(events.count == 1)
    let payload = try JSONValue(parsing: events[0]["payload"]?.string ?? "")
    #expect(
      payload == [
        "lessonId": lesson["id"] ?? "", "groupId": lesson["group_id"] ?? "", "changed": ["held", "topic", "kind"],
      ])
    let line = try desk.row("SELECT action, object, old, new FROM shell_audit WHERE action LIKE 'journal.%'")
    #expect(line["object"]?.string == "lesson:\(lesson["id"]?.string ?? "")")
    #expect(
      try JSONValue(parsing: line["old"]?.string ?? "") == [
        "held": false, "topic": JSONValue.null, "kind": JSONValue.null,
      ])

    let log = try await desk.client.call("registry/query", ["registry": "audit", "limit": 1])["rows"]?[0]?["cells"]
    #expect(log?["what"] == "Добавить в журнал")
    #expect(log?["subject"]?.string?.hasPrefix("Урок: \(lesson["group_title"]?.string ?? "?"), 23.11.2026, ") == true)

    let seen = try await desk.run("presence.seen", ["lesson": lesson["id"] ?? ""])
    #expect(seen == ["lesson_id": lesson["id"] ?? "", "held": 1, "topic_id": topic["id"] ?? "", "kind": "Зачёт"])

    // The last of several wishes is wrong: nothing of the others stays.
    let other = try desk.lesson(begun: false)
    let refusal = try await desk.refusal(
      "journal.saveLesson", ["lesson": other["id"] ?? "", "kind": "Диктант", "topic": topic["id"] ?? "", "held": true])
    #expect(refusal.code == -32602)
    try await desk.stop()
  }

  @Test func `E2: headless binding keeps the rules of the form`() async throws {
    let desk = try await JournalDesk()
    let lesson = try desk.lesson()
    let foreign = try desk.row(
      "SELECT id FROM school_plan_topics WHERE group_id <> '\(lesson["group_id"]?.string ?? "")' LIMIT 1")
    let refusal = try await desk.refusal(
      "journal.bindTopic", ["lesson": lesson["id"] ?? "", "topic": foreign["id"] ?? ""])
    #expect(refusal.kind == "journal.foreignTopic")
    #expect(try await desk.refusal("journal.unbindTopic", ["lesson": lesson["id"] ?? ""]).kind == "journal.notBound")
    #expect(try await desk.refusal("journal.bindTopic", ["lesson": lesson["id"] ?? "", "topic": "t0"]).code == -32004)
    #expect(try await desk.refusal("journal.readLesson", ["lesson": "l0"]).code == -32004)
    #expect(try await desk.refusal("journal.listLessons", ["group": "g0"]).code == -32004)
    try await desk.stop()
  }

  @Test func `E3: a held lesson that is moved to a day to come is not held any more`() async throws {
    let desk = try await JournalDesk()
    let lesson = try lessonUnderWay(desk)
    try await desk.run("journal.saveLesson", ["lesson": lesson["id"] ?? "", "held": true, "kind": "Зачёт"])
    try await desk.run("school.changeLesson", ["lesson": lesson["id"] ?? "", "date": "2026-11-28"])
    await desk.settle()
    #expect(try desk.row("SELECT held, kind FROM class_journal_lessons") == ["held": 0, "kind": "Зачёт"])
    #expect(try desk.query("SELECT 1 FROM shell_audit WHERE action = 'journal.releaseLesson'").count == 1)
    await desk.settle()
    #expect(try desk.query("SELECT 1 FROM shell_events WHERE name = 'journal.v1.lessonChanged'").count == 2)
    try await desk.stop()
  }

  @Test func `E3: a lesson that leaves the timetable leaves the journal, and what was written waits for it`()
    async throws
  {
    let desk = try await JournalDesk()
    let lesson = try lessonUnderWay(desk)
    try await desk.run("journal.saveLesson", ["lesson": lesson["id"] ?? "", "kind": "Зачёт"])
    let grid = try await desk.grid(lesson)
    try await desk.run("school.removeLesson", ["lesson": lesson["id"] ?? ""])
    _ = await desk.client.notification("window/didChange") { params in
      params["changed"]?["removed"]?["buttons"]?.array?.contains { $0.string == "lesson.\(lesson["id"]?.string ?? "")" }
        == true
    }
    #expect(try await grid.columns("grid").allSatisfy { $0["id"] != lesson["id"] })
    #expect(try await desk.run("presence.seen", ["lesson": lesson["id"] ?? ""]) == JSONValue.null)
    #expect(try desk.row("SELECT kind FROM class_journal_lessons")["kind"] == "Зачёт")
    try await desk.stop()
  }

  @Test func `E1: lessons are listed for scripts as the grid has them`() async throws {
    let desk = try await JournalDesk()
    let lesson = try desk.lesson()
    try await desk.run("journal.saveLesson", ["lesson": lesson["id"] ?? "", "held": true])
    let listed = try await desk.run(
      "journal.listLessons", ["group": lesson["group_id"] ?? "", "from": "2026-11-23", "until": "2026-11-23"])
    let own = listed["lessons"]?.array?.first { $0["lesson"] == lesson["id"] }
    #expect(own?["held"] == true && own?["starts"] == lesson["starts"] && own?["topic"] == JSONValue.null)
    #expect(listed["lessons"]?.array?.allSatisfy { $0["date"] == "2026-11-23" } == true)
    try await desk.stop()
  }
}
