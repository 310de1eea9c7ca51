import PluginKit
import ShellTesting
import Testing

/// «Журнал на урок», tab «Урок».
@Suite struct LessonTests {
  @Test func `E2: the tab has its buttons and fields, and «Отвязать КТП» only while the lesson is bound`() async throws
  {
    let desk = try await JournalDesk()
    let lesson = try desk.lesson()
    let window = try await desk.lessonWindow(lesson)
    #expect(try await window.button("Привязать к КТП") != nil)
    #expect(try await window.button("Отвязать КТП") == nil)
    #expect(try await window.button("Добавить в журнал")?["style"] == "primary")
    #expect(try await window.field("topic")["label"] == "Тема")
    #expect(try await window.field("topic")["value"] == "Урок не привязан к КТП")
    #expect(try await window.field("kind")["label"] == "Основной вид работы на уроке")
    #expect(try await window.field("held")["label"] == "Урок проведен")

    let topic = try desk.topic(lesson["group_id"], number: 3)
    try await window.choose(topic["id"], after: try await window.press("bind"))
    #expect(try await window.field("topic")["value"] == topic["title"])
    #expect(try await window.button("Отвязать КТП") != nil)

    try await window.press("unbind")
    #expect(try await window.field("topic")["value"] == "Урок не привязан к КТП")
    #expect(try await window.button("Отвязать КТП") == nil)
    try await desk.stop()
  }

  @Test func `E2: the picker offers the topics of the lesson's group alone, in order`() async throws {
    let desk = try await JournalDesk()
    let lesson = try desk.lesson()
    let window = try await desk.lessonWindow(lesson)
    let picker = try JournalWindow.opened(desk.client, try await window.press("bind"))
    let page = try await desk.client.call("table/query", ["window": picker.id, "table": "rows", "limit": 500])
    let own = try desk.row(
      "SELECT count(*) AS n FROM school_plan_topics WHERE group_id = '\(lesson["group_id"]?.string ?? "")'")
    #expect(page["total"] == own["n"])
    #expect(page["rows"]?[0]?["cells"]?["number"] == 1)
    try await desk.stop()
  }

  @Test func `E3: «Добавить в журнал» saves, and clearing «Урок проведен» and saving undoes, in the same window`()
    async throws
  {
    let desk = try await JournalDesk()
    let lesson = try desk.lesson()
    let window = try await desk.lessonWindow(lesson)
    try await window.set(["held": true, "kind": "Диктант"])
    let outcome = try await window.press("save")
    #expect(outcome["result"]?["changed"] == ["held", "kind"])
    let saved = try desk.row("SELECT held, kind, held_at FROM class_journal_lessons")
    #expect(saved == ["held": 1, "kind": "Диктант", "held_at": JSONValue(JournalDesk.start)])

    try await window.set(["held": false])
    #expect(try await window.press("save")["result"]?["changed"] == ["held"])
    #expect(try desk.row("SELECT held, kind FROM class_journal_lessons") == ["held": 0, "kind": "Диктант"])
    #expect(try await window.press("save")["result"]?["changed"] == [])
    try await desk.stop()
  }

  @Test func `E3: the kinds are the organization's, and one that left the list stays shown`() async throws {
    let desk = try await JournalDesk()
    let lesson = try desk.lesson()
    try await desk.run("journal.saveLesson", ["lesson": lesson["id"] ?? "", "kind": "Диктант"])
    try await desk.run("school.saveSettings", ["lessonKinds": ["Беседа", "Опрос"]])
    let window = try await desk.lessonWindow(lesson)
    let kind = try await window.field("kind")
    #expect(kind["options"]?.array?.map { $0["title"] } == ["—", "Беседа", "Опрос", "Диктант"])
    #expect(kind["value"] == "Диктант")
    try await window.set(["held": true])
    #expect(try await window.press("save")["result"]?["changed"] == ["held"])
    try await window.set(["kind": "Опрос"])
    try await window.press("save")
    let refusal = try await desk.refusal("journal.saveLesson", ["lesson": lesson["id"] ?? "", "kind": "Диктант"])
    #expect(refusal.kind == "journal.unknownKind")
    try await window.set(["kind": ""])
    try await window.press("save")
    #expect(try desk.row("SELECT kind FROM class_journal_lessons")["kind"] == JSONValue.null)
    try await desk.stop()
  }

  @Test func `E3: a lesson to come is not held, nor is a cancelled one, and the form says so at the field`()
    async throws
  {
    let desk = try await JournalDesk()
    let lesson = try desk.lesson(begun: false)
    let window = try await desk.lessonWindow(lesson)
    try await window.set(["held": true])
    try await window.press("save")
    let words = try await window.field("held")["error"]?.string ?? ""
    #expect(words.hasPrefix("Урок ещё не начался (") && words.contains(lesson["starts"]?.string ?? "?"), "\(words)")
    let refusal = try await desk.refusal("journal.saveLesson", ["lesson": lesson["id"] ?? "", "held": true])
    #expect(refusal.code == -32602 && refusal.kind == "journal.lessonToCome")

    let today = try desk.lesson()
    try desk.execute("UPDATE school_lessons SET cancelled = 1 WHERE id = '\(today["id"]?.string ?? "")'")
    let cancelled = try await desk.refusal("journal.saveLesson", ["lesson": today["id"] ?? "", "held": true])
    #expect(cancelled.kind == "journal.lessonCancelled")
    try await desk.stop()
  }

