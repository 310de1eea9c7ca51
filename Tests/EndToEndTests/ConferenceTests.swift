import Jansson
import Testing

/// The manual's sections 2.2 and 3 by their words: conferences start and end by themselves, from the registry and from
/// the class journal.
struct ConferenceTests {
  private let host: HostUnderTest
  private let owner: WireClient
  private let lesson: JSONValue
  private let group: JSONValue
  private let teacher: Person

  /// A Monday morning before the first lesson, and a teacher who gives a lesson that day.
  init() throws {
    host = try HostUnderTest.start(SchoolFolder(), ["--clock", "manual:2026-11-23T07:00:00+03:00"])
    owner = try host.client(signedInAs: Person.administrator())
    let people = try SchoolFolder.people()
    let groups = try owner.call("registry/query", ["registry": "groups", "limit": 100])["rows"]?.array ?? []
    let lessons = try owner.call(
      "registry/query", ["registry": "timetable", "filter": ["date": "2026-11-23"], "limit": 100])
    for lesson in lessons["rows"]?.array ?? [] {
      guard let group = groups.first(where: { $0["cells"]?["title"] == lesson["cells"]?["group"] }),
        let teacher = people.first(where: {
          $0.name == group["cells"]?["teacher"]?.string && $0.roles == ["employee"]
        })
      else { continue }
      (self.lesson, self.group, self.teacher) = (lesson, group, teacher)
      return
    }
    throw TestTrouble("nobody gives a lesson")
  }

  private func time(_ cell: String) -> String { lesson["cells"]?[cell]?.string ?? "" }

  /// The teacher, bound, with a chat of the group.
  private func boundTeacher() throws -> WireClient {
    let client = try host.client(signedInAs: teacher)
    try host.bind(teacher, on: client)
    try client.call(
      "command/execute",
      [
        "command": "chats.addChat",
        "arguments": ["title": "Чат группы", "kind": "subject", "group": group["id"] ?? ""],
      ])
    return client
  }

  /// «Журнал на урок» of the lesson, by the journal's grid.
  private func lessonWindow(_ client: WireClient) throws -> Screen {
    let journal = try client.openMenu("Классный журнал", "Журнал")
    for (label, value) in [("Класс", time("group").split(separator: "(").last.map { String($0.dropLast()) } ?? "")] {
      let field = try client.look(at: journal).field(label)
      let option = field["options"]?.array?.first { $0["title"]?.string == value }
      try client.type(option?["value"]?.string ?? "", into: label, of: journal)
    }
    let subject = time("group").split(separator: " (").first.map(String.init) ?? ""
    let subjects = try client.look(at: journal).field("Предмет")
    if let option = subjects["options"]?.array?.first(where: { $0["title"]?.string == subject }),
      option["value"] != subjects["value"]
    {
      try client.type(option["value"]?.string ?? "", into: "Предмет", of: journal)
    }
    let columns = try client.look(at: journal).json["tables"]?[0]?["columns"]?.array ?? []
    let heading = columns.first { $0["title"]?.string?.hasPrefix("23.11") == true }
    let button = try #require(heading?["button"], "\(columns)")
    return try WireClient.only(client.call("window/press", ["window": JSONValue(journal.id), "button": button]))
  }

  private func row(_ client: WireClient) throws -> JSONValue {
    let rows = try client.call("registry/query", ["registry": "sferum", "tab": "conferences"])["rows"]?.array ?? []
    return try #require(rows.first)
  }

  private func becomes(_ status: String, _ client: WireClient) throws -> Bool {
    try awaited(within: 20) { try row(client)["cells"]?["status"]?.string == status ? true : nil } == true
  }

  private func advance(to time: String) throws {
    try owner.call("clock/advance", ["to": JSONValue("2026-11-23T\(time):00+03:00")], within: 120)
  }

  @Test func `E2, D2, D4: an online lesson made in the journal starts at its time and ends at its time, once each`()
    throws
  {
    let client = try boundTeacher()
    let journal = try lessonWindow(client)
    #expect(journal.title.hasPrefix("Журнал на урок"))
    #expect(journal.buttons.contains("Создать онлайн-урок"))
    #expect(!journal.buttons.contains("Подключиться к онлайн-уроку"))
    let form = try WireClient.only(client.press("Создать онлайн-урок", of: journal))
    #expect(form.title == "Видеоконференция Сферума: Добавление")
    #expect(try form.field("Тип видеоконференции")["value"] == "lesson")
    #expect(try form.field("Чат")["display"] == "Чат группы")
    #expect(try form.field("Дата начала")["value"] == "2026-11-23")
    #expect(try form.field("Время начала")["value"]?.string == time("starts"))
    #expect(try form.field("Время окончания")["value"]?.string == time("ends"))
    let name = try #require(try form.field("Наименование видеоконференции")["value"]?.string)
    #expect(name.contains(" - 23.11.2026 - \(time("starts")) - "))
    try client.press("Сохранить", of: form)
    #expect(try row(client)["cells"]?["status"] == "Новая")
    #expect(
      try awaited(within: 30) { try client.look(at: journal).buttons.contains("Завершить онлайн-урок") ? true : nil }
        == true)

