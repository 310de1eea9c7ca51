import PluginHost
import PluginKit
import Testing

@testable import SchoolPlugin

/// Wide changes and their undo, on a generated school.
@Suite struct OperationTests {
  @Test func `X3: an operation knows every column of every table that it may change`() async throws {
    let bench = try await SchoolBench.withAdministrator()
    for table in RosterTable.all {
      let columns = try bench.query("SELECT name, hidden FROM pragma_table_xinfo('\(table.name)')")
        .filter { $0["hidden"] == 0 }.compactMap { $0["name"]?.string }
      #expect(columns.filter { $0 != "n" } == table.columns, "\(table.name)")
    }
  }

  @Test func `X3: a wide change is undone to the last row, counts and lists included`() async throws {
    let bench = try SchoolBench(rehearsal: wideChange)
    _ = try await bench.run("school.generate", ["pupils": 60, "seed": 3, "password": "пароль"])
    let before = try everything(bench)
    let operation = try #require(try await bench.run("school.rehearse")["operation"]?.string)
    let changed = try everything(bench)
    for table in ["school_classes", "school_pupils", "school_parents", "school_groups", "school_group_members"] {
      let isChanged = changed[table] != before[table]
      #expect(isChanged, "\(table)")
    }
    #expect(try wrongCounts(bench) == [])

    let told = try await bench.run("school.undoOperation", ["operation": JSONValue(operation)])

    #expect(told == ["operation": JSONValue(operation), "kind": "rollover", "title": "Проба"])
    let after = try everything(bench)
    for (table, rows) in before {
      let differences = zip(after[table] ?? [], rows).filter { $0 != $1 }
      #expect(after[table]?.count == rows.count && differences.isEmpty, "\(table): \(differences.prefix(2))")
    }
    #expect(try bench.query("SELECT state FROM school_operations") == [["state": "undone"]])
    let event = try bench.query("SELECT payload FROM shell_events ORDER BY seq DESC LIMIT 1").first?["payload"]
    #expect(event?.string == #"{"reason":"undone","operation":"\#(operation)"}"#)
    await #expect(throws: PluginFailure.self) {
      try await bench.run("school.undoOperation", ["operation": JSONValue(operation)])
    }
  }

  @Test func `X3: whoever has changed a record since is named, and nothing is undone`() async throws {
    let bench = try SchoolBench(rehearsal: wideChange)
    _ = try await bench.run("school.generate", ["pupils": 60, "seed": 3, "password": "пароль"])
    let operation = try #require(try await bench.run("school.rehearse")["operation"]?.string)
    let pupil = try #require(
      try bench.query(
        """
        SELECT u.id, u.full_name AS name FROM school_operation_rows r JOIN school_pupils u ON u.n = r.record
        WHERE r.name = 'school_pupils' LIMIT 1
        """
      ).first)
    try bench.store.transact(.write) { transaction in
      _ = try transaction.query("INSERT INTO school_touched(record) VALUES (?)", [pupil["id"] ?? .null], policy: nil)
    }
    let before = try everything(bench)

    let refusal = await bench.failure("school.undoOperation", ["operation": JSONValue(operation)])

    #expect(refusal?.kind == "school.undoBlocked")
    #expect(refusal?.data["records"] == [JSONValue("ученик \(pupil["name"]?.string ?? "")")])
    let isUnchanged = try everything(bench) == before
    #expect(isUnchanged)
  }

  @Test func `X3: of two operations the later one is undone first`() async throws {
    let bench = try SchoolBench { call in
      try call.write { transaction in
        let operation = try Operation.open(.import, title: "Новый предмет", call, transaction)
        try operation.inserting(.subjects) {
          try transaction.query("INSERT INTO school_subjects(title) VALUES ('Предмет ' || hex(randomblob(4)))")
        }
        try operation.close(added: 1, summary: .emptyObject)
        return Outcome(result: ["operation": JSONValue(operation.id)])
      }
    }
    let first = try await bench.run("school.rehearse")
    let second = try await bench.run("school.rehearse")

    #expect(await bench.failure("school.undoOperation", first)?.kind == "school.notLastOperation")
    try await bench.run("school.undoOperation", second)
    try await bench.run("school.undoOperation", first)
    #expect(try bench.query("SELECT id FROM school_subjects") == [])
  }

  private func everything(_ bench: SchoolBench) throws -> [String: [JSONValue]] {
    var rows: [String: [JSONValue]] = [:]
    for table in RosterTable.all {
      rows[table.name] = try bench.query("SELECT * FROM \(table.name) ORDER BY \(table.record)")
    }
    return rows
  }

  private func wrongCounts(_ bench: SchoolBench) throws -> [JSONValue] {
    try bench.query(
      """
      SELECT id FROM school_classes c
      WHERE pupils <> (SELECT count(*) FROM school_enrolments e WHERE e.class_id = c.id AND e.until IS NULL)
      UNION ALL
      SELECT id FROM school_groups g
      WHERE pupils <> (SELECT count(*) FROM school_v1_group_members m WHERE m.group_id = g.id)
      """)
  }
}

