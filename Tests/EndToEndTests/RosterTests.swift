import Jansson
import Testing

/// An administrator keeps the roster through windows, by their titles and labels.
struct RosterTests {
  private let host: HostUnderTest
  private let client: WireClient

  init() throws {
    host = try HostUnderTest.start(SchoolFolder(), ["--clock", "manual:2026-11-23T09:00:00+03:00"])
    client = try host.client(signedInAs: Person.administrator())
    // Answered behind what the host still writes: the line of the sign-in is there then.
    try client.call("health/get")
  }

  @Test func `F2: «Добавить» in «Сотрудники» hires, «Уволить» dismisses, and both stand in «Журнал событий»`() throws {
    let registry = try client.openMenu("Реестры", "Сотрудники")
    let form = try WireClient.only(client.press("Добавить", of: registry))
    #expect(form.title == "Сотрудник: Приём")
    try client.fill(form, ["Фамилия": "Ёжикова", "Имя": "Алёна", "Телефон": "812 345", "Должность": "Учитель химии"])

    try client.press("Сохранить", of: form)
    #expect(try client.look(at: form).field("Телефон")["error"]?.string?.hasPrefix("Номер телефона") == true)
    try client.fill(form, ["Телефон": "8 (912) 345-67-89"])
    let saved = try client.press("Сохранить", of: form)
    #expect(saved["effects"]?.array?.contains { $0["type"] == "closeWindow" } == true)

    let row = try #require(try client.rows(registry, search: "ежикова алена").first)
    #expect(row["cells"]?["position"] == "Учитель химии")
    #expect(row["cells"]?["hired"] == "2026-11-23")

    #expect(throws: Refusal.self) { try client.press("Уволить", of: registry) }
    try client.select([row], in: registry)
    let dismissal = try WireClient.only(client.press("Уволить", of: registry))
    try client.press("Уволить", of: dismissal)
    #expect(try client.rows(registry, search: "ежикова алена").first?["cells"]?["dismissed"] == "2026-11-23")

    let log = try client.openMenu("Администрирование", "Журнал событий")
    // What follows from it in chats stands there as well.
    let lines = try client.rows(log).filter { $0["cells"]?["what"] != "Состав чата" }
    #expect(lines.prefix(3).map { $0["cells"]?["what"] } == ["Уволить", "Принять на работу", "Вход"])
    #expect(lines[0]["cells"]?["date"] == "2026-11-23")
    #expect(lines[0]["cells"]?["time"] == "09:00:00")
    #expect(try client.rows(log, search: "учитель химии").count == 1)
    #expect(lines.allSatisfy { !$0.text().contains("3456789") })
  }

  @Test func `C10: a pupil is enrolled, transferred with a picker, expelled, restored, and the restoration cancelled`()
    throws
  {
    let pupils = try client.openMenu("Реестры", "Ученики")
    let form = try WireClient.only(client.press("Добавить", of: pupils))
    try client.fill(form, ["Фамилия": "Щукин", "Имя": "Семён", "Дата рождения": "2016-04-05"])
    try client.pick("5", into: "Класс", of: form)
    try client.press("Сохранить", of: form)
    let pupil = try #require(try client.rows(pupils, search: "щукин семен").first)

    try client.select([pupil], in: pupils)
    let transfer = try WireClient.only(client.press("Перевести", of: pupils))
    try client.pick("2", into: "Класс", of: transfer)
    try client.press("Перевести", of: transfer)
    let moved = try #require(try client.rows(pupils, search: "щукин семен").first?["cells"]?["class"]?.string)
    #expect(moved.hasPrefix("2"))

    try client.select([pupil], in: pupils)
    try client.press("Отчислить", of: WireClient.only(client.press("Отчислить", of: pupils)))
    #expect(try client.rows(pupils, search: "щукин семен").isEmpty)

    let gone = try client.openMenu("Реестры", "Выпускники и отчисленные")
    try client.select([pupil], in: gone)
    let restoration = try WireClient.only(client.press("Восстановить", of: gone))
    #expect(try restoration.field("Класс")["display"]?.string == moved)
    try client.press("Восстановить", of: restoration)
    #expect(try client.rows(pupils, search: "щукин семен").count == 1)
    #expect(try client.rows(gone).first?["cells"]?["state"] == "Восстановлен")

    try client.select([pupil], in: gone)
    let question = try WireClient.only(client.press("Отменить восстановление", of: gone))
    #expect(question.buttons == ["Да", "Нет"])
    try client.press("Да", of: question)
    #expect(try client.rows(pupils, search: "щукин семен").isEmpty)
    #expect(try client.rows(gone).first?["cells"]?["state"] == "Отчислен")
  }

