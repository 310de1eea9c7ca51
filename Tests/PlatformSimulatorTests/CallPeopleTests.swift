import PlatformSimulator
import Testing

@Suite struct CallPeopleTests {
  @Test func `who was in from when to when is told, every stay for itself`() async throws {
    try await withPlatform { platform, person async throws in
      let other = try await platform.control.addUser(phone: "79120000002", name: "Pupil 08")
      let call = try await platform.call(in: platform.chat(), more: #","start":true"#)
      let begin = platform.clock.now
      let control = platform.control
      #expect(try await control.joinCall(call.id, phone: person.phone))
      #expect(try await control.joinCall(call.id, phone: person.phone) == false)
      platform.clock.advance(ms: 1000)
      #expect(try await control.joinCall("Algebra", phone: other.phone))
      platform.clock.advance(ms: 1000)
      #expect(try await control.leaveCall(call.id, phone: person.phone))
      platform.clock.advance(ms: 1000)
      #expect(try await control.joinCall(call.id, phone: person.phone))
      #expect(try await control.conferences().map { [$0.participants, $0.present] } == [[2, 2]])
      platform.clock.advance(ms: 1000)
      #expect(try await control.leaveCall(call.id, phone: other.phone))
      platform.clock.advance(ms: 1000)
      _ = try await platform.finish(call)

      let read = try await platform.send("GET", "\(call.path)/participants")
      #expect(read["marker"] == nil)
      let stays = (0...2).map { index in
        ["user_id", "joined_at", "left_at"].map { read.number("participants.\(index).\($0)") }
      }
      #expect(
        stays == [
          [person.userId, begin, begin + 2000], [other.userId, begin + 1000, begin + 4000],
          [person.userId, begin + 3000, begin + 5000],
        ])
      #expect(try await platform.send("GET", call.path).number("participants_count") == 2)
      #expect(try await control.conferences().map { [$0.participants, $0.present] } == [[2, 0]])
      #expect(
        try await control.participants(ofCall: "Algebra").map(\.name) == ["Pupil 07", "Pupil 08", "Pupil 07"])
    }
  }

  @Test func `somebody who is still in has no end`() async throws {
    try await withPlatform { platform, person async throws in
      let call = try await platform.call(in: platform.chat(), more: #","start":true"#)
      try await platform.control.joinCall(call.id, phone: person.phone)
      let read = try await platform.send("GET", "\(call.path)/participants")
      #expect(read.number("participants.0.user_id") == person.userId)
      #expect(read["participants.0.left_at"] == nil)
    }
  }

  @Test func `pages hold every stay once, while more come`() async throws {
    try await withPlatform { platform, person async throws in
      _ = try await platform.people(45)
      let phones = try await platform.control.users().map(\.phone)
      let call = try await platform.call(in: platform.chat(), more: #","start":true"#)
      for phone in phones.dropLast() { try await platform.control.joinCall(call.id, phone: phone) }

      let first = try await platform.send("GET", "\(call.path)/participants")
      #expect(first.list("participants").count == 20)
      try await platform.control.leaveCall(call.id, phone: person.phone)
      try await platform.control.joinCall(call.id, phone: try #require(phones.last))
      var ids = first.list("participants").count
      var marker = first.number("marker")
      while let position = marker {
        let page = try await platform.send("GET", "\(call.path)/participants?marker=\(position)&count=15")
        ids += page.list("participants").count
        marker = page.number("marker")
      }
      #expect(ids == 46)
      for bad in ["count=0", "count=101", "marker=x"] {
        #expect(try await platform.send("GET", "\(call.path)/participants?\(bad)").status == 400)
      }
    }
  }

  @Test func `nobody joins before the start or after the end`() async throws {
    try await withPlatform { platform, person async throws in
      let call = try await platform.call(in: platform.chat())
      let control = platform.control
      for state in ["created", "finished"] {
        let refused = SimulatorClientError.refused(
          status: 409, code: "call.not.active", message: "the conference 'Algebra' is not active but \(state)")
        await #expect(throws: refused) { try await control.joinCall(call.id, phone: person.phone) }
        await #expect(throws: refused) { try await control.leaveCall("Algebra", phone: person.phone) }
        await #expect(throws: refused) { try await control.endCall("Algebra") }
        _ = try await platform.start(call)
        _ = try await platform.finish(call)
      }
      #expect(try await control.participants(ofCall: call.id).isEmpty)
    }
  }

  @Test func `what is not there is named, and a name means the one that goes on`() async throws {
    try await withPlatform { platform, person async throws in
      let chat = try await platform.chat()
      let control = platform.control
      let first = try await platform.call("v1", in: chat, more: #","start":true"#)
      let second = try await platform.call("v2", in: chat)

      #expect(try await control.joinCall("Algebra", phone: person.phone))
      _ = try await platform.start(second)
      await #expect(
        throws: SimulatorClientError.refused(
          status: 409, code: "call.ambiguous",
          message: "the platform has 2 conferences 'Algebra'; name one by its id: \(first.id), \(second.id)")
      ) { try await control.joinCall("Algebra", phone: person.phone) }
      let link = try #require(try await control.conferences().last?.link)
      #expect(try await control.joinCall(link, phone: person.phone))
      #expect(try await control.participants(ofCall: second.id).count == 1)

      await #expect(throws: SimulatorClientError.self) { try await control.joinCall("Physics", phone: person.phone) }
      await #expect(throws: SimulatorClientError.self) { try await control.joinCall(first.id, phone: "79129999999") }
      let other = try await control.addUser(phone: "79120000002", name: "Pupil 08")
      await #expect(
        throws: SimulatorClientError.refused(
          status: 404, code: "participant.not.found",
          message: "Pupil 08 (79120000002) is not in the conference 'Algebra'")
      ) { try await control.leaveCall(first.id, phone: other.phone) }
    }
  }

  @Test func `somebody on the platform ends a call, and the partner sees that it is over`() async throws {
    try await withPlatform { platform, person async throws in
      let call = try await platform.call(in: platform.chat(), more: #","start":true"#)
      try await platform.control.joinCall(call.id, phone: person.phone)
      platform.clock.advance(ms: 1000)
      try await platform.control.endCall("Algebra")

      #expect(try await platform.send("GET", call.path).text("state") == "finished")
      #expect(try await platform.finish(call)["success"] as? Bool == true)
      #expect(try await platform.effects(on: call).last == "POST finish repeated")
      let read = try await platform.send("GET", "\(call.path)/participants")
      #expect(read.number("participants.0.left_at") == platform.clock.now)
    }
  }

  @Test func `the list of conferences is what the command prints`() async throws {
    try await withPlatform { platform, person async throws in
      let call = try await platform.call(
        in: platform.chat(), more: #","start":true,"participant_user_ids":[\#(person.userId)]"#)
      let link = try #require(try await platform.send("GET", call.path).text("join_link"))
      #expect(
        try await SimulatorClient.json(platform.control.conferences())
          == #"[{"chat":"Class 7A","externalId":"v1","id":"\#(call.id)","invited":1,"link":"\#(link)","#
          + #""name":"Algebra","participants":0,"present":0,"startedAt":"2026-03-31T23:33:20Z","state":"active"}]"#)
    }
  }
}
