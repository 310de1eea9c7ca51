import PluginHost
import PluginKit
import Testing

@testable import SchoolPlugin

@Suite struct RollOverTests {
  /// Every row that an operation may change.
  private func snapshot(_ bench: SchoolBench) throws -> [String: [JSONValue]] {
    var tables: [String: [JSONValue]] = [:]
    for table in RosterTable.all {
      tables[table.name] = try bench.query(
        "SELECT \(table.record) AS record, \(table.image) AS image FROM \(table.name) ORDER BY 1")
    }
    return tables
  }

  @Test func `X4: classes move up with their pupils and keep who they are, the last ones graduate`() async throws {
    let bench = try await SchoolBench.generated(pupils: 300)
    let before = try bench.query("SELECT id, grade, letter, cohort, pupils FROM school_classes ORDER BY n")
    let leavers = before.filter { ($0["grade"]?.int ?? 0) >= 11 }.reduce(0) { $0 + ($1["pupils"]?.int ?? 0) }

    let result = try await bench.run("school.rollOver")

    #expect(result["from"] == "2026/2027")
    #expect(result["to"] == "2027/2028")
    #expect(result["graduates"]?.int == leavers)
    for record in before {
      let id = record["id"]?.string ?? ""
      let after = try bench.row("SELECT grade, letter, cohort, archived FROM school_classes WHERE id = '\(id)'")
      let leaves = (record["grade"]?.int ?? 0) >= 11
      #expect(after["grade"]?.int == (record["grade"]?.int ?? 0) + (leaves ? 0 : 1))
      #expect(after["archived"]?.int == (leaves ? 1 : 0))
      #expect(after["cohort"] == record["cohort"])
    }
    #expect(try bench.value("SELECT count(*) FROM school_pupils WHERE state = 'graduated'").int == leavers)
    #expect(
      try bench.query(
        """
        SELECT u.id FROM school_pupils u JOIN school_classes c ON c.id = u.class_id WHERE u.class_title <> c.title
        """
      ).isEmpty)
    #expect(try bench.value("SELECT title FROM school_academic_years WHERE is_current = 1") == "2027/2028")
    #expect(try bench.events("school.v1.rosterChanged").last?["reason"] == "rolledOver")

