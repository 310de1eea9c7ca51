import PlatformSimulator
import Testing

@Suite struct ChatControlTests {
  @Test func `a title that several chats have is answered with their ids, and an id names one`() async throws {
    try await withPlatform { platform, person async throws in
      let first = try await platform.chat("c1", members: [person.userId])
      let second = try await platform.chat("c2", members: [person.userId])

      await #expect(
        throws: refusal(
          409, "chat.ambiguous",
          "the platform has 2 chats 'Class 7A'; name one by its id: \(first.id), \(second.id)")
      ) {
        try await platform.control.kick(chat: "Class 7A", phone: person.phone)
      }
      #expect(try await platform.control.kick(chat: String(second.id), phone: person.phone))

      #expect(try await platform.control.chats().map(\.members.count) == [1, 0])
    }
  }

  @Test func `what is not there is named`() async throws {
    try await withPlatform { platform, person async throws in
      let chat = try await platform.chat()
      let control = platform.control
      let notIn = refusal(404, "member.not.found", "Pupil 07 (79120000001) is not in the chat 'Class 7A'")

      await #expect(throws: notIn) { try await control.kick(chat: chat.title, phone: person.phone) }
      await #expect(throws: notIn) { try await control.leave(chat: chat.title, phone: person.phone) }
      for title in ["7Б", "-1"] {
        await #expect(throws: refusal(404, "chat.not.found", "the platform has no chat '\(title)'")) {
          try await control.lose(chat: title)
        }
      }
      let nobody = refusal(
        404, "user.not.found", "nobody with the phone 79129999999 is registered on the platform")
      await #expect(throws: nobody) { try await control.join(chat: chat.title, phone: "79129999999") }
      await #expect(throws: nobody) { try await control.setRefusesChats(true, phone: "79129999999") }
      await #expect(throws: SimulatorClientError.self) { try await control.retitle(chat: chat.title, title: " ") }
      #expect(try await platform.news().isEmpty)
    }
  }

  @Test func `actions tell whether they changed anything`() async throws {
    try await withPlatform { platform, person async throws in
      let chat = try await platform.chat()
      let control = platform.control

      #expect(try await control.setRefusesChats(true, phone: person.phone))
      #expect(try await control.setRefusesChats(true, phone: person.phone) == false)
      #expect(try await control.users().map(\.refusesChats) == [true])
      // Nobody may add them, and still they come by the link.
      #expect(try await control.join(chat: chat.title, phone: person.phone))
      #expect(try await control.join(chat: chat.title, phone: person.phone) == false)
      #expect(try await control.unblock(chat: chat.title, phone: person.phone) == false)
      #expect(try await control.kick(chat: chat.title, phone: person.phone, block: true))
      #expect(try await control.unblock(chat: chat.title, phone: person.phone))
      #expect(try await control.retitle(chat: chat.title, title: "Class 8A"))
      #expect(try await control.retitle(chat: "Class 8A", title: "Class 8A") == false)
      #expect(try await platform.send("GET", chat.path).text("title") == "Class 8A")
    }
  }

  @Test func `the list of chats is what the command prints`() async throws {
    try await withPlatform { platform, person async throws in
      let chat = try await platform.chat(members: [person.userId], administrators: [person.userId])

      #expect(
        try await SimulatorClient.json(platform.control.chats())
          == #"[{"administrators":[\#(person.userId)],"externalId":"c1","id":"\#(chat.id)","kind":"class","#
          + #""members":[{"name":"Pupil 07","phone":"+79120000001","userId":\#(person.userId)}],"title":"Class 7A"}]"#)
    }
  }

  @Test func `chats are listed by title and by who is in them`() async throws {
    try await withPlatform { platform, person async throws in
      let others = try await platform.people(1)
      let first = try await platform.chat("c1", title: "7А & 7Б", members: [person.userId])
      _ = try await platform.chat("c2", title: "7А", members: others)
      let third = try await platform.chat("c3", title: "7А", members: others + [person.userId])
      let control = platform.control

      #expect(try await control.chats("7А").map(\.externalId) == ["c2", "c3"])
      #expect(try await control.chats("7А & 7Б").map(\.externalId) == ["c1"])
      #expect(try await control.chats(String(third.id)).map(\.externalId) == ["c3"])
      #expect(try await control.chats(phone: "+7 912 000-00-01").map(\.externalId) == ["c1", "c3"])
      #expect(try await control.chats("7А", phone: person.phone).map(\.externalId) == ["c3"])
      await #expect(throws: refusal(404, "chat.not.found", "the platform has no chat '9А'")) {
        try await control.chats("9А")
      }
      await #expect(throws: SimulatorClientError.self) { try await control.chats(phone: "79129999999") }

      _ = try await platform.send("DELETE", first.gatewayPath)
      #expect(try await control.chats(phone: person.phone).map(\.externalId) == ["c3"])
    }
  }

  private func refusal(_ status: Int, _ code: String, _ message: String) -> SimulatorClientError {
    .refused(status: status, code: code, message: message)
  }
}
