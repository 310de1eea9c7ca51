import PluginTesting
import Testing

@testable import MySample

/// The plugin behind the real host, with a school that is played. No host runs.
struct NoteTests {
  /// The part of the school that the plugin knows.
  static let school = ScriptedPlugin("school")
    .view(
      "school_v1_pupils",
      [
        ["id": "p1", "full_name": "Ёлкина Анна", "state": "studying"],
        ["id": "p2", "full_name": "Юдин Пётр", "state": "studying"],
      ]
    )
    .registry("pupils", tab: "pupils", of: "school_v1_pupils", columns: ["full_name"])
    .event("school.v1.enrolmentChanged")

  func bench() async throws -> PluginBench {
    try await PluginBench(
      MySamplePlugin.definition, manifest: "../../manifests/my-sample.json", beside: [Self.school],
      at: "2026-09-01T09:00:00Z")
  }

  @Test func `a note that is written in the form stands in the registry`() async throws {
    let bench = try await bench()
    let registry = try await bench.open(registry: "my-sample", as: .employee)

    let form = try await registry.press("Добавить").window()
    try await form.set(["Заметка": "Купить мел"])
    let saved = try await form.press("Сохранить")

    #expect(saved.closes(form))
    let rows = try await registry.rows()
    #expect(rows.map { $0["cells"]?["text"] } == ["Купить мел"])
    #expect(try await registry.rendered().contains("Купить мел"))
  }

  @Test func `an empty note marks its field and writes nothing`() async throws {
    let bench = try await bench()
    let form = try await bench.open(window: "mySample.note")

    try await form.press("save")
    #expect(try await form.field("text")["error"] != nil)
    // A script gets no further: the command has the rule.
    let refusal = await #expect(throws: BenchRefusal.self) {
      try await bench.execute("mySample.add", ["text": "   "])
    }

    #expect(refusal?.issues.map(\.path) == ["/text"])
    #expect(try bench.query("SELECT * FROM my_sample_notes").isEmpty)
  }

  @Test func `a reminder comes in its time, once`() async throws {
    let bench = try await bench()
    let note = try await bench.execute("mySample.add", ["text": "Позвонить", "days": 2]).result["id"]

    try await bench.advance(by: .seconds(47 * 3600))
    #expect(try bench.events("mySample.v1.due").isEmpty)
    #expect(try await bench.rows(of: "my-sample").first?["emphasis"] == nil)
    try await bench.advance(to: "2026-09-03T09:00:00Z")

    #expect(try bench.events("mySample.v1.due").map(\.payload) == [["note": note ?? .null]])
    #expect(try await bench.rows(of: "my-sample").first?["emphasis"] == "bold")
    try await bench.advance(by: .seconds(30 * 86_400))
    #expect(try bench.events("mySample.v1.due").count == 1)
  }

  @Test func `a note that is done takes its reminder along`() async throws {
    let bench = try await bench()
    let note = try await bench.execute("mySample.add", ["text": "Позвонить", "days": 2]).result["id"]?.string ?? ""
    let registry = try await bench.open(registry: "my-sample")
    #expect(try await registry.button("Сделано")["enabled"] == false)

    try await registry.select([note])
    try await registry.press("Сделано")

    #expect(try bench.jobs().isEmpty)
    #expect(try await registry.rows().isEmpty)
  }

  @Test func `the registry of pupils has a button and a column more`() async throws {
    let bench = try await bench()
    let pupils = try await bench.open(registry: "pupils")

    try await pupils.select(["p1"])
    let form = try await pupils.press("Заметка").window()
    #expect(try await form.field("Ученик")["value"] == "Ёлкина Анна")
    try await form.set(["text": "Спросить о кружке"])
    try await form.press("Сохранить")

    let cells = try await bench.rows(of: "pupils").map { $0["cells"]?["my-sample:notes"] }
    #expect(cells == [1, .null])
  }

  @Test func `notes about a pupil who has left are gone`() async throws {
    let bench = try await bench()
    try await bench.execute("mySample.add", ["text": "Спросить о кружке", "pupil": "p1", "days": 7])
    try await bench.execute("mySample.add", ["text": "Похвалить", "pupil": "p2"])

    try await bench.publish(
      "school.v1.enrolmentChanged", ["pupilId": "p1", "change": "expelled"],
      with: [
        "school_v1_pupils": [
          ["id": "p1", "full_name": "Ёлкина Анна", "state": "expelled"],
          ["id": "p2", "full_name": "Юдин Пётр", "state": "studying"],
        ]
      ])

    #expect(try await bench.rows(of: "my-sample").map { $0["cells"]?["text"] } == ["Похвалить"])
    #expect(try bench.jobs().isEmpty)
  }

  @Test func `who is no employee may neither see nor write notes`() async throws {
    let bench = try await bench()

    let refusal = await #expect(throws: BenchRefusal.self) {
      try await bench.execute("mySample.add", ["text": "Купить мел"], as: .guest)
    }
    #expect(refusal?.code == -32003)
    await #expect(throws: BenchRefusal.self) { try await bench.rows(of: "my-sample", as: .guest) }
  }

  @Test func `what the manifest does not allow is not asked for`() async throws {
    let bench = try await bench()
    try await bench.execute("mySample.add", ["text": "Купить мел", "pupil": "p2"])
    #expect(bench.conduct.isClean)
    #expect(bench.log.filter { $0.level == "error" }.isEmpty)
  }
}