  @Test func `F2: two people who change one record keep each other's work`() throws {
    let other = try host.client(signedInAs: Person.administrator())
    let mine = try client.openMenu("Реестры", "Сотрудники")
    let theirs = try other.openMenu("Реестры", "Сотрудники")
    let row = try #require(try client.rows(mine).first)
    try client.select([row], in: mine)
    try other.select([row], in: theirs)
    let form = try WireClient.only(client.press("Изменить", of: mine))
    let second = try WireClient.only(other.press("Изменить", of: theirs))

    try client.fill(form, ["Должность": "Учитель-методист"])
    try client.press("Сохранить", of: form)
    try other.fill(second, ["Почта": "school@example.org"])
    try other.press("Сохранить", of: second)

    let id = row["id"]?.string ?? ""
    let kept = try client.rows(mine).first { $0["id"]?.string == id }
    #expect(kept?["cells"]?["position"] == "Учитель-методист")
  }

  @Test func `H: nobody opens a registry by its command who may not open it by the menu`() throws {
    let teacher = try host.client(signedInAs: Person.with("employee"))
    let arguments: JSONValue = ["registry": "audit"]
    let refusal = try teacher.refusal(
      "command/execute", ["command": "shell.openRegistry", "arguments": arguments])
    #expect(refusal.code == -32003)
  }

  @Test func `H: a password reset is shown once and ends the account's sessions, and so do roles taken away`() throws {
    let accounts = try client.openMenu("Администрирование", "Учётные записи")
    let row = try #require(try client.rows(accounts, search: Person.with("employee").login).first)
    try client.select([row], in: accounts)
    let earlier = try host.client()
    let login = JSONValue(try Person.with("employee").login)
    try earlier.call("session/login", ["login": login, "password": JSONValue(SchoolFolder.password)])
    let form = try WireClient.only(client.press("Сбросить пароль", of: accounts))
    let outcome = try client.press("Сохранить", of: form)
    let password = try #require(outcome["result"]?["password"]?.string)
    #expect(WireClient.opened(outcome).last?.text.contains(password) == true)
    #expect(try earlier.notification("session/didEnd", within: 30)?["reason"] == "password")

    let other = try host.client()
    try other.call("session/login", ["login": login, "password": JSONValue(password)])
    let roles = try WireClient.only(client.press("Изменить", of: accounts))
    let set: JSONValue = ["pupil": true, "employee": false]
    try client.call("window/set", ["window": JSONValue(roles.id), "values": set])
    try client.press("Сохранить", of: roles)
    #expect(try other.notification("session/didEnd", within: 30)?["reason"] == "roles")
  }

  @Test func `H: whoever changes their own password stays signed in to read it`() throws {
    let login = try #require(try client.call("session/get")["user"]?["login"]?.string)
    let outcome = try client.call(
      "command/execute", ["command": "school.setPassword", "arguments": ["login": JSONValue(login)]])
    #expect(outcome["result"]?["password"]?.string?.isEmpty == false)
    #expect(try client.call("session/get")["user"]?["login"]?.string == login)
  }
}

extension WireClient {
  /// Types into several fields by their labels.
  func fill(_ window: Screen, _ values: [String: String]) throws {
    for (label, text) in values { try type(text, into: label, of: window) }
  }

  /// Rows of a window's first table.
  func rows(_ window: Screen, search: String? = nil) throws -> [JSONValue] {
    let table = window.json["tables"]?[0]?["id"] ?? ""
    var params: JSONValue = ["window": JSONValue(window.id), "table": table]
    if let search { params = params.setting("search", JSONValue(search)) }
    return try call("table/query", params)["rows"]?.array ?? []
  }

  func select(_ rows: [JSONValue], in window: Screen) throws {
    let table = window.json["tables"]?[0]?["id"] ?? ""
    let ids = JSONValue(rows.compactMap { $0["id"] })
    try call("window/select", ["window": JSONValue(window.id), "table": table, "rows": ids])
  }

  /// Fills a reference through its picker: the first row that a search finds.
  func pick(_ search: String, into label: String, of window: Screen) throws {
    let field = try window.field(label)["id"]?.string ?? ""
    let picker = try WireClient.only(
      call("window/press", ["window": JSONValue(window.id), "button": JSONValue("pick:\(field)")]))
    guard let row = try rows(picker, search: search).first else { throw TestTrouble("nothing found: \(search)") }
    try select([row], in: picker)
    try press("Выбрать", of: picker)
  }
}