    try advance(to: time("starts"))
    #expect(try becomes("Активная", client))
    let active = try row(client)
    let link = try #require(active["cells"]?["link"]?.string)
    #expect(active["actions"] == ["go"])
    // Disabled until the window has been told.
    let joined = try awaited(within: 30) { () -> JSONValue? in
      do { return try client.press("Подключиться к онлайн-уроку", of: client.look(at: journal)) } catch is Refusal {
        return nil
      }
    }
    #expect(joined?["effects"]?.array?.contains { $0["url"]?.string == link } == true)

    try advance(to: time("ends"))
    #expect(try becomes("Завершена", client))
    #expect(try row(client)["cells"]?["link"]?.isNull != false)
    #expect(try host.platform.applied("POST", "/sferum/v1/calls") >= 2)
    let log = try host.platform.log().filter { $0.effect == "applied" && $0.method == "POST" }
    #expect(log.count { $0.path.hasSuffix("/start") } == 1)
    #expect(log.count { $0.path.hasSuffix("/finish") } == 1)
    let shown = try host.platform.asked("max", "conferences")
    #expect(shown.map { $0["state"] } == ["finished"])
    #expect(try host.platform.inbox(teacher.phone).contains { $0.text.contains(link) }, "D6: told with the link")
  }

  @Test func `E2, D3: who is not bound is told so and offered the binding`() throws {
    let client = try host.client(signedInAs: teacher)
    let message = try WireClient.only(client.press("Создать онлайн-урок", of: lessonWindow(client)))
    #expect(message.level == "warning")
    #expect(message.buttons.first == "Привязать аккаунт к Сферум")
    let form = try WireClient.only(client.press("Привязать аккаунт к Сферум", of: message))
    #expect(form.title == Manual.authorization)
  }

  @Test func `E2: for a group without a chat the form says so, with a button that adds one`() throws {
    let client = try host.client(signedInAs: teacher)
    try host.bind(teacher, on: client)
    let form = try WireClient.only(client.press("Создать онлайн-урок", of: lessonWindow(client)))
    #expect(form.text.contains("нет чата"))
    #expect(try form.field("Чат")["value"]?.isNull != false)
    let chat = try WireClient.only(client.press("Добавить чат", of: form))
    #expect(chat.title == "Чат: Добавление")
    #expect(try chat.field("Тип чата")["value"] == "subject")
    #expect(try chat.field("Предмет/Группа (Класс)")["value"] == group["id"])
  }

  @Test func `D3: ends before starts, a start in the past, a second one for a lesson, and a foreign chat are refused`()
    throws
  {
    let client = try boundTeacher()
    let chats = try client.call("registry/query", ["registry": "sferum", "tab": "chats", "search": "чат группы"])
    let chat = chats["rows"]?[0]?["id"] ?? ""
    func add(_ changes: JSONValue) throws -> Refusal {
      let whole: JSONValue = [
        "kind": "call", "chat": chat, "name": "Созвон", "date": "2026-11-23", "starts": "20:00", "ends": "20:30",
      ]
      return try client.refusal(
        "command/execute",
        ["command": "videoconferences.addConference", "arguments": whole.merging(changes)])
    }
    #expect(try add(["ends": "19:00"]).kind == "conferences.endsBeforeStart")
    #expect(try add(["starts": "06:00", "ends": "06:30"]).kind == "conferences.inThePast")
    #expect(try add(["kind": "lesson"]).data["issues"]?[0]?["path"] == "/lesson")
    let teachers = try client.call("registry/query", ["registry": "sferum", "tab": "chats", "search": "учительский"])
    #expect(try add(["chat": teachers["rows"]?[0]?["id"] ?? ""]).kind == "conferences.notHost")
    try client.call(
      "command/execute",
      [
        "command": "videoconferences.addConference",
        "arguments": ["kind": "lesson", "chat": chat, "lesson": lesson["id"] ?? ""],
      ])
    #expect(try add(["kind": "lesson", "lesson": lesson["id"] ?? ""]).kind == "conferences.lessonTaken")
  }

  @Test func `D4, D5: a host that was down over the start starts late, over both leaves it finished`() throws {
    let client = try boundTeacher()
    let chats = try client.call("registry/query", ["registry": "sferum", "tab": "chats", "search": "чат группы"])
    for (name, starts, ends) in [("Первый", "10:00", "11:00"), ("Второй", "12:00", "14:00")] {
      try client.call(
        "command/execute",
        [
          "command": "videoconferences.addConference",
          "arguments": [
            "kind": "call", "chat": chats["rows"]?[0]?["id"] ?? "", "name": JSONValue(name), "date": "2026-11-23",
            "starts": JSONValue(starts), "ends": JSONValue(ends),
          ],
        ])
    }
    host.process.killAndWait()
    let later = try HostUnderTest.start(host.folder, ["--clock", "manual:2026-11-23T13:00:00+03:00"])
    let again = try later.client(signedInAs: teacher)
    func status(_ name: String) throws -> String? {
      let rows = try again.call("registry/query", ["registry": "sferum", "tab": "conferences"])["rows"]?.array
      return rows?.first { $0["cells"]?["name"]?.string == name }?["cells"]?["status"]?.string
    }
    #expect(try awaited(within: 20) { try status("Второй") == "Активная" ? true : nil } == true)
    #expect(try status("Первый") == "Завершена")
    let shown = try later.platform.asked("max", "conferences")
    #expect(shown.map { $0["name"] } == ["Второй"], "made and started once; the first one never was")
  }
}
