import PluginKit
import ShellTesting
import Testing

@testable import SchoolPlugin

/// The registries' forms over the real host: opened from a toolbar, filled, saved.
@Suite struct RosterFormTests {
  @Test func `F2: a parent is added with children from the picker, changed, and removed after a question`() async throws
  {
    let desk = try await SchoolDesk()
    let registry = try await desk.registry("Родители")
    let form = try await registry.open("add")
    #expect(form.title == "Родитель: Добавление")
    try await form.set(["familyName": "Ёлкина", "givenName": "Анна", "phone": "89123456789", "relation": "guardian"])
    try await form.pick("addChildren", ["u1", "u2"])
    #expect(try await form.rows("children").map { $0["cells"]?["relation"] } == ["Опекун", "Опекун"])
    try await desk.client.call(
      "window/edit", ["window": form.id, "table": "children", "row": "u2", "values": ["relation": "мать"]])
    let wrong = await #expect(throws: Refusal.self) {
      try await desk.client.call(
        "window/edit", ["window": form.id, "table": "children", "row": "u2", "values": ["relation": "сосед"]])
    }
    #expect(wrong?.code == -32009)
    let parent = try await form.save()["parent"] ?? ""
    #expect(try await desk.rows("parents", search: "ёлкина анна").map { $0["id"] ?? "" } == [parent])

    let change = try await registry.open("change", on: parent)
    #expect(change.title == "Родитель: Изменение")
    #expect(try await change.field("phone")["display"] == "+7 (912) 345-67-89")
    #expect(try await change.rows("children").map { $0["cells"]?["relation"] } == ["Опекун", "Мать"])
    try await change.select("children", ["u1"])
    try await change.press("removeChildren")
    try await change.set(["phone": JSONValue.null])
    #expect(try await change.save()["changed"] == ["phone", "children"])