/// A bit of everything: labels move up, a class is new, pupils move and leave, a parent and a member come and go.
@Sendable private func wideChange(_ call: Call) throws -> Outcome {
  try call.write { transaction in
    let operation = try Operation.open(.rollover, title: "Проба", call, transaction)
    try BulkMode.run(transaction) {
      let some = "n % 5 = 0"
      let theirs = "until IS NULL AND pupil_id IN (SELECT id FROM school_pupils WHERE \(some))"
      try operation.keep(.classes, where: "archived = 0")
      try operation.keep(.pupils, where: some)
      try operation.keep(.enrolments, where: theirs)
      try operation.keep(.parentLinks, where: "n <= 3")
      try operation.keep(.groupMembers, where: "pupil_id IN ('u1', 'u2', 'u3')")
      try operation.keep(.groups, where: "n = 1")
      try transaction.query("UPDATE school_classes SET letter = '~' || n")
      try transaction.query("UPDATE school_classes SET archived = 1 WHERE grade = 11")
      try transaction.query("UPDATE school_classes SET grade = grade + 1, letter = 'А' WHERE grade < 11")
      try operation.inserting(.classes) {
        try transaction.query(
          "INSERT INTO school_classes(grade, letter, cohort, homeroom_teacher_id) VALUES (1, 'А', 'new', 'e1')")
      }
      try transaction.query(
        """
        UPDATE school_enrolments SET until = '2026-11-24', end_reason = CASE WHEN n % 10 = 0 THEN 'expelled'
          ELSE 'transferred' END WHERE \(theirs)
        """)
      try operation.inserting(.enrolments) {
        try transaction.query(
          """
          INSERT INTO school_enrolments(pupil_id, class_id, since, reason)
          SELECT pupil_id, (SELECT max(id) FROM school_classes WHERE cohort = 'new'), '2026-11-24', 'transferred'
          FROM school_enrolments WHERE until = '2026-11-24' AND end_reason = 'transferred'
          """)
      }
      try transaction.query("DELETE FROM school_parent_links WHERE n <= 3")
      try transaction.query("DELETE FROM school_group_members WHERE pupil_id IN ('u1', 'u2', 'u3')")
      try transaction.query(
        """
        INSERT OR IGNORE INTO school_group_members(group_id, pupil_id, operation)
        SELECT id, 'u9', ? FROM school_groups WHERE whole_class = 0
        """, [JSONValue(operation.number)])
      try transaction.query("UPDATE school_groups SET teacher_id = 'e2', part = 'иначе' WHERE n = 1")
    }
    try operation.close(changed: 1, summary: .emptyObject)
    try transaction.emit(SchoolEvent.rosterChanged, ["reason": "imported"])
    return Outcome(result: ["operation": JSONValue(operation.id)])
  }
}
