import PluginHost
import PluginKit
import Testing

@testable import SchoolPlugin

@Suite struct PlanTests {
  /// A school and a group with no plan.
  private func school() async throws -> (bench: SchoolBench, group: JSONValue) {
    let bench = try await SchoolBench.generated(pupils: 20)
    let group = try await bench.run("school.addGroup", ["subject": "Шахматы", "classes": ["c1"]])["group"] ?? ""
    return (bench, group)
  }

  private func add(_ bench: SchoolBench, _ group: JSONValue, _ titles: String...) async throws -> [JSONValue] {
    var ids: [JSONValue] = []
    for title in titles {
      ids.append(try await bench.run("school.addTopic", ["group": group, "title": JSONValue(title)])["topic"] ?? "")
    }
    return ids
  }

  /// «1 Дебют, 2 Эндшпиль».
  private func plan(_ bench: SchoolBench, _ group: JSONValue) throws -> String {
    try bench.query(
      "SELECT number, title FROM school_plan_topics WHERE group_id = '\(group.string ?? "")' ORDER BY number"
    )
    .map { "\($0["number"]?.int ?? 0) \($0["title"]?.string ?? "")" }.joined(separator: ", ")
  }

  @Test func `F2: topics are appended, and put in between where later ones make room`() async throws {
    let (bench, group) = try await school()
    let ids = try await add(bench, group, "Дебют", "Эндшпиль")
    let result = try await bench.run(
      "school.addTopic", ["group": group, "number": 2, "title": " Середина   игры ", "hours": "3"])
    #expect(result["number"] == 2)
    #expect(try plan(bench, group) == "1 Дебют, 2 Середина игры, 3 Эндшпиль")
    #expect(try bench.events("school.v1.planChanged").last == ["groupId": group])
    #expect(
      try bench.audit("school.addTopic").last?["new"]
        == ["group": group, "number": 2, "title": "Середина игры", "hours": 3])
    #expect(try bench.isTouched(ids[1].string ?? ""))
    let row = try bench.row("SELECT group_title FROM school_plan_topics WHERE id = '\(result["topic"]?.string ?? "")'")
    #expect(row["group_title"]?.string?.hasPrefix("Шахматы (") == true)
  }

  @Test func `F2: nonsense in a topic is refused by its field`() async throws {
    let (bench, group) = try await school()
    _ = try await add(bench, group, "Дебют")
    func issues(_ arguments: JSONValue) async throws -> [String] {
      let topic: JSONValue = ["group": group, "title": "Тема"]
      return try await bench.refusal(of: "school.addTopic", topic.merging(arguments)).issues.map(\.path)
    }
    #expect(try await issues(["title": "  "]) == ["/title"])
    #expect(try await issues(["number": 3]) == ["/number"])
    #expect(try await issues(["number": 0]) == ["/number"])
    #expect(try await issues(["hours": 101]) == ["/hours"])
    #expect(try await bench.refusal(of: "school.addTopic", ["group": "g999", "title": "Тема"]).code.rawValue == -32004)
  }

  @Test(arguments: [(1, 3, "Б, В, А, Г"), (4, 1, "Г, А, Б, В"), (2, 4, "А, В, Г, Б"), (3, 2, "А, В, Б, Г")])
  func `F2: a topic is moved and the others close up`(from: Int, to: Int, expected: String) async throws {
    let (bench, group) = try await school()
    let ids = try await add(bench, group, "А", "Б", "В", "Г")
    let result = try await bench.run("school.changeTopic", ["topic": ids[from - 1], "number": JSONValue(to)])
    #expect(result["changed"] == ["number"])
    let titles = expected.split(separator: ", ").enumerated().map { "\($0 + 1) \($1)" }.joined(separator: ", ")
    #expect(try plan(bench, group) == titles)
    #expect(
      try await bench.refusal(of: "school.changeTopic", ["topic": ids[0], "number": 5]).issues.map(\.path) == [
        "/number"
      ])
  }

  @Test func `F2: a topic is renamed, and removed with its place`() async throws {
    let (bench, group) = try await school()
    let ids = try await add(bench, group, "А", "Б", "В")
    try await bench.run("school.changeTopic", ["topic": ids[0], "title": "Альфа", "hours": 2])
    #expect(
      try bench.audit("school.changeTopic").last
        == ["object": ids[0], "old": ["title": "А", "hours": 1], "new": ["title": "Альфа", "hours": 2]])
    try await bench.run("school.removeTopic", ["topic": ids[1]])
    #expect(try plan(bench, group) == "1 Альфа, 2 В")
    #expect(try bench.audit("school.removeTopic").last?["old"]?["title"] == "Б")
    #expect(try await bench.refusal(of: "school.removeTopic", ["topic": ids[1]]).code.rawValue == -32004)
  }

  @Test func `F2: a plan is copied, and one that is there is not lost unasked`() async throws {
    let (bench, group) = try await school()
    let count = try bench.query("SELECT 1 AS n FROM school_plan_topics WHERE group_id = 'g1'").count
    #expect(try await bench.run("school.copyPlan", ["from": "g1", "to": group])["topics"]?.int == count)
    #expect(try bench.events("school.v1.planChanged").last == ["groupId": group])
    let failure = try await bench.refusal(of: "school.copyPlan", ["from": "g1", "to": group])
    #expect(failure.kind == "school.planExists" && failure.issues.map(\.path) == ["/to"])
    let empty = try await bench.run("school.addGroup", ["subject": "Театр", "classes": ["c1"]])["group"] ?? ""
    #expect(
      try await bench.refusal(of: "school.copyPlan", ["from": empty, "to": group, "replace": true]).kind
        == "school.planEmpty")
    #expect(try await bench.refusal(of: "school.copyPlan", ["from": "g1", "to": "g1"]).issues.map(\.path) == ["/to"])
    try await bench.run("school.copyPlan", ["from": "g2", "to": group, "replace": true])
    let titles =
      "SELECT group_concat(title, '|') AS all_of FROM (SELECT title FROM school_plan_topics WHERE group_id = "
    let copied = try bench.row("\(titles)'\(group.string ?? "")' ORDER BY number)")
    #expect(try copied == bench.row("\(titles)'g2' ORDER BY number)"))
  }

  @Test func `F2: a plan that is replaced keeps the topics that are in the new one, so lessons stay bound to them`()
    async throws
  {
    let (bench, group) = try await school()
    let ids = try await add(bench, group, "Дроби", "Повторение", "Уравнения", "Повторение")
    let other = try await bench.run("school.addGroup", ["subject": "Театр", "classes": ["c1"]])["group"] ?? ""
    _ = try await add(bench, other, "Повторение", "Уравнения", "Проценты", "Повторение")
    try await bench.run("school.copyPlan", ["from": other, "to": group, "replace": true])
    #expect(try plan(bench, group) == "1 Повторение, 2 Уравнения, 3 Проценты, 4 Повторение")
    let now = try bench.query(
      "SELECT id FROM school_plan_topics WHERE group_id = '\(group.string ?? "")' ORDER BY number"
    ).map { $0["id"] ?? .null }
    #expect([now[0], now[1], now[3]] == [ids[1], ids[2], ids[3]])
    #expect(!ids.contains(now[2]))
    #expect(try plan(bench, other) == "1 Повторение, 2 Уравнения, 3 Проценты, 4 Повторение")
  }

  @Test func `F2: a gap in the numbers ends what has to move, and a full plan takes no more`() async throws {
    let (bench, group) = try await school()
    let ids = try await add(bench, group, "А", "Б", "В")
    try bench.execute("UPDATE school_plan_topics SET number = 5 WHERE id = '\(ids[2].string ?? "")'")
    try await bench.run("school.addTopic", ["group": group, "number": 2, "title": "Г"])
    #expect(try plan(bench, group) == "1 А, 2 Г, 3 Б, 5 В")

    try bench.execute(
      """
      INSERT INTO school_plan_topics(group_id, number, title, group_title)
      WITH RECURSIVE series(number) AS (SELECT 6 UNION ALL SELECT number + 1 FROM series WHERE number < 1000)
      SELECT '\(group.string ?? "")', number, 'Тема', '' FROM series
      """)
    #expect(try await bench.refusal(of: "school.addTopic", ["group": group, "title": "Д"]).kind == "school.planFull")
  }
}
