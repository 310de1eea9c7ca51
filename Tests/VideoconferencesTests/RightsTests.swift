import PluginKit
import ShellTesting
import Testing

@testable import VideoconferencesPlugin

/// Who may see, make, change, end and delete conferences. Source: SPEC H.
@Suite struct RightsTests {
  private static let changing = [
    SaveConference.change, "videoconferences.removeConference", "videoconferences.askRemoval",
    "videoconferences.finish", "videoconferences.extend",
  ]

  private func seen(_ client: TestClient) async throws -> [String] {
    let page = try await client.call("registry/query", ["registry": "sferum", "tab": "conferences"])
    return (page["rows"]?.array ?? []).compactMap { $0["id"]?.string }
  }

  /// A person of a role who has an account and is, or is not, in a chat.
  private func person(_ desk: ConferenceDesk, _ role: String, in chat: String, _ isIn: Bool) throws -> String {
    try desk.text(
      """
      SELECT a.person_id FROM school_v1_accounts a JOIN school_v1_organization o
      WHERE a.roles = '\(role)' AND a.person_id IS NOT o.chat_administrator_person_id
        AND \(isIn ? "" : "NOT") EXISTS (
          SELECT 1 FROM chats_v1_members m WHERE m.chat_id = '\(chat)' AND m.person_id = a.person_id)
      ORDER BY a.id LIMIT 1
      """)
  }

  @Test func `H: pupils and parents make, change, end and delete no conferences, and see those they are in`()
    async throws
  {
    try await ConferenceDesk.with { desk in
      let cast = try await Cast(desk)
      let id = try await desk.add(desk.callArguments(cast.chat))
      let pupil = try person(desk, "pupil", in: cast.chat, true)
      try desk.bind(pupil)
      let client = try await desk.signedIn(person: pupil)
      #expect(try await seen(client) == [id])
      let added = try await desk.refusal(SaveConference.add, desk.callArguments(cast.chat), as: client)
      #expect(added.code == -32003)
      for command in Self.changing {
        #expect(try await desk.refusal(command, ["conference": JSONValue(id)], as: client).code == -32003, "\(command)")
      }
      let outsider = try await desk.signedIn(person: try person(desk, "pupil", in: cast.chat, false))
      #expect(try await seen(outsider).isEmpty)
      let hidden = try await desk.refusal(
        "videoconferences.join", ["conference": JSONValue(id)], as: outsider)
      #expect(hidden.code == -32004, "nobody is told that it is there")
      let parent = try await desk.signedIn(person: try person(desk, "parent", in: cast.chat, false))
      #expect(try await desk.refusal(SaveConference.add, desk.callArguments(cast.chat), as: parent).code == -32003)
    }
  }

  @Test func `H: an employee makes conferences in chats that they administer only`() async throws {
    try await ConferenceDesk.with { desk in
      let cast = try await Cast(desk)
      let teacher = try await desk.signedIn(person: cast.teacher)
      _ = try await desk.add(desk.callArguments(cast.chat), as: teacher)
      // Everybody teaches; a member's place in the teachers' chat is not an administrator's.
      let teachers = try desk.text("SELECT id FROM chats_v1_chats WHERE kind = 'teachers'")
      let refused = try await desk.refusal(SaveConference.add, desk.callArguments(teachers), as: teacher)
      #expect(refused.message == "Создавать видеоконференции в этом чате может его администратор")
      #expect(refused.kind == "conferences.notHost")
      let screen = try await ConferenceScreen.open(desk, as: teacher)
      let picker = try Opened.window(try await screen.press("pick:chat"))
      let rows = try await teacher.call("table/query", ["window": picker["id"] ?? "", "table": "rows", "limit": 100])
      let offered = (rows["rows"]?.array ?? []).compactMap { $0["id"]?.string }
      #expect(offered.contains(cast.chat) && !offered.contains(teachers))
    }
  }

  @Test func `H: who is in a conference and does not manage it sees it and changes nothing`() async throws {
    try await ConferenceDesk.with { desk in
      let cast = try await Cast(desk)
      let teachers = try desk.text("SELECT id FROM chats_v1_chats WHERE kind = 'teachers'")
      let id = try await desk.add(desk.callArguments(teachers, name: "Педсовет"))
      let member = try await desk.signedIn(person: cast.teacher)
      #expect(try await seen(member) == [id])
      for command in Self.changing {
        let refused = try await desk.refusal(command, ["conference": JSONValue(id)], as: member)
        #expect(refused.code == -32003, "\(command)")
        #expect(refused.message == "Изменять видеоконференцию «Педсовет» может её автор или администратор чата")
      }
      let page = try await member.call("registry/query", ["registry": "sferum", "tab": "conferences"])
      #expect(page["total"] == 1)
    }
  }

  @Test func `H: an author manages what they have made, also when they administer its chat no more`() async throws {
    try await ConferenceDesk.with { desk in
      let cast = try await Cast(desk)
      let author = try await desk.signedIn(person: cast.teacher)
      let id = try await desk.add(desk.callArguments(cast.chat), as: author)
      let other = try cast.substitute(desk)
      try await desk.run(
        "school.setGroupTeacher", ["group": JSONValue(cast.group), "employee": JSONValue(other.record)])
      let marks = try desk.query(
        "SELECT 1 FROM chats_v1_members WHERE chat_id = ? AND person_id = ? AND administrator = 1",
        [JSONValue(cast.chat), JSONValue(cast.teacher)])
      #expect(marks.isEmpty)
      try await desk.run(SaveConference.change, ["conference": JSONValue(id), "name": "Всё ещё моя"], as: author)
      _ = try await desk.refusal(SaveConference.add, desk.callArguments(cast.chat), as: author)
      // The new one administers the chat, and so what is in it.
      let successor = try await desk.signedIn(person: other.person)
      try await desk.run(
        SaveConference.change, ["conference": JSONValue(id), "name": "И моя"], as: successor)
    }
  }

  @Test func `H: the organization's administrator sees and manages all`() async throws {
    try await ConferenceDesk.with { desk in
      let cast = try await Cast(desk)
      let id = try await desk.add(
        desk.callArguments(cast.chat), as: desk.signedIn(person: cast.teacher))
      #expect(try await seen(desk.owner) == [id])
      try await desk.run(SaveConference.change, ["conference": JSONValue(id), "name": "Переименована"])
      try await desk.run("videoconferences.removeConference", ["conference": JSONValue(id)])
      let lines = try desk.query(
        "SELECT action FROM shell_audit WHERE action LIKE 'videoconferences.%' ORDER BY id")
      #expect(
        lines.compactMap { $0["action"]?.string } == [
          SaveConference.add, SaveConference.change, "videoconferences.removeConference",
        ])
    }
  }
}
