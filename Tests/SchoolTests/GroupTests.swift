import PluginHost
import PluginKit
import Testing

@testable import SchoolPlugin

@Suite struct GroupTests {
  /// A school, and a class of it with its pupils.
  private func school() async throws -> (bench: SchoolBench, class: JSONValue, pupils: [JSONValue]) {
    let bench = try await SchoolBench.generated(pupils: 60)
    let id = try bench.row("SELECT id FROM school_classes WHERE pupils >= 3 ORDER BY n LIMIT 1")["id"] ?? ""
    let pupils = try bench.query("SELECT id FROM school_pupils WHERE class_id = '\(id.string ?? "")' ORDER BY n")
    return (bench, id, pupils.compactMap { $0["id"] })
  }

  @Test func `F2: a group of a whole class follows the class`() async throws {
    let (bench, id, pupils) = try await school()
    let result = try await bench.run("school.addGroup", ["subject": "Шахматы", "classes": [id], "teacher": "e4"])
    let group = result["group"]?.string ?? ""
    let row = try bench.row("SELECT whole_class, pupils, teacher_id FROM school_groups WHERE id = '\(group)'")
    #expect(row == ["whole_class": 1, "pupils": JSONValue(pupils.count), "teacher_id": "e4"])
    #expect(try bench.query("SELECT 1 AS n FROM school_subjects WHERE title = 'Шахматы'").count == 1)
    #expect(try bench.events("school.v1.groupChanged").last == ["groupId": JSONValue(group)])
    let audit = try bench.audit("school.addGroup").last?["new"]
    #expect(audit?["subject"] == "Шахматы" && audit?["members"] == .null && audit?["classes"] == [id])
  }

  @Test func `F2: a part of a class has the members that were chosen`() async throws {
    let (bench, id, pupils) = try await school()
    let result = try await bench.run(
      "school.addGroup",
      ["subject": "шахматы", "part": "подгруппа 1", "classes": [id], "members": [pupils[0], pupils[1], pupils[0]]])
    let group = result["group"] ?? ""
    func members() throws -> [JSONValue] {
      try bench.query(
        "SELECT pupil_id FROM school_v1_group_members WHERE group_id = '\(group.string ?? "")' ORDER BY 1"
      )
      .compactMap { $0["pupil_id"] }
    }
    #expect(try members().count == 2)
    try await bench.run("school.setGroupMembers", ["group": group, "pupils": [pupils[2]]])
    #expect(try members() == [pupils[2]])
    #expect(try bench.row("SELECT pupils FROM school_groups WHERE id = '\(group.string ?? "")'")["pupils"] == 1)
    let change = try #require(try bench.audit("school.setGroupMembers").last)
    #expect(change["old"]?["members"]?.count == 2 && change["new"]?["members"] == [pupils[2]])
    for pupil in pupils.prefix(3) { #expect(try bench.isTouched(pupil.string ?? "")) }
    try await bench.run("school.setGroupMembers", ["group": group, "pupils": JSONValue.null])
    #expect(try members().count == pupils.count)
    #expect(
      try bench.row("SELECT pupils FROM school_groups WHERE id = '\(group.string ?? "")'")["pupils"]?.int
        == pupils.count)
    try await bench.run("school.changeGroup", ["group": group, "wholeClass": false, "members": [pupils[1]]])
    #expect(try bench.row("SELECT pupils FROM school_groups WHERE id = '\(group.string ?? "")'")["pupils"] == 1)
  }

