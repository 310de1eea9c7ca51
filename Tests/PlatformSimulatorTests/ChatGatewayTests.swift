import PlatformSimulator
import Testing

@Suite struct ChatGatewayTests {
  @Test func `a chat is made with its members, its administrators and the bot, who owns it`() async throws {
    try await withPlatform { platform, person async throws in
      let others = try await platform.people(2)
      let made = try await platform.makeChat(
        title: "7А — математика", members: others + [person.userId], administrators: [person.userId])

      #expect(made.status == 200)
      let id = try #require(made.number("chat.chat_id"))
      #expect(id < 0)
      #expect(made.text("chat.type") == "chat")
      #expect(made.text("chat.status") == "active")
      #expect(made.text("chat.title") == "7А — математика")
      #expect(made.text("chat.external_id") == "c1")
      #expect(made.number("chat.participants_count") == 4)
      #expect(made.number("chat.last_event_time") == platform.clock.now)
      #expect(made.text("chat.link")?.hasPrefix("https://max.ru/join/") == true)
      #expect(made["failed_user_ids"] == nil)
      #expect(made["failed_user_details"] == nil)

      let me = try await platform.send("GET", "/chats/\(id)/members/me")
      #expect(me["is_owner"] as? Bool == true)
      #expect(me["is_admin"] as? Bool == true)
      #expect(me["is_bot"] as? Bool == true)
      #expect(me.list("permissions").count == 8)
      let shown = try #require(try await platform.control.chats().first)
      #expect(shown.id == String(id))
      #expect(shown.members.map(\.userId) == [person.userId] + others)
      #expect(shown.members.first?.phone == "+\(person.phone)")
      #expect(shown.administrators == [person.userId])
      #expect([shown.externalId, shown.kind] == ["c1", "class"])
    }
  }

