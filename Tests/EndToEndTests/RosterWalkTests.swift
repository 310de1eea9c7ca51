import Jansson
import Testing

/// One walk through each registry of the roster, as a person goes it: «Пуск», «Добавить», fill, «Сохранить», the row.
struct RosterWalkTests {
  private let host: HostUnderTest
  private let client: WireClient

  init() throws {
    host = try HostUnderTest.start(SchoolFolder(), ["--clock", "manual:2026-11-23T09:00:00+03:00"])
    client = try host.client(signedInAs: Person.administrator())
  }

  @Test func `F1, F2: «Родители»`() throws {
    let form = try adding("Родители", titled: "Родитель: Добавление")
    try client.type("Ящерицына", into: "Фамилия", of: form)
    try client.type("Ольга", into: "Имя", of: form)
    try client.type("8 912 345-67-89", into: "Телефон", of: form)
    let picker = try WireClient.only(press("addChildren", form))
    #expect(picker.title == "Ученики")
    let child = try firstRow(picker)
    try choose([child.id], in: picker)
    try save(form)

    let cells = try row("parents", search: "ящерицына")
    #expect(cells["name"] == "Ящерицына Ольга")
    #expect(cells["children"]?.string?.contains(child.cells["name"]?.string ?? "?") == true)
  }

  @Test func `F1, F2: «Классы»`() throws {
    let form = try adding("Классы", titled: "Класс: Добавление")
    try client.type("12", into: "Параллель", of: form)
    try client.type("я", into: "Литера", of: form)
    let picker = try WireClient.only(press("pick:homeroomTeacher", form))
    let teacher = try firstRow(picker)
    try choose([teacher.id], in: picker)
    try save(form)

    let cells = try row("classes", search: "12я")
    #expect(cells["title"] == "12Я" && cells["homeroomTeacher"] == teacher.cells["name"])
  }

  @Test func `F1, F2: «Группы»`() throws {
    let form = try adding("Группы", titled: "Группа: Добавление")
    try client.type("Шахматы", into: "Предмет", of: form)
    let picker = try WireClient.only(press("addClasses", form))
    let chosen = try firstRow(picker)
    try choose([chosen.id], in: picker)
    try save(form)

    let cells = try row("groups", search: "шахматы")
    #expect(cells["class"] == chosen.cells["title"] && cells["pupils"] == chosen.cells["pupils"])
  }

  @Test func `F1, F2: «Расписание уроков»`() throws {
    let form = try adding("Расписание уроков", titled: "Урок: Добавление")
    let picker = try WireClient.only(press("pick:group", form))
    try choose([firstRow(picker).id], in: picker)
    // A day of the year that runs, at an hour without lessons.
    // The last day of the timetable is still to come.
    let page = try client.call(
      "registry/query", ["registry": "timetable", "limit": 1, "sort": [["column": "date", "descending": true]]])
    let last = try #require(page["rows"]?[0]?["cells"]?["date"]?.string)
    let number: JSONValue = 15
    let values: JSONValue = [
      "date": JSONValue(last), "number": number, "starts": "18:00", "ends": "18:45", "room": "обсерватория",
    ]
    try client.call("window/set", ["window": JSONValue(form.id), "values": values])
    try save(form)

    let cells = try row("timetable", search: "обсерватория")
    #expect(cells["number"] == number && cells["starts"] == "18:00")
  }

  @Test func `F1, F2: «КТП»`() throws {
    let form = try adding("КТП", titled: "Тема КТП: Добавление")
    let picker = try WireClient.only(press("pick:group", form))
    let group = try firstRow(picker)
    try choose([group.id], in: picker)
    try client.type("Экскурсия в обсерваторию", into: "Тема", of: form)
    try save(form)

    let cells = try row("plans", search: "обсерваторию")
    #expect(cells["group"] == group.cells["title"] && cells["hours"] == 1)
  }

  private func adding(_ registry: String, titled title: String) throws -> Screen {
    let window = try client.openMenu("Реестры", registry)
    let form = try WireClient.only(client.press("Добавить", of: window))
    #expect(form.title == title)
    return form
  }

  private func press(_ button: String, _ window: Screen) throws -> JSONValue {
    try client.call("window/press", ["window": JSONValue(window.id), "button": JSONValue(button)])
  }

  private func firstRow(_ picker: Screen) throws -> (id: JSONValue, cells: JSONValue) {
    let page = try client.call("table/query", ["window": JSONValue(picker.id), "table": "rows"])
    let row = try #require(page["rows"]?[0])
    return (row["id"] ?? "", row["cells"] ?? .emptyObject)
  }

  private func choose(_ rows: [JSONValue], in picker: Screen) throws {
    try client.call(
      "window/select", ["window": JSONValue(picker.id), "table": "rows", "rows": JSONValue(rows)])
    try client.press("Выбрать", of: picker)
  }

  /// Presses «Сохранить»; the form must close.
  private func save(_ form: Screen) throws {
    let outcome = try client.press("Сохранить", of: form)
    let closed = (outcome["effects"]?.array ?? []).contains {
      $0["type"] == "closeWindow" && $0["id"]?.string == form.id
    }
    #expect(closed, "\(outcome.text())")
  }

  /// The cells of the only row that a search finds.
  private func row(_ registry: String, search: String) throws -> JSONValue {
    let page = try client.call("registry/query", ["registry": JSONValue(registry), "search": JSONValue(search)])
    #expect(page["total"] == 1)
    return try #require(page["rows"]?[0]?["cells"])
  }
}
