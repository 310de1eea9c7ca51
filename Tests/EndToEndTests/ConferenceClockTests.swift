import Jansson
import Testing

/// Conferences through hosts that are down, clocks that jump, and what becomes of people, chats and zones meanwhile:
/// each ends with the right status, begun once and ended once at the most by the platform's log.
struct ConferenceClockTests {
  private let stage: ConferenceStage

  init() throws { stage = try ConferenceStage() }

  @Test func `D4: a host that was down over the start begins late, and ends in time`() throws {
    try stage.add("Созвон", "10:00", "11:00")
    try stage.restart(at: "10:30")
    #expect(try stage.becomes("Созвон", "Активная"))
    try stage.advance(to: "11:00")
    #expect(try stage.becomes("Созвон", "Завершена"))
    let story = try stage.story("Созвон")
    #expect(story.creations == 1 && story.starts == 1 && story.finishes == 1)
    #expect(story.startedAt == "2026-11-23T07:30:00Z" && story.finishedAt == "2026-11-23T08:00:00Z")
  }

  @Test func `D4: a host that was down over the end ends late, once`() throws {
    try stage.add("Созвон", "10:00", "11:00")
    try stage.advance(to: "10:00")
    #expect(try stage.becomes("Созвон", "Активная"))
    try stage.restart(at: "12:00")
    #expect(try stage.becomes("Созвон", "Завершена"))
    #expect(try awaited(within: 20) { try stage.story("Созвон").finishes == 1 ? true : nil } == true)
    let story = try stage.story("Созвон")
    #expect(story.creations == 1 && story.starts == 1 && story.finishes == 1)
    #expect(story.finishedAt == "2026-11-23T09:00:00Z")
  }

  @Test func `D4: a host that was down over both never begins it`() throws {
    try stage.add("Созвон", "10:00", "11:00")
    try stage.restart(at: "12:00")
    #expect(try stage.becomes("Созвон", "Завершена"))
    #expect(try awaited(within: 20) { try stage.story("Созвон").deletions == 1 ? true : nil } == true)
    #expect(try stage.story("Созвон") == ConferenceStage.Story(creations: 1, deletions: 1))
  }

  @Test func `D4: a clock that jumps over both does both at their instants, and does not go back`() throws {
    try stage.add("Созвон", "10:00", "11:00")
    try stage.advance(to: "12:00")
    let story = try stage.story("Созвон")
    #expect(
      story
        == ConferenceStage.Story(
          creations: 1, starts: 1, finishes: 1, state: "finished", startedAt: "2026-11-23T07:00:00Z",
          finishedAt: "2026-11-23T08:00:00Z"))
    #expect(try stage.becomes("Созвон", "Завершена"))

