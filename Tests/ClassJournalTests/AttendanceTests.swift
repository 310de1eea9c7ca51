import PluginKit
import ShellTesting
import Testing

/// X8: who was at a lesson, offered by another plugin and confirmed by the teacher.
@Suite struct AttendanceTests {
  /// Minutes after the lesson's day begins in Moscow.
  private func at(_ hour: Int64, _ minute: Int64) -> JSONValue {
    JSONValue(JournalDesk.start + ((hour - 12) * 60 + minute) * 60_000)
  }

  private func pupils(_ desk: JournalDesk, _ lesson: JSONValue) throws -> [JSONValue] {
    try desk.query(
      """
      SELECT u.id, u.full_name AS name FROM school_v1_group_members m JOIN school_pupils u ON u.id = m.pupil_id
      WHERE m.group_id = '\(lesson["group_id"]?.string ?? "")' ORDER BY u.full_name COLLATE russian
      """)
  }

  private func marks(_ desk: JournalDesk) throws -> [JSONValue] {
    try desk.query(
      "SELECT pupil_id, present FROM class_journal_attendance WHERE present IS NOT NULL ORDER BY present DESC, pupil_id"
    )
  }

  @Test func `X8: a proposal shows in an open window, changes nothing, and saving confirms it as the teacher mends it`()
    async throws
  {
    let desk = try await JournalDesk()
    let lesson = try desk.lesson()
    let people = try pupils(desk, lesson)
    let (first, second) = (people[0]["id"] ?? "", people[1]["id"] ?? "")
    let window = try await desk.lessonWindow(lesson)
    #expect(try await window.columns("attendance").map { $0["title"] } == ["ФИО", "Присутствовал"])
    let answer = try await desk.run(
      "presence.offer",
      [
        "lesson": lesson["id"] ?? "",
        "pupils": [
          ["pupil": first, "present": true, "cameAt": at(8, 2), "leftAt": at(8, 44)],
          ["pupil": second, "present": false], ["pupil": "u0", "present": true],
        ],
      ])
    #expect(answer["accepted"] == 2)
    _ = await desk.client.notification("window/didChange") { $0["changed"]?["tables"]?[0]?["columns"]?.count == 3 }
    let rows = try await window.rows("attendance")
    #expect(rows[0]["cells"] == ["name": people[0]["name"] ?? "", "present": true, "proposed": "08:02–08:44"])
    #expect(rows[1]["cells"]?["proposed"] == "нет")
    #expect(try marks(desk).isEmpty)

    try await window.mark(second, present: true)
    try await window.set(["held": true])
    #expect(try await window.press("save")["result"]?["changed"] == ["held", "attendance"])
    #expect(try marks(desk).map { $0["pupil_id"] } == [first, second].sorted { $0.text() < $1.text() })
    #expect(try marks(desk).allSatisfy { $0["present"] == 1 })
    let read = try await desk.run("journal.readLesson", ["lesson": lesson["id"] ?? ""])
    #expect(read["attendance"]?[0]?["came"] == "08:02" && read["attendance"]?[0]?["present"] == true)
    try await desk.stop()
  }

  @Test func `X8: undoing the lesson takes confirmed marks back and keeps what was proposed`() async throws {
    let desk = try await JournalDesk()
    let lesson = try desk.lesson()
    let pupil = try pupils(desk, lesson)[0]["id"] ?? ""
    try await desk.run(
      "presence.offer", ["lesson": lesson["id"] ?? "", "pupils": [["pupil": pupil, "present": true]]])
    let early = try await desk.refusal("journal.confirmAttendance", ["lesson": lesson["id"] ?? ""])
    #expect(early.kind == "journal.notHeld")
    try await desk.run("journal.saveLesson", ["lesson": lesson["id"] ?? "", "held": true])
    #expect(try marks(desk).isEmpty)
    let confirmed = try await desk.run("journal.confirmAttendance", ["lesson": lesson["id"] ?? ""])
    #expect(confirmed["changed"] == ["attendance"])
    #expect(try marks(desk).count == 1)
    let undone = try await desk.run("journal.saveLesson", ["lesson": lesson["id"] ?? "", "held": false])
    #expect(undone["changed"] == ["held", "attendance"])
    #expect(try marks(desk).isEmpty)
    #expect(try desk.row("SELECT proposed FROM class_journal_attendance")["proposed"] == 1)
    try await desk.stop()
  }

  @Test func `X8: marks are for pupils of the group, and can be taken back one by one`() async throws {
    let desk = try await JournalDesk()
    let lesson = try desk.lesson()
    let pupil = try pupils(desk, lesson)[0]["id"] ?? ""
    try await desk.run(
      "journal.saveLesson",
      ["lesson": lesson["id"] ?? "", "held": true, "attendance": [["pupil": pupil, "present": false]]])
    #expect(try marks(desk) == [["pupil_id": pupil, "present": 0]])
    let refusal = try await desk.refusal(
      "journal.confirmAttendance",
      ["lesson": lesson["id"] ?? "", "attendance": [["pupil": "u0", "present": true]]])
    #expect(refusal.kind == "journal.notMember")
    try await desk.run(
      "journal.confirmAttendance",
      ["lesson": lesson["id"] ?? "", "attendance": [["pupil": pupil, "present": JSONValue.null]]])
    #expect(try marks(desk).isEmpty)
    try await desk.stop()
  }

