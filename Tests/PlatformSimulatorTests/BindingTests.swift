import PlatformSimulator
import Testing

@Suite struct BindingTests {
  @Test func `a request is pending until the person presses, and then linked`() async throws {
    try await withPlatform { platform, person async throws in
      let asked = try await platform.bind()
      #expect(asked.status == 200)
      #expect(asked.text("status") == "pending")
      #expect(asked.number("user_id") == person.userId)
      #expect(asked.number("chat_id") == person.chatId)
      #expect(asked.number("created_at") == platform.clock.now)
      let id = try #require(asked.text("binding_id"))

      _ = try await platform.sendButtons(to: person, binding: id)
      platform.clock.advance(ms: 5000)
      _ = try await platform.control.press(phone: person.phone, button: "Подключить")

      for target in ["/\(id)", "?external_user_id=u1", "?phone=79120000001", "?phone=%2B79120000001"] {
        let found = try await platform.send("GET", "/sferum/v1/bindings" + target)
        #expect(found.text("status") == "linked", "\(target)")
        #expect(found.text("binding_id") == id)
        #expect(found.number("updated_at") == platform.clock.now)
      }
      #expect(try await platform.bind().text("status") == "linked")
      #expect(try await platform.effects("POST", "/sferum") == ["applied", "repeated"])
    }
  }

  @Test func `a person may decline, and may be asked again`() async throws {
    try await withPlatform { platform, person async throws in
      let first = try #require(try await platform.bind().text("binding_id"))
      _ = try await platform.sendButtons(to: person, binding: first)
      _ = try await platform.control.press(phone: person.phone, button: "Не подключать")
      #expect(try await platform.send("GET", "/sferum/v1/bindings/\(first)").text("status") == "declined")

      // Changed their mind on the old message: too late.
      _ = try await platform.control.press(phone: person.phone, button: "Подключить")
      #expect(try await platform.send("GET", "/sferum/v1/bindings/\(first)").text("status") == "declined")

      let second = try await platform.bind()
      #expect(second.text("status") == "pending")
      #expect(second.text("binding_id") != first)
    }
  }

  @Test func `only the bot's message to the person of the request decides`() async throws {
    try await withPlatform { platform, person async throws in
      let other = try await platform.control.addUser(phone: "79120000002", name: "Pupil 08")
      let id = try #require(try await platform.bind().text("binding_id"))
      _ = try await platform.sendButtons(to: other, binding: id)

      _ = try await platform.control.press(phone: other.phone, button: "Подключить")

      #expect(try await platform.send("GET", "/sferum/v1/bindings/\(id)").text("status") == "pending")
      #expect(try await platform.control.inbox(phone: person.phone).isEmpty)
    }
  }

  @Test func `a phone that nobody has is not found, and may be asked for again once somebody has it`()
    async throws
  {
    try await withPlatform { platform, _ async throws in
      let asked = try await platform.bind(phone: "79129999999", key: "k1")
      #expect(asked.text("status") == "not_found")
      #expect(asked["user_id"] == nil)
      #expect(asked["chat_id"] == nil)

      _ = try await platform.control.addUser(phone: "79129999999", name: "Pupil 09")
      #expect(try await platform.bind(phone: "79129999999", key: "k1").text("status") == "not_found")
      #expect(try await platform.bind(phone: "79129999999", key: "k2").text("status") == "pending")
    }
  }

  @Test func `a key answers as it did the first time and does nothing again`() async throws {
    try await withPlatform { platform, person async throws in
      let first = try await platform.bind(key: "k1")
      let id = try #require(first.text("binding_id"))
      _ = try await platform.sendButtons(to: person, binding: id)
      _ = try await platform.control.press(phone: person.phone, button: "Подключить")

      let repeated = try await platform.bind(key: "k1")
      #expect(repeated.text("binding_id") == id)
      #expect(repeated.text("status") == "pending")
      let reused = try await platform.bind(user: "u2", key: "k1")
      #expect(reused.status == 409)
      #expect(reused.text("code") == "idempotency.key.reused")

      let log = try await platform.control.log().filter { $0.path.hasPrefix("/sferum") }
      #expect(log.map(\.effect) == ["applied", "repeated", "refused"])
      #expect(log.map(\.idempotencyKey) == ["k1", "k1", "k1"])
      #expect(log.map(\.target) == ["binding:\(id)", "binding:\(id)", nil])
      #expect(try await platform.control.bindings().count == 1)
    }
  }