    // Started again with an earlier time it goes on from where it was.
    try stage.restart(at: "09:00")
    #expect(try stage.now() == "2026-11-23T09:00:00Z")
    try stage.advance(to: "12:30")
    #expect(try stage.cell("Созвон", "status") == "Завершена")
    #expect(try stage.story("Созвон") == story)
    let refusal = try stage.client.refusal(
      "command/execute",
      [
        "command": "videoconferences.addConference",
        "arguments": [
          "kind": "call", "chat": stage.chat, "name": "Вчера", "date": JSONValue(LessonStage.day),
          "starts": "10:00", "ends": "11:00",
        ],
      ])
    #expect(refusal.kind == "conferences.inThePast")
  }

  @Test func `D4: another time zone of the organization moves the instants, not the local times`() throws {
    try stage.add("Созвон", "10:00", "11:00")
    let owner = try stage.host.client(signedInAs: Person.administrator())
    try owner.call(
      "command/execute", ["command": "school.saveSettings", "arguments": ["timeZone": "Europe/Samara"]])
    // Samara is an hour ahead of Moscow.
    try stage.advance(to: "08:59")
    #expect(try stage.cell("Созвон", "status") == "Новая")
    try stage.advance(to: "10:30")
    #expect(try stage.becomes("Созвон", "Завершена"))
    #expect(try stage.cell("Созвон", "starts") == "10:00")
    let story = try stage.story("Созвон")
    #expect(story.starts == 1 && story.finishes == 1)
    #expect(story.startedAt == "2026-11-23T06:00:00Z" && story.finishedAt == "2026-11-23T07:00:00Z")
  }

  @Test func `D3: a second conference for a lesson is refused, and the platform has one`() throws {
    let arguments: JSONValue = ["kind": "lesson", "chat": stage.chat, "lesson": stage.lesson["id"] ?? ""]
    let add: JSONValue = ["command": "videoconferences.addConference", "arguments": arguments]
    let name = try stage.client.call("command/execute", add)["result"]?["name"]?.string ?? ""
    let refusal = try stage.client.refusal("command/execute", add)
    #expect(refusal.kind == "conferences.lessonTaken")
    #expect(refusal.message == "Для этого урока уже есть онлайн-урок «\(name)»")
    try stage.advance(to: "18:00")
    #expect(try stage.becomes(name, "Завершена"))
    let story = try stage.story(name)
    #expect(story.starts == 1 && story.finishes == 1)
    #expect(try stage.host.platform.asked("max", "conferences", "--all").count == 1)
  }

  @Test func `D4: a conference whose chat is deleted before is «Ошибка» with the reason, and never begins`() throws {
    try stage.add("Созвон", "10:00", "11:00")
    try stage.client.call("command/execute", ["command": "chats.removeChat", "arguments": ["chat": stage.chat]])
    #expect(
      try awaited(within: 20) {
        try stage.host.platform.asked("max", "chats").contains { $0["title"] == "Чат группы" } ? nil : true
      } == true)
    try stage.advance(to: "10:00")
    let owner = try stage.host.client(signedInAs: Person.administrator())
    func row() throws -> JSONValue? { try stage.rows(owner).first?["cells"] }
    #expect(try awaited(within: 20) { try row()?["status"] == "Ошибка" ? true : nil } == true)
    #expect(try row()?["reason"]?.string?.isEmpty == false)
    try stage.advance(to: "11:30")
    #expect(try row()?["status"] == "Ошибка")
    #expect(try stage.story("Созвон").starts == 0)
  }

  @Test func `D4: one that goes on when its chat is deleted ends in time`() throws {
    try stage.add("Созвон", "10:00", "11:00")
    try stage.advance(to: "10:00")
    #expect(try stage.becomes("Созвон", "Активная"))
    try stage.client.call("command/execute", ["command": "chats.removeChat", "arguments": ["chat": stage.chat]])
    try stage.advance(to: "11:00")
    #expect(try stage.becomes("Созвон", "Завершена"))
    let story = try stage.story("Созвон")
    #expect(story.starts == 1 && story.finishes == 1)
  }

  @Test func `D3, D4: an author who is unbound meanwhile has it held all the same, and is not told`() throws {
    try stage.add("Созвон", "10:00", "11:00")
    let confirmation = try WireClient.only(
      stage.client.press(
        "Отвязать аккаунт от Сферума",
        of: WireClient.only(
          stage.client.press("Отвязать учетную запись", of: stage.client.openChats()))))
    try stage.client.press("Да", of: confirmation)
    #expect(try stage.client.shortcutsBecome([Manual.bindShortcut]))
    try stage.advance(to: "10:00")
    #expect(try stage.becomes("Созвон", "Активная"))
    try stage.advance(to: "11:00")
    #expect(try stage.becomes("Созвон", "Завершена"))
    let story = try stage.story("Созвон")
    #expect(story.starts == 1 && story.finishes == 1)
    #expect(try !stage.host.platform.inbox(stage.teacher.phone).contains { $0.text.contains("началась") })
    // A new one they make only once they are bound again.
    let refusal = try stage.client.refusal(
      "command/execute",
      [
        "command": "videoconferences.addConference",
        "arguments": [
          "kind": "call", "chat": stage.chat, "name": "Ещё", "date": JSONValue(LessonStage.day), "starts": "15:00",
          "ends": "16:00",
        ],
      ])
    #expect(refusal.kind == "conferences.notBound")
  }
}
