import Foundation
import PlatformSimulator
import Testing

@Suite struct CallGatewayTests {
  @Test func `a call is made with an id, a link and whom it is for, and has not begun`() async throws {
    try await withPlatform { platform, person async throws in
      let chat = try await platform.chat(members: [person.userId])
      let made = try await platform.makeCall(
        in: chat, name: "7А - 01.04.2026 - 09:00 - алгебра",
        more: #","starts_at":1775000100000,"ends_at":1775002800000,"participant_user_ids":[\#(person.userId),5]"#)

      #expect(made.status == 200)
      let id = try #require(made.text("call_id"))
      #expect(id.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/) != nil)
      let link = try #require(made.text("join_link"))
      #expect(link.wholeMatch(of: /https:\/\/max\.ru\/joincall\/[A-Za-z0-9_-]{43}/) != nil)
      #expect(made.text("state") == "created")
      #expect(made.text("external_id") == "v1")
      #expect(made.text("name") == "7А - 01.04.2026 - 09:00 - алгебра")
      #expect(made.number("chat_id") == chat.id)
      #expect(made.number("starts_at") == 1_775_000_100_000)
      #expect(made.number("ends_at") == 1_775_002_800_000)
      #expect(made.number("created_at") == platform.clock.now)
      #expect(made["started_at"] == nil)
      #expect(made.number("participants_count") == 0)
      #expect(made.numbers("participant_user_ids") == [person.userId])
      #expect(made.numbers("failed_user_ids") == [5])
      #expect(made.text("failed_user_details.0.error_code") == "add.participant.not.found")
      #expect(try await platform.control.conferences().isEmpty)
      #expect(try await platform.control.conferences(all: true).map(\.id) == [id])
      // Calls have no updates.
      #expect(try await platform.news().isEmpty)
    }
  }

  @Test func `a call goes from created through active to finished, each step once`() async throws {
    try await withPlatform { platform, _ async throws in
      let call = try await platform.call(in: platform.chat())
      let began = platform.clock.now
      for step in [0, 1000] {
        platform.clock.advance(ms: Int64(step))
        let started = try await platform.start(call)
        #expect(started["success"] as? Bool == true)
        #expect(started.text("state") == "active")
        #expect(started.number("started_at") == began)
      }
      let ended = platform.clock.now
      for step in [0, 1000] {
        platform.clock.advance(ms: Int64(step))
        let finished = try await platform.finish(call)
        #expect(finished["success"] as? Bool == true)
        #expect(finished.text("state") == "finished")
        #expect(finished.number("finished_at") == ended)
      }

      let late = try await platform.start(call)
      #expect(late.status == 200)
      #expect(late["success"] as? Bool == false)
      #expect(late.text("message") == "Call \(call.id) is finished")
      #expect(
        try await platform.effects(on: call) == [
          "POST calls applied", "POST start applied", "POST start repeated", "POST finish applied",
          "POST finish repeated", "POST start refused",
        ])
      let read = try await platform.send("GET", call.path)
      #expect(read.text("state") == "finished")
      #expect([read.number("started_at"), read.number("finished_at")] == [began, ended])
    }
  }

