import Jansson
import Testing

/// The manual's section 2.1 by its words: the tab «Чаты», its window, and what follows by itself.
struct ChatTests {
  private static let tabs = ["Сотрудники", "Ученики", "Родители"]

  @Test func `C1–C4: the tab has its columns and buttons, and the chats that nobody asked for`() throws {
    let host = try HostUnderTest.start(SchoolFolder())
    let client = try host.client(signedInAs: Person.administrator())
    let chats = try client.openChats()

    #expect(chats.title == "Сферум")
    #expect(chats.labels("tabs", "title").first == "Чаты")
    let columns = chats.json["tables"]?[0]?["columns"]?.array?.compactMap { $0["title"]?.string }
    #expect(
      columns == ["Наименование чата", "Тип чата", "Предмет/Группа (Класс)", "Участников", "Состояние"])
    for label in ["Добавить", "Изменить", "Удалить", "Обновить", "Привязать учетную запись"] {
      #expect(chats.buttons.contains(label), "\(label)")
    }
    let phone = try chats.field("Телефон, привязанный к Сферум")
    #expect(phone["enabled"] == false)
    #expect(phone["value"] == "")

    let all = try client.every(chats)
    let classes = try client.call("registry/query", ["registry": "classes", "limit": 500])["total"]?.int ?? 0
    func count(_ type: String) -> Int { all.count { $0["cells"]?["kind"]?.string == type } }
    #expect(count("Учительский чат") == 1)
    #expect(count("Классный чат") == classes)
    #expect(count("Родительский чат") == classes)

