import PluginKit
import ShellTesting
import Testing

@testable import SchoolPlugin

/// «Журнал событий» as an administrator reads it, and as scripts do.
@Suite struct AuditLogTests {
  private func log(_ desk: SchoolDesk) async throws -> DeskWindow {
    try desk.window(
      try await desk.client.call("startMenu/open", ["path": ["Администрирование", "Журнал событий"]]))
  }

  /// Object and changes of the newest lines, newest first.
  private func lines(_ desk: SchoolDesk, _ count: Int) async throws -> [(subject: String, changes: String)] {
    try await log(desk).rows("audit").prefix(count).map { row in
      (row["cells"]?["subject"]?.string ?? "", row["cells"]?["changes"]?.string ?? "")
    }
  }

  @Test func `H: a line names its object and says field by field what was and what is`() async throws {
    let desk = try await SchoolDesk()
    let class_ = try #require(try await desk.rows("classes", search: "").first { $0["id"] == "c1" })
    let teacher = class_["cells"]?["homeroomTeacher"]?.string ?? ""
    let other = try #require(
      try await desk.rows("employees", search: "").first { $0["cells"]?["name"]?.string != teacher })
    try await desk.run("school.changeClass", ["class": "c1", "letter": "Я", "homeroomTeacher": other["id"] ?? ""])
    let line = try await lines(desk, 1)[0]
    #expect(line.subject.hasPrefix("Класс ") && line.subject.hasSuffix("Я"))
    let name = other["cells"]?["name"]?.string ?? ""
    #expect(line.changes.hasSuffix("→ Я\nКлассный руководитель: \(teacher) → \(name)"), "\(line.changes)")

    try await desk.run("school.changePupil", ["pupil": "u1", "birthDate": "2016-04-05", "phone": "89123456789"])
    let pupil = try await lines(desk, 1)[0]
    #expect(pupil.subject.hasPrefix("Человек "))
    #expect(pupil.changes.contains("→ 05.04.2016") && pupil.changes.contains("→ +7 (9**) ***-**-89"))
    #expect(!pupil.changes.contains("345"))
    try await desk.stop()
  }

  @Test func `H: what was removed is named all the same, and links by the people that they tie`() async throws {
    let desk = try await SchoolDesk()
    let parent = try await desk.run(
      "school.addParent", ["familyName": "Ёлкина", "givenName": "Анна", "pupil": "u1", "relation": "мать"])["result"]
    let id = parent?["parent"] ?? ""
    let pupil = try #require(try await desk.rows("pupils", search: "").first { $0["id"] == "u1" })
    let name = pupil["cells"]?["name"]?.string ?? "?"
    #expect(try await lines(desk, 1)[0].changes.contains("Дети: \(name) — Мать"))
    try await desk.run("school.unlinkParent", ["parent": id, "pupil": "u1"])
    #expect(try await lines(desk, 1)[0].changes == "\(name): Мать")
    try await desk.run("school.removeParent", ["parent": id])
    #expect(try await lines(desk, 1)[0].subject == "Родитель Ёлкина Анна")
    let lesson =
      try await desk.run(
        "school.addLesson", ["group": "g1", "date": "2026-11-28", "number": 2])["result"]?["lesson"] ?? ""
    try await desk.run("school.removeLesson", ["lesson": lesson])
    let removed = try await lines(desk, 1)[0]
    #expect(removed.subject.hasPrefix("Урок ") && removed.subject.hasSuffix(", 28.11.2026, № 2"))
    try await desk.stop()
  }

  @Test func `H: scripts get the ids and the JSON, windows do not; words find a line`() async throws {
    let desk = try await SchoolDesk()
    try await desk.run("school.changeClass", ["class": "c1", "letter": "Я"])
    let window = try await log(desk)
    let columns = try await desk.client.call("table/query", ["window": window.id, "table": "audit"])["columns"]
    let shown = (columns?.array ?? []).compactMap { $0["id"]?.string }
    #expect(shown == ["date", "time", "login", "client", "what", "subject", "changes", "number"])
    let page = try await desk.client.call("registry/query", ["registry": "audit", "search": "литера → я"])
    let cells = try #require(page["rows"]?.array?.first?["cells"])
    #expect(cells["object"] == "c1")
    #expect(try JSONValue(parsing: cells["new"]?.string ?? "") == ["letter": "Я"])
    let text = try await desk.client.call("window/render", ["window": window.id, "width": 200])["text"]?.string ?? ""
    #expect(text.contains("Литера: "))
    try await desk.stop()
  }
}
