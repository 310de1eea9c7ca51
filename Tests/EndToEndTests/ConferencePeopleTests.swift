import Jansson
import Testing

/// Who takes part in a conference: the tabs of its window, over the wire, and what each of them is told.
struct ConferencePeopleTests {
  private let stage: LessonStage

  init() throws { stage = try LessonStage() }

  private func rows(_ window: Screen, _ tab: String, _ client: WireClient) throws -> [JSONValue] {
    try client.rows(of: tab, in: window)
  }

  /// A shown button of one tab.
  private func press(
    _ label: String, in tab: String, of window: Screen, _ client: WireClient
  ) throws -> JSONValue {
    let shown = try client.look(at: window).json["buttons"]?.array ?? []
    let button = shown.first { $0["label"]?.string == label && $0["tab"]?.string == tab }
    return try client.call("window/press", ["window": JSONValue(window.id), "button": button?["id"] ?? ""])
  }

  @Test func `D2: «Добавить» takes people from a picker, who is not bound is said, and «Удалить» takes them out`()
    throws
  {
    let client = try stage.boundTeacher()
    let form = try WireClient.only(client.press("Создать онлайн-урок", of: stage.lessonWindow(client)))
    let before = try rows(form, "pupils", client)
    #expect(!before.isEmpty && before.allSatisfy { $0["cells"]?["bound"] == false })

    let picker = try WireClient.only(press("Добавить", in: "pupils", of: form, client))
    #expect(picker.title == "Ученики")
    let taken = Set(before.compactMap { $0["id"] }.map { $0.text() })
    let guest = try #require(try client.rows(picker).first { !taken.contains(($0["id"] ?? "").text()) })
    try client.select([guest], in: picker)
    try client.press("Выбрать", of: picker)
    #expect(try rows(form, "pupils", client).count == before.count + 1)

    let warning = try WireClient.only(client.press("Сохранить", of: form))
    #expect(warning.level == "warning")
    let name = try #require(guest["cells"]?["name"]?.string)
    #expect(warning.text.hasSuffix(": \(name)"), "only who was added here: \(warning.text)")
    try client.press("Отмена", of: warning)
    #expect(try rows(form, "pupils", client).count == before.count + 1, "nothing is lost")
    let again = try WireClient.only(client.press("Сохранить", of: form))
    try client.press("Ок", of: again)
    let made = try client.call("registry/query", ["registry": "sferum", "tab": "conferences"])["rows"]?[0] ?? .null
    let employees = 2  // the teacher, and the Sferum chat administrator
    #expect(made["cells"]?["people"]?.int == before.count + 1 + employees)

    let change = try client.changeConference(made["id"] ?? "")
    #expect(change.title == "Видеоконференция Сферума: Изменение")
    let row = try #require(try rows(change, "pupils", client).first { $0["id"] == guest["id"] })
    try client.call(
      "window/select", ["window": JSONValue(change.id), "table": "pupils", "rows": [row["id"] ?? ""]])
    _ = try press("Удалить", in: "pupils", of: change, client)
    let staff = try rows(change, "employees", client)
    try client.call(
      "window/select", ["window": JSONValue(change.id), "table": "employees", "rows": [staff[0]["id"] ?? ""]])
    let message = try WireClient.only(press("Удалить", in: "employees", of: change, client))
    #expect(message.text.contains("участвует всегда"), "the lesson's teacher, and the chat administrator")
    try client.press("Сохранить", of: change)
    #expect(try stage.row(made["id"] ?? "")["people"]?.int == before.count + employees)
  }

