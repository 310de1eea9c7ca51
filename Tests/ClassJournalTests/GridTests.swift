import PluginKit
import ShellTesting
import Testing

/// «Пуск/Классный журнал/Журнал».
@Suite struct GridTests {
  @Test func `E1: a class and a group are chosen, and the grid has the pupils down and the month's dates across`()
    async throws
  {
    let desk = try await JournalDesk()
    let lesson = try desk.lesson()
    let grid = try await desk.grid(lesson)
    #expect(grid.json["title"] == "Журнал")
    #expect((grid.json["fields"]?.array ?? []).map { $0["label"] } == ["Период", "Класс", "Предмет", "Группа"])
    #expect(try await grid.field("period")["value"] == "2026-11")

    let group = lesson["group_id"]?.string ?? ""
    let dates = try desk.query(
      """
      SELECT id, substr(date, 9) || '.11' AS title FROM school_lessons
      WHERE group_id = '\(group)' AND date LIKE '2026-11-%' ORDER BY date, number
      """)
    let columns = try await grid.columns("grid")
    #expect(columns.first?["title"] == "ФИО")
    #expect(columns.dropFirst().map { $0["id"] } == dates.map { $0["id"] })
    #expect(columns.dropFirst().map { $0["title"] } == dates.map { $0["title"] })
    #expect(columns.dropFirst().allSatisfy { $0["emphasis"] == "bold" })

    let pupils = try desk.query(
      """
      SELECT u.full_name AS name FROM school_v1_group_members m JOIN school_pupils u ON u.id = m.pupil_id
      WHERE m.group_id = '\(group)' ORDER BY u.full_name COLLATE russian
      """)
    #expect(try await grid.rows("grid").map { $0["cells"]?["name"] } == pupils.map { $0["name"] })
    #expect(pupils.count > 1)
    try await desk.stop()
  }

  @Test func `E1: a press on a date opens «Журнал на урок» on the tab «Урок»`() async throws {
    let desk = try await JournalDesk()
    let lesson = try desk.lesson()
    let grid = try await desk.grid(lesson)
    let column = try #require(try await grid.columns("grid").first { $0["id"] == lesson["id"] })
    let window = try JournalWindow.opened(desk.client, try await grid.press(column["button"]?.string ?? ""))
    #expect(window.json["title"] == "Журнал на урок")
    #expect(window.json["tabs"] == [["id": "lesson", "title": "Урок", "visible": true, "selected": true]])
    try await desk.stop()
  }

  @Test func `E1: the date of a held lesson is no longer bold in every open grid, and bold again when that is undone`()
    async throws
  {
    let desk = try await JournalDesk()
    let lesson = try desk.lesson()
    let teacher = try await desk.signedIn(lesson["teacher"]?.string ?? "")
    let (mine, theirs) = (try await desk.grid(lesson), try await desk.grid(lesson, as: teacher))
    try await desk.run("journal.saveLesson", ["lesson": lesson["id"] ?? "", "held": true], as: teacher)
    await mine.told(column: lesson["id"], bold: false)
    await theirs.told(column: lesson["id"], bold: false)
    let bold = try await mine.columns("grid").filter { $0["emphasis"] == "bold" }
    #expect(bold.count == (try await mine.columns("grid").count) - 2)
    try await desk.run("journal.saveLesson", ["lesson": lesson["id"] ?? "", "held": false])
    await theirs.told(column: lesson["id"], bold: true)
    try await desk.stop()
  }

  @Test func `E1: another month shows its own dates, and the columns stay bounded`() async throws {
    let desk = try await JournalDesk()
    let grid = try await desk.grid(try desk.lesson())
    let november = try await grid.columns("grid").dropFirst().compactMap { $0["id"]?.string }
    try await grid.set(["period": "2027-02"])
    let february = try await grid.columns("grid")
    #expect(february.count > 1 && february.count < 60)
    #expect(february.dropFirst().allSatisfy { $0["title"]?.string?.hasSuffix(".02") == true })
    let shown = Set(february.compactMap { $0["id"]?.string })
    #expect(shown.isDisjoint(with: november))
    let buttons = (try await grid.now()["buttons"]?.array ?? []).compactMap { $0["id"]?.string }
    #expect(buttons.count == february.count)
    #expect(try await grid.field("period")["options"]?.array?.map { $0["title"] }.first == "Сентябрь 2026")
    try await desk.stop()
  }

