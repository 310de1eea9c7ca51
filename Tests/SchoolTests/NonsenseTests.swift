import PluginHost
import PluginKit
import Testing

@testable import SchoolPlugin

/// What an administrator's trial got past the commands, and must not.
@Suite struct NonsenseTests {
  @Test func `F2: a pupil is not hired, a working employee not enrolled; a leaver may be hired`() async throws {
    let bench = try await SchoolBench.generated(pupils: 20)
    let post: JSONValue = ["position": "Вахтёр", "positionType": "Обслуживающий персонал"]
    let pupil = try await bench.refusal(of: "school.hire", post.setting("person", "u1"))
    #expect(pupil.kind == "school.isPupil")
    let teacher = try await bench.refusal(of: "school.enrol", ["person": "e3", "class": "c1"])
    #expect(teacher.kind == "school.isEmployee")
    try await bench.run("school.expel", ["pupil": "u1"])
    try await bench.run("school.hire", post.setting("person", "u1"))
    try await bench.run("school.dismiss", ["employee": "e3"])
    try await bench.run("school.enrol", ["person": "e3", "class": "c1"])
  }

  @Test func `F2: a Latin letter in a label is the Russian one that it looks like, or refused`() async throws {
    let bench = try await SchoolBench.generated(pupils: 20)
    #expect(try await bench.run("school.addClass", ["grade": 12, "letter": "a"])["title"] == "12А")
    let twin = try await bench.refusal(of: "school.addClass", ["grade": 12, "letter": "A"])
    #expect(twin.kind == "school.classExists")
    for mixed in ["ЯZ", "Дw"] {
      let failure = try await bench.refusal(of: "school.addClass", ["grade": 12, "letter": JSONValue(mixed)])
      #expect(failure.issues.map(\.path) == ["/letter"])
    }
    #expect(try await bench.run("school.addClass", ["grade": 12, "letter": "IT"])["title"] == "12IT")
    let label = RosterValue.label("5A", grades: [])
    #expect(label?.letter == "А")
  }

  @Test func `F2: a name has letters`() async throws {
    let bench = try await SchoolBench.generated(pupils: 20)
    for name in ["-", ". .", "'"] {
      let failure = try await bench.refusal(
        of: "school.addParent", ["familyName": JSONValue(name), "givenName": "Анна", "middleName": "-"])
      #expect(failure.issues.map(\.path) == ["/familyName", "/middleName"])
    }
    let account = try await bench.refusal(
      of: "school.addAccount", ["login": "new", "name": "- -", "roles": ["parent"]])
    #expect(account.issues.map(\.path) == ["/name"])
  }

  @Test(arguments: [
    ("school.changeLesson", "lesson", "date"), ("school.changeLesson", "lesson", "number"),
    ("school.changeParent", "parent", "children"), ("school.changeClass", "class", "grade"),
    ("school.changeTopic", "topic", "number"), ("school.changeTopic", "topic", "hours"),
    ("school.changeGroup", "group", "classes"), ("school.changeGroup", "group", "wholeClass"),
  ])
  func `F2: null for what cannot be empty is refused by its name`(
    _ command: String, _ record: String, _ member: String
  ) async throws {
    let bench = try await SchoolBench.generated(pupils: 20)
    let tables = [
      "lesson": "school_lessons WHERE date > '2026-11-23'", "parent": "school_parents", "class": "school_classes",
      "topic": "school_plan_topics", "group": "school_groups",
    ]
    let id = try bench.row("SELECT id FROM \(tables[record] ?? "") LIMIT 1")["id"] ?? ""
    let failure = try await bench.refusal(
      of: command, JSONValue(members: [(record, id), (member, .null)]))
    #expect(failure.code == .invalidParams)
    #expect(failure.issues.map(\.path) == ["/\(member)"])
  }

  @Test func `F2: emptied times of a lesson are the bell's again`() async throws {
    let bench = try await SchoolBench.generated(pupils: 20)
    let added = try await bench.run(
      "school.addLesson", ["group": "g1", "date": "2026-11-28", "number": 2, "starts": "09:00", "ends": "09:30"])
    let lesson = added["lesson"] ?? ""
    try await bench.run("school.changeLesson", ["lesson": lesson, "starts": .null, "ends": .null])
    let row = try bench.row("SELECT starts, ends FROM school_lessons WHERE id = '\(lesson.string ?? "")'")
    #expect(row == ["starts": "08:55", "ends": "09:40"])
  }

  @Test func `H: what is wrong with a new account is said at a field of its form`() async throws {
    let desk = try await SchoolDesk()
    let registry = try desk.window(
      try await desk.client.call("startMenu/open", ["path": ["Администрирование", "Учётные записи"]]))
    let form = try await registry.open("add")
    try await form.set(["login": "nobody"])
    try await form.press("save")
    #expect(try await form.field("employee")["error"]?.string?.contains("Выберите") == true)
    try await form.pick("pick:employee", ["e3"])
    try await form.press("save")
    #expect(try await form.field("employee")["error"]?.string?.contains("уже есть учётная запись") == true)
    try await desk.stop()
  }
}
