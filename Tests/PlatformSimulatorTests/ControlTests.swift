import PlatformSimulator
import Testing

@Suite struct ControlTests {
  @Test func `registering somebody twice is once, with the latest name`() async throws {
    try await withPlatform { platform, person async throws in
      let again = try await platform.control.addUser(phone: "8 (912) 000-00-01", name: "Pupil 7A")
      #expect(again.created == false)
      #expect(again.userId == person.userId)

      let bulk = try await platform.control.addUsers([
        ("79120000001", "Pupil 7A"), ("79120000002", "Pupil 08"),
      ])
      #expect([bulk.created, bulk.known] == [1, 1])
      #expect(try await platform.control.users().map(\.name) == ["Pupil 7A", "Pupil 08"])
    }
  }

  @Test(arguments: [
    "", "12", "+375 29 123 45 67", "7912000000", "+7 (９12) 345-67-89", "7912000000a", "791200000011",
  ])
  func `what is no Russian phone is refused`(_ phone: String) async throws {
    try await withPlatform { platform, _ async throws in
      await #expect(throws: SimulatorClientError.self) {
        try await platform.control.addUser(phone: phone, name: "Pupil 08")
      }
    }
  }

  @Test func `the newest message with the button is pressed`() async throws {
    try await withPlatform { platform, person async throws in
      _ = try await platform.sendButtons(to: person, binding: "old")
      let newest = try await platform.sendButtons(to: person, binding: "new")
      _ = try await platform.send("POST", "/messages?user_id=\(person.userId)", #"{"text":"no buttons"}"#)

      let press = try await platform.control.press(phone: person.phone, button: "Подключить")

      #expect(press.messageId == newest)
      #expect(press.payload == "bind:new:yes")
    }
  }

  @Test func `refusals say what is missing`() async throws {
    try await withPlatform { platform, person async throws in
      await #expect(throws: refusal(404, "button.not.found", "no message of this person has a button 'Ок'")) {
        try await platform.control.press(phone: person.phone, button: "Ок")
      }
      await #expect(
        throws: refusal(
          404,
          "user.not.found",
          "nobody with the phone 79129999999 is registered on the platform"
        )
      ) {
        try await platform.control.inbox(phone: "79129999999")
      }
      await #expect(throws: refusal(404, "chat.not.found", "the platform has no chat '7А'")) {
        try await platform.control.kick(chat: "7А", phone: person.phone)
      }
      _ = try await platform.control.setStopped(true, phone: person.phone)
      await #expect(throws: refusal(409, "bot.stopped", "this person has stopped the bot")) {
        try await platform.control.press(phone: person.phone, button: "Подключить")
      }
    }
  }

  @Test func `chats and conferences are empty lists, the clock is the simulator's`() async throws {
    try await withPlatform { platform, _ async throws in
      let chats = try await platform.control.chats()
      let conferences = try await platform.control.conferences()
      #expect(try SimulatorClient.json(chats) == "[]")
      #expect(try SimulatorClient.json(conferences) == "[]")
      #expect(try await platform.control.now() == "2026-03-31T23:33:20Z")
      platform.clock.advance(ms: 7)
      #expect(try await platform.control.now() == "2026-03-31T23:33:20.007Z")
    }
  }

  @Test func `a client says when there is nobody to talk to`() async throws {
    let folder = try RunningPlatform.makeFolder()
    #expect(throws: SimulatorClientError.notAnnounced(folder: folder)) { try SimulatorClient(folder: folder) }
    #expect(throws: SimulatorClientError.invalidAddress("https://example.org")) {
      try SimulatorClient(address: "https://example.org", controlToken: "t")
    }
    let platform = try await RunningPlatform(in: folder)
    let client = platform.control
    await platform.end()
    await #expect(throws: SimulatorClientError.self) { try await client.users() }
  }

  private func refusal(_ status: Int, _ code: String, _ message: String) -> SimulatorClientError {
    .refused(status: status, code: code, message: message)
  }
}