    let question = try await registry.open("remove", on: parent)
    #expect(question.text == "Удалить родителя «Ёлкина Анна»?")
    let refusal = try await question.open("yes")
    #expect(refusal.text.contains("сначала отвяжите"))
    try await desk.run("school.unlinkParent", ["parent": parent, "pupil": "u2"])
    _ = try await registry.open("remove", on: parent).press("yes")
    #expect(try await desk.rows("parents", search: "ёлкина анна").isEmpty)
    try await desk.stop()
  }

  @Test func `F2: an employee becomes a parent with the data that the school has`() async throws {
    let desk = try await SchoolDesk()
    let form = try await desk.registry("Родители").open("add")
    try await form.pick("pick:person", ["e3"])
    #expect(try await form.field("familyName")["visible"] == false)
    let result = try await form.save()
    #expect(result["parent"]?.string?.hasPrefix("r") == true)
    let people = try await desk.rows("employees", search: "")
    let name = people.first { $0["id"] == "e3" }?["cells"]?["name"]?.string ?? ""
    #expect(try await desk.rows("parents", search: name).contains { $0["id"] == result["parent"] })
    try await desk.stop()
  }

  @Test func `F2: what is wrong is marked and stays typed`() async throws {
    let desk = try await SchoolDesk()
    let form = try await desk.registry("Родители").open("add")
    try await form.press("save")
    #expect(try await form.field("familyName")["error"] == "Обязательное поле")
    try await form.set(["familyName": "Ёлкина", "givenName": "Анна", "phone": "123"])
    try await form.press("save")
    let phone = try await form.field("phone")
    #expect(phone["error"] == "Номер телефона не соответствует формату +7 (9XX) XXX-XX-XX" && phone["value"] == "123")
    try await desk.stop()
  }

  @Test func `F2: a class is added, its teacher picked and cleared`() async throws {
    let desk = try await SchoolDesk()
    let registry = try await desk.registry("Классы")
    let form = try await registry.open("add")
    try await form.set(["grade": "12", "letter": "я"])
    try await form.pick("pick:homeroomTeacher", ["e4"])
    let id = try await form.save()["class"] ?? ""
    #expect(try await desk.rows("classes", search: "12Я").first?["cells"]?["homeroomTeacher"]?.string?.isEmpty == false)
    let change = try await registry.open("change", on: id)
    #expect(try await change.field("homeroomTeacher")["display"]?.string?.isEmpty == false)
    try await change.set(["homeroomTeacher": JSONValue.null])
    #expect(try await change.save()["changed"] == ["homeroomTeacher"])
    let twin = try await registry.open("add")
    try await twin.set(["grade": "12", "letter": "Я"])
    try await twin.press("save")
    #expect(try await twin.field("letter")["error"] == "Класс 12Я уже есть")
    try await desk.stop()
  }

  @Test func `F2: a group is put together of classes and pupils`() async throws {
    let desk = try await SchoolDesk(pupils: 60)
    let registry = try await desk.registry("Группы")
    let form = try await registry.open("add")
    let noClasses = try await form.open("addMembers")
    #expect(noClasses.text == "Сначала выберите классы группы")
    try await form.set(["subject": "Шахматы", "part": "подгруппа 1"])
    let pupil = try #require(try await desk.rows("pupils", search: "").first)
    let title = pupil["cells"]?["class"]?.string ?? ""
    let class_ = try #require(
      try await desk.rows("classes", search: title).first { $0["cells"]?["title"]?.string == title })
    try await form.pick("addClasses", [class_["id"] ?? ""])
    let picker = try await form.open("addMembers")
    let offered = try await picker.rows("rows")
    #expect(offered.allSatisfy { $0["cells"]?["class"]?.string == title } && !offered.isEmpty)
    try await picker.select("rows", [pupil["id"] ?? ""])
    try await picker.press("select")
    #expect(try await form.field("wholeClass")["value"] == false)
    try await form.set(["wholeClass": true])
    #expect(try await form.rows("members").isEmpty)
    try await form.pick("addMembers", [pupil["id"] ?? ""])
    try await form.pick("pick:teacher", ["e5"])
    let group = try await form.save()["group"] ?? ""
    let row = try #require(try await desk.rows("groups", search: "шахматы").first)
    #expect(row["id"] == group && row["cells"]?["pupils"] == 1)

    let change = try await registry.open("change", on: group)
    try await change.set(["wholeClass": true, "teacher": JSONValue.null])
    #expect(try await change.save()["changed"] == ["teacher", "members"])
    _ = try await registry.open("remove", on: group).press("yes")
    #expect(try await desk.rows("groups", search: "шахматы").isEmpty)
    try await desk.stop()
  }

  @Test func `F2: what somebody else changed in a group meanwhile is not taken back by saving the form`() async throws {
    let desk = try await SchoolDesk(pupils: 60)
    let form = try await desk.registry("Группы").open("change", on: "g1")
    try await desk.run("school.changeGroup", ["group": "g1", "part": "подгруппа 7"])
    let teacher = try await desk.rows("employees", search: "").last?["id"] ?? ""
    try await form.pick("pick:teacher", [teacher])
    #expect(try await form.save()["changed"] == ["teacher"])
    let row = try await desk.rows("groups", search: "подгруппа 7")
    #expect(row.map { $0["id"] ?? "" } == ["g1"])
    try await desk.stop()
  }

  @Test func `H: roles that somebody else gave meanwhile are not taken back by saving the form`() async throws {
    let desk = try await SchoolDesk()
    let account = try #require(try await desk.rows("accounts", search: "сотрудник").last?["id"])
    let window = try await desk.client.call("startMenu/open", ["path": ["Администрирование", "Учётные записи"]])
    let form = try await desk.window(window).open("change", on: account)
    try await desk.run("school.setRoles", ["person": account, "administrator": true])
    try await form.set(["pupil": true])
    #expect(try await form.save()["roles"] == ["administrator", "employee", "pupil"])
    try await desk.stop()
  }

  @Test func `F2: a clash is asked about in the lesson's form before it is saved`() async throws {
    let desk = try await SchoolDesk(pupils: 60)
    try await desk.run("school.addLesson", ["group": "g1", "date": "2026-11-28", "number": 2, "room": "7"])
    let registry = try await desk.registry("Расписание уроков")
    let form = try await registry.open("add")
    try await form.pick("pick:group", ["g2"])
    try await form.set(["date": "2026-11-28", "number": 2, "room": "7"])
    #expect(try await form.field("starts")["value"] == "08:55")
    let question = try await form.open("save")
    #expect(question.text.contains("Кабинет 7 занят") && question.text.hasSuffix("Сохранить урок?"))
    try await question.press("cancel")
    #expect(try await form.field("room")["value"] == "7")
    let again = try await form.open("save")
    let outcome = try await again.press("yes")
    let lesson = outcome["result"]?["lesson"] ?? ""
    let closed = (outcome["effects"]?.array ?? []).filter { $0["type"] == "closeWindow" }.map { $0["id"] ?? "" }
    #expect(closed == [again.id, form.id])

    let substitution = try await registry.open("substitute", on: lesson)
    let teacher = try await desk.rows("employees", search: "").last?["id"] ?? ""
    try await substitution.pick("pick:employee", [teacher])
    _ = try await substitution.save()
    let found = try await desk.client.call(
      "registry/query", ["registry": "timetable", "filter": ["date": "2026-11-28", "room": "7"]])
    let shown = found["rows"]?.array?.first { $0["id"] == lesson }?["cells"]?["substitute"]?.string
    #expect(shown?.isEmpty == false)
    let removal = try await registry.open("remove", on: lesson)
    #expect(removal.text.contains("28.11.2026, урок 2"))
    try await removal.press("yes")
    try await desk.stop()
  }

  @Test func `F2: topics are added, moved, removed and copied from the registry`() async throws {
    let desk = try await SchoolDesk()
    let registry = try await desk.registry("КТП")
    let group =
      try await desk.run("school.addGroup", ["subject": "Шахматы", "classes": ["c1"]])["result"]?["group"] ?? ""
    let form = try await registry.open("add")
    try await form.pick("pick:group", [group])
    try await form.set(["title": "Дебют"])
    let topic = try await form.save()["topic"] ?? ""
    let second = try await registry.open("add", on: topic)
    #expect(try await second.field("group")["value"] == group)
    try await second.set(["title": "Правила", "number": 1, "hours": 2])
    _ = try await second.save()
    #expect(try await desk.rows("plans", search: "шахматы").map { $0["cells"]?["title"] } == ["Правила", "Дебют"])
    let change = try await registry.open("change", on: topic)
    #expect(try await change.field("group")["enabled"] == false)
    try await change.set(["number": 1])
    #expect(try await change.save()["changed"] == ["number"])

    let copy = try await registry.open("copy", on: topic)
    try await copy.pick("pick:to", ["g1"])
    try await copy.press("copy")
    #expect(try await copy.field("to")["error"]?.string?.contains("уже есть КТП") == true)
    try await copy.set(["replace": true])
    #expect(try await copy.save("copy")["topics"] == 2)
    _ = try await registry.open("remove", on: topic).press("yes")
    #expect(try await desk.rows("plans", search: "дебют шахматы").isEmpty)
    try await desk.stop()
  }

  @Test func `H: who only reads the registries sees no buttons that change them`() async throws {
    let desk = try await SchoolDesk()
    let accounts = try await desk.run("school.listAccounts", ["role": "employee"])["result"]?["accounts"]?.array ?? []
    let reader = try #require(accounts.first { $0["roles"] == ["employee"] })
    let client = try await desk.host.connect()
    try await client.call("session/login", ["login": reader["login"] ?? "", "password": "пароль"])
    for title in ["Родители", "Классы", "Группы", "Расписание уроков", "КТП"] {
      let window = try desk.window(try await client.call("startMenu/open", ["path": ["Реестры", JSONValue(title)]]))
      #expect(window.json["buttons"]?.array?.compactMap { $0["id"]?.string } == ["refresh"], "\(title)")
    }
    let refusal = await #expect(throws: Refusal.self) {
      try await client.call("command/execute", ["command": "school.removeGroup", "arguments": ["group": "g1"]])
    }
    #expect(refusal?.code == -32003)
    let registry = try await desk.registry("Классы")
    let change = try await registry.button("change")
    #expect(change?["enabled"] == false && change?["why"] == "Выберите класс")
    try await desk.stop()
  }
}
