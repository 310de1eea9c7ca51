import Foundation
import PlatformSimulator
import Testing

@Suite struct ChatUpdatesTests {
  private func number(_ value: Any?) -> Int64? { (value as? NSNumber)?.int64Value }
  private func userId(_ update: [String: Any]) -> Int64? { number((update["user"] as? [String: Any])?["user_id"]) }

  @Test func `what the bot does comes back as updates with the bot as its author`() async throws {
    try await withPlatform { platform, person async throws in
      let me = try #require(try await platform.send("GET", "/me").number("user_id"))
      let made = try await platform.makeChat(members: [person.userId])
      let chat = TestChat(id: made.number("chat.chat_id") ?? 0, title: "Class 7A")
      _ = try await platform.send("DELETE", "\(chat.path)/members?user_id=\(person.userId)")
      _ = try await platform.add([person.userId], to: chat)
      _ = try await platform.send("PATCH", chat.path, #"{"title":"Class 8A"}"#)
      _ = try await platform.send("DELETE", chat.gatewayPath)

      let news = try await platform.news()

      #expect(
        news.map { $0["update_type"] as? String } == [
          "bot_added", "user_removed", "user_added", "chat_title_changed", "bot_removed",
        ])
      guard news.count == 5 else { return }
      for update in news {
        #expect(number(update["chat_id"]) == chat.id)
        #expect(number(update["timestamp"]) == platform.clock.now)
        #expect(update["user_locale"] == nil)
      }
      #expect(news.map { $0["is_channel"] as? Bool } == [false, false, false, nil, false])
      #expect(news.map(userId) == [me, person.userId, person.userId, me, me])
      #expect(number(news[1]["admin_id"]) == me)
      #expect(number(news[2]["inviter_id"]) == me)
      #expect(news[3]["title"] as? String == "Class 8A")
    }
  }

  @Test func `what others do comes with their ids, and with none when somebody acts for themself`() async throws {
    try await withPlatform { platform, person async throws in
      let others = try await platform.people(2)
      let chat = try await platform.chat(members: others, administrators: [others[0]])

      try await platform.control.join(chat: chat.title, phone: person.phone)
      try await platform.control.kick(chat: chat.title, phone: person.phone)
      try await platform.control.leave(chat: chat.title, phone: "79130000002")
      try await platform.control.retitle(chat: chat.title, title: "Class 8A")
      try await platform.control.setBotDemoted(true, chat: "Class 8A")
      try await platform.control.setBotDemoted(false, chat: "Class 8A")

      let news = try await platform.news()
      #expect(
        news.map { $0["update_type"] as? String } == [
          "user_added", "user_removed", "user_removed", "chat_title_changed", "bot_admin_permissions_changed",
          "bot_admin_permissions_changed",
        ])
      guard news.count == 6 else { return }
      #expect(news[0]["inviter_id"] == nil)
      #expect(userId(news[1]) == person.userId)
      #expect(number(news[1]["admin_id"]) == others[0])
      #expect(userId(news[2]) == others[1])
      #expect(news[2]["admin_id"] == nil)
      #expect(userId(news[3]) == others[0])
      let me = try await platform.send("GET", "/me").number("user_id")
      #expect(news[4...].map { $0["is_admin"] as? Bool } == [false, true])
      #expect(news[4...].map { number($0["bot_id"]) } == [me, me])
      #expect(news[4...].map { number($0["user_id"]) } == [others[0], others[0]])
      #expect(news[4]["permissions"] == nil)
      #expect((news[5]["permissions"] as? [String])?.contains("read_all_messages") == true)
    }
  }

  @Test func `what happens among the members reaches only a bot that may read everything`() async throws {
    try await withPlatform { platform, person async throws in
      let chat = try await platform.chat()
      try await platform.control.setBotDemoted(true, chat: chat.title)
      try await platform.control.join(chat: chat.title, phone: person.phone)
      try await platform.control.retitle(chat: chat.title, title: "Class 8A")
      try await platform.control.setBotDemoted(false, chat: "Class 8A")
      try await platform.control.leave(chat: "Class 8A", phone: person.phone)

      #expect(
        try await platform.news().map { $0["update_type"] as? String } == [
          "bot_admin_permissions_changed", "bot_admin_permissions_changed", "user_removed",
        ])
    }
  }

  @Test func `a lost chat is not found any more, with a word to the bot or without`() async throws {
    try await withPlatform { platform, person async throws in
      for isSilent in [false, true] {
        let chat = try await platform.chat(members: [person.userId])
        try await platform.control.lose(chat: chat.title, silently: isSilent)

        #expect(try await platform.send("GET", chat.path).text("code") == "chat.not.found")
        #expect(try await platform.send("GET", "/sferum/v1/chats?external_id=c1").list("chats").isEmpty)
        let types = try await platform.news().map { $0["update_type"] as? String }
        #expect(types == (isSilent ? [] : ["bot_removed"]))
      }
    }
  }

  @Test func `a bot that left comes back with its rights`() async throws {
    try await withPlatform { platform, _ async throws in
      let chat = try await platform.chat()
      _ = try await platform.send("DELETE", "\(chat.path)/members/me")
      #expect(try await platform.news().map { $0["update_type"] as? String } == ["bot_removed"])
      #expect(try await platform.control.setBotDemoted(true, chat: chat.title) == false)

      #expect(try await platform.control.setBotDemoted(false, chat: chat.title))

      #expect(try await platform.send("GET", chat.path).text("status") == "active")
      #expect(
        try await platform.news().map { $0["update_type"] as? String } == [
          "bot_added", "bot_admin_permissions_changed",
        ])
    }
  }

  // Without a bell the poll would still see it, at its own end: too late for the limit.
  @Test(.timeLimit(.minutes(1))) func `a waiting poll ends with what the bot itself does`() async throws {
    try await withPlatform { platform, _ async throws in
      let chat = try await platform.chat()

      async let poll = platform.send("GET", "/updates?timeout=90")
      _ = try await platform.send("PATCH", chat.path, #"{"title":"Class 8A"}"#)

      #expect(try await poll.text("updates.0.title") == "Class 8A")
    }
  }
}
