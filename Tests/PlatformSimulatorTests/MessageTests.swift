import Foundation
import PlatformSimulator
import Testing

@Suite struct MessageTests {
  @Test func `a message reaches the inbox, its button the bot, and the answer takes the keyboard away`()
    async throws
  {
    try await withPlatform { platform, person async throws in
      let mid = try await platform.sendButtons(to: person)
      let inbox = try await platform.control.inbox(phone: "+7 (912) 000-00-01")
      #expect(inbox.map(\.id) == [mid])
      #expect(inbox.first?.from == "Сферум")
      #expect(inbox.first?.buttons == ["Подключить", "Не подключать"])

      let press = try await platform.control.press(phone: "89120000001", button: "Подключить")
      let updates = try await platform.send("GET", "/updates?timeout=0")
      #expect(updates.text("updates.0.update_type") == "message_callback")
      #expect(updates.text("updates.0.callback.callback_id") == press.callbackId)
      #expect(updates.text("updates.0.callback.payload") == "bind:b1:yes")
      #expect(updates.number("updates.0.callback.user.user_id") == person.userId)
      #expect(updates.text("updates.0.message.body.mid") == mid)
      #expect(updates.number("updates.0.message.recipient.chat_id") == person.chatId)

      let body = #"{"message":{"text":"Done","attachments":[]}}"#
      let first = try await platform.send("POST", "/answers?callback_id=\(press.callbackId)", body)
      let second = try await platform.send("POST", "/answers?callback_id=\(press.callbackId)", body)
      #expect(first["success"] as? Bool == true)
      #expect(second["success"] as? Bool == true)
      #expect(try await platform.effects("POST", "/answers") == ["applied", "repeated"])
      let after = try await platform.control.inbox(phone: person.phone)
      #expect(after.first?.text == "Done")
      #expect(after.first?.buttons == [])
      await #expect(throws: SimulatorClientError.self) {
        try await platform.control.press(phone: person.phone, button: "Подключить")
      }
    }
  }

  @Test func `ids hold the chat and the instant`() async throws {
    try await withPlatform { platform, person async throws in
      let sent = try await platform.send("POST", "/messages?chat_id=\(person.chatId)", #"{"text":"a"}"#)
      let next = try await platform.send("POST", "/messages?chat_id=\(person.chatId)", #"{"text":"b"}"#)

      let seq = try #require(sent.number("message.body.seq"))
      #expect(seq >> 16 == platform.clock.now)
      #expect(next.number("message.body.seq") == seq + 1)
      let mid = "mid." + [person.chatId, seq].map { String(format: "%016lx", $0) }.joined()
      #expect(sent.text("message.body.mid") == mid)
      #expect(sent.number("message.timestamp") == platform.clock.now)
      #expect(sent.text("message.recipient.chat_type") == "dialog")
    }
  }

  @Test func `messages are found by chat, by time and by id, newest first`() async throws {
    try await withPlatform { platform, person async throws in
      var mids: [String] = []
      for text in ["a", "b", "c"] {
        let sent = try await platform.send(
          "POST",
          "/messages?user_id=\(person.userId)",
          #"{"text":"\#(text)"}"#
        )
        mids.append(try #require(sent.text("message.body.mid")))
        platform.clock.advance(ms: 1000)
      }
      let start = platform.clock.now - 3000

      let all = try await platform.send("GET", "/messages?chat_id=\(person.chatId)")
      #expect(all.list("messages").count == 3)
      #expect(all.text("messages.0.body.text") == "c")
      let page = try await platform.send("GET", "/messages?chat_id=\(person.chatId)&count=1")
      #expect(page.list("messages").count == 1)
      let late = try await platform.send("GET", "/messages?chat_id=\(person.chatId)&after=\(start + 1000)")
      #expect(late.list("messages").count == 2)
      let deprecated = try await platform.send(
        "GET",
        "/messages?chat_id=\(person.chatId)&from=\(start + 1000)&to=\(start)"
      )
      #expect(deprecated.list("messages").count == 2)
      let named = try await platform.send("GET", "/messages?message_ids=\(mids[2]),\(mids[0]),mid.none")
      #expect(named.list("messages").count == 2)
      let one = try await platform.send("GET", "/messages/\(mids[1])")
      #expect(one.text("body.text") == "b")
    }
  }

  @Test func `editing keeps what it does not name, deleting twice is logged as repeated`() async throws {
    try await withPlatform { platform, person async throws in
      let mid = try await platform.sendButtons(to: person)

      let edited = try await platform.send(
        "PUT",
        "/messages?message_id=\(mid)",
        #"{"text":"new","attachments":null}"#
      )
      #expect(edited["success"] as? Bool == true)
      let inbox = try await platform.control.inbox(phone: person.phone)
      #expect(inbox.first?.text == "new")
      #expect(inbox.first?.buttons.count == 2)

      for _ in 1...2 {
        #expect(try await platform.send("DELETE", "/messages?message_id=\(mid)").status == 200)
      }
      #expect(try await platform.effects("DELETE", "/messages") == ["applied", "repeated"])
      #expect(try await platform.send("GET", "/messages/\(mid)").text("code") == "message.not.found")
      #expect(try await platform.control.inbox(phone: person.phone).isEmpty)
    }
  }

  @Test func `a person who stopped the bot gets nothing, and the bot learns of both`() async throws {
    try await withPlatform { platform, person async throws in
      #expect(try await platform.control.setStopped(true, phone: person.phone))
      #expect(try await platform.control.setStopped(true, phone: person.phone) == false)

      let refused = try await platform.send("POST", "/messages?user_id=\(person.userId)", #"{"text":"a"}"#)
      #expect(refused.status == 403)
      #expect(refused.text("code") == "chat.denied")
      #expect(refused.text("message") == "Key: error.dialog.suspended, args: [\(person.chatId),].")
      #expect(try await platform.send("GET", "/chats/\(person.chatId)").text("status") == "suspended")

      #expect(try await platform.control.setStopped(false, phone: person.phone))
      #expect(
        try await platform.send("POST", "/messages?user_id=\(person.userId)", #"{"text":"a"}"#).status == 200
      )
      let updates = try await platform.send("GET", "/updates?timeout=0")
      #expect(updates.text("updates.0.update_type") == "bot_stopped")
      #expect(updates.text("updates.1.update_type") == "bot_started")
    }
  }

  @Test func `what is not there is named`() async throws {
    try await withPlatform { platform, _ async throws in
      let table: [(String, String, Int, String)] = [
        ("POST", "/messages?user_id=1", 404, "dialog.not.found"),
        ("POST", "/messages?chat_id=77", 404, "chat.not.found"),
        ("POST", "/messages?chat_id=0", 403, "chat.denied"),
        ("POST", "/messages", 400, "proto.payload"),
        ("GET", "/messages?chat_id=77", 404, "chat.not.found"),
        ("GET", "/messages", 400, "proto.payload"),
        ("GET", "/messages/mid.0", 404, "message.not.found"),
        ("PUT", "/messages?message_id=mid.0", 404, "message.not.found"),
        ("POST", "/answers?callback_id=none", 404, "not.found"),
        ("POST", "/answers", 400, "proto.payload"),
        ("GET", "/chats/77", 404, "chat.not.found"),
      ]
      for (method, target, status, code) in table {
        let body = method == "GET" ? nil : #"{"text":"a","notification":"b"}"#
        let answer = try await platform.send(method, target, body)
        #expect(answer.status == status, "\(method) \(target)")
        #expect(answer.text("code") == code, "\(method) \(target)")
      }
    }
  }
}
