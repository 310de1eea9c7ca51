import PluginKit
import ShellTesting
import Testing

@testable import VideoconferencesPlugin

/// «Видеоконференция Сферума: Добавление», field by field by the manual's words.
@Suite struct FormTests {
  @Test func `D2: the window has its notice, its fields and its tabs`() async throws {
    try await ConferenceDesk.with { desk in
      let window = try await ConferenceScreen.open(desk, as: desk.owner).now()
      #expect(window["title"] == "Видеоконференция Сферума: Добавление")
      let labels = (window["fields"]?.array ?? []).filter { $0["visible"] == true }.compactMap { $0["label"]?.string }
      #expect(
        labels.filter { !$0.hasPrefix("Внимание!") && !$0.isEmpty } == [
          "Наименование видеоконференции", "Тип видеоконференции", "Чат", "Урок", "Дата начала", "Время начала",
          "Время окончания",
        ])
      #expect(
        window.text().contains(
          "Внимание! Видеоконференция автоматически начинается в момент наступления времени начала "
            + "видеоконференции, а также автоматически завершается в момент наступления времени окончания "
            + "видеоконференции."))
      let kinds = window["fields"]?.array?.first { $0["id"] == "kind" }?["options"]?.array
      #expect(kinds?.compactMap { $0["title"]?.string } == ["Онлайн-урок", "Видеозвонок"])
      let employees = window["tables"]?.array?.first { $0["id"] == "employees" }
      let columns = (employees?["columns"]?.array ?? []).compactMap { $0["title"]?.string }
      #expect(columns.prefix(2) == ["ФИО", "Заблокирован"])
      let buttons = (window["buttons"]?.array ?? []).compactMap { $0["label"]?.string }
      #expect(buttons.suffix(2) == ["Сохранить", "Отмена"])
    }
  }

  @Test func `D2: a chat fills in its people, a lesson the day, the times and the name, all of which can be changed`()
    async throws
  {
    try await ConferenceDesk.with { desk in
      let cast = try await Cast(desk)
      let window = try await ConferenceScreen.open(desk, as: desk.signedIn(person: cast.teacher))
      #expect(try await window.field("lesson")["required"] == false)
      try await window.set(["chat": JSONValue(cast.chat)])
      #expect(try await window.field("lesson")["required"] == true)
      func members(_ side: String) throws -> Int {
        try desk.query("SELECT 1 FROM chats_v1_members WHERE chat_id = '\(cast.chat)' AND side = '\(side)'").count
      }
      let (pupils, employees) = (try members("pupil"), try members("employee"))
      #expect(try await window.rows("pupils").count == pupils && pupils > 0)
      #expect(try await window.rows("employees").count == employees && employees > 1)
      try await window.set(["lesson": JSONValue(cast.lesson)])
      #expect(try await window.field("date")["value"]?.string == cast.date)
      #expect(try await window.field("starts")["value"]?.string == cast.starts)
      #expect(try await window.field("ends")["value"]?.string == cast.ends)
      #expect(try await window.field("name")["value"]?.string == cast.lessonName)
      // The name follows the times while it is the one that was made.
      try await window.set(["starts": "19:00", "ends": "19:30"])
      let renamed = cast.lessonName.replacing(" - \(cast.starts) - ", with: " - 19:00 - ")
      #expect(try await window.field("name")["value"]?.string == renamed)
      try await window.set(["name": "Контрольная"])
      try await window.set(["starts": "19:05"])
      #expect(try await window.field("name")["value"] == "Контрольная")
      try await window.press("save")
      let row = try desk.query("SELECT * FROM videoconferences_conferences").first
      #expect(row?["name"] == "Контрольная" && row?["starts"] == "19:05" && row?["lesson_id"]?.string == cast.lesson)
      #expect(row?["people"]?.int == pupils + employees)
    }
  }

  @Test func `D2: «Урок» is not there to be filled for a «Видеозвонок»`() async throws {
    try await ConferenceDesk.with { desk in
      let cast = try await Cast(desk)
      let window = try await ConferenceScreen.open(desk, as: desk.owner)
      try await window.set(["chat": JSONValue(cast.chat)])
      try await window.set(["lesson": JSONValue(cast.lesson)])
      try await window.set(["kind": "call"])
      #expect(try await window.field("lesson")["enabled"] == false)
      #expect(try await window.field("lesson")["value"]?.string?.isEmpty != false)
      #expect(try await window.field("lesson")["required"] == false)
      try await window.set(["kind": "lesson"])
      #expect(try await window.field("lesson")["enabled"] == true)
    }
  }

  @Test func `D2: «Родители» shows for a «Видеозвонок» with a parents' chat only, and is filled from it`()
    async throws
  {
    try await ConferenceDesk.with { desk in
      let cast = try await Cast(desk)
      let parents = try desk.text(
        """
        SELECT c.id FROM chats_v1_chats c WHERE c.kind = 'parents' AND EXISTS (
          SELECT 1 FROM chats_v1_members m WHERE m.chat_id = c.id AND m.side = 'parent') LIMIT 1
        """)
      let window = try await ConferenceScreen.open(desk, as: desk.owner)
      let two = ["Ученики", "Сотрудники"]
      #expect(try await window.shownTabs() == two)
      try await window.set(["chat": JSONValue(parents)])
      #expect(try await window.shownTabs() == two)
      try await window.set(["kind": "call"])
      #expect(try await window.shownTabs() == two + ["Родители"])
      let count = try desk.query(
        "SELECT 1 FROM chats_v1_members WHERE chat_id = '\(parents)' AND side = 'parent'"
      ).count
      #expect(try await window.rows("parents").count == count && count > 0)
      try await window.set(["chat": JSONValue(cast.chat)])
      #expect(try await window.shownTabs() == two)
    }
  }

  @Test func `D2: the Sferum chat administrator is among «Сотрудники», also when somebody takes them out`()
    async throws
  {
    try await ConferenceDesk.with { desk in
      let cast = try await Cast(desk)
      let id = try await desk.add(desk.callArguments(cast.chat).setting("employees", []).setting("pupils", []))
      #expect(try desk.people(id, .employee) == [cast.keeper])
      #expect(try desk.people(id, .pupil).isEmpty)
      try await desk.run(SaveConference.change, ["conference": JSONValue(id), "employees": []])
      #expect(try desk.people(id, .employee) == [cast.keeper])
      #expect(try desk.conference(id)["people"] == 1)
    }
  }

  @Test func `D4: the form of an active one lets participants and the end be changed, and nothing else`() async throws {
    try await ConferenceDesk.with { desk in
      let cast = try await Cast(desk)
      let id = try await desk.add(desk.callArguments(cast.chat))
      try await desk.advance(to: "15:00")
      try await desk.tellActive(id)
      let window = try await ConferenceScreen.open(desk, as: desk.owner, conference: id)
      #expect(try await window.now()["title"] == "Видеоконференция Сферума: Изменение")
      for (field, isEnabled) in [
        ("chat", false), ("lesson", false), ("date", false), ("starts", false), ("ends", true),
      ] {
        #expect(try await window.field(field)["enabled"]?.bool == isEnabled, "\(field)")
      }
      try await window.set(["ends": "16:00"])
      try await window.press("save")
      #expect(try desk.conference(id)["ends"] == "16:00")
    }
  }

  @Test func `D4: «Ошибка» is explained in the form, and saving it tries again`() async throws {
    try await ConferenceDesk.with { desk in
      let cast = try await Cast(desk)
      let id = try await desk.add(desk.callArguments(cast.chat))
      try await desk.tell(id, "failed", ["reason": "proto.payload"])
      let window = try await ConferenceScreen.open(desk, as: desk.owner, conference: id)
      let text = try await window.now()["text"]?.string ?? ""
      #expect(text.contains("Ошибка") && text.contains("proto.payload"))
      try await window.press("save")
      #expect(try desk.status(id) == "new")
    }
  }
}
