import PlatformSimulator
import Testing

@Suite struct FaultTests {
  @Test func `a status fault answers so often, has no effect, and names a wait`() async throws {
    try await withPlatform { platform, person async throws in
      _ = try await platform.control.addFault(
        FaultRequest(operation: "POST /messages", kind: "status", status: 429, times: 2)
      )

      let target = "/messages?user_id=\(person.userId)"
      for _ in 1...2 {
        let answer = try await platform.send("POST", target, #"{"text":"a"}"#)
        #expect(answer.status == 429)
        #expect(answer.text("code") == "too.many.requests")
        #expect(answer.headers["retry-after"] == "1")
      }
      #expect(try await platform.send("POST", target, #"{"text":"a"}"#).status == 200)
      #expect(try await platform.effects("POST", "/messages") == ["refused", "refused", "applied"])
      #expect(try await platform.control.log().map(\.fault) == ["status", "status", nil])
      #expect(try await platform.control.faults().isEmpty)
    }
  }

  @Test func `a drop before leaves no effect, a drop after leaves it`() async throws {
    try await withPlatform { platform, person async throws in
      for kind in ["drop-before", "drop-after"] {
        _ = try await platform.control.addFault(FaultRequest(operation: "POST *", kind: kind, times: 1))
        await #expect(throws: (any Error).self) {
          try await platform.send("POST", "/messages?user_id=\(person.userId)", #"{"text":"\#(kind)"}"#)
        }
      }

      #expect(try await platform.control.inbox(phone: person.phone).map(\.text) == ["drop-after"])
      let log = try await platform.control.log()
      #expect(log.map(\.status) == [0, 200])
      #expect(log.map(\.effect) == ["none", "applied"])
      #expect(log.map(\.fault) == ["drop-before", "drop-after"])
      #expect(log.last?.target == "chat:\(person.chatId)")
    }
  }

  @Test func `a binding whose answer was lost is the same when asked for again`() async throws {
    try await withPlatform { platform, _ async throws in
      _ = try await platform.control.addFault(
        FaultRequest(operation: "POST /sferum/*", kind: "drop-after", times: 1)
      )
      await #expect(throws: (any Error).self) { try await platform.bind(key: "k1") }

      let again = try await platform.bind(key: "k1")

      #expect(again.text("status") == "pending")
      #expect(try await platform.effects("POST", "/sferum") == ["applied", "repeated"])
      #expect(try await platform.control.bindings().map(\.id) == [again.text("binding_id")])
    }
  }

  @Test func `a delay holds the answer until the clock has passed`() async throws {
    try await withPlatform { platform, person async throws in
      _ = try await platform.control.addFault(
        FaultRequest(operation: "*/messages", kind: "delay", times: 1, ms: 50_000)
      )
      async let answer = platform.send("POST", "/messages?user_id=\(person.userId)", #"{"text":"a"}"#)

      // The effect comes first: it is there while the answer is held back.
      while try await platform.control.inbox(phone: person.phone).isEmpty {}
      while true {
        platform.clock.advance(ms: 50_000)
        platform.simulator.clockMoved()
        if try await platform.control.faults().isEmpty { break }
      }
      platform.clock.advance(ms: 50_000)
      platform.simulator.clockMoved()
      #expect(try await answer.status == 200)
    }
  }

  @Test func `duplicate gives each update a second time, the same to the letter`() async throws {
    try await withPlatform { platform, person async throws in
      _ = try await platform.sendButtons(to: person)
      _ = try await platform.control.press(phone: person.phone, button: "Подключить")
      _ = try await platform.control.addFault(FaultRequest(operation: "*/updates", kind: "duplicate"))

      let first = try await platform.send("GET", "/updates?timeout=0")
      #expect(first.list("updates").count == 2)
      let ids = (0...1).map { first.text("updates.\($0).callback.callback_id") }
      #expect(ids[0] == ids[1])
      // A copy is not copied again, or a poll would never see the end.
      let marker = try #require(first.number("marker"))
      #expect(try await platform.send("GET", "/updates?timeout=0&marker=\(marker)").list("updates").isEmpty)
    }
  }

  @Test func `reorder gives a batch backwards`() async throws {
    try await withPlatform { platform, person async throws in
      _ = try await platform.control.setStopped(true, phone: person.phone)
      _ = try await platform.control.setStopped(false, phone: person.phone)
      _ = try await platform.control.addFault(
        FaultRequest(operation: "GET /updates", kind: "reorder", times: 1)
      )

      let updates = try await platform.send("GET", "/updates?timeout=0")
      #expect(updates.text("updates.0.update_type") == "bot_started")
      #expect(updates.text("updates.1.update_type") == "bot_stopped")
      let marker = try #require(updates.number("marker"))
      #expect(try await platform.send("GET", "/updates?timeout=0&marker=\(marker)").list("updates").isEmpty)
      #expect(try await platform.control.faults().isEmpty)
    }
  }

  @Test func `reorder holds a lone update for the next one, but not for ever`() async throws {
    try await withPlatform { platform, person async throws in
      _ = try await platform.control.addFault(
        FaultRequest(operation: "GET /updates", kind: "reorder", ms: 1)
      )
      _ = try await platform.control.setStopped(true, phone: person.phone)

      #expect(try await platform.send("GET", "/updates?timeout=50").list("updates").count == 1)
    }
  }

  @Test func `a rate hits its share, and the same requests each time`() async throws {
    var runs: [[Int]] = []
    for _ in 1...2 {
      try await withPlatform { platform, _ async throws in
        _ = try await platform.control.addFault(
          FaultRequest(operation: "GET /me", kind: "status", status: 500, rate: 0.3)
        )
        var run: [Int] = []
        for _ in 1...60 { run.append(try await platform.send("GET", "/me").status) }
        runs.append(run)
      }
    }
    #expect(runs[0] == runs[1])
    #expect((8...30).contains(runs[0].count { $0 == 500 }))
  }

  @Test func `faults add up, spare the control interface, survive a restart and end when cleared`()
    async throws
  {
    try await withPlatform { platform, _ async throws in
      _ = try await platform.control.addFault(
        FaultRequest(operation: "*", kind: "status", status: 503, times: 1)
      )
      _ = try await platform.control.addFault(FaultRequest(operation: "*", kind: "status", status: 500))

      #expect(try await platform.send("GET", "/me").status == 503)
      #expect(try await platform.send("GET", "/me").status == 500)
      #expect(try await platform.control.faults().map(\.hit) == [1])
      let other = try await RunningPlatform(in: platform.folder)
      #expect(try await other.send("GET", "/me").status == 500)
      #expect(try await other.control.clearFaults() == 1)
      #expect(try await other.send("GET", "/me").status == 200)
      await other.simulator.stop()
    }
  }

  @Test(arguments: [
    FaultRequest(operation: "*", kind: "earthquake"),
    FaultRequest(operation: "", kind: "status"),
    FaultRequest(operation: "*", kind: "status", status: 200),
    FaultRequest(operation: "*", kind: "status", times: 0),
    FaultRequest(operation: "*", kind: "status", rate: 1.5),
    FaultRequest(operation: "*", kind: "delay"),
    FaultRequest(operation: "POST *", kind: "duplicate"),
  ]) func `a fault that could not act is refused`(_ fault: FaultRequest) async throws {
    try await withPlatform { platform, _ async throws in
      await #expect(throws: SimulatorClientError.self) { try await platform.control.addFault(fault) }
      #expect(try await platform.control.faults().isEmpty)
    }
  }
}
