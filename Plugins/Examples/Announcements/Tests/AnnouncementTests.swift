import PluginTesting
import Testing

@testable import AnnouncementsPlugin

/// The plugin behind the real host, with a school that is played: no host runs, and the clock is the test's.
struct AnnouncementTests {
  /// The part of the school that the plugin knows: a class of one pupil, who has a mother, and its teacher.
  static let school = ScriptedPlugin("school")
    .view("school_v1_organization", [["time_zone": "Europe/Moscow"]])
    .view(
      "school_v1_accounts",
      [
        ["id": "u-pupil", "person_id": "p1", "blocked": 0], ["id": "u-mother", "person_id": "p2", "blocked": 0],
        ["id": "u-employee", "person_id": "p3", "blocked": 0],
      ]
    )
    .view(
      "school_v1_account_roles",
      [
        ["account_id": "u-pupil", "role": "pupil"], ["account_id": "u-mother", "role": "parent"],
        ["account_id": "u-employee", "role": "employee"],
      ]
    )
    .view("school_v1_pupils", [["person_id": "p1", "class_id": "c1"]])
    .view("school_v1_parent_links", [["parent_person_id": "p2", "class_id": "c1"]])
    .view(
      "school_v1_classes", [["id": "c1", "title": "7А", "grade": 7, "archived": 0, "homeroom_person_id": "p3"]]
    )
    .event("school.v1.accountChanged", "school.v1.employeeChanged", "school.v1.enrolmentChanged")
    .event("school.v1.parentChanged", "school.v1.classChanged", "school.v1.settingsChanged")
    .event("school.v1.rosterChanged")

  static let pupil = BenchUser("pupil", roles: ["pupil"])
  static let mother = BenchUser("mother", roles: ["parent"])

  /// Noon of the first of September in Moscow.
  func bench() async throws -> PluginBench {
    try await PluginBench(
      AnnouncementsPlugin.definition, manifest: "../announcements.json", beside: [Self.school],
      at: "2026-09-01T09:00:00Z")
  }

  @discardableResult
  func publish(_ bench: PluginBench, _ title: String, _ more: JSONValue = .emptyObject) async throws -> JSONValue {
    let all: JSONValue = ["title": JSONValue(title), "text": "Текст", "audience": "all", "until": "2026-09-01"]
    let published = try await bench.execute("announcements.publish", all.merging(more), as: .employee)
    return published.result["announcement"] ?? .null
  }

  /// The number on somebody's shortcut.
  func badge(_ bench: PluginBench, _ user: BenchUser) async throws -> JSONValue? {
    try await bench.call("desktop/get", as: user)["shortcuts"]?[0]?["badge"]
  }

  @Test func `an announcement that is written in the form is on the desk of whom it is for`() async throws {
    let bench = try await bench()
    let registry = try await bench.open(registry: "announcements", tab: "all", as: .employee)

    let form = try await registry.press("Добавить").window()
    try await form.set(["Заголовок": "Собрание", "Текст": "В среду", "Кому": "class"])
    try await form.set(["Класс": "c1"])
    let saved = try await form.press("Опубликовать")

    #expect(saved.closes(form))
    #expect(try await registry.rows(of: "all").first?["cells"]?["audience"] == "7А")
    #expect(try await badge(bench, Self.pupil) == 1)
    #expect(try await badge(bench, Self.mother) == 1)
    #expect(try bench.events("announcements.v1.changed").count == 1)
    #expect(try bench.audit("announcements.publish").count == 1)
  }

  @Test func `the command has the rules, the form only shows them`() async throws {
    let bench = try await bench()
    let form = try await bench.open(window: "announcements.form", as: .employee)
    try await form.set(["title": "Вчера", "text": "Текст", "until": "2026-08-31"])

    try await form.press("save")
    #expect(try await form.field("until")["error"]?.string?.hasPrefix("Этот день уже прошёл") == true)
    let refusal = await #expect(throws: BenchRefusal.self) {
      try await publish(bench, " ", ["until": "2026-08-31", "audience": "class"])
    }

    #expect(refusal?.issues.map(\.path) == ["/title", "/until", "/class"])
    #expect(try bench.query("SELECT * FROM announcements_announcements").isEmpty)
  }

  @Test func `reading takes the announcement from the badge, for the reader alone`() async throws {
    let bench = try await bench()
    let announcement = try await publish(bench, "Каникулы")

    let window = try await bench.execute("announcements.read", ["announcement": announcement], as: Self.pupil).window()

    #expect(window.text == "Текст")
    #expect(try await badge(bench, Self.pupil) == nil)
    #expect(try await badge(bench, Self.mother) == 1)
    // No value is kept for a key that is at its default.
    #expect(try bench.context("announcements.unread", of: Self.pupil) == nil)
  }

  @Test func `an announcement ends with its last day, and its badge with it`() async throws {
    let bench = try await bench()
    try await publish(bench, "Сегодня")
    #expect(try bench.jobs().map(\.name) == ["announcements.end"])

    try await bench.advance(to: "2026-09-01T20:59:59Z")
    #expect(try await badge(bench, Self.pupil) == 1)
    try await bench.advance(to: "2026-09-01T21:00:00Z")

    #expect(try await badge(bench, Self.pupil) == nil)
    #expect(try await bench.rows(of: "announcements", tab: "mine", as: Self.pupil).isEmpty)
    #expect(try bench.jobs().isEmpty)
  }

  @Test func `who leaves the class loses its announcements`() async throws {
    let bench = try await bench()
    try await publish(bench, "Собрание", ["audience": "class", "class": "c1"])
    #expect(try await badge(bench, Self.pupil) == 1)

    try await bench.publish(
      "school.v1.enrolmentChanged", ["personId": "p1", "change": "expelled"], with: ["school_v1_pupils": []])

    #expect(try await badge(bench, Self.pupil) == nil)
    #expect(try await badge(bench, Self.mother) == 1)
  }

  @Test func `who may not write is told so, and nothing is asked for that the manifest does not allow`() async throws {
    let bench = try await bench()
    let refusal = await #expect(throws: BenchRefusal.self) {
      try await bench.execute(
        "announcements.publish", ["title": "Нет", "text": "Нет", "audience": "all", "until": "2026-09-02"],
        as: Self.pupil)
    }
    #expect(refusal?.code == -32003)
    #expect(bench.conduct.isClean)
    #expect(bench.log.filter { $0.level == "error" }.isEmpty)
  }
}