  @Test func `F2: nonsense in a group is refused`() async throws {
    let (bench, id, pupils) = try await school()
    let other = try bench.row(
      "SELECT id, full_name FROM school_pupils WHERE class_id IS NOT '\(id.string ?? "")' AND class_id IS NOT NULL LIMIT 1"
    )
    let group: JSONValue = ["subject": "Шахматы", "classes": [id]]
    let stranger = try await bench.refusal(
      of: "school.addGroup", group.setting("members", [pupils[0], other["id"] ?? ""]))
    #expect(stranger.kind == "school.notInClass" && stranger.message.ru.contains(other["full_name"]?.string ?? "?"))
    #expect(
      try await bench.refusal(of: "school.addGroup", group.setting("members", [])).issues.map(\.path) == ["/members"])
    #expect(
      try await bench.refusal(of: "school.addGroup", ["subject": "", "classes": []]).issues.map(\.path) == ["/subject"])
    #expect(
      try await bench.refusal(of: "school.addGroup", group.setting("classes", [])).issues.map(\.path) == ["/classes"])
    #expect(try await bench.refusal(of: "school.addGroup", group.setting("teacher", "e999")).code.rawValue == -32004)
    try await bench.run("school.addGroup", group)
    #expect(
      try await bench.refusal(of: "school.addGroup", group.setting("subject", "ШАХМАТЫ")).kind == "school.groupExists")
    let last = try await bench.refusal(of: "school.setGroupMembers", ["group": "g1", "pupils": []])
    #expect(last.issues.map(\.path) == ["/members"])
  }

  @Test func `F2: a group gets another teacher, subject and classes`() async throws {
    let (bench, id, _) = try await school()
    let second = try await bench.run("school.addClass", ["grade": 12, "letter": "Я"])["class"] ?? ""
    let group = try await bench.run("school.addGroup", ["subject": "Шахматы", "classes": [id]])["group"] ?? ""
    try await bench.run("school.setGroupTeacher", ["group": group, "employee": "e5"])
    #expect(
      try bench.audit("school.setGroupTeacher").last == [
        "object": group, "old": ["teacher": JSONValue.null], "new": ["teacher": "e5"],
      ])
    let result = try await bench.run(
      "school.changeGroup", ["group": group, "subject": "Театр", "classes": [second], "teacher": JSONValue.null])
    #expect(result["changed"] == ["subject", "teacher", "classes"])
    let row = try bench.row("SELECT title, teacher, pupils FROM school_groups WHERE id = '\(group.string ?? "")'")
    #expect(row == ["title": "Театр (12Я)", "teacher": "", "pupils": 0])
    #expect(try bench.events("school.v1.groupChanged").count == 3)
  }

  @Test func `F2: a change of classes does not leave members behind`() async throws {
    let (bench, id, pupils) = try await school()
    let second = try await bench.run("school.addClass", ["grade": 12, "letter": "Я"])["class"] ?? ""
    let group =
      try await bench.run(
        "school.addGroup", ["subject": "Шахматы", "part": "1", "classes": [id], "members": [pupils[0]]])["group"] ?? ""
    let failure = try await bench.refusal(of: "school.changeGroup", ["group": group, "classes": [second]])
    #expect(failure.kind == "school.notInClass")
    try await bench.run("school.changeGroup", ["group": group, "classes": [id, second]])
    #expect(try bench.row("SELECT pupils FROM school_groups WHERE id = '\(group.string ?? "")'")["pupils"] == 1)
  }

  @Test func `F2: lessons to come keep a group, unless they go with it`() async throws {
    let (bench, _, _) = try await school()
    let group = try bench.row("SELECT group_id AS id FROM school_lessons WHERE date > '2027-01-15' LIMIT 1")["id"] ?? ""
    let failure = try await bench.refusal(of: "school.removeGroup", ["group": group])
    #expect(failure.kind == "school.groupHasLessons")
    let past = "SELECT id FROM school_lessons WHERE group_id = '\(group.string ?? "")' AND date < '2026-11-23'"
    let held = try bench.query(past).count
    let result = try await bench.run("school.removeGroup", ["group": group, "withLessons": true])
    #expect(result["lessons"] == failure.data["lessons"])
    #expect(
      try bench.query(
        """
        SELECT 1 AS n FROM school_lessons WHERE group_id = '\(group.string ?? "")'
          AND (date > '2026-11-23' OR (date = '2026-11-23' AND ends > '12:00'))
        """
      ).isEmpty)
    #expect(try bench.query(past).count == held && held > 0)
    #expect(try bench.events("school.v1.timetableChanged").last?["lessonIds"]?.count == result["lessons"]?.int)
    #expect(try await bench.refusal(of: "school.removeGroup", ["group": group]).kind == "school.groupArchived")
  }
}