  @Test func `a phone serves one account`() async throws {
    try await withPlatform { platform, person async throws in
      let first = try #require(try await platform.bind(user: "u1").text("binding_id"))
      let second = try #require(try await platform.bind(user: "u2").text("binding_id"))
      for id in [second, first] { _ = try await platform.sendButtons(to: person, binding: id) }

      // The newest message belongs to the first request.
      _ = try await platform.control.press(phone: person.phone, button: "Подключить")
      #expect(try await platform.send("GET", "/sferum/v1/bindings/\(first)").text("status") == "linked")
      let taken = try await platform.bind(user: "u3")
      #expect(taken.status == 409)
      #expect(taken.text("code") == "binding.phone.taken")

      let mid = try #require(try await platform.control.inbox(phone: person.phone).first?.id)
      _ = try await platform.send("DELETE", "/messages?message_id=\(mid)")
      _ = try await platform.control.press(phone: person.phone, button: "Подключить")
      let late = try await platform.send("GET", "/sferum/v1/bindings/\(second)")
      #expect(late.text("status") == "declined")
      #expect(late.text("reason") == "phone.taken")
    }
  }

  @Test func `a request ends at its time and not a moment later`() async throws {
    try await withPlatform { platform, person async throws in
      let end = platform.clock.now + 10_000
      let id = try #require(try await platform.bind(more: ",\"expires_at\":\(end)").text("binding_id"))
      _ = try await platform.sendButtons(to: person, binding: id)
      platform.clock.advance(ms: 9999)
      #expect(try await platform.send("GET", "/sferum/v1/bindings/\(id)").text("status") == "pending")
      platform.clock.advance(ms: 1)

      _ = try await platform.control.press(phone: person.phone, button: "Подключить")

      let ended = try await platform.send("GET", "/sferum/v1/bindings/\(id)")
      #expect(ended.text("status") == "expired")
      #expect(ended.number("updated_at") == end)
      #expect(try await platform.bind().text("status") == "pending")
    }
  }

  @Test func `deleting unlinks, twice is once, and the phone is free again`() async throws {
    try await withPlatform { platform, person async throws in
      let id = try #require(try await platform.bind().text("binding_id"))
      _ = try await platform.sendButtons(to: person, binding: id)
      _ = try await platform.control.press(phone: person.phone, button: "Подключить")

      for _ in 1...2 {
        #expect(try await platform.send("DELETE", "/sferum/v1/bindings/\(id)")["success"] as? Bool == true)
      }
      #expect(try await platform.effects("DELETE", "/sferum") == ["applied", "repeated"])
      #expect(try await platform.send("GET", "/sferum/v1/bindings/\(id)").text("code") == "binding.not.found")
      #expect(try await platform.send("GET", "/sferum/v1/bindings?external_user_id=u1").status == 404)
      #expect(try await platform.send("DELETE", "/sferum/v1/bindings/none").status == 404)
      #expect(try await platform.bind(user: "u2").text("status") == "pending")
    }
  }

  @Test func `incomplete requests are refused`() async throws {
    try await withPlatform { platform, _ async throws in
      let table = [
        ("{}", "Missing required parameter: externalUserId"),
        ("[]", "Invalid value of field 'body'"),
      ]
      for (body, _) in table {
        let answer = try await platform.send("POST", "/sferum/v1/bindings", body)
        #expect(answer.status == 400)
        #expect(answer.text("code") == "proto.payload")
      }
      for phone in ["+7 912 000-00-01", "7912", "89120000001", "７9120000001"] {
        #expect(try await platform.bind(phone: phone).status == 400, "\(phone)")
      }
      #expect(try await platform.send("GET", "/sferum/v1/bindings").status == 400)
      #expect(try await platform.control.bindings().isEmpty)
    }
  }
}
