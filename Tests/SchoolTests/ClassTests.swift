import PluginHost
import PluginKit
import Testing

@testable import SchoolPlugin

@Suite struct ClassTests {
  @Test func `F2: a class is added with its homeroom teacher`() async throws {
    let bench = try await SchoolBench.generated(pupils: 20)
    let result = try await bench.run("school.addClass", ["grade": "7", "letter": "я", "homeroomTeacher": "e5"])
    let id = result["class"]?.string ?? ""
    #expect(result["title"] == "7Я")
    let row = try bench.row("SELECT cohort, homeroom_teacher_id FROM school_classes WHERE id = '\(id)'")
    #expect(row == ["cohort": "2020Я", "homeroom_teacher_id": "e5"])
    #expect(try bench.events("school.v1.classChanged").last == ["classId": JSONValue(id)])
    #expect(
      try bench.audit("school.addClass").first?["new"] == ["grade": 7, "letter": "Я", "homeroomTeacher": "e5"])
    #expect(try bench.isTouched(id))
  }

  @Test func `F2: labels of classes that learn are unique, those of archived ones are free`() async throws {
    let bench = try SchoolBench()
    let first = try await bench.run("school.addClass", ["grade": 5, "letter": "А"])
    let failure = try await bench.refusal(of: "school.addClass", ["grade": 5, "letter": "а"])
    #expect(failure.kind == "school.classExists" && failure.issues.map(\.path) == ["/letter"])
    try await bench.run("school.removeClass", ["class": first["class"] ?? ""])
    try await bench.run("school.addClass", ["grade": 5, "letter": "А"])
    let cohorts = try bench.query("SELECT cohort FROM school_classes ORDER BY n").compactMap { $0["cohort"]?.string }
    #expect(cohorts == ["2022А", "2022А-2"])
    let gone = try await bench.refusal(of: "school.changeClass", ["class": first["class"] ?? "", "letter": "Б"])
    #expect(gone.kind == "school.classArchived")
  }

  @Test func `F2: nonsense in a class is refused by its field`() async throws {
    let bench = try await SchoolBench.generated(pupils: 20)
    #expect(
      try await bench.refusal(of: "school.addClass", ["grade": 13, "letter": ""]).issues.map(\.path) == [
        "/grade", "/letter",
      ])
    #expect(try await bench.refusal(of: "school.addClass", ["letter": "Ю"]).issues.map(\.path) == ["/grade"])
    let unknown = try await bench.refusal(
      of: "school.addClass", ["grade": 1, "letter": "Ю", "homeroomTeacher": "e999"])
    #expect(unknown.code.rawValue == -32004)
    try bench.execute("UPDATE school_positions SET dismissed = '2026-10-01' WHERE employee_id = 'e4'")
    let dismissed = try await bench.refusal(
      of: "school.addClass", ["grade": 1, "letter": "Ю", "homeroomTeacher": "e4"])
    #expect(dismissed.kind == "school.dismissed" && dismissed.issues.map(\.path) == ["/homeroomTeacher"])
    #expect(dismissed.message.ru.contains("01.10.2026"))
  }

  @Test func `X4: a class with another label is the same class`() async throws {
    let bench = try await SchoolBench.generated(pupils: 60)
    let old = try bench.row("SELECT id, cohort, pupils, title FROM school_classes WHERE pupils > 0 ORDER BY n LIMIT 1")
    let id = old["id"] ?? ""
    let result = try await bench.run("school.changeClass", ["class": id, "grade": 12, "letter": "Ж"])
    #expect(result["changed"] == ["grade", "letter"])
    let new = try bench.row("SELECT cohort, pupils, title FROM school_classes WHERE id = '\(id.string ?? "")'")
    #expect(new["cohort"] == old["cohort"] && new["pupils"] == old["pupils"] && new["title"] == "12Ж")
    let titles = try bench.query("SELECT DISTINCT class_title FROM school_pupils WHERE class_id = '\(id.string ?? "")'")
    #expect(titles == [["class_title": "12Ж"]])
    #expect(try bench.events("school.v1.classChanged") == [["classId": id]])
  }

  @Test func `F2: the homeroom teacher is set, changed and cleared`() async throws {
    let bench = try await SchoolBench.generated(pupils: 20)
    try await bench.run("school.setHomeroomTeacher", ["class": "c1", "employee": "e6"])
    #expect(try bench.audit("school.setHomeroomTeacher").last?["new"] == ["homeroomTeacher": "e6"])
    let name = try bench.row("SELECT full_name FROM school_employees WHERE id = 'e6'")["full_name"]
    #expect(try bench.row("SELECT homeroom_teacher FROM school_classes WHERE id = 'c1'")["homeroom_teacher"] == name)
    #expect(try await bench.run("school.setHomeroomTeacher", ["class": "c1", "employee": "e6"])["changed"] == [])
    try await bench.run("school.changeClass", ["class": "c1", "homeroomTeacher": JSONValue.null])
    #expect(try bench.row("SELECT homeroom_teacher FROM school_classes WHERE id = 'c1'")["homeroom_teacher"] == "")
    #expect(
      try await bench.refusal(of: "school.setHomeroomTeacher", ["class": "c1"]).issues.map(\.path) == ["/employee"])
  }

  @Test func `F2: a class with pupils or groups is not removed`() async throws {
    let bench = try await SchoolBench.generated(pupils: 20)
    let full = try bench.row("SELECT id FROM school_classes WHERE pupils > 0 LIMIT 1")["id"] ?? ""
    #expect(try await bench.refusal(of: "school.removeClass", ["class": full]).kind == "school.classHasPupils")
    try await bench.run("school.addClass", ["grade": 3, "letter": "Щ"])
    let id = try bench.row("SELECT id FROM school_classes WHERE title = '3Щ'")["id"] ?? ""
    let group = try await bench.run("school.addGroup", ["subject": "Шахматы", "classes": [id]])
    let failure = try await bench.refusal(of: "school.removeClass", ["class": id])
    #expect(failure.kind == "school.classHasGroups" && failure.message.ru.contains("Шахматы (3Щ)"))
    try await bench.run("school.removeGroup", ["group": group["group"] ?? ""])
    try await bench.run("school.removeClass", ["class": id])
    #expect(try await bench.page("school.classes", search: "3Щ").rows.isEmpty)
    #expect(try bench.audit("school.removeClass").last?["new"] == ["archived": true])
  }

  @Test func `F1: 10А comes after 2А in every list of classes`() async throws {
    let bench = try SchoolBench()
    for (grade, letter) in [(10, "А"), (2, "Б"), (2, "А"), (11, "А"), (9, "Ё")] {
      try await bench.run("school.addClass", ["grade": JSONValue(grade), "letter": JSONValue(letter)])
    }
    let classes = try bench.query("SELECT id FROM school_classes ORDER BY n").compactMap { $0["id"] }
    for id in classes { try await bench.run("school.addGroup", ["subject": "Музыка", "classes": [id]]) }
    let order = ["2А", "2Б", "9Ё", "10А", "11А"]
    func titles(_ table: String, _ column: String, _ sort: String) async throws -> [String] {
      try await bench.page(table, sort: [(column: sort, descending: false)]).rows
        .compactMap { $0["cells"]?[column]?.string }
    }
    #expect(try await titles("school.classes", "title", "title") == order)
    #expect(try await titles("school.groups", "class", "class") == order)
    #expect(try await titles("school.groups", "class", "title") == order)
  }
}