  @Test func `E3: a lesson may be held from its first minute in the organization's time zone`() async throws {
    let desk = try await JournalDesk()
    let lesson = try desk.lesson()
    try desk.execute(
      "UPDATE school_lessons SET starts = '12:01', ends = '12:40' WHERE id = '\(lesson["id"]?.string ?? "")'")
    _ = try await desk.refusal("journal.saveLesson", ["lesson": lesson["id"] ?? "", "held": true])
    // Samara is an hour ahead of Moscow.
    try await desk.run("school.saveSettings", ["timeZone": "Europe/Samara"])
    try await desk.run("journal.saveLesson", ["lesson": lesson["id"] ?? "", "held": true])
    try await desk.stop()
  }

  @Test func `E3: what another saves shows in an open window, and what is typed there stays`() async throws {
    let desk = try await JournalDesk()
    let lesson = try desk.lesson()
    let window = try await desk.lessonWindow(lesson)
    try await window.set(["kind": "Зачёт"])
    let topic = try desk.topic(lesson["group_id"])
    try await desk.run(
      "journal.saveLesson",
      ["lesson": lesson["id"] ?? "", "topic": topic["id"] ?? "", "kind": "Диктант", "held": true])
    await window.told("held", true)
    #expect(try await window.field("topic")["value"] == topic["title"])
    #expect(try await window.field("kind")["value"] == "Зачёт")
    #expect(try await window.field("held")["hint"]?.string?.hasPrefix("Отмечено 23.11.2026 12:00") == true)
    try await desk.stop()
  }

  @Test func `E3: a topic that leaves the plan leaves the lesson unbound`() async throws {
    let desk = try await JournalDesk()
    let lesson = try desk.lesson()
    let topic = try desk.topic(lesson["group_id"])
    try await desk.run("journal.bindTopic", ["lesson": lesson["id"] ?? "", "topic": topic["id"] ?? ""])
    let window = try await desk.lessonWindow(lesson)
    #expect(try await window.field("topic")["value"] == topic["title"])
    try await desk.run("school.removeTopic", ["topic": topic["id"] ?? ""])
    await window.told("topic", "Урок не привязан к КТП")
    #expect(try await window.button("Отвязать КТП") == nil)
    try await desk.stop()
  }

  @Test func `E3: a lesson that was held keeps the title of a topic that leaves the plan, and can be bound anew`()
    async throws
  {
    let desk = try await JournalDesk()
    let lesson = try desk.lesson()
    let topic = try desk.topic(lesson["group_id"])
    try await desk.run(
      "journal.saveLesson", ["lesson": lesson["id"] ?? "", "held": true, "topic": topic["id"] ?? ""])
    try await desk.run("school.removeTopic", ["topic": topic["id"] ?? ""])
    let window = try await desk.lessonWindow(lesson)
    #expect(try await window.field("topic")["value"] == topic["title"])
    try await desk.run("journal.saveLesson", ["lesson": lesson["id"] ?? "", "kind": "Зачёт"])
    #expect(try await desk.run("journal.readLesson", ["lesson": lesson["id"] ?? ""])["topicTitle"] == topic["title"])
    let next = try desk.topic(lesson["group_id"])
    try await desk.run("journal.bindTopic", ["lesson": lesson["id"] ?? "", "topic": next["id"] ?? ""])
    await window.told("topic", next["title"] ?? "")
    try await desk.stop()
  }

  @Test func `E4: another plugin's elements stand in the tab, know the lesson, and follow what is saved`() async throws
  {
    let desk = try await JournalDesk()
    let lesson = try desk.lesson()
    try await desk.run("presence.seen", ["lesson": lesson["id"] ?? ""])
    let window = try await desk.lessonWindow(lesson)
    #expect(try await window.field("presence:known")["value"] == lesson["id"])
    #expect(try await window.button("Присоединиться")?["tab"] == "lesson")
    let labels = (try await window.now()["buttons"]?.array ?? []).compactMap { $0["label"]?.string }
    #expect(labels == ["Привязать к КТП", "Отвязать КТП", "Присоединиться", "Добавить в журнал", "Закрыть"])
    try await window.set(["held": true])
    try await window.press("save")
    _ = await desk.client.notification("window/didChange") { params in
      params["changed"]?["buttons"]?.array?.contains { $0["id"] == "presence:join" && $0["visible"] == false } == true
    }
    try await desk.client.call("plugin/disable", ["plugin": "presence"])
    _ = await desk.client.notification("window/didChange") { params in
      params["changed"]?["removed"]?["buttons"]?.array?.contains("presence:join") == true
    }
    try await window.set(["kind": "Зачёт"])
    #expect(try await window.press("save")["result"]?["changed"] == ["kind"])
    try await desk.stop()
  }

  @Test func `E2: the window as text`() async throws {
    let desk = try await JournalDesk()
    try await desk.client.call("plugin/disable", ["plugin": "presence"])
    let lesson = try desk.lesson()
    let window = try await desk.lessonWindow(lesson)
    try await window.set(["kind": "Зачёт", "held": true])
    let text = try await desk.client.call("window/render", ["window": window.id, "width": 60])["text"]?.string ?? ""
    let expected = """
      [Урок]
      Дата и время: 23.11.2026, \(lesson["starts"]?.string ?? "")
      """
    #expect(text.contains(expected), "\(text)")
    #expect(
      text.contains("Тема: Урок не привязан к КТП\nОсновной вид работы на уроке: Зачёт\nУрок проведен: [x]"), "\(text)")
    #expect(text.contains("<Привязать к КТП>") && !text.contains("Отвязать КТП"))
    try await desk.stop()
  }
}
