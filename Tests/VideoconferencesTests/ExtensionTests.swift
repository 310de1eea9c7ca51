import PluginKit
import ShellTesting
import Testing

@testable import VideoconferencesPlugin

/// Five minutes before its end a conference asks whether it is to go on.
@Suite struct ExtensionTests {
  /// The dialogs that a client has before them.
  private func dialogs(_ client: TestClient) async throws -> [JSONValue] {
    (try await client.call("desktop/get")["windows"]?.array ?? []).filter { $0["kind"] == "dialog" }
  }

  /// The dialog with that text; waits until the host has told of it.
  private func dialog(_ client: TestClient, _ text: String) async throws -> JSONValue {
    while true {
      if let found = try await dialogs(client).first(where: { $0["text"]?.string == text }) { return found }
      let seen = client.notifications.count
      _ = await client.notification("desktop/didChange") { [client] _ in client.notifications.count > seen }
    }
  }

  private func audience(_ desk: ConferenceDesk, _ cast: Cast) async throws -> (author: TestClient, id: String) {
    let author = try await desk.signedIn(person: cast.teacher)
    let id = try await desk.add(desk.callArguments(cast.chat, name: "Разбор"), as: author)
    try await desk.advance(to: "15:00")
    try await desk.tellActive(id)
    return (author, id)
  }

  private func ends(_ desk: ConferenceDesk, _ id: String) throws -> String {
    try desk.conference(id)["ends"]?.string ?? ""
  }

  @Test func `X5: five minutes before its end its author is told, extends it, is told again, and it ends by itself`()
    async throws
  {
    try await ConferenceDesk.with { desk in
      let cast = try await Cast(desk)
      let (author, id) = try await audience(desk, cast)
      try await desk.advance(to: "15:39")
      #expect(try await dialogs(author).isEmpty)
      try await desk.advance(to: "15:40")
      let text = "Видеоконференция «Разбор» завершится через 5 минут."
      let question = try await dialog(author, text)
      #expect(question["buttons"]?.array?.compactMap { $0["label"]?.string } == ["Продлить на 15 минут", "Закрыть"])
      #expect(try await dialogs(desk.owner).isEmpty, "nobody else is asked")

      try await author.call("window/press", ["window": question["id"] ?? "", "button": "extend"])
      await desk.settle()
      #expect(try ends(desk, id) == "16:00")
      #expect(try desk.handed(id).last?["endsAt"]?.int64 == desk.instant(ConferenceDesk.today, "16:00"))
      for open in try await dialogs(author) { try await author.call("window/close", ["window": open["id"] ?? ""]) }
      try await desk.advance(to: "15:50")
      #expect(try desk.phases(id).last == "active")
      #expect(try await dialogs(author).isEmpty)
      try await desk.advance(to: "15:55")
      _ = try await dialog(author, text)
      try await desk.advance(to: "16:00")
      #expect(try desk.phases(id) == ["planned", "active", "finished"])
    }
  }

  @Test func `X5: whoever looks late is told how long there is left`() async throws {
    try await ConferenceDesk.with { desk in
      let cast = try await Cast(desk)
      let (author, _) = try await audience(desk, cast)
      try await desk.jump(to: "15:43")
      _ = try await dialog(author, "Видеоконференция «Разбор» завершится через 2 минуты.")
    }
  }

  @Test func `X5: it is extended up to the group's next lesson, and not into it`() async throws {
    try await ConferenceDesk.with { desk in
      let cast = try await Cast(desk)
      let (author, id) = try await audience(desk, cast)
      try await desk.run(
        "school.addLesson",
        [
          "group": JSONValue(cast.group), "date": JSONValue(ConferenceDesk.today), "number": 9, "starts": "15:55",
          "ends": "16:40",
        ])
      try await desk.run("videoconferences.extend", ["conference": JSONValue(id)], as: author)
      #expect(try ends(desk, id) == "15:55")
      let refused = try await desk.refusal("videoconferences.extend", ["conference": JSONValue(id)], as: author)
      #expect(refused.message == "Продлить нельзя: начинается следующий урок группы")
      #expect(refused.kind == "conferences.nextLesson")
    }
  }

  @Test func `X5: an online lesson, too, is extended up to the next lesson of its group`() async throws {
    try await ConferenceDesk.with { desk in
      let cast = try await Cast(desk)
      let id = try await desk.add(cast.lessonArguments)
      try await desk.advance(to: cast.starts, on: cast.date)
      try await desk.tellActive(id)
      let next = try desk.query(
        """
        SELECT min(starts) AS starts FROM school_v1_lessons WHERE group_id = '\(cast.group)' AND date = '\(cast.date)'
          AND starts >= '\(cast.ends)' AND id <> '\(cast.lesson)'
        """
      ).first?["starts"]?.string
      try await desk.run("videoconferences.extend", ["conference": JSONValue(id), "minutes": 240])
      let extended = try ends(desk, id)
      #expect(extended > cast.ends && extended <= next ?? "23:59")
    }
  }

  @Test func `X5: only one that goes on can be extended, and only by who may change it`() async throws {
    try await ConferenceDesk.with { desk in
      let cast = try await Cast(desk)
      let id = try await desk.add(desk.callArguments(cast.chat))
      let early = try await desk.refusal("videoconferences.extend", ["conference": JSONValue(id)])
      #expect(early.message == "Продлить можно видеоконференцию, которая идёт")
      try await desk.advance(to: "15:00")
      try await desk.tellActive(id)
      let pupil = try desk.text(
        "SELECT person_id FROM videoconferences_participants WHERE conference_id = '\(id)' AND side = 'pupil' LIMIT 1")
      let refused = try await desk.refusal(
        "videoconferences.extend", ["conference": JSONValue(id)], as: desk.signedIn(person: pupil))
      #expect(refused.code == -32003)
    }
  }
}
