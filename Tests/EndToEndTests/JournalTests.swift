import Jansson
import Testing

/// A lesson goes through the class journal by the manual's words, over the wire.
struct JournalTests {
  private let host: HostUnderTest
  private let client: WireClient

  init() throws {
    host = try HostUnderTest.start(SchoolFolder(), ["--clock", "manual:2026-11-23T18:00:00+03:00"])
    client = try host.client(signedInAs: Person.administrator())
  }

  /// «Журнал» with the first class and its first subject and group.
  private func grid() throws -> Screen {
    let grid = try client.openMenu("Классный журнал", "Журнал")
    for label in ["Класс", "Предмет", "Группа"] {
      let field = try client.look(at: grid).field(label)
      guard field["value"]?.string == nil, let first = field["options"]?[0]?["value"] else { continue }
      try client.call(
        "window/set", ["window": JSONValue(grid.id), "values": [field["id"]?.string ?? "": first]])
    }
    return try client.look(at: grid)
  }

  private func headings(_ grid: Screen, bold: Bool) -> [String] {
    (grid.json["tables"]?[0]?["columns"]?.array ?? []).filter { ($0["emphasis"] == "bold") == bold }
      .compactMap { $0["title"]?.string }
  }

  @Test func `E1, E2, E3: a lesson is bound to the plan, held, seen in the grid, and undone`() throws {
    let before = try grid()
    #expect(before.title == "Журнал" && headings(before, bold: false) == ["ФИО"])
    #expect(try !client.rows(before).isEmpty)
    let date = try #require(headings(before, bold: true).first)

    let lesson = try WireClient.only(client.press(date, of: before))
    #expect(lesson.title == "Журнал на урок")
    #expect(try lesson.field("Тема")["value"] == "Урок не привязан к КТП")
    #expect(!lesson.buttons.contains("Отвязать КТП"))
    let picker = try WireClient.only(client.press("Привязать к КТП", of: lesson))
    let topic = try #require(try client.rows(picker).first)
    try client.select([topic], in: picker)
    try client.press("Выбрать", of: picker)
    #expect(try client.look(at: lesson).field("Тема")["value"] == topic["cells"]?["title"])

    let kinds = try lesson.field("Основной вид работы на уроке")
    let kind = try #require(kinds["options"]?[1]?["value"])
    try client.call(
      "window/set",
      ["window": JSONValue(lesson.id), "values": [kinds["id"]?.string ?? "": kind, "held": true]])
    #expect(try lesson.field("Урок проведен")["id"] == "held")
    let saved = try client.press("Добавить в журнал", of: lesson)
    #expect(saved["result"]?["changed"] == ["held", "kind"])
    #expect(try headings(grid(), bold: false) == ["ФИО", date])
    let told = try client.notification("window/didChange", within: 30, where: { $0["window"]?.string == before.id })
    #expect(told != nil)
    #expect(headings(try client.look(at: before), bold: false) == ["ФИО", date])

    try client.press("Отвязать КТП", of: client.look(at: lesson))
    #expect(try client.look(at: lesson).field("Тема")["value"] == "Урок не привязан к КТП")
    try client.call("window/set", ["window": JSONValue(lesson.id), "values": ["held": false]])
    try client.press("Добавить в журнал", of: lesson)
    #expect(try headings(grid(), bold: false) == ["ФИО"])

    let log = try client.openMenu("Администрирование", "Журнал событий")
    // The chats of a fresh school are made at the host's own time.
    let lines = try client.rows(log).compactMap { $0["cells"]?["what"]?.string }.filter { $0 != "Состав чата" }
    #expect(
      lines.prefix(4) == ["Добавить в журнал", "Отвязать урок от КТП", "Добавить в журнал", "Привязать урок к КТП"])
  }

  @Test func `H: a pupil has no class journal, not even by its command`() throws {
    let pupil = try host.client(signedInAs: Person.with("pupil"))
    #expect(!WireClient.titles(try pupil.call("desktop/get")["startMenu"]).contains("Классный журнал"))
    #expect(try pupil.refusal("command/execute", ["command": "journal.open"]).code == -32003)
  }

  @Test func `E4: what was saved is there after the host was killed`() throws {
    let before = try grid()
    let date = try #require(headings(before, bold: true).first)
    let lesson = try WireClient.only(client.press(date, of: before))
    try client.call("window/set", ["window": JSONValue(lesson.id), "values": ["held": true]])
    try client.press("Добавить в журнал", of: lesson)
    host.process.killAndWait()

    let again = try HostUnderTest.start(host.folder, ["--clock", "manual:2026-11-23T18:00:00+03:00"])
    let other = try again.client(signedInAs: Person.administrator())
    let id = try #require(before.json["buttons"]?.array?.first { $0["label"]?.string == date }?["id"]?.string)
    let read = try other.call(
      "command/execute",
      ["command": "journal.readLesson", "arguments": ["lesson": JSONValue(String(id.dropFirst("lesson.".count)))]])
    #expect(read["result"]?["held"] == true)
  }
}
