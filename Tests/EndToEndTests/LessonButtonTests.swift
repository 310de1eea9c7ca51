import Jansson
import Testing

/// The three buttons of an online lesson in «Журнал на урок», tab «Урок», by the words of the manual's section 3.
struct LessonButtonTests {
  private static let buttons = ["Создать онлайн-урок", "Подключиться к онлайн-уроку", "Завершить онлайн-урок"]

  private func shown(_ window: Screen) -> [String] { window.buttons.filter { Self.buttons.contains($0) } }

  /// The window once it shows these buttons: a form waits no longer than a moment for who extends it.
  private func becomes(_ window: Screen, _ buttons: [String], _ client: WireClient) throws -> Screen? {
    try awaited(within: 20) { () -> Screen? in
      let now = try client.look(at: window)
      return shown(now) == buttons ? now : nil
    }
  }

  @Test func `E2: before there is an online lesson it can be made, then joined and finished from the journal`() throws {
    let stage = try LessonStage()
    let client = try stage.boundTeacher()
    let window = try #require(try becomes(stage.lessonWindow(client), [Self.buttons[0]], client))
    #expect(window.title.hasPrefix("Журнал на урок"))
    #expect(window.json["tabs"]?.array?.first { $0["selected"] == true }?["title"] == "Урок")

    let form = try WireClient.only(client.press("Создать онлайн-урок", of: window))
    #expect(try form.field("Урок")["value"] == stage.lessonID)
    try client.press("Сохранить", of: form)
    let waiting = try #require(try becomes(window, Array(Self.buttons.dropFirst()), client))
    func button(_ label: String, _ window: Screen) -> JSONValue? {
      window.json["buttons"]?.array?.first { $0["label"]?.string == label }
    }
    #expect(button("Завершить онлайн-урок", waiting)?["enabled"] == false)
    #expect(button("Подключиться к онлайн-уроку", waiting)?["why"]?.string?.contains(stage.time()) == true)

    let id = try #require(
      try client.call("registry/query", ["registry": "sferum", "tab": "conferences"])["rows"]?[0]?["id"])
    try stage.advance(to: stage.time())
    #expect(try stage.becomes("Активная", id))
    let running = try awaited(within: 20) { () -> Screen? in
      let now = try client.look(at: window)
      return button("Завершить онлайн-урок", now)?["enabled"] == true ? now : nil
    }
    let joined = try client.press("Подключиться к онлайн-уроку", of: #require(running))
    #expect(joined["effects"]?[0]?["type"] == "openURL")
    try client.press("Завершить онлайн-урок", of: #require(running))
    #expect(try stage.becomes("Завершена", id))
    #expect(
      try awaited(within: 20) {
        try stage.host.platform.asked("max", "conferences").first?["state"] == "finished" ? true : nil
      }
        == true)
    try stage.advance(to: stage.time("ends", plus: 1))
    let log = try stage.host.platform.log().filter { $0.effect == "applied" }
    #expect(log.count { $0.path.hasSuffix("/start") } == 1 && log.count { $0.path.hasSuffix("/finish") } == 1)
    let over = try #require(
      try awaited(within: 20) { () -> Screen? in
        let now = try client.look(at: window)
        return button("Завершить онлайн-урок", now)?["enabled"] == false ? now : nil
      })
    #expect(button("Подключиться к онлайн-уроку", over)?["why"] == "Онлайн-урок завершён")
  }

  @Test func `E4: with the plugin of conferences off the journal works, without its buttons`() throws {
    let stage = try LessonStage()
    try stage.owner.call("plugin/disable", ["plugin": "videoconferences"])
    try stage.advance(to: "18:00")
    let client = try stage.host.client(signedInAs: stage.teacher)
    let window = try stage.lessonWindow(client)
    #expect(shown(window).isEmpty)
    #expect(window.buttons.contains("Привязать к КТП") && window.buttons.contains("Добавить в журнал"))
    try client.call("window/set", ["window": JSONValue(window.id), "values": ["held": true]])
    #expect(try client.press("Добавить в журнал", of: window)["result"]?["changed"] == ["held"])

    try stage.owner.call("plugin/enable", ["plugin": "videoconferences"])
    let again = try stage.host.client(signedInAs: stage.teacher)
    #expect(try becomes(stage.lessonWindow(again), [Self.buttons[0]], again) != nil)
  }
}
