import PlatformSimulator
import Testing

@Suite struct ChatTroubleTests {
  @Test func `two changes a second in a chat, each chat for itself, and reads are free`() async throws {
    try await withPlatform(limits: .real) { platform, person async throws in
      let chat = try await platform.chat("c1")
      let other = try await platform.chat("c2")

      let first = try await platform.add([person.userId], to: chat)
      let second = try await platform.send("PATCH", chat.gatewayPath, #"{"title":"a"}"#)
      let third = try await platform.send("DELETE", "\(chat.path)/members?user_id=\(person.userId)")

      #expect([first.status, second.status, third.status] == [200, 200, 429])
      #expect(third.text("code") == "too.many.requests")
      #expect(third.headers["retry-after"] == "1")
      #expect(try await platform.add([person.userId], to: other).status == 200)
      for _ in 1...5 { #expect(try await platform.members(of: chat) == [person.userId]) }

      platform.clock.advance(ms: 500)
      #expect(try await platform.appoint(person.userId, in: chat, []).status == 200)
      #expect(try await platform.send("DELETE", chat.gatewayPath).status == 429)
      #expect(try await platform.effects(on: chat, "DELETE") == ["refused", "refused"])
    }
  }

  @Test func `a fault's mask fits every chat's members and nothing beside them`() async throws {
    try await withPlatform { platform, person async throws in
      let chat = try await platform.chat()
      _ = try await platform.control.addFault(
        FaultRequest(operation: "POST /chats/*/members", kind: "status", status: 403, times: 1))

      #expect(try await platform.appoint(person.userId, in: chat, []).status == 200)
      #expect(try await platform.members(of: chat).isEmpty)
      #expect(try await platform.add([person.userId], to: chat).status == 403)
      #expect(try await platform.add([person.userId], to: chat).status == 200)
    }
  }

  @Test func `an addition whose answer was lost is there, and the next try changes nothing`() async throws {
    try await withPlatform { platform, person async throws in
      let chat = try await platform.chat()
      for kind in ["drop-before", "drop-after"] {
        _ = try await platform.control.addFault(
          FaultRequest(operation: "POST /chats/*/members", kind: kind, times: 1))
        await #expect(throws: (any Error).self) { try await platform.add([person.userId], to: chat) }
        #expect(try await platform.members(of: chat).count == (kind == "drop-after" ? 1 : 0))
      }

      #expect(try await platform.add([person.userId], to: chat)["success"] as? Bool == true)

      let log = try await platform.control.log().filter { $0.path == "\(chat.path)/members" && $0.method == "POST" }
      #expect(log.map(\.effect) == ["none", "applied", "repeated"])
      #expect(log.map(\.status) == [0, 200, 200])
      #expect(try await platform.news().map { $0["update_type"] as? String } == ["user_added"])
    }
  }

  @Test func `a chat's updates come twice and backwards when told to`() async throws {
    try await withPlatform { platform, person async throws in
      let chat = try await platform.chat()
      for kind in ["duplicate", "reorder"] {
        _ = try await platform.control.addFault(FaultRequest(operation: "*/updates", kind: kind, times: 1))
      }
      _ = try await platform.add([person.userId], to: chat)
      _ = try await platform.send("PATCH", chat.path, #"{"title":"a"}"#)

      #expect(
        try await platform.news().map { $0["update_type"] as? String } == [
          "chat_title_changed", "user_added", "chat_title_changed", "user_added",
        ])
    }
  }

  @Test func `a delayed change is done before its answer`() async throws {
    try await withPlatform { platform, _ async throws in
      let chat = try await platform.chat()
      _ = try await platform.control.addFault(
        FaultRequest(operation: "PATCH /chats/*", kind: "delay", times: 1, ms: 1))
      #expect(try await platform.send("PATCH", chat.path, #"{"title":"a"}"#).text("title") == "a")
      #expect(try await platform.control.faults().isEmpty)
    }
  }

  @Test func `a chat can be described, and what is not served is said`() async throws {
    try await withPlatform { platform, _ async throws in
      let chat = try await platform.chat()
      let described = try await platform.send("PATCH", chat.path, #"{"description":"Lessons","notify":false}"#)
      #expect(described.text("description") == "Lessons")
      let cleared = try await platform.send("PATCH", chat.path, #"{"description":""}"#)
      #expect(cleared["description"] == nil)
      _ = try await platform.send("PATCH", chat.path, "{}")

      #expect(try await platform.effects(on: chat, "PATCH") == ["applied", "applied", "repeated"])
      #expect(try await platform.send("PATCH", chat.path, #"{"pin":"mid.1"}"#).status == 400)
      #expect(try await platform.send("PATCH", chat.path, #"{"icon":{"url":"a"}}"#).status == 400)
      #expect(
        try await platform.send("PATCH", chat.path, #"{"title":"\#(String(repeating: "a", count: 201))"}"#).status
          == 400)
    }
  }
}