  @Test func `a second request for the same external id tells the chat as it is now and changes nothing`()
    async throws
  {
    try await withPlatform { platform, person async throws in
      let chat = try await platform.chat(members: [person.userId])
      _ = try await platform.send("PATCH", chat.path, #"{"title":"Class 8A"}"#)

      let again = try await platform.makeChat(title: "Other", members: [])

      #expect(again.status == 200)
      #expect(again.number("chat.chat_id") == chat.id)
      #expect(again.text("chat.title") == "Class 8A")
      #expect(again.number("chat.participants_count") == 2)
      #expect(try await platform.control.chats().count == 1)
      #expect(try await platform.effects(on: chat, "POST") == ["applied", "repeated"])
    }
  }

  @Test func `a chat whose answer was lost is found by its external id`() async throws {
    try await withPlatform { platform, _ async throws in
      _ = try await platform.control.addFault(
        FaultRequest(operation: "POST /sferum/v1/chats", kind: "drop-after", times: 1))
      await #expect(throws: (any Error).self) { try await platform.makeChat("школа 1/7А") }

      let found = try await platform.send(
        "GET", "/sferum/v1/chats?external_id=%D1%88%D0%BA%D0%BE%D0%BB%D0%B0%201/7%D0%90")
      #expect(found.list("chats").count == 1)
      #expect(found.text("chats.0.external_id") == "школа 1/7А")
      #expect(found.text("chats.0.title") == "Class 7A")
      #expect(try await platform.send("GET", "/sferum/v1/chats?external_id=other").list("chats").isEmpty)
      #expect(try await platform.send("GET", "/sferum/v1/chats").status == 400)
      #expect(try await platform.effects("POST", "/sferum/v1/chats") == ["applied"])
    }
  }

  @Test func `people who cannot be added are named, and the rest are in`() async throws {
    try await withPlatform { platform, person async throws in
      let others = try await platform.people(2)
      _ = try await platform.control.setRefusesChats(true, phone: person.phone)

      let made = try await platform.makeChat(
        members: [person.userId, 5, others[0], others[0]], administrators: [person.userId, others[0]])

      #expect(made.status == 200)
      #expect(made.numbers("failed_user_ids") == [person.userId, 5])
      #expect(made.text("failed_user_details.0.error_code") == "add.participant.privacy")
      #expect(made.numbers("failed_user_details.0.user_ids") == [person.userId])
      #expect(made.text("failed_user_details.1.error_code") == "add.participant.not.found")
      #expect(made.numbers("failed_user_details.1.user_ids") == [5])
      let shown = try #require(try await platform.control.chats().first)
      #expect(shown.members.map(\.userId) == [others[0]])
      #expect(shown.administrators == [others[0]])
    }
  }

  @Test func `requests that make no sense are refused and make nothing`() async throws {
    try await withPlatform { platform, person async throws in
      let long = String(repeating: "я", count: 201)
      let many = (1...101).map { Int64($0) }
      let answers = [
        try await platform.makeChat(title: ""),
        try await platform.makeChat(title: "  "),
        try await platform.makeChat(title: long),
        try await platform.makeChat(""),
        try await platform.makeChat(kind: "club"),
        try await platform.makeChat(members: many),
        try await platform.makeChat(members: many, administrators: Array(many.prefix(51))),
        try await platform.makeChat(administrators: [person.userId]),
        try await platform.send("POST", "/sferum/v1/chats", "{}"),
      ]

      for answer in answers {
        #expect(answer.status == 400)
        #expect(answer.text("code") == "proto.payload")
        #expect(answer.text("message")?.isEmpty == false)
      }
      #expect(try await platform.control.chats().isEmpty)
      #expect(try await platform.makeChat(title: String(long.dropLast())).status == 200)
    }
  }

  @Test func `a chat is renamed, and the same name again is no change`() async throws {
    try await withPlatform { platform, _ async throws in
      let chat = try await platform.chat()
      for _ in 1...2 {
        let renamed = try await platform.send("PATCH", chat.gatewayPath, #"{"title":"Class 8A"}"#)
        #expect(renamed.text("title") == "Class 8A")
        #expect(renamed.text("external_id") == "c1")
      }
      #expect(try await platform.send("PATCH", chat.gatewayPath, #"{"title":""}"#).status == 400)

      #expect(try await platform.effects(on: chat, "PATCH") == ["applied", "repeated", "refused"])
      #expect(try await platform.news().map { $0["update_type"] as? String } == ["chat_title_changed"])
    }
  }

  @Test func `a deleted chat is gone for good, and its external id is free for a new one`() async throws {
    try await withPlatform { platform, person async throws in
      let chat = try await platform.chat(members: [person.userId])
      #expect(try await platform.send("DELETE", chat.gatewayPath)["success"] as? Bool == true)

      for (method, path) in [
        ("GET", chat.path), ("DELETE", chat.gatewayPath), ("PATCH", chat.gatewayPath), ("GET", chat.path + "/members"),
        ("POST", chat.path + "/members"), ("DELETE", chat.path + "/members/me"),
      ] {
        let answer = try await platform.send(method, path, method == "GET" ? nil : #"{"title":"a","user_ids":[1]}"#)
        #expect(answer.status == 404, "\(method) \(path)")
        #expect(answer.text("code") == "chat.not.found")
        #expect(answer.text("message") == "Chat \(chat.id) not found")
      }
      #expect(try await platform.control.chats().isEmpty)
      #expect(try await platform.effects(on: chat, "DELETE") == ["applied", "refused", "refused"])

      let second = try await platform.chat()
      #expect(second.id != chat.id)
      #expect(try await platform.members(of: second).isEmpty)
    }
  }

  @Test func `a second life of the platform has the chats of the first`() async throws {
    try await withPlatform { first, person async throws in
      let chat = try await first.chat(members: [person.userId], administrators: [person.userId])
      let known = try await first.control.chats()

      // Not stopped: as a killed process leaves its file.
      let second = try await RunningPlatform(in: first.folder, clock: first.clock)

      #expect(try await second.control.chats() == known)
      #expect(try await second.members(of: chat) == [person.userId])
      await second.simulator.stop()
    }
  }
}