  @Test func `X8: a mark that is set and not saved outlives a proposal that comes meanwhile`() async throws {
    let desk = try await JournalDesk()
    let lesson = try desk.lesson()
    let people = try pupils(desk, lesson)
    let window = try await desk.lessonWindow(lesson)
    try await window.mark(people[0]["id"], present: false)
    try await desk.run(
      "presence.offer",
      [
        "lesson": lesson["id"] ?? "",
        "pupils": JSONValue(people.prefix(2).map { ["pupil": $0["id"] ?? "", "present": true] as JSONValue }),
      ])
    _ = await desk.client.notification("window/didChange") { $0["changed"]?["tables"]?[0]?["columns"]?.count == 3 }
    let rows = try await window.rows("attendance")
    #expect(rows[0]["cells"]?["present"] == false && rows[1]["cells"]?["present"] == true)
    try await desk.stop()
  }

  @Test func `X8: a proposal tells minutes, whom it knows nothing of and why, and who else was there`() async throws {
    let desk = try await JournalDesk()
    let lesson = try desk.lesson()
    let people = try pupils(desk, lesson)
    let window = try await desk.lessonWindow(lesson)
    #expect(try await window.field("proposal")["visible"] == false)
    try await desk.run(
      "presence.offer",
      [
        "lesson": lesson["id"] ?? "", "source": ["ru": "созвон", "en": "a call"],
        "pupils": [
          ["pupil": people[0]["id"] ?? "", "present": true, "cameAt": at(8, 2), "leftAt": at(8, 44), "minutes": 40],
          [
            "pupil": people[1]["id"] ?? "", "present": JSONValue.null,
            "note": ["ru": "неизвестно", "en": "unknown"],
          ],
        ],
        "others": [
          ["name": "Семёнова А. П.", "cameAt": at(8, 0), "leftAt": at(8, 45), "minutes": 45],
          ["cameAt": at(8, 5), "leftAt": at(8, 9), "minutes": 4], ["minutes": 7],
        ],
      ])
    await window.told("visitors", "Семёнова А. П. (08:00–08:45, 45 мин), не опознаны: 2 (08:05–08:09, 4 мин; 7 мин)")
    #expect(try await window.field("proposal")["value"]?.string?.hasPrefix("созвон, 23.11.2026 12:00.") == true)
    let rows = try await window.rows("attendance")
    #expect(rows[0]["cells"]?["proposed"] == "08:02–08:44, 40 мин")
    #expect(rows[1]["cells"]?["proposed"] == "неизвестно" && rows[1]["cells"]?["present"]?.isNull == true)
    let read = try await desk.run("journal.readLesson", ["lesson": lesson["id"] ?? ""])
    #expect(read["attendance"]?[0]?["minutes"] == 40 && read["attendance"]?[1]?["note"] == "неизвестно")
    #expect(read["others"]?[1] == ["name": .null, "came": "08:05", "left": "08:09", "minutes": 4])
    try await desk.stop()
  }

  @Test func `X8: the same proposal is not taken twice, and none comes over a confirmed mark`() async throws {
    let desk = try await JournalDesk()
    let lesson = try desk.lesson()
    let people = try pupils(desk, lesson)
    func offer(_ key: String, _ present: Bool) async throws -> JSONValue {
      try await desk.run(
        "presence.offer",
        [
          "lesson": lesson["id"] ?? "", "key": JSONValue(key),
          "pupils": JSONValue(
            people.prefix(2).map {
              ["pupil": $0["id"] ?? "", "present": JSONValue(present), "minutes": 5] as JSONValue
            }),
        ])
    }
    #expect(try await offer("first", true) == ["accepted": 2, "repeated": false])
    #expect(try await offer("first", false) == ["accepted": 0, "repeated": true])
    #expect(try desk.query("SELECT 1 FROM class_journal_attendance WHERE proposed = 1").count == 2)
    try await desk.run(
      "journal.saveLesson",
      [
        "lesson": lesson["id"] ?? "", "held": true,
        "attendance": [["pupil": people[0]["id"] ?? "", "present": true]],
      ])
    #expect(try await offer("second", false) == ["accepted": 1, "repeated": false])
    let kept = try desk.query("SELECT pupil_id, present, proposed FROM class_journal_attendance ORDER BY present DESC")
    #expect(kept[0] == ["pupil_id": people[0]["id"] ?? "", "present": 1, "proposed": 1])
    #expect(kept[1]["proposed"] == 0 && kept[1]["present"]?.isNull == true)
    try await desk.stop()
  }
}