    let next = before.first { $0["grade"] == 1 }
    _ = try await bench.run("school.addClass", ["grade": 1, "letter": next?["letter"] ?? "А"])
  }

  @Test func `F5: last year's groups keep their labels, lessons and plans, and each has a successor`() async throws {
    let bench = try await SchoolBench.generated(pupils: 300)
    let old = try bench.query(
      """
      SELECT g.id, g.title, g.teacher_id, g.whole_class, (SELECT count(*) FROM school_group_members m
        WHERE m.group_id = g.id) AS members FROM school_groups g JOIN school_group_classes gc ON gc.group_id = g.id
      JOIN school_classes c ON c.id = gc.class_id WHERE c.grade = 5 ORDER BY g.n
      """)
    let held = "SELECT count(*) FROM school_lessons WHERE date <= '2026-11-23'"
    let lessons = try bench.value(held)

    _ = try await bench.run("school.rollOver")

    #expect(!old.isEmpty)
    for group in old {
      let kept = try bench.row("SELECT title, archived FROM school_groups WHERE id = '\(group["id"]?.string ?? "")'")
      #expect(kept == ["title": group["title"] ?? "", "archived": 1])
      let title = (group["title"]?.string ?? "").replacing("(5", with: "(6")
      let made = try bench.query(
        """
        SELECT teacher_id, (SELECT count(*) FROM school_group_members m WHERE m.group_id = g.id) AS members
        FROM school_groups g WHERE archived = 0 AND title = '\(title)'
        """)
      #expect(made == [["teacher_id": group["teacher_id"] ?? "", "members": group["members"] ?? 0]], "\(title)")
    }
    #expect(try bench.value(held) == lessons)
    #expect(try bench.value("SELECT count(*) FROM school_lessons") == lessons)
    #expect(
      try bench.query(
        "SELECT 1 AS n FROM school_lessons l JOIN school_groups g ON g.id = l.group_id WHERE l.group_title <> g.title"
      )
      .isEmpty)
    let counts = try bench.query(
      """
      SELECT g.id FROM school_groups g WHERE archived = 0 AND pupils <> (
        SELECT count(*) FROM school_v1_group_members m WHERE m.group_id = g.id)
      """)
    #expect(counts.isEmpty)
  }

  @Test func `X3: undoing a roll-over gives every row back as it was`() async throws {
    let bench = try await SchoolBench.generated(pupils: 120)
    let before = try snapshot(bench)
    let result = try await bench.run("school.rollOver")
    #expect(try snapshot(bench) != before)

    _ = try await bench.run("school.undoOperation", ["operation": result["operation"] ?? ""])

    let after = try snapshot(bench)
    for (table, rows) in before { #expect(after[table] == rows, "\(table)") }
    #expect(try bench.events("school.v1.rosterChanged").last?["reason"] == "undone")
  }

  @Test func `X3: a roll-over whose records were changed since is not undone`() async throws {
    let bench = try await SchoolBench.generated(pupils: 120)
    let result = try await bench.run("school.rollOver")
    let pupil = try bench.value("SELECT id FROM school_pupils WHERE state = 'studying' LIMIT 1")
    _ = try await bench.run("school.expel", ["pupil": pupil])

    let failure = try await bench.refusal(of: "school.undoOperation", ["operation": result["operation"] ?? ""])

    let name = try bench.value("SELECT full_name FROM school_pupils WHERE id = '\(pupil.string ?? "")'").string ?? ""
    #expect(failure.message.ru.contains(name), "\(failure.message.ru)")
  }

  @Test func `X3: what people put into the new year's groups since stands in the way, and is named`() async throws {
    let bench = try await SchoolBench.generated(pupils: 120)
    let result = try await bench.run("school.rollOver")
    let group = try bench.value("SELECT id FROM school_groups WHERE archived = 0 LIMIT 1")
    _ = try await bench.run("school.addTopic", ["group": group, "title": "Дроби"])

    let failure = try await bench.refusal(of: "school.undoOperation", ["operation": result["operation"] ?? ""])

    #expect(failure.message.ru.contains("тема КТП"), "\(failure.message.ru)")
    #expect(try bench.value("SELECT count(*) FROM school_plan_topics WHERE title = 'Дроби'") == 1)
  }

  @Test func `X3: names and blocked accounts that changed since stay changed by an undo`() async throws {
    let bench = try await SchoolBench.generated(pupils: 120)
    let result = try await bench.run("school.rollOver")
    let pupil = try bench.value("SELECT id FROM school_pupils WHERE state = 'studying' LIMIT 1")
    _ = try await bench.run("school.changePupil", ["pupil": pupil, "familyName": "Переименованный"])

    _ = try await bench.run("school.undoOperation", ["operation": result["operation"] ?? ""])

    let stale = try bench.query(
      "SELECT u.id FROM school_pupils u JOIN school_people p ON p.id = u.person_id WHERE u.full_name <> p.full_name")
    #expect(stale.isEmpty)
    #expect(
      try bench.value("SELECT full_name FROM school_pupils WHERE id = '\(pupil.string ?? "")'").string?
        .hasPrefix("Переименованный") == true)
  }

  @Test func `F5: the preview changes nothing, and a second roll-over in one year is refused`() async throws {
    let bench = try await SchoolBench.generated(pupils: 120)
    let before = try snapshot(bench)
    let preview = try await bench.run("school.rollOver", ["dryRun": true])
    #expect(preview["operation"] == nil)
    #expect(try snapshot(bench) == before)

    let done = try await bench.run("school.rollOver")
    #expect(done["classes"] == preview["classes"])
    #expect(try await bench.refusal(of: "school.rollOver", [:]).kind == "school.alreadyRolledOver")
  }

  @Test func `F5: classes that are named leave, whatever their grade`() async throws {
    let bench = try await SchoolBench.generated(pupils: 300)
    let ninth = try bench.row("SELECT id, pupils FROM school_classes WHERE grade = 9 LIMIT 1")
    let result = try await bench.run("school.rollOver", ["leaving": [ninth["id"] ?? ""]])
    #expect(result["graduates"] == ninth["pupils"])
    #expect(try bench.value("SELECT count(*) FROM school_classes WHERE grade = 12").int ?? 0 > 0)
    #expect(try await bench.refusal(of: "school.rollOver", ["leaving": ["c999"]]).kind == "class.notFound")
  }

  @Test func `F5: the window shows every class, follows the marks, and asks before it runs the command`() async throws {
    let bench = try await SchoolBench.generated(pupils: 300)
    let window = try await bench.open("school.rollOver")
    let rows = try #require(window["tables"]?[0]?["rows"]?.array)
    #expect(rows.count == (try bench.value("SELECT count(*) FROM school_classes").int))
    let ninth = try #require(rows.first { $0["cells"]?["to"]?.string?.hasPrefix("10") == true })

    let edit: JSONValue = ["table": "classes", "row": ninth["id"] ?? "", "values": ["leaves": true]]
    let answer = try await bench.host.call(
      PluginCall(.windowChanged, "school.rollOver", params: ["window": window, "state": .null, "edit": edit]))
    let changed = answer["patch"]?["tables"]?[0]?["rows"]?.array?.first { $0["id"] == ninth["id"] }
    #expect(changed?["cells"]?["to"]?["ru"] == "Выпуск")

    let pressed = try await bench.host.call(
      PluginCall(
        .windowPressed, "school.rollOver",
        params: ["window": window, "state": .null, "button": "run", "arguments": [:]]))
    let yes = pressed["effects"]?[0]?.element("buttons", "yes")
    #expect(yes?["command"] == "school.rollOver")
    #expect(yes?["arguments"]?["leaving"]?.array?.isEmpty == false)
  }
}
