import PluginHost
import PluginKit
import Testing

@testable import SchoolPlugin

/// A Saturday: the generated timetable has no lessons on it.
private let saturday = "2026-11-28"

@Suite struct TimetableTests {
  private func add(
    _ bench: SchoolBench, _ group: JSONValue, number: Int = 1, room: String = "", on date: String = saturday
  ) async throws -> String {
    let result = try await bench.run(
      "school.addLesson",
      ["group": group, "date": JSONValue(date), "number": JSONValue(number), "room": JSONValue(room)])
    return try #require(result["lesson"]?.string)
  }

  /// A group and another one that the same teacher teaches, in another class.
  private func groupsOfOneTeacher(_ bench: SchoolBench) throws -> (
    first: JSONValue, second: JSONValue, teacher: JSONValue
  ) {
    let row = try bench.row(
      """
      SELECT a.id AS first, b.id AS second, a.teacher_id AS teacher FROM school_groups a
      JOIN school_groups b ON b.teacher_id = a.teacher_id AND b.n > a.n AND b.classes <> a.classes LIMIT 1
      """)
    return (row["first"] ?? "", row["second"] ?? "", row["teacher"] ?? "")
  }

  @Test func `F2: a lesson is added at the times of its bell`() async throws {
    let bench = try await SchoolBench.generated(pupils: 20)
    let id = try await add(bench, "g1", number: 2, room: "12")
    let row = try bench.row(
      "SELECT date, number, starts, ends, room, group_title FROM school_lessons WHERE id = '\(id)'")
    let title = try bench.row("SELECT title FROM school_groups WHERE id = 'g1'")["title"] ?? ""
    #expect(
      row == [
        "date": JSONValue(saturday), "number": 2, "starts": "08:55", "ends": "09:40", "room": "12",
        "group_title": title,
      ])
    #expect(try bench.events("school.v1.timetableChanged") == [["lessonIds": [JSONValue(id)]]])
    #expect(try bench.audit("school.addLesson").first?["new"]?["room"] == "12")
    #expect(try bench.isTouched(id))
  }

  @Test func `F2: nonsense in a lesson is refused by its field`() async throws {
    let bench = try await SchoolBench.generated(pupils: 20)
    func issues(_ arguments: JSONValue) async throws -> [String] {
      let lesson: JSONValue = ["group": "g1", "date": JSONValue(saturday), "number": 1]
      return try await bench.refusal(of: "school.addLesson", lesson.merging(arguments)).issues.map(\.path)
    }
    #expect(try await issues(["date": "2026-02-30"]) == ["/date"])
    #expect(try await issues(["date": "2027-07-01"]) == ["/date"])
    #expect(try await issues(["date": JSONValue.null, "number": JSONValue.null]) == ["/date", "/number"])
    #expect(try await issues(["number": 15]) == ["/starts"])
    #expect(try await issues(["starts": "25:00"]) == ["/starts"])
    #expect(try await issues(["starts": "10:00", "ends": "09:00"]) == ["/ends"])
    _ = try await add(bench, "g1")
    #expect(try await issues([:]) == ["/number"])
    #expect(
      try await bench.refusal(of: "school.addLesson", ["group": "g999", "date": "2026-11-28", "number": 1]).code
        .rawValue == -32004)
  }

  @Test func `F2: a lesson without a bell has times of its own`() async throws {
    let bench = try await SchoolBench.generated(pupils: 20)
    let result = try await bench.run(
      "school.addLesson", ["group": "g1", "date": JSONValue(saturday), "number": 15, "starts": "8:05", "ends": "09:00"])
    let row = try bench.row("SELECT starts, ends FROM school_lessons WHERE id = '\(result["lesson"]?.string ?? "")'")
    #expect(row == ["starts": "08:05", "ends": "09:00"])
  }

  @Test func `F2: a teacher, a room or pupils wanted twice are told, and allowed`() async throws {
    let bench = try await SchoolBench.generated(pupils: 60)
    let (first, second, _) = try groupsOfOneTeacher(bench)
    _ = try await add(bench, first, room: "7")
    let lesson: JSONValue = ["group": second, "date": JSONValue(saturday), "number": 1, "room": "7"]

    let asked = try await bench.host.call(
      PluginCall(.command, "school.addLesson", params: lesson.setting("clashes", "ask"), session: nil))
    #expect(asked["effects"]?[0]?["type"] == "dialog")
    #expect(try bench.query("SELECT 1 AS n FROM school_lessons WHERE date = '\(saturday)'").count == 1)
    let result = try await bench.run("school.addLesson", lesson)
    let warnings = (result["warnings"]?.array ?? []).compactMap(\.string)
    #expect(warnings.count == 2, "\(warnings)")
    #expect(warnings.contains { $0.contains("Кабинет 7") } && warnings.contains { $0.contains("ведёт") })
    #expect(try bench.query("SELECT 1 AS n FROM school_lessons WHERE date = '\(saturday)'").count == 2)
  }

  @Test func `F2: pupils who have another lesson then are told of`() async throws {
    let bench = try await SchoolBench.generated(pupils: 20)
    let row = try bench.row(
      """
      SELECT a.id AS first, b.id AS second FROM school_groups a JOIN school_groups b
        ON b.classes = a.classes AND b.n > a.n AND a.whole_class = 1 AND b.whole_class = 1
          AND b.teacher_id <> a.teacher_id AND a.pupils > 0 LIMIT 1
      """)
    _ = try await add(bench, row["first"] ?? "")
    let result = try await bench.run(
      "school.addLesson", ["group": row["second"] ?? "", "date": JSONValue(saturday), "number": 1])
    #expect(result["warnings"]?[0]?.string?.contains("У учеников") == true, "\(result.text())")
  }

  @Test func `F2: a lesson is moved, and its times follow the bell`() async throws {
    let bench = try await SchoolBench.generated(pupils: 20)
    let id = try await add(bench, "g1")
    let result = try await bench.run("school.changeLesson", ["lesson": JSONValue(id), "number": 3, "room": "5"])
    #expect(result["changed"] == ["number", "starts", "ends", "room"])
    #expect(try bench.audit("school.changeLesson").first?["old"]?["starts"] == "08:00")
    #expect(try bench.events("school.v1.timetableChanged").count == 2)
    #expect(try await bench.run("school.changeLesson", ["lesson": JSONValue(id), "number": 3])["changed"] == [])
    #expect(try await bench.refusal(of: "school.changeLesson", ["lesson": "l0"]).code.rawValue == -32004)
  }

  @Test func `F2: a lesson that is over stays where it was held`() async throws {
    let bench = try await SchoolBench.generated(pupils: 20)
    let id = try bench.row("SELECT id FROM school_lessons WHERE date < '2026-11-23' LIMIT 1")["id"] ?? ""
    #expect(
      try await bench.refusal(of: "school.changeLesson", ["lesson": id, "date": JSONValue(saturday)]).kind
        == "school.lessonHeld")
    #expect(try await bench.refusal(of: "school.removeLesson", ["lesson": id]).kind == "school.lessonHeld")
    try await bench.run("school.changeLesson", ["lesson": id, "room": "101"])
  }

  @Test func `F2: a lesson is removed`() async throws {
    let bench = try await SchoolBench.generated(pupils: 20)
    let id = try await add(bench, "g1")
    try await bench.run("school.removeLesson", ["lesson": JSONValue(id)])
    #expect(try bench.query("SELECT 1 AS n FROM school_lessons WHERE id = '\(id)'").isEmpty)
    #expect(try bench.audit("school.removeLesson").first?["old"]?["date"] == JSONValue(saturday))
    #expect(try bench.events("school.v1.timetableChanged").last == ["lessonIds": [JSONValue(id)]])
    #expect(try await bench.refusal(of: "school.removeLesson", ["lesson": JSONValue(id)]).code.rawValue == -32004)
  }

  @Test func `F2: a substitute gives one lesson, and the list shows the name`() async throws {
    let bench = try await SchoolBench.generated(pupils: 60)
    let (first, _, teacher) = try groupsOfOneTeacher(bench)
    let id = JSONValue(try await add(bench, first))
    let other = try bench.row(
      "SELECT id, full_name, person_id FROM school_employees WHERE id <> '\(teacher.string ?? "")' ORDER BY n DESC LIMIT 1"
    )
    try await bench.run("school.substitute", ["lesson": id, "employee": other["id"] ?? ""])
    func shown() throws -> JSONValue? {
      try bench.row("SELECT substitute FROM school_lessons WHERE id = '\(id.string ?? "")'")["substitute"]
    }
    #expect(try shown() == other["full_name"])
    #expect(
      try bench.row("SELECT conducted_by FROM school_v1_lessons WHERE id = '\(id.string ?? "")'")["conducted_by"]
        == other["id"])
    #expect(try bench.events("school.v1.timetableChanged").last == ["lessonIds": [id]])
    #expect(
      try bench.audit("school.substitute").last
        == ["object": id, "old": ["substitute": JSONValue.null], "new": ["substitute": other["id"] ?? ""]])
    try bench.execute(
      "UPDATE school_people SET family_name = 'Ящерицын' WHERE id = '\(other["person_id"]?.string ?? "")'")
    #expect(try shown()?.string?.hasPrefix("Ящерицын") == true)
    try await bench.run("school.substitute", ["lesson": id, "employee": JSONValue.null])
    #expect(try shown() == "")
  }

  @Test func `F2: who cannot substitute is refused, a joint lesson in one room is not`() async throws {
    let bench = try await SchoolBench.generated(pupils: 60)
    let (first, second, teacher) = try groupsOfOneTeacher(bench)
    let third =
      try bench.row("SELECT id FROM school_groups WHERE teacher_id <> '\(teacher.string ?? "")' LIMIT 1")["id"] ?? ""
    _ = try await add(bench, second, room: "1")
    let own = JSONValue(try await add(bench, first, number: 2))
    let apart = JSONValue(try await add(bench, third, room: "2"))
    #expect(
      try await bench.refusal(of: "school.substitute", ["lesson": own, "employee": teacher]).kind == "school.ownTeacher"
    )
    let busy = try await bench.refusal(of: "school.substitute", ["lesson": apart, "employee": teacher])
    #expect(busy.kind == "school.teacherBusy" && busy.message.ru.contains("в кабинете 1"))
    try await bench.run("school.changeLesson", ["lesson": apart, "room": "1"])
    try await bench.run("school.substitute", ["lesson": apart, "employee": teacher])

    let last = try bench.row("SELECT id FROM school_employees ORDER BY n DESC LIMIT 1")["id"] ?? ""
    try bench.execute("UPDATE school_positions SET dismissed = '2026-10-01' WHERE employee_id = '\(last.string ?? "")'")
    #expect(
      try await bench.refusal(of: "school.substitute", ["lesson": own, "employee": last]).kind == "school.dismissed")
    #expect(try await bench.refusal(of: "school.substitute", ["lesson": own]).issues.map(\.path) == ["/employee"])
  }
}
