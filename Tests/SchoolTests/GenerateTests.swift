import PluginHost
import PluginKit
import Testing

@testable import SchoolPlugin

@Suite struct GenerateTests {
  @Test func `a generated school is written whole, and told once`() async throws {
    let bench = try SchoolBench()
    let result = try await bench.run("school.generate", ["pupils": 100, "seed": 5])

    #expect(result["pupils"] == 100)
    #expect(result["parents"] == 196)
    #expect(result["adminLogin"] == "admin")
    let password = try #require(result["adminPassword"]?.string)
    #expect(try await bench.signIn("admin", password)["user"]?["login"] == "admin")
    #expect(try count(bench, "school_lessons") == result["lessons"]?.int)
    #expect(try count(bench, "school_plan_topics") == result["topics"]?.int)
    #expect(try count(bench, "school_v1_parents") == 196)
    #expect(try bench.query("SELECT name FROM shell_events").map { $0["name"] } == ["school.v1.rosterChanged"])
    #expect(try bench.query("SELECT action FROM shell_audit").map { $0["action"] } == ["school.generate"])
  }

  @Test func `lists show what the tables say`() async throws {
    let bench = try await SchoolBench.generated(pupils: 60)
    let wrong = """
      SELECT 'class' AS what, id FROM school_classes c
      WHERE pupils <> (SELECT count(*) FROM school_enrolments e WHERE e.class_id = c.id AND e.until IS NULL)
      UNION ALL
      SELECT 'group', id FROM school_groups g
      WHERE pupils <> (SELECT count(*) FROM school_v1_group_members m WHERE m.group_id = g.id) OR pupils = 0
      UNION ALL
      SELECT 'group title', id FROM school_groups g WHERE classes <> (SELECT c.title FROM school_group_classes gc
        JOIN school_classes c ON c.id = gc.class_id WHERE gc.group_id = g.id)
      UNION ALL
      SELECT 'employee', id FROM school_employees WHERE position = '' OR position_type = '' OR hired IS NULL
      UNION ALL
      SELECT 'parent', id FROM school_parents WHERE children = ''
      UNION ALL
      SELECT 'homeroom', id FROM school_classes WHERE homeroom_teacher = ''
      UNION ALL
      SELECT 'account', id FROM school_accounts WHERE roles = ''
      UNION ALL
      SELECT 'lesson', l.id FROM school_lessons l JOIN school_groups g ON g.id = l.group_id
      WHERE l.group_title <> g.title
      """
    #expect(try bench.query(wrong) == [])
  }

  @Test func `no teacher, room or class is wanted twice at a time`() async throws {
    let bench = try await SchoolBench.large.value
    let clashes = """
      SELECT 'teacher' AS what, date, number, teacher_id AS who FROM school_v1_lessons
      GROUP BY date, number, teacher_id HAVING count(*) > 1
      UNION ALL
      SELECT 'room', date, number, room FROM school_v1_lessons GROUP BY date, number, room HAVING count(*) > 1
      UNION ALL
      SELECT 'class', l.date, l.number, gc.class_id FROM school_lessons l
      JOIN school_group_classes gc ON gc.group_id = l.group_id JOIN school_groups g ON g.id = l.group_id
      GROUP BY l.date, l.number, gc.class_id HAVING count(*) > 1 AND (min(g.part) = '' OR count(DISTINCT g.part) < count(*))
      """
    #expect(try bench.query(clashes) == [])
    #expect(try count(bench, "school_lessons") > 15_000)
  }

  @Test func `the same seed gives the same rows in another folder`() async throws {
    let one = try await SchoolBench.generated(pupils: 40, seed: 9)
    let two = try await SchoolBench.generated(pupils: 40, seed: 9)
    for table in ["people", "employees", "pupils", "parents", "classes", "groups", "lessons", "plans"] {
      let sql = "SELECT * FROM school_v1_\(table)"
      #expect(try one.query(sql) == two.query(sql), "\(table)")
    }
    #expect(try one.query("SELECT login FROM school_accounts") == two.query("SELECT login FROM school_accounts"))
  }

  @Test func `a school with people in it is left alone`() async throws {
    let bench = try await SchoolBench.generated(pupils: 20)
    await #expect { try await bench.run("school.generate", ["pupils": 10]) } throws: { error in
      (error as? PluginFailure)?.kind == "school.notEmpty"
    }
    #expect(try count(bench, "school_pupils") == 20)
  }

  @Test func `a transfer moves titles and counts in every list`() async throws {
    let bench = try await SchoolBench.generated(pupils: 60)
    let pupil = try #require(
      try bench.query("SELECT id, class_id FROM school_pupils WHERE class_id = 'c1' LIMIT 1").first)
    let before = try counts(bench)
    try bench.store.transact(.write) { transaction in
      _ = try transaction.query(
        "UPDATE school_enrolments SET until = '2026-11-23', end_reason = 'transferred' WHERE pupil_id = ? AND until IS NULL",
        [pupil["id"] ?? .null], policy: nil)
      _ = try transaction.query(
        "INSERT INTO school_enrolments(pupil_id, class_id, since, reason) VALUES (?, 'c2', '2026-11-23', 'transferred')",
        [pupil["id"] ?? .null], policy: nil)
    }
    let after = try counts(bench)
    #expect(after[0] == before[0] - 1)
    #expect(after[1] == before[1] + 1)
    let shown = try bench.query(
      """
      SELECT u.class_title = c.title AS pupil, instr(r.children, ', ' || c.title) > 0 AS parent
      FROM school_pupils u JOIN school_classes c ON c.id = 'c2' JOIN school_parent_links k ON k.pupil_id = u.id
      JOIN school_parents r ON r.id = k.parent_id WHERE u.id = '\(pupil["id"]?.string ?? "")'
      """)
    #expect(shown.allSatisfy { $0 == ["pupil": 1, "parent": 1] })
  }

  private func counts(_ bench: SchoolBench) throws -> [Int] {
    try bench.query("SELECT pupils FROM school_classes WHERE id IN ('c1', 'c2') ORDER BY id").compactMap {
      $0["pupils"]?.int
    }
  }

  private func count(_ bench: SchoolBench, _ table: String) throws -> Int {
    try bench.query("SELECT count(*) AS n FROM \(table)").first?["n"]?.int ?? -1
  }
}
