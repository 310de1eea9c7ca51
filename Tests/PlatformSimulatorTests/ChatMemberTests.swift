import PlatformSimulator
import Testing

@Suite struct ChatMemberTests {
  @Test func `members are added one by one: some may fail while others get in`() async throws {
    try await withPlatform { platform, person async throws in
      let others = try await platform.people(3)
      let chat = try await platform.chat(members: [others[0]])
      _ = try await platform.control.setRefusesChats(true, phone: person.phone)

      let added = try await platform.add([person.userId, others[0], others[1], 7], to: chat)

      #expect(added.status == 200)
      #expect(added["success"] as? Bool == true)
      #expect(added.numbers("failed_user_ids") == [person.userId, 7])
      #expect(added.text("failed_user_details.0.error_code") == "add.participant.privacy")
      #expect(added.text("failed_user_details.1.error_code") == "add.participant.not.found")
      #expect(try await platform.members(of: chat) == [others[0], others[1]])

      // Whoever refuses may change their mind.
      _ = try await platform.control.setRefusesChats(false, phone: person.phone)
      let retried = try await platform.add([person.userId], to: chat)
      #expect(retried["success"] as? Bool == true)
      #expect(retried["failed_user_ids"] == nil)
    }
  }

  @Test func `adding whom the chat has is a success that changes nothing, adding nobody at all is none`()
    async throws
  {
    try await withPlatform { platform, person async throws in
      let chat = try await platform.chat(members: [person.userId])

      let repeated = try await platform.add([person.userId], to: chat)
      #expect(repeated["success"] as? Bool == true)
      let refused = try await platform.add([7], to: chat)
      #expect(refused.status == 200)
      #expect(refused["success"] as? Bool == false)
      #expect(refused.numbers("failed_user_ids") == [7])

      #expect(try await platform.effects(on: chat, "POST") == ["applied", "repeated", "refused"])
      #expect(try await platform.news().isEmpty)
      for body in ["{}", #"{"user_ids":[]}"#, #"{"user_ids":\#((1...101).map { $0 })}"#, #"{"user_ids":["a"]}"#] {
        #expect(try await platform.send("POST", "\(chat.path)/members", body).status == 400, "\(body)")
      }
    }
  }

  @Test func `removing somebody is once, and who is not in is no error`() async throws {
    try await withPlatform { platform, person async throws in
      let chat = try await platform.chat(members: [person.userId])
      let target = "\(chat.path)/members?user_id="

      for userId in [person.userId, person.userId, 7] {
        #expect(try await platform.send("DELETE", "\(target)\(userId)")["success"] as? Bool == true)
      }

      #expect(try await platform.members(of: chat).isEmpty)
      #expect(try await platform.effects(on: chat, "DELETE") == ["applied", "repeated", "repeated"])
      #expect(try await platform.news().count == 1)
      #expect(try await platform.send("DELETE", "\(chat.path)/members").status == 400)
      #expect(try await platform.send("DELETE", "\(target)\(person.userId)&block=maybe").status == 400)
      #expect(try await platform.add([person.userId], to: chat)["success"] as? Bool == true)
    }
  }

  @Test func `whoever was blocked comes back only when somebody lets them`() async throws {
    try await withPlatform { platform, person async throws in
      let chat = try await platform.chat(members: [person.userId])
      let removal = "\(chat.path)/members?user_id=\(person.userId)&block=true"
      for _ in 1...2 { #expect(try await platform.send("DELETE", removal)["success"] as? Bool == true) }
      #expect(try await platform.effects(on: chat, "DELETE") == ["applied", "repeated"])

      let refused = try await platform.add([person.userId], to: chat)
      #expect(refused.text("failed_user_details.0.error_code") == "add.participant.privacy")
      await #expect(throws: SimulatorClientError.self) {
        try await platform.control.join(chat: chat.title, phone: person.phone)
      }
      // A block is one chat's.
      #expect(try await platform.makeChat("c2", members: [person.userId])["failed_user_ids"] == nil)

      #expect(try await platform.control.unblock(chat: String(chat.id), phone: person.phone))
      #expect(try await platform.add([person.userId], to: chat)["failed_user_ids"] == nil)
    }
  }

  @Test func `a chat of three hundred is paged without gaps and without anybody twice`() async throws {
    try await withPlatform { platform, _ async throws in
      let everybody = try await platform.people(300)
      let chat = try await platform.chat(members: Array(everybody[..<100]))
      for start in [100, 200] { _ = try await platform.add(Array(everybody[start..<start + 100]), to: chat) }
      #expect(try await platform.send("GET", chat.path).number("participants_count") == 301)

      var seen: [Int64] = []
      var sizes: [Int] = []
      var marker = ""
      repeat {
        let page = try await platform.send("GET", "\(chat.path)/members?count=100\(marker)")
        seen += page.users("members")
        sizes.append(page.list("members").count)
        marker = page.number("marker").map { "&marker=\($0)" } ?? ""
        // Whoever was seen and leaves takes nobody's place.
        if sizes.count == 1 { try await platform.control.leave(chat: chat.title, phone: "79130000001") }
      } while !marker.isEmpty

      #expect(seen == everybody)
      #expect(sizes == [100, 100, 100, 1])
      #expect(try await platform.send("GET", "\(chat.path)/members").list("members").count == 20)
      #expect(try await platform.send("GET", "\(chat.path)/members?count=101").status == 400)
    }
  }

  @Test func `members are looked up by their ids, and strangers are left out`() async throws {
    try await withPlatform { platform, person async throws in
      let others = try await platform.people(1)
      let chat = try await platform.chat(members: others)

      let found = try await platform.send(
        "GET", "\(chat.path)/members?user_ids=\(others[0]),\(person.userId)&count=1000")
      #expect(found.users("members") == others)
      #expect(found.text("members.0.first_name") == "Pupil")
      #expect(found["members.0.is_admin"] as? Bool == false)
      #expect(found["members.0.is_owner"] as? Bool == false)
      #expect(found["members.0.permissions"] == nil)
      #expect(found.number("members.0.join_time") == platform.clock.now)
      #expect(try await platform.send("GET", "\(chat.path)/members?user_ids=a").status == 400)
    }
  }

  @Test func `the bot leaves once, and then the chat is closed to it`() async throws {
    try await withPlatform { platform, person async throws in
      let chat = try await platform.chat(members: [person.userId])
      for _ in 1...2 {
        #expect(try await platform.send("DELETE", "\(chat.path)/members/me")["success"] as? Bool == true)
      }

      #expect(try await platform.effects(on: chat, "DELETE") == ["applied", "repeated"])
      #expect(try await platform.send("GET", chat.path).text("status") == "left")
      for path in ["/members", "/members/me", "/members/admins"] {
        let answer = try await platform.send("GET", chat.path + path)
        #expect(answer.status == 403)
        #expect(answer.text("code") == "access.denied")
      }
      #expect(try await platform.control.chats().first?.members.count == 1)
    }
  }

  @Test func `the owner is not to be removed, and a dialog has no members`() async throws {
    try await withPlatform { platform, person async throws in
      let chat = try await platform.chat()
      let me = try #require(try await platform.send("GET", "/me").number("user_id"))

      let removal = try await platform.send("DELETE", "\(chat.path)/members?user_id=\(me)")
      #expect(removal.status == 200)
      #expect(removal["success"] as? Bool == false)
      #expect(removal.text("message") == "Insufficient access rights to perform this action")
      let dialog = try await platform.send("GET", "/chats/\(person.chatId)/members")
      #expect(dialog.status == 400)
      #expect(try await platform.send("GET", "/chats/abc/members").status == 404)
    }
  }
}
