import PluginKit
import ShellTesting
import Testing

@testable import VideoconferencesPlugin

/// Joining, ending early, later, and deleting.
@Suite struct EndTests {
  /// An active call of the group's chat, from 15:00 to 15:45.
  private func active(_ desk: ConferenceDesk, _ cast: Cast) async throws -> String {
    let id = try await desk.add(
      desk.callArguments(cast.chat), as: desk.signedIn(person: cast.teacher))
    try await desk.advance(to: "15:00")
    try await desk.tellActive(id)
    return id
  }

  @Test func `D5: «Ссылка» shows while it is active only, and «Перейти» opens it`() async throws {
    try await ConferenceDesk.with { desk in
      let cast = try await Cast(desk)
      let id = try await desk.add(desk.callArguments(cast.chat))
      func row() async throws -> JSONValue {
        try #require(
          try await desk.owner.call("registry/query", ["registry": "sferum", "tab": "conferences"])["rows"]?[0])
      }
      func join() async throws -> JSONValue {
        try await desk.owner.call(
          "command/execute", ["command": "videoconferences.join", "arguments": ["conference": JSONValue(id)]])
      }
      #expect(try await row()["cells"]?["link"]?.isNull != false)
      #expect(try await row()["actions"]?.array?.isEmpty != false)
      let early = try await #require(throws: Refusal.self) { _ = try await join() }
      #expect(
        early.message == "Подключиться можно, когда видеоконференция активна: 23.11.2026 с 15:00 до 15:45")

      try await desk.advance(to: "15:00")
      try await desk.tellActive(id)
      let link = "https://max.ru/joincall/\(id)"
      #expect(try await row()["cells"]?["link"]?.string == link)
      #expect(try await row()["actions"] == ["go"])
      #expect(try await join()["effects"] == [["type": "openURL", "url": JSONValue(link)]])

      try await desk.run("videoconferences.finish", ["conference": JSONValue(id)])
      #expect(try await row()["cells"]?["link"]?.isNull != false)
      #expect(try await row()["actions"]?.array?.isEmpty != false)
      await #expect(throws: Refusal.self) { _ = try await join() }
    }
  }

  @Test func `D5: «Закончить видеоконференцию» ends an active one early, once, and no other`() async throws {
    try await ConferenceDesk.with { desk in
      let cast = try await Cast(desk)
      let new = try await desk.add(desk.callArguments(cast.chat, "16:00", "17:00"))
      let refused = try await desk.refusal("videoconferences.finish", ["conference": JSONValue(new)])
      #expect(refused.message == "Видеоконференция не идёт сейчас" && refused.code == -32009)
      let id = try await active(desk, cast)
      try await desk.advance(to: "15:10")
      try await desk.run("videoconferences.finish", ["conference": JSONValue(id)])
      #expect(try desk.status(id) == "finished")
      #expect(try desk.phases(id) == ["planned", "active", "finished"])
      _ = try await desk.refusal("videoconferences.finish", ["conference": JSONValue(id)])
      try await desk.advance(to: "15:50")
      #expect(try desk.phases(id) == ["planned", "active", "finished"], "its end has nothing left to do")
    }
  }

  @Test func `D5: «Удалить» not while active, after a question, and the platform is told`() async throws {
    try await ConferenceDesk.with { desk in
      let cast = try await Cast(desk)
      let id = try await active(desk, cast)
      for command in ["videoconferences.removeConference", "videoconferences.askRemoval"] {
        let refused = try await desk.refusal(command, ["conference": JSONValue(id)])
        #expect(refused.message == "Видеоконференция идёт: сначала закончите её")
      }
      let new = try await desk.add(desk.callArguments(cast.chat, "16:00", "17:00", name: "Лишняя"))
      let outcome = try await desk.owner.call(
        "command/execute", ["command": "videoconferences.askRemoval", "arguments": ["conference": JSONValue(new)]])
      let question = try Opened.window(outcome)
      #expect(question["text"] == "Удалить видеоконференцию «Лишняя»?")
      #expect(question["buttons"]?.array?.compactMap { $0["label"]?.string } == ["Да", "Нет"])
      try await desk.owner.call("window/press", ["window": question["id"] ?? "", "button": "yes"])
      await desk.settle()
      #expect(try desk.phases(new) == ["planned", "removed"])
      let shown = try await desk.owner.call("registry/query", ["registry": "sferum", "tab": "conferences"])
      #expect(shown["rows"]?.array?.compactMap { $0["id"]?.string } == [id])
      #expect(try await desk.refusal("videoconferences.join", ["conference": JSONValue(new)]).code == -32004)
      // Its instants have nothing to do any more.
      try await desk.advance(to: "18:00")
      #expect(try desk.phases(new) == ["planned", "removed"])
      // One that is over can be deleted.
      #expect(try desk.phases(id).last == "finished")
      try await desk.tell(id, "finished", ["finishedAt": JSONValue(desk.host.clock.nowMs)])
      try await desk.run("videoconferences.removeConference", ["conference": JSONValue(id)])
      #expect(try desk.phases(id).last == "removed")
    }
  }

  @Test func `D4: while it is active only participants and the end change`() async throws {
    try await ConferenceDesk.with { desk in
      let cast = try await Cast(desk)
      let id = try await active(desk, cast)
      for change in [["starts": "15:10"], ["date": "2026-11-24"]] as [JSONValue] {
        let refused = try await desk.refusal(
          SaveConference.change, change.setting("conference", JSONValue(id)))
        #expect(refused.message == "Пока видеоконференция идёт, можно изменить только участников и время окончания")
      }
      let past = try await desk.refusal(SaveConference.change, ["conference": JSONValue(id), "ends": "15:00"])
      #expect(past.code == -32602)
      try await desk.run(SaveConference.change, ["conference": JSONValue(id), "ends": "16:10", "pupils": []])
      #expect(try desk.people(id, .pupil).isEmpty)
      try await desk.advance(to: "16:09")
      #expect(try desk.status(id) == "active")
      try await desk.advance(to: "16:10")
      #expect(try desk.phases(id).last == "finished")
      try await desk.tell(id, "finished", ["finishedAt": JSONValue(desk.host.clock.nowMs)])
      let over = try await desk.refusal(SaveConference.change, ["conference": JSONValue(id), "name": "Поздно"])
      #expect(over.message == "Видеоконференция завершена")
    }
  }
}
