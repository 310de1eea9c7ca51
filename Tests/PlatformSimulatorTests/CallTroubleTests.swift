import Foundation
import PlatformSimulator
import Testing

@Suite struct CallTroubleTests {
  @Test func `a second request for the same external id tells the call as it is now and changes nothing`()
    async throws
  {
    try await withPlatform { platform, _ async throws in
      let chat = try await platform.chat()
      let call = try await platform.call(in: chat)
      _ = try await platform.start(call)
      _ = try await platform.finish(call)

      let again = try await platform.makeCall(in: chat, name: "Other", more: #","start":true"#)

      #expect(again.text("call_id") == call.id)
      #expect(again.text("name") == "Algebra")
      #expect(again.text("state") == "finished")
      #expect(try await platform.effects(on: call).last == "POST calls repeated")
      _ = try await platform.send("DELETE", call.path)
      let second = try await platform.call(in: chat)
      #expect(second.id != call.id)
    }
  }

  @Test func `a key gives the first answer again, and refuses another request`() async throws {
    try await withPlatform { platform, _ async throws in
      let chat = try await platform.chat()
      let first = try await platform.makeCall(in: chat, key: "k1")
      let call = TestCall(id: try #require(first.text("call_id")))
      _ = try await platform.start(call)

      #expect(try await platform.makeCall(in: chat, key: "k1").body == first.body)
      let other = try await platform.makeCall("v2", in: chat, key: "k1")
      #expect(other.status == 409)
      #expect(other.text("code") == "idempotency.key.reused")
      #expect(try await platform.control.conferences(all: true).count == 1)
      let log = try await platform.control.log().filter { $0.idempotencyKey == "k1" }
      #expect(log.map(\.effect) == ["applied", "repeated", "refused"])
    }
  }

  @Test func `a call whose answer was lost is found by its external id`() async throws {
    try await withPlatform { platform, _ async throws in
      let chat = try await platform.chat()
      _ = try await platform.control.addFault(
        FaultRequest(operation: "POST /sferum/v1/calls", kind: "drop-after", times: 1))
      await #expect(throws: (any Error).self) { try await platform.makeCall("урок 1/7А", in: chat) }

      let found = try await platform.send(
        "GET", "/sferum/v1/calls?external_id=%D1%83%D1%80%D0%BE%D0%BA%201/7%D0%90")
      #expect(found.list("calls").count == 1)
      #expect(found.text("calls.0.external_id") == "урок 1/7А")
      #expect(try await platform.send("GET", "/sferum/v1/calls?external_id=other").list("calls").isEmpty)
      #expect(try await platform.send("GET", "/sferum/v1/calls").status == 400)
    }
  }

  @Test(arguments: ["start", "finish"])
  func `a step whose answer was lost is done, and the next try does it no second time`(_ step: String) async throws {
    try await withPlatform { platform, _ async throws in
      let call = try await platform.call(in: platform.chat())
      if step == "finish" { _ = try await platform.start(call) }
      for kind in ["drop-before", "drop-after"] {
        _ = try await platform.control.addFault(
          FaultRequest(operation: "POST /sferum/v1/calls/*/\(step)", kind: kind, times: 1))
        await #expect(throws: (any Error).self) { try await platform.send("POST", "\(call.path)/\(step)") }
      }
      platform.clock.advance(ms: 5000)
      let again = try await platform.send("POST", "\(call.path)/\(step)")

      #expect(again["success"] as? Bool == true)
      #expect(again.number(step == "start" ? "started_at" : "finished_at") == platform.clock.now - 5000)
      // A dropped request has no target: nothing was done.
      #expect(
        try await platform.effects(on: call).suffix(2) == ["POST \(step) applied", "POST \(step) repeated"])
      #expect(try await platform.effects("POST", "\(call.path)/\(step)") == ["none", "applied", "repeated"])
    }
  }

  @Test func `one mask hits the making, the start and the finish, and not the reading`() async throws {
    try await withPlatform { platform, _ async throws in
      let chat = try await platform.chat()
      let call = try await platform.call(in: chat)
      _ = try await platform.control.addFault(
        FaultRequest(operation: "POST /sferum/v1/calls*", kind: "status", status: 403))

      #expect(try await platform.makeCall("v2", in: chat).status == 403)
      #expect(try await platform.start(call).status == 403)
      #expect(try await platform.finish(call).status == 403)
      #expect(try await platform.send("GET", call.path).text("state") == "created")
      #expect(try await platform.send("PATCH", call.path, "{}").status == 200)
      #expect(try await platform.control.conferences(all: true).count == 1)
    }
  }

  @Test func `calls are held by the limit of the second and by no chat's`() async throws {
    try await withPlatform(limits: .real) { platform, person async throws in
      let chat = try await platform.chat()
      platform.clock.advance(ms: 1000)
      var calls: [TestCall] = []
      for number in 1...30 { calls.append(try await platform.call("v\(number)", in: chat)) }
      #expect(try await platform.makeCall("v31", in: chat).status == 429)

      platform.clock.advance(ms: 1000)
      for call in calls { #expect(try await platform.start(call).status == 200) }
      let refused = try await platform.finish(calls[0])
      #expect(refused.status == 429)
      #expect(refused.headers["retry-after"] == "1")

      platform.clock.advance(ms: 1000)
      for _ in 1...2 { #expect(try await platform.add([person.userId], to: chat).status == 200) }
      #expect(try await platform.finish(calls[0]).status == 200)
    }
  }

  @Test func `a call of a chat that is gone cannot begin, and one that goes on goes on`() async throws {
    try await withPlatform { platform, _ async throws in
      let chat = try await platform.chat()
      let waiting = try await platform.call("v1", in: chat)
      let going = try await platform.call("v2", in: chat, more: #","start":true"#)
      try await platform.control.lose(chat: chat.title)

      let refused = try await platform.start(waiting)
      #expect(refused.status == 404)
      #expect(refused.text("code") == "chat.not.found")
      #expect(try await platform.effects(on: waiting).last == "POST start refused")
      #expect(try await platform.control.conferences().map(\.chat) == ["Class 7A"])
      #expect(try await platform.finish(going)["success"] as? Bool == true)
      #expect(try await platform.send("DELETE", waiting.path)["success"] as? Bool == true)
    }
  }

  @Test func `a second life of the platform has the calls of the first`() async throws {
    try await withPlatform { first, person async throws in
      let chat = try await first.chat()
      let call = try await first.call(in: chat, more: #","start":true,"participant_user_ids":[\#(person.userId)]"#)
      try await first.control.joinCall(call.id, phone: person.phone)
      let known = try await first.control.conferences()

      // Not stopped: as a killed process leaves its file.
      let second = try await RunningPlatform(in: first.folder, clock: first.clock)

      #expect(try await second.control.conferences() == known)
      #expect(try await second.finish(call)["success"] as? Bool == true)
      #expect(try await second.control.participants(ofCall: call.id).map(\.leftAt) == ["2026-03-31T23:33:20Z"])
      await second.simulator.stop()
    }
  }
}