  @Test func `E1: «Период» offers the quarters, too`() async throws {
    let desk = try await JournalDesk()
    let grid = try await desk.grid(try desk.lesson())
    let options = try await grid.field("period")["options"]?.array ?? []
    #expect(
      options.suffix(4).map { $0["title"] } == [
        "I четверть (сентябрь–октябрь)", "II четверть (ноябрь–декабрь)", "III четверть (январь–март)",
        "IV четверть (апрель–май)",
      ])
    try await grid.set(["period": "q2"])
    let months = Set(
      try await grid.columns("grid").dropFirst().compactMap { $0["title"]?.string?.split(separator: ".").last })
    #expect(months == ["11", "12"])
    try await desk.stop()
  }

  @Test func `E1: a past month shows who learned there then; days before somebody came have a dash`() async throws {
    let desk = try await JournalDesk()
    let lesson = try desk.lesson()
    let grid = try await desk.grid(lesson)
    try await grid.set(["period": "2026-10"])
    let before = try await grid.rows("grid").map { $0["id"] ?? .null }
    let leaving = try #require(before.first)
    let other =
      try desk.row(
        """
        SELECT id FROM school_pupils WHERE class_id <> '\(lesson["class_id"]?.string ?? "")' AND state = 'studying' LIMIT 1
        """)["id"] ?? ""
    let away = try desk.row("SELECT id FROM school_classes WHERE id <> '\(lesson["class_id"]?.string ?? "")' LIMIT 1")
    try await desk.run("school.transfer", ["pupil": leaving, "class": away["id"] ?? ""])
    try await desk.run("school.transfer", ["pupil": other, "class": lesson["class_id"] ?? ""])

    let october = try await desk.grid(lesson)
    try await october.set(["period": "2026-10"])
    #expect(try await october.rows("grid").map { $0["id"] ?? .null } == before)
    try await october.set(["period": "2026-11"])
    let november = try await october.rows("grid")
    #expect(Set(november.compactMap { $0["id"]?.string }) == Set((before + [other]).compactMap(\.string)))
    let columns = try await october.columns("grid").dropFirst()
    let early = try #require(columns.first { $0["title"]?.string ?? "" < "23.11" }?["id"]?.string)
    let late = try #require(columns.first { $0["title"]?.string ?? "" > "23.11" }?["id"]?.string)
    func cell(_ pupil: JSONValue, _ column: String) -> JSONValue? {
      november.first { $0["id"] == pupil }?["cells"]?[column]
    }
    #expect(cell(other, early) == "–" && cell(other, late) == "")
    #expect(cell(leaving, early) == "" && cell(leaving, late) == "–")
    try await desk.stop()
  }

  @Test func `E1: several lessons of one day have their times, and a cancelled one has no column`() async throws {
    let desk = try await JournalDesk()
    let lesson = try desk.lesson()
    let added = try await desk.run(
      "school.addLesson", ["group": lesson["group_id"] ?? "", "date": "2026-11-23", "number": 8])
    let grid = try await desk.grid(lesson)
    let titles = try await grid.columns("grid").compactMap { $0["title"]?.string }.filter { $0.hasPrefix("23.11") }
    #expect(titles.count == 2 && titles.contains("23.11 \(lesson["starts"]?.string ?? "")"))

    try desk.execute("UPDATE school_lessons SET cancelled = 1 WHERE id = '\(added["lesson"]?.string ?? "")'")
    _ = await desk.client.notification("window/didChange") { params in
      params["changed"]?["removed"]?["buttons"]?.array?.count == 1
    }
    #expect(try await grid.columns("grid").count { $0["title"]?.string?.hasPrefix("23.11") == true } == 1)
    try await desk.stop()
  }

  @Test func `E1: the grid as text has its headings, bold ones marked, and the absent`() async throws {
    let desk = try await JournalDesk()
    let lesson = try desk.lesson()
    let grid = try await desk.grid(lesson)
    let pupil = try #require(try await grid.rows("grid").first)
    try await desk.run(
      "journal.saveLesson",
      [
        "lesson": lesson["id"] ?? "", "held": true,
        "attendance": [["pupil": pupil["id"] ?? "", "present": false]],
      ])
    await grid.told(column: lesson["id"], bold: false)
    let text = try await desk.client.call("window/render", ["window": grid.id, "width": 200])["text"]?.string ?? ""
    #expect(text.hasPrefix("=== Журнал "))
    #expect(text.contains(" 23.11 ") && text.contains("*24.11*") || text.contains("*25.11*"), "\(text)")
    #expect(text.contains("| н"))
    #expect(!text.contains("<23.11>"))
    try await desk.stop()
  }
}
