import Jansson
import Testing

/// The manual's section 2.1 on who is in a chat: the default chats, the tables of participants, the marks, and what of
/// that reaches the platform.
struct ChatPeopleTests {
  private let host: HostUnderTest
  private let admin: WireClient

  init() throws {
    host = try HostUnderTest.start(SchoolFolder())
    admin = try host.client(signedInAs: Person.administrator())
  }

  @Test
  func `C3: the default chats have whom the manual names, and the homeroom teacher administers two`()
    throws
  {
    let keeper = try keeper()
    let types = ["Администрация", "Педагогический состав"]
    let staff = try admin.registry("employees").filter {
      types.contains($0["cells"]?["positionType"]?.string ?? "") && $0["cells"]?["dismissed"]?.isNull != false
    }
    #expect(try admin.names(in: "Учительский чат") == Set(staff.compactMap(name)).union([keeper]))

    for place in try admin.registry("classes") {
      let title = place["cells"]?["title"]?.string ?? ""
      let homeroom = place["cells"]?["homeroomTeacher"]?.string ?? ""
      let pupils = try admin.registry("pupils").filter { $0["cells"]?["class"]?.string == title }
      let parents = try admin.registry("parents").filter {
        $0["cells"]?["children"]?.string?.contains(", \(title)") == true
      }
      for (chat, people) in [("Классный чат \(title)", pupils), ("Родительский чат \(title)", parents)] {
        let participants = try admin.participants(of: chat)
        #expect(
          Set(participants.compactMap { $0["name"]?.string }) == Set(people.compactMap(name) + [homeroom, keeper]))
        let marked = participants.filter { $0["administrator"] == true }
        #expect(Set(marked.compactMap { $0["name"]?.string }) == [homeroom, keeper])
      }
    }
  }

  @Test
  func
    `C5–C7: a chat «Другое» by its three pickers; who is not bound comes in on the platform later`()
    throws
  {
    let family = try admin.family()
    let keeper = try keeper()
    let blocked = try #require(try SchoolFolder.people().first { $0.roles == ["employee"] && $0.name != keeper })
    try admin.execute("school.blockAccount", ["login": JSONValue(blocked.login)])
    let chats = try admin.openChats()
    let form = try WireClient.only(admin.press("Добавить", of: chats))
    try admin.type("other", into: "Тип чата", of: form)
    try admin.type("Поход в музей", into: "Наименование чата", of: form)
    let seen = try admin.look(at: form)
    #expect(try seen.field("Предмет/Группа (Класс)")["enabled"] == false)
    #expect(seen.shownTabs == ["Сотрудники", "Ученики", "Родители"])
    #expect(columns(of: "employees", in: seen) == ["ФИО", "Администратор", "Заблокирован"])

    try choose(blocked.name, by: "employees", titled: "Сотрудники", in: form)
    try choose(family.child.name, by: "pupils", titled: "Ученики", in: form)
    try choose(family.parent.name, by: "parents", titled: "Родители", in: form)
    let employees = try admin.rows(of: "employees", in: form)
    #expect(employees.first { name($0) == blocked.name }?["cells"]?["blocked"] == true)
    #expect(employees.first { name($0) == keeper }?["cells"]?["blocked"] == false)
    #expect(employees.first { name($0) == blocked.name }?["cells"]?["administrator"] == false)

    let warning = try WireClient.only(admin.press("Сохранить", of: form))
    for person in [family.child, family.parent] { #expect(warning.text.contains(person.name)) }
    try admin.press("Ок", of: warning)
    let title = "Поход в музей"
    #expect(
      try admin.names(in: title).isSuperset(of: [blocked.name, family.child.name, family.parent.name, keeper]))
    #expect(try host.platform.becomesChat(title) { $0.phones.isEmpty })
    let line = try #require(try admin.participants(of: title).first { $0["name"]?.string == family.child.name })
    #expect(line["state"] == "unbound")

    try host.bind(family)
    #expect(try host.platform.becomesChat(title) { Set($0.phones) == Set(family.phones) })

    // Edited, and deleted: only the default chats are not.
    let row = try admin.registryRow("sferum", tab: "chats", named: title)
    try admin.select([row], in: chats)
    let change = try WireClient.only(admin.press("Изменить", of: chats))
    let parent = try #require(try admin.rows(of: "parents", in: change).first)
    try admin.call(
      "window/select", ["window": JSONValue(change.id), "table": "parents", "rows": [parent["id"] ?? ""]])
    try admin.call("window/press", ["window": JSONValue(change.id), "button": "remove-parents"])
    try admin.press("Сохранить", of: change)
    #expect(try host.platform.becomesChat(title) { $0.phones == [family.child.phone] })
    try admin.press("Да", of: WireClient.only(admin.press("Удалить", of: chats)))
    #expect(try host.platform.chatVanishes(title))
  }

  @Test func `C6: «Администратор» changed and saved goes to the platform; one's own mark can't be edited`() throws {
    let place = try #require(try admin.registry("classes").first)
    let title = "Классный чат \(place["cells"]?["title"]?.string ?? "")"
    let teacher = try #require(
      try SchoolFolder.people().first { $0.name == place["cells"]?["homeroomTeacher"]?.string })
    let client = try host.client(signedInAs: teacher)
    try host.bind(teacher, on: client)
    #expect(try host.platform.becomesChat(title) { $0.administrators == [teacher.phone] })
    // The parents' chat gets the same mark, beside this one.
    let parents = "Родительский чат \(place["cells"]?["title"]?.string ?? "")"
    #expect(try host.platform.becomesChat(parents) { $0.administrators == [teacher.phone] })

    // The homeroom teacher in the window of their own chat.
    let own = try change(title, client)
    let mine = try #require(try client.rows(of: "employees", in: own).first { name($0) == teacher.name })
    #expect(mine["locked"]?.array?.contains("administrator") == true)
    let refusal = #expect(throws: Refusal.self) { try mark(mine, false, in: own, client) }
    #expect(refusal?.code == -32009)

    // Somebody else may, and the platform is asked.
    for (isMarked, request) in [(false, "DELETE"), (true, "POST")] {
      let before = try host.platform.log().count
      let form = try change(title, admin)
      let row = try #require(try admin.rows(of: "employees", in: form).first { name($0) == teacher.name })
      try mark(row, isMarked, in: form, admin)
      #expect(try host.platform.becomesChat(title) { $0.administrators.isEmpty == isMarked }, "not before «Сохранить»")
      try admin.press("Сохранить", of: form)
      let marked = isMarked ? [teacher.phone] : []
      #expect(try host.platform.becomesChat(title) { $0.administrators == marked && $0.phones == [teacher.phone] })
      let asked = try host.platform.log().dropFirst(before).filter { $0.path.contains("/members/admins") }
      #expect(asked.map(\.method) == [request])
    }
  }

  /// «Администратор чатов Сферум» of «Настройки организации».
  private func keeper() throws -> String {
    try admin.openMenu("Администрирование", "Настройки организации").field("Администратор чатов Сферум")["display"]?
      .string ?? ""
  }

  private func name(_ row: JSONValue) -> String? { row["cells"]?["name"]?.string }

  private func columns(of table: String, in window: Screen) -> [String] {
    let found = window.json["tables"]?.array?.first { $0["id"]?.string == table }
    return found?["columns"]?.array?.compactMap { $0["title"]?.string } ?? []
  }

  /// «Добавить» on a tab of the form, a check mark, «Выбрать».
  private func choose(_ person: String, by tab: String, titled title: String, in form: Screen) throws {
    let picker = try WireClient.only(
      admin.call("window/press", ["window": JSONValue(form.id), "button": JSONValue("add-\(tab)")]))
    #expect(picker.title == title)
    let row = try #require(try admin.rows(picker, search: person).first { name($0) == person })
    try admin.select([row], in: picker)
    try admin.press("Выбрать", of: picker)
  }

  /// «Изменить» on a chat.
  private func change(_ title: String, _ client: WireClient) throws -> Screen {
    let chats = try client.openChats()
    try client.select([client.registryRow("sferum", tab: "chats", named: title)], in: chats)
    return try WireClient.only(client.press("Изменить", of: chats))
  }

  private func mark(_ row: JSONValue, _ isMarked: Bool, in form: Screen, _ client: WireClient) throws {
    try client.call(
      "window/edit",
      [
        "window": JSONValue(form.id), "table": "employees", "row": row["id"] ?? "",
        "values": ["administrator": JSONValue(isMarked)],
      ])
  }
}
