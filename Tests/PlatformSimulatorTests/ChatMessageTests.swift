import Foundation
import PlatformSimulator
import Testing

@Suite struct ChatMessageTests {
  private static let invitation = #"""
    {"text":"Algebra begins","attachments":[{"type":"inline_keyboard","payload":{"buttons":[[
    {"type":"link","text":"Подключиться","url":"https://max.ru/joincall/abc"}]]}}]}
    """#

  @Test func `a message into a chat stands in the chat and in nobody's dialog`() async throws {
    try await withPlatform { platform, person async throws in
      let chat = try await platform.chat(members: [person.userId])
      platform.clock.advance(ms: 1000)
      let sent = try await platform.send("POST", "/messages?chat_id=\(chat.id)", Self.invitation)

      #expect(sent.status == 200)
      #expect(sent.number("message.recipient.chat_id") == chat.id)
      #expect(sent.text("message.recipient.chat_type") == "chat")
      #expect(sent["message.recipient.user_id"] == nil)
      let mid = try #require(sent.text("message.body.mid"))
      #expect(mid.hasPrefix("mid." + String(format: "%016lx", chat.id)))
      let seen = try await platform.control.messages(chat: chat.title)
      #expect(seen.map(\.id) == [mid])
      #expect(seen.map(\.text) == ["Algebra begins"])
      #expect(seen.first?.buttons == ["Подключиться"])
      #expect(try await platform.control.inbox(phone: person.phone).isEmpty)
      #expect(try await platform.send("GET", "/messages?chat_id=\(chat.id)").text("messages.0.body.mid") == mid)
      #expect(try await platform.send("GET", "/messages/\(mid)").text("body.text") == "Algebra begins")
      #expect(try await platform.send("GET", chat.path).number("last_event_time") == platform.clock.now)
      #expect(try await platform.effects(on: chat, "POST") == ["applied", "applied"])
    }
  }

  @Test func `a chat's message is edited and deleted, and takes its share of the chat's changes`() async throws {
    try await withPlatform(limits: .real) { platform, _ async throws in
      let chat = try await platform.chat()
      let sent = try await platform.send("POST", "/messages?chat_id=\(chat.id)", #"{"text":"a"}"#)
      let target = "/messages?message_id=\(try #require(sent.text("message.body.mid")))"
      #expect(try await platform.send("PUT", target, #"{"text":"b"}"#)["success"] as? Bool == true)
      #expect(try await platform.send("DELETE", target).status == 429)
      #expect(try await platform.control.messages(chat: String(chat.id)).map(\.text) == ["b"])

      platform.clock.advance(ms: 1000)
      #expect(try await platform.send("DELETE", target)["success"] as? Bool == true)
      #expect(try await platform.control.messages(chat: chat.title).isEmpty)
    }
  }

  @Test func `a bot with no rights may write, one that is out may not even read`() async throws {
    try await withPlatform { platform, _ async throws in
      let chat = try await platform.chat()
      let target = "/messages?chat_id=\(chat.id)"
      try await platform.control.setBotDemoted(true, chat: chat.title)
      let sent = try await platform.send("POST", target, #"{"text":"a"}"#)
      #expect(sent.status == 200)
      let mid = try #require(sent.text("message.body.mid"))

      _ = try await platform.send("DELETE", "\(chat.path)/members/me")
      for (method, path) in [
        ("POST", target), ("GET", target), ("PUT", "/messages?message_id=\(mid)"),
        ("DELETE", "/messages?message_id=\(mid)"),
      ] {
        let answer = try await platform.send(method, path, method == "GET" ? nil : #"{"text":"b"}"#)
        #expect(answer.status == 403, "\(method) \(path)")
        #expect(answer.text("code") == "access.denied")
      }
      #expect(try await platform.send("GET", "/messages/\(mid)").status == 404)
      #expect(try await platform.send("GET", "/messages?message_ids=\(mid)").list("messages").isEmpty)
      #expect(try await platform.control.messages(chat: chat.title).map(\.text) == ["a"])
      #expect(
        try await platform.control.log().filter { $0.method != "GET" }.map { "\($0.effect) \($0.target ?? "")" } == [
          "applied chat:\(chat.id)", "applied chat:\(chat.id)", "applied chat:\(chat.id)", "refused chat:\(chat.id)",
          "refused message:\(mid)", "refused message:\(mid)",
        ])
    }
  }

  @Test func `a chat that is gone takes no messages and its old ones are gone with it`() async throws {
    try await withPlatform { platform, _ async throws in
      let chat = try await platform.chat()
      let sent = try await platform.send("POST", "/messages?chat_id=\(chat.id)", #"{"text":"a"}"#)
      let mid = try #require(sent.text("message.body.mid"))
      try await platform.control.lose(chat: chat.title)

      for method in ["POST", "GET"] {
        let answer = try await platform.send(
          method, "/messages?chat_id=\(chat.id)", method == "GET" ? nil : #"{"text":"a"}"#)
        #expect(answer.status == 404)
        #expect(answer.text("code") == "chat.not.found")
      }
      #expect(try await platform.send("GET", "/messages/\(mid)").status == 404)
      await #expect(throws: SimulatorClientError.self) { try await platform.control.messages(chat: chat.title) }
    }
  }
}