  @Test func `a call that has not begun cannot be finished, and one that goes on cannot be deleted`() async throws {
    try await withPlatform { platform, _ async throws in
      let call = try await platform.call(in: platform.chat())
      let early = try await platform.finish(call)
      #expect(early.status == 200)
      #expect(early["success"] as? Bool == false)
      #expect(early.text("state") == "created")
      #expect(early.text("message") == "Call \(call.id) has not been started")

      _ = try await platform.start(call)
      let refused = try await platform.send("DELETE", call.path)
      #expect(refused.status == 200)
      #expect(refused["success"] as? Bool == false)
      #expect(refused.text("state") == "active")
      #expect(try await platform.control.conferences().map(\.state) == ["active"])

      _ = try await platform.finish(call)
      for _ in 1...2 {
        #expect(try await platform.send("DELETE", call.path)["success"] as? Bool == true)
      }
      #expect(try await platform.send("GET", call.path).text("code") == "call.not.found")
      #expect(try await platform.control.conferences(all: true).isEmpty)
      #expect(
        try await platform.effects(on: call).suffix(3) == [
          "POST finish applied", "DELETE call applied", "DELETE call repeated",
        ])
    }
  }

  @Test func `a call can begin with its making`() async throws {
    try await withPlatform { platform, _ async throws in
      let made = try await platform.makeCall(in: platform.chat(), more: #","start":true"#)
      #expect(made.text("state") == "active")
      #expect(made.number("started_at") == platform.clock.now)
      #expect(try await platform.control.conferences().map(\.startedAt) == ["2026-03-31T23:33:20Z"])
    }
  }

  @Test func `what is changed is changed, the rest stays, and the same again is no change`() async throws {
    try await withPlatform { platform, person async throws in
      let call = try await platform.call(in: platform.chat(), more: #","starts_at":1000,"ends_at":2000"#)
      let wish = #"{"name":"Geometry","ends_at":3000,"participant_user_ids":[\#(person.userId)]}"#
      for _ in 1...2 {
        let changed = try await platform.send("PATCH", call.path, wish)
        #expect(changed.text("name") == "Geometry")
        #expect([changed.number("starts_at"), changed.number("ends_at")] == [1000, 3000])
        #expect(changed.numbers("participant_user_ids") == [person.userId])
      }
      let cleared = try await platform.send("PATCH", call.path, #"{"participant_user_ids":[]}"#)
      #expect(cleared["participant_user_ids"] == nil)
      #expect(cleared.text("name") == "Geometry")

      for bad in [#"{"ends_at":1000}"#, #"{"name":" "}"#, #"{"starts_at":-1}"#, #"{"name":7}"#] {
        #expect(try await platform.send("PATCH", call.path, bad).status == 400, "\(bad)")
      }
      _ = try await platform.start(call)
      let moved = try await platform.send("PATCH", call.path, #"{"starts_at":1500}"#)
      #expect(moved["success"] as? Bool == false)
      #expect(
        try await platform.send("PATCH", call.path, #"{"starts_at":1000,"ends_at":4000}"#).number("ends_at") == 4000)
      _ = try await platform.finish(call)
      let over = try await platform.send("PATCH", call.path, #"{"name":"Late"}"#)
      #expect(over["success"] as? Bool == false)
      #expect(over.text("state") == "finished")
      #expect(
        try await platform.effects(on: call).filter { $0.hasPrefix("PATCH") }.map { $0.dropFirst(11) } == [
          "applied", "repeated", "applied", "refused", "refused", "refused", "refused", "refused", "applied",
          "refused",
        ])
    }
  }

  @Test func `requests that make no sense are refused and make nothing`() async throws {
    try await withPlatform { platform, _ async throws in
      let chat = try await platform.chat()
      let many = (1...1001).map { Int64($0) }
      let answers = [
        try await platform.makeCall("", in: chat),
        try await platform.makeCall(in: chat, name: ""),
        try await platform.makeCall(in: chat, name: String(repeating: "я", count: 201)),
        try await platform.makeCall(in: chat, more: #","starts_at":2000,"ends_at":2000"#),
        try await platform.makeCall(in: chat, more: #","ends_at":-5"#),
        try await platform.makeCall(in: chat, more: #","participant_user_ids":\#(many)"#),
        try await platform.send("POST", "/sferum/v1/calls", "{}"),
      ]
      for answer in answers {
        #expect(answer.status == 400)
        #expect(answer.text("code") == "proto.payload")
        #expect(answer.text("message")?.isEmpty == false)
      }
      let nowhere = try await platform.makeCall(in: TestChat(id: -5, title: ""))
      #expect(nowhere.status == 404)
      #expect(nowhere.text("code") == "chat.not.found")
      #expect(try await platform.control.conferences(all: true).isEmpty)
    }
  }

  @Test func `an unknown call is not found by any operation`() async throws {
    try await withPlatform { platform, _ async throws in
      let call = TestCall(id: "00000000-0000-0000-0000-000000000000")
      for (method, path) in [
        ("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/start"), ("POST", "/finish"), ("GET", "/participants"),
      ] {
        let answer = try await platform.send(method, call.path + path, method == "GET" ? nil : "{}")
        #expect(answer.status == 404, "\(method) \(path)")
        #expect(answer.text("code") == "call.not.found")
        #expect(answer.text("message") == "Call \(call.id) not found")
      }
    }
  }
}
