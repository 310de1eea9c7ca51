import Jansson
import Testing

/// «Отчёт о привязке» as an administrator and a homeroom teacher have it.
struct BindingReportTests {
  @Test func `X6: the report follows a binding, prints a sheet and exports both of its tabs`() throws {
    let host = try HostUnderTest.start(SchoolFolder(), ["--clock", "manual:2026-11-23T09:00:00+03:00"])
    let client = try host.client(signedInAs: Person.administrator())
    let person = try Person.with("pupil")
    try host.bind(person, on: host.client(signedInAs: person))

    let report = try client.openMenu("Администрирование", "Отчёт о привязке")
    #expect(report.title == "Отчёт о привязке")
    #expect(WireClient.titles(report.json["tabs"]) == ["Сводка", "Люди"])
    let all = try client.rows(report)
    #expect(all.first { $0["id"] == "pupil:" }?["cells"]?["bound"] == 1)
    #expect(all.first { $0["id"] == "pupil:" }?["cells"]?["total"] == 60)

    try client.call("window/select", ["window": JSONValue(report.id), "tab": "people"])
    let page = try client.call(
      "table/query", ["window": JSONValue(report.id), "table": "people", "search": JSONValue(person.name)])
    let row = try #require(page["rows"]?.array?.first { $0["cells"]?["phone"]?.string == person.shownPhone })
    #expect(row["cells"]?["state"] == "Привязан")
    let title = row["cells"]?["class"]?.string ?? "?"

    // «Печать» over the class's line of the summary.
    try client.call("window/select", ["window": JSONValue(report.id), "tab": "summary"])
    let line = try #require(all.first { $0["cells"]?["class"]?.string == title && $0["cells"]?["kind"] == "Ученики" })
    try client.select([line], in: report)
    let sheet = try WireClient.only(pressed("summary-print", report, client))
    #expect(sheet.title == "Отчёт о привязке: \(title)")
    let text = try rendered(sheet, client)
    #expect(text.contains("Дата: 23.11.2026"))
    #expect(text.contains("Ученики: привязаны 1 из \(line["cells"]?["total"]?.int ?? 0)"))
    #expect(text.contains("Кому нужно действовать: "))
    #expect(!text.contains(person.name) && !text.contains("+7 ("))
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })

    // Another sheet in the same window.
    try client.call("window/set", ["window": JSONValue(sheet.id), "values": ["sheet": "school"]])
    let school = try rendered(sheet, client)
    #expect(school.contains("Отчёт о привязке: Вся школа") && school.contains("По классам"))

    try exports(host.folder, client, person, title)
    #expect(!host.folder.logText().contains(person.name) && !host.folder.logText().contains(person.phone))
  }

  private func exports(_ folder: SchoolFolder, _ client: WireClient, _ person: Person, _ title: String) throws {
    let registry = try client.call("registry/list").array?.first { $0["id"] == "binding-report" }
    let tabs = (registry?["tabs"]?.array ?? []).compactMap { $0["id"]?.string }
    #expect(tabs == ["summary", "people"])
    for tab in tabs {
      let run = try CommandRun.esh("export", "binding-report/\(tab)", "--format", "csv", "--data", folder.path)
      #expect(run.succeeded, "\(run.errors)")
      let lines = run.output.split(whereSeparator: \.isNewline)
      let total = try client.call(
        "registry/query", ["registry": "binding-report", "tab": JSONValue(tab), "limit": 1])["total"]?.int
      #expect(lines.count - 1 == total, "\(tab)")
      switch tab {
      case "summary": #expect(lines.first?.hasPrefix("Класс,Кто,Всего,Привязаны,") == true)
      default:
        #expect(lines.first == "ФИО,Кто,Класс,Состояние,С какого времени,Телефон")
        let line = "\(person.name),Ученик,\(title),Привязан,"
        #expect(lines.contains { $0.hasPrefix(line) && $0.hasSuffix(",\(person.shownPhone)") })
      }
    }
  }

  @Test func `X6, H: a homeroom teacher prints the own class from «Классы», and a pupil nothing`() throws {
    let host = try HostUnderTest.start(SchoolFolder())
    let office = try host.client(signedInAs: Person.administrator())
    let classes = try office.call("registry/query", ["registry": "classes", "limit": 500])["rows"]?.array ?? []
    let led = try #require(
      classes.first { row in
        let name = row["cells"]?["homeroomTeacher"]?.string ?? ""
        return try Person.named(name)?.roles.contains("administrator") == false
      })
    let person = try #require(try Person.named(led["cells"]?["homeroomTeacher"]?.string ?? ""))
    let teacher = try host.client(signedInAs: person)

    #expect(throws: Refusal.self) { try teacher.openMenu("Администрирование", "Отчёт о привязке") }
    let registry = try teacher.openMenu("Реестры", "Классы")
    try teacher.select([led], in: registry)
    let sheet = try WireClient.only(teacher.press("Привязка к Сферум", of: registry))
    let title = led["cells"]?["title"]?.string ?? "?"
    #expect(try rendered(sheet, teacher).contains("\(title), классный руководитель: \(person.name)"))

    let other = try #require(classes.first { $0["cells"]?["homeroomTeacher"] != led["cells"]?["homeroomTeacher"] })
    try teacher.select([other], in: registry)
    let message = try WireClient.only(teacher.press("Привязка к Сферум", of: registry))
    #expect(message.text.contains("классный руководитель и администратор"))
    let refusal = try teacher.refusal(
      "command/execute", ["command": "sferum.bindingSheet", "arguments": ["class": "school"]])
    #expect(refusal.code == -32003)

    let pupil = try host.client(signedInAs: Person.with("pupil"))
    #expect(try pupil.refusal("command/execute", ["command": "sferum.bindingSheet"]).code == -32003)
    #expect(try pupil.refusal("registry/query", ["registry": "binding-report", "tab": "people"]).code == -32003)
  }

  private func pressed(_ button: String, _ window: Screen, _ client: WireClient) throws -> JSONValue {
    try client.call("window/press", ["window": JSONValue(window.id), "button": JSONValue(button)])
  }

  private func rendered(_ window: Screen, _ client: WireClient) throws -> String {
    try client.call("window/render", ["window": JSONValue(window.id)])["text"]?.string ?? ""
  }
}

extension Person {
  /// The one person of that name who can sign in; nil when there are several.
  fileprivate static func named(_ name: String) throws -> Person? {
    let found = try SchoolFolder.people().filter { $0.name == name }
    return found.count == 1 ? found[0] : nil
  }
}