    // Only edited, never deleted: by the button, and by the command.
    let teachers = try #require(all.first { $0["cells"]?["kind"] == "Учительский чат" })
    try client.select([teachers], in: chats)
    let remove = try client.look(at: chats).json["buttons"]?.array?.first { $0["label"] == "Удалить" }
    #expect(remove?["enabled"] == false)
    #expect(remove?["why"]?.string?.isEmpty == false)
    let refusal = try client.refusal(
      "command/execute", ["command": "chats.removeChat", "arguments": ["chat": teachers["id"] ?? ""]])
    #expect(refusal.code == -32009)
    #expect(refusal.kind == "chats.default_not_deletable")
  }

  @Test func `C5–C8: a subject chat by the form, with its warning, and then changed and deleted`() throws {
    let host = try HostUnderTest.start(SchoolFolder())
    let client = try host.client(signedInAs: Person.administrator())
    let chats = try client.openChats()
    let form = try WireClient.only(client.press("Добавить", of: chats))
    #expect(form.title == "Чат: Добавление")
    #expect(form.labels("fields", "label") == ["Наименование чата", "Тип чата", "Предмет/Группа (Класс)"])
    #expect(try form.field("Тип чата")["options"]?.array?.compactMap { $0["title"]?.string } == ["Предмет", "Другое"])
    #expect(try form.field("Предмет/Группа (Класс)")["enabled"] == false)

    try client.type("subject", into: "Тип чата", of: form)
    var seen = try client.look(at: form)
    #expect(try seen.field("Предмет/Группа (Класс)")["enabled"] == true)
    #expect(seen.shownTabs == ["Сотрудники", "Ученики"])
    try client.type("Химия вместе", into: "Наименование чата", of: form)
    try client.pick("математика", into: "Предмет/Группа (Класс)", of: form)
    seen = try client.look(at: form)
    #expect(try seen.field("Предмет/Группа (Класс)")["display"]?.string?.hasPrefix("Математика") == true)
    let employees = try client.rows(of: "employees", in: form)
    #expect(!employees.isEmpty && employees.allSatisfy { $0["cells"]?["administrator"] == true })
    let pupils = try client.rows(of: "pupils", in: form)
    #expect(!pupils.isEmpty)

    // A participant by the picker, and the warning of figure 14.
    let picker = try WireClient.only(
      client.call("window/press", ["window": JSONValue(form.id), "button": "add-employees"]))
    #expect(picker.title == "Сотрудники")
    let chosen = try #require(
      try client.rows(picker).first { row in !employees.contains { $0["id"] == row["id"] } })
    try client.select([chosen], in: picker)
    try client.press("Выбрать", of: picker)
    let warning = try WireClient.only(client.press("Сохранить", of: form))
    #expect(warning.level == "warning")
    #expect(warning.buttons == ["Ок", "Отмена"])
    #expect(warning.text.contains(chosen["cells"]?["name"]?.string ?? "?"))
    try client.press("Отмена", of: warning)
    #expect(try client.rows(of: "employees", in: form).count == employees.count + 1, "nothing is lost")
    #expect(try client.rows(chats, search: "химия вместе").isEmpty)
    let again = try WireClient.only(client.press("Сохранить", of: form))
    try client.press("Ок", of: again)

    let row = try #require(try client.rows(chats, search: "химия вместе").first)
    #expect(row["cells"]?["kind"] == "Предмет")
    let people = try #require(row["cells"]?["members"]?.int)
    #expect(people == pupils.count + employees.count + 1)
    #expect(try host.platform.becomesChat("Химия вместе") { _ in true })

    // «Изменить» opens the same form; type and group stay as they are.
    try client.select([row], in: chats)
    let change = try WireClient.only(client.press("Изменить", of: chats))
    #expect(change.title == "Чат: Изменение")
    #expect(try change.field("Тип чата")["enabled"] == false)
    #expect(try change.field("Предмет/Группа (Класс)")["enabled"] == false)
    try client.type("Химия и жизнь", into: "Наименование чата", of: change)
    try client.press("Сохранить", of: change)
    #expect(try host.platform.becomesChat("Химия и жизнь") { _ in true })

    try client.select([row], in: chats)
    try client.press("Да", of: WireClient.only(client.press("Удалить", of: chats)))
    #expect(try client.rows(chats, search: "химия").isEmpty)
    #expect(try host.platform.chatVanishes("Химия и жизнь"))
  }

  @Test func `C6: marks that can't be edited are locked, others go to the platform`() throws {
    let host = try HostUnderTest.start(SchoolFolder())
    let client = try host.client(signedInAs: Person.administrator())
    let chats = try client.openChats()
    let row = try #require(try client.rows(chats, search: "классный").first)
    try client.select([row], in: chats)
    let form = try WireClient.only(client.press("Изменить", of: chats))
    let employees = try client.rows(of: "employees", in: form)
    let locked = employees.filter { $0["locked"]?.array?.contains { $0 == "administrator" } == true }
    #expect(locked.count == 1, "the Sferum chat administrator")
    func edit(_ row: JSONValue) throws {
      try client.call(
        "window/edit",
        [
          "window": JSONValue(form.id), "table": "employees", "row": row["id"] ?? "",
          "values": ["administrator": false],
        ])
    }
    let refusal = #expect(throws: Refusal.self) { try edit(locked[0]) }
    #expect(refusal?.code == -32009)
    let homeroom = try #require(employees.first { $0["id"] != locked[0]["id"] })
    try edit(homeroom)
    try client.press("Сохранить", of: form)
    let participants = try client.call(
      "command/execute", ["command": "chats.listParticipants", "arguments": ["chat": row["id"] ?? ""]])
    let line = participants["result"]?["participants"]?.array?.first { $0["id"] == homeroom["id"] }
    #expect(line?["administrator"] == false)
  }

  @Test func `C1, H: a pupil sees their own chats and no buttons to change them`() throws {
    let person = try Person.with("pupil")
    let host = try HostUnderTest.start(SchoolFolder())
    let client = try host.client(signedInAs: person)
    let chats = try client.openChats()
    #expect(Set(try client.every(chats).compactMap { $0["cells"]?["kind"]?.string }) == ["Классный чат"])
    #expect(!chats.buttons.contains("Добавить"))
    #expect(!chats.buttons.contains("Удалить"))
    let refusal = try client.refusal(
      "command/execute", ["command": "chats.addChat", "arguments": ["title": "Мой", "kind": "other"]])
    #expect(refusal.code == -32003)
  }

  @Test func `B6, B7, C12: who binds appears in the chats on the platform, who unbinds leaves them`() throws {
    let person = try Person.with("pupil")
    let host = try HostUnderTest.start(SchoolFolder())
    let client = try host.client(signedInAs: person)
    let title = try #require(try client.every(client.openChats()).first?["cells"]?["title"]?.string)
    try host.bind(person, on: client)
    #expect(try host.platform.becomesChat(title) { $0.phones.contains(person.phone) })

    // Drift: somebody on the platform's side takes them out, and they are brought back.
    let before = try host.platform.log().count
    try host.platform.kick(person.phone, from: title)
    #expect(try host.platform.becomesChat(title) { $0.phones.contains(person.phone) })
    #expect(try host.platform.log().count > before)

    try client.press("Да", of: client.askToUnbind())
    #expect(try host.platform.becomesChat(title) { !$0.phones.contains(person.phone) })
    #expect(try client.every(client.openChats()).first?["cells"]?["title"]?.string == title, "here they stay")
  }
}

extension Screen {
  /// One member of each element of a list, as shown.
  func labels(_ list: String, _ member: String) -> [String] {
    (json[list]?.array ?? []).compactMap { $0[member]?.string }
  }

  var shownTabs: [String] {
    (json["tabs"]?.array ?? []).filter { $0["visible"] == true }.compactMap { $0["title"]?.string }
  }
}

extension WireClient {
  /// Every row of a window's first table.
  func every(_ window: Screen) throws -> [JSONValue] {
    let table = window.json["tables"]?[0]?["id"] ?? ""
    return try call("table/query", ["window": JSONValue(window.id), "table": table, "limit": 500])["rows"]?.array ?? []
  }

  func rows(of table: String, in window: Screen) throws -> [JSONValue] {
    try call("table/query", ["window": JSONValue(window.id), "table": JSONValue(table), "limit": 500])["rows"]?.array
      ?? []
  }
}
