import PlatformSimulator
import Testing

@Suite struct ChatAdministratorTests {
  @Test func `an administrator is made with the permissions asked for, and calling comes with them`() async throws {
    try await withPlatform { platform, person async throws in
      let chat = try await platform.chat(members: [person.userId])

      let made = try await platform.appoint(
        person.userId, in: chat, ["write", "read_all_messages"], more: #","alias":"Head""#)

      #expect(made["success"] as? Bool == true)
      let list = try await platform.send("GET", "\(chat.path)/members/admins")
      #expect(list.users("members") == [person.userId])
      #expect(list.list("members").count == 2)
      let member = try await platform.send("GET", "\(chat.path)/members?user_ids=\(person.userId)")
      #expect(member["members.0.is_admin"] as? Bool == true)
      #expect(member["members.0.permissions"] as? [String] == ["read_all_messages", "write", "can_call"])
      #expect(member.text("members.0.alias") == "Head")
      #expect(try await platform.control.chats().first?.administrators == [person.userId])
    }
  }

  @Test func `appointing again replaces the permissions as a whole, and the same ones change nothing`()
    async throws
  {
    try await withPlatform { platform, person async throws in
      let chat = try await platform.chat(members: [person.userId])
      for permissions in [["add_admins"], ["can_call", "add_admins"], ["edit_link"]] {
        #expect(try await platform.appoint(person.userId, in: chat, permissions)["success"] as? Bool == true)
      }

      let member = try await platform.send("GET", "\(chat.path)/members?user_ids=\(person.userId)")
      #expect(member["members.0.permissions"] as? [String] == ["edit_link", "can_call"])
      #expect(
        try await platform.effects(on: chat, "POST") == ["applied", "applied", "repeated", "applied"])
    }
  }

  @Test(arguments: [
    (["write"], "Permission 'write' requires 'read_all_messages'"),
    (["pin_message", "add_admins"], "Permission 'pin_message' requires 'read_all_messages'"),
    (["view_stats", "read_all_messages"], "Permission 'view_stats' is for channels only"),
    (["fly"], "Unknown permission: fly"),
  ]) func `permissions that cannot be are refused`(_ permissions: [String], _ message: String) async throws {
    try await withPlatform { platform, person async throws in
      let chat = try await platform.chat(members: [person.userId])
      let answer = try await platform.appoint(person.userId, in: chat, permissions)

      #expect(answer.status == 400)
      #expect(answer.text("message") == message)
      #expect(try await platform.control.chats().first?.administrators == [])
    }
  }

  @Test func `one who is no member makes the whole appointment fail`() async throws {
    try await withPlatform { platform, person async throws in
      let chat = try await platform.chat(members: [person.userId])
      let answer = try await platform.send(
        "POST", "\(chat.path)/members/admins",
        #"{"admins":[{"user_id":\#(person.userId),"permissions":[]},{"user_id":7,"permissions":[]}]}"#)

      #expect(answer.status == 200)
      #expect(answer["success"] as? Bool == false)
      #expect(answer.text("message") == "User 7 is not a member of chat \(chat.id)")
      #expect(try await platform.control.chats().first?.administrators == [])
      #expect(try await platform.effects(on: chat, "POST") == ["applied", "refused"])
    }
  }

  @Test func `a chat has fifty administrators and no more`() async throws {
    try await withPlatform { platform, person async throws in
      let others = try await platform.people(50)
      let chat = try await platform.chat(members: others + [person.userId], administrators: others)
      #expect(try await platform.control.chats().first?.administrators == others)

      let refused = try await platform.appoint(person.userId, in: chat, [])
      #expect(refused["success"] as? Bool == false)
      _ = try await platform.send("DELETE", "\(chat.path)/members/admins/\(others[0])")
      #expect(try await platform.appoint(person.userId, in: chat, [])["success"] as? Bool == true)
    }
  }

  @Test func `an administrator who is dismissed stays a member, and twice is once`() async throws {
    try await withPlatform { platform, person async throws in
      let chat = try await platform.chat(members: [person.userId], administrators: [person.userId])
      let target = "\(chat.path)/members/admins/"
      for userId in [person.userId, person.userId, 7] {
        #expect(try await platform.send("DELETE", "\(target)\(userId)")["success"] as? Bool == true)
      }

      #expect(try await platform.effects(on: chat, "DELETE") == ["applied", "repeated", "repeated"])
      #expect(try await platform.members(of: chat) == [person.userId])
      #expect(try await platform.control.chats().first?.administrators == [])
      // Out of the chat and back in, one is a member like any other.
      _ = try await platform.appoint(person.userId, in: chat, ["add_admins"])
      _ = try await platform.send("DELETE", "\(chat.path)/members?user_id=\(person.userId)")
      _ = try await platform.add([person.userId], to: chat)
      #expect(try await platform.control.chats().first?.administrators == [])
    }
  }

  @Test func `a bot whose rights were taken is refused by the Bot API and not by the gateway`() async throws {
    try await withPlatform { platform, person async throws in
      let chat = try await platform.chat(members: [person.userId])
      #expect(try await platform.control.setBotDemoted(true, chat: chat.title))
      #expect(try await platform.control.setBotDemoted(true, chat: chat.title) == false)

      for (method, path, body, permission) in [
        ("PATCH", "", #"{"title":"a"}"#, "change_chat_info"),
        ("POST", "/members", #"{"user_ids":[1]}"#, "add_remove_members"),
        ("DELETE", "/members?user_id=\(person.userId)", "", "add_remove_members"),
        ("POST", "/members/admins", #"{"admins":[{"user_id":1,"permissions":[]}]}"#, "add_admins"),
        ("DELETE", "/members/admins/\(person.userId)", "", "add_admins"),
      ] {
        let answer = try await platform.send(method, chat.path + path, body)
        #expect(answer.status == 403, "\(method) \(path)")
        #expect(answer.text("code") == "access.denied")
        #expect(answer.text("message") == "Bot has no permission '\(permission)' in chat \(chat.id)")
      }
      #expect(try await platform.send("GET", "\(chat.path)/members/admins").status == 403)
      #expect(try await platform.members(of: chat) == [person.userId])
      #expect(try await platform.send("PATCH", chat.gatewayPath, #"{"title":"b"}"#).status == 200)

      #expect(try await platform.control.setBotDemoted(false, chat: "b"))
      #expect(try await platform.send("PATCH", chat.path, #"{"title":"a"}"#).status == 200)
    }
  }
}