  @Test func `D6: participants hear of the plan, of new times, of the start and of the end of the plan, each once`()
    throws
  {
    let pupils = try stage.pupils()
    let (first, late) = (pupils[0], pupils[1])
    let client = try stage.boundTeacher()
    _ = try stage.bound(first)
    _ = try stage.bound(late)
    func told(_ person: Person) throws -> [String] {
      try stage.host.platform.inbox(person.phone).map(\.text).filter { $0.contains("Видеоконференция") }
    }
    func hears(_ person: Person, _ words: String) throws -> Bool {
      try awaited(within: 20) { try told(person).contains { $0.contains(words) } ? true : nil } == true
    }
    func add(_ name: String, _ starts: String, _ ends: String) throws -> JSONValue {
      let made = try client.run(
        "videoconferences.addConference",
        [
          "kind": "call", "chat": try stage.chat, "name": JSONValue(name), "date": JSONValue(LessonStage.day),
          "starts": JSONValue(starts), "ends": JSONValue(ends), "pupils": [],
        ])
      return made["conference"] ?? ""
    }
    let ids = try stage.owner.run("journal.readLesson", ["lesson": stage.lessonID])["attendance"]?.array ?? []
    func id(_ person: Person) -> JSONValue { ids.first { $0["name"]?.string == person.name }?["pupil"] ?? "" }
    func save(_ conference: JSONValue, _ changes: JSONValue) throws {
      try client.run("videoconferences.changeConference", changes.setting("conference", conference))
    }

    let held = try add("Созвон", "16:00", "16:30")
    try save(held, ["pupils": [id(first)]])
    #expect(try hears(first, "«Созвон» назначена: 23.11.2026, 16:00–16:30"))
    try save(held, ["starts": "17:00", "ends": "17:30"])
    #expect(try hears(first, "«Созвон» перенесена: 23.11.2026, 17:00–17:30"))
    try save(held, ["pupils": [id(first), id(late)]])
    #expect(try hears(late, "«Созвон» назначена: 23.11.2026, 17:00–17:30"))

    stage.host.process.killAndWait()
    try stage.restart(at: "17:01")
    #expect(try stage.becomes("Активная", held))
    #expect(try hears(first, "«Созвон» началась: https://"))
    #expect(try hears(late, "«Созвон» началась: https://"))
    #expect(try hears(stage.teacher, "«Созвон» началась: https://"))
    #expect(try told(first).count == 3 && told(late).count == 2, "each once, through a crash")

    let again = try stage.host.client(signedInAs: stage.teacher)
    let off = try again.run(
      "videoconferences.addConference",
      [
        "kind": "call", "chat": try stage.chat, "name": "Отменяемый", "date": JSONValue(LessonStage.day),
        "starts": "18:00", "ends": "18:30", "pupils": [id(first)],
      ])["conference"]
    #expect(try hears(first, "«Отменяемый» назначена"))
    try again.run("videoconferences.removeConference", ["conference": off ?? ""])
    #expect(try hears(first, "«Отменяемый», 23.11.2026, 18:00–18:30, отменена"))
    #expect(try told(late).count == 2)
    let teachers = try told(stage.teacher)
    #expect(teachers.count == 1, "who did it needs no telling, but the link: \(teachers)")
  }

  @Test func `X7, D6: a conference moves with its lesson, name and all, and goes with it`() throws {
    let client = try stage.boundTeacher()
    let conference = try stage.conference(client)
    #expect(conference.name.contains(" - 23.11.2026 - \(stage.time()) - "))
    try stage.owner.run(
      "school.changeLesson", ["lesson": stage.lessonID, "date": "2026-11-24", "number": 8])
    let moved = try awaited(within: 20) { () -> JSONValue? in
      let row = try stage.row(conference.id)
      return row["date"] == "2026-11-24" ? row : nil
    }
    #expect(moved?["name"]?.string?.contains(" - 24.11.2026 - ") == true, "\(moved?.text() ?? "")")

    try stage.owner.run("school.removeLesson", ["lesson": stage.lessonID])
    #expect(try awaited(within: 20) { try stage.row(conference.id).isNull ? true : nil } == true)
    let heard = try awaited(within: 20) {
      try stage.host.platform.inbox(stage.teacher.phone).first { $0.text.contains("отменена") }
    }
    #expect(heard != nil)
  }
}
