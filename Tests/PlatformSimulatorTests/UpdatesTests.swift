import PlatformSimulator
import Testing

@Suite struct UpdatesTests {
  @Test func `a marker commits what is before it, and without one the rest comes again`() async throws {
    try await withPlatform { platform, person async throws in
      _ = try await platform.sendButtons(to: person)
      for button in ["Подключить", "Не подключать"] {
        _ = try await platform.control.press(phone: person.phone, button: button)
      }

      let first = try await platform.send("GET", "/updates?timeout=0&limit=1")
      #expect(first.text("updates.0.callback.payload") == "bind:b1:yes")
      let again = try await platform.send("GET", "/updates?timeout=0&limit=1")
      #expect(again.text("updates.0.callback.payload") == "bind:b1:yes")

      let marker = try #require(first.number("marker"))
      let second = try await platform.send("GET", "/updates?timeout=0&marker=\(marker)")
      #expect(second.list("updates").count == 1)
      #expect(second.text("updates.0.callback.payload") == "bind:b1:no")

      // Committed for good: an older marker brings nothing back.
      let old = try await platform.send("GET", "/updates?timeout=0&marker=\(marker - 1)")
      #expect(old.list("updates").count == 1)
      let end = try #require(second.number("marker"))
      let empty = try await platform.send("GET", "/updates?timeout=0&marker=\(end)")
      #expect(empty.list("updates").isEmpty)
      #expect(empty.number("marker") == end)
    }
  }

  @Test func `an empty queue has a marker that can be kept, and one from the future loses nothing`()
    async throws
  {
    try await withPlatform { platform, person async throws in
      let empty = try await platform.send("GET", "/updates?timeout=0")
      let marker = try #require(empty.number("marker"))
      #expect(marker > 0)

      _ = try await platform.send("GET", "/updates?timeout=0&marker=\(marker + 1000)")
      _ = try await platform.control.setStopped(true, phone: person.phone)
      let updates = try await platform.send("GET", "/updates?timeout=0&marker=\(marker + 1000)")
      #expect(updates.list("updates").isEmpty)
      _ = try await platform.control.setStopped(false, phone: person.phone)
      let kept = try await platform.send("GET", "/updates?timeout=0")
      #expect(kept.text("updates.0.update_type") == "bot_started")
    }
  }

  @Test func `updates are kept for a day`() async throws {
    try await withPlatform { platform, person async throws in
      _ = try await platform.control.setStopped(true, phone: person.phone)
      platform.clock.advance(ms: 24 * 3600 * 1000)
      #expect(try await platform.send("GET", "/updates?timeout=0").list("updates").count == 1)
      platform.clock.advance(ms: 1)
      #expect(try await platform.send("GET", "/updates?timeout=0").list("updates").isEmpty)
    }
  }

  @Test func `only the wanted types are given`() async throws {
    try await withPlatform { platform, person async throws in
      _ = try await platform.control.setStopped(true, phone: person.phone)
      _ = try await platform.control.setStopped(false, phone: person.phone)

      let updates = try await platform.send("GET", "/updates?timeout=0&types=bot_started,message_callback")
      #expect(updates.list("updates").count == 1)
      #expect(updates.text("updates.0.update_type") == "bot_started")
    }
  }

  @Test(arguments: [
    ("timeout=1500", "Field 'timeout' value (1500) must be at most 90"),
    ("limit=0", "Field 'limit' value (0) must be at least 1"),
    ("limit=1001", "Field 'limit' value (1001) must be at most 1000"),
    ("marker=x", "Invalid parameter: marker"),
  ]) func `parameters out of bounds are refused`(_ query: String, _ message: String) async throws {
    try await withPlatform { platform, _ async throws in
      let answer = try await platform.send("GET", "/updates?\(query)")
      #expect(answer.status == 400)
      #expect(answer.text("message") == message)
    }
  }

  @Test func `a waiting poll ends with the press`() async throws {
    try await withPlatform { platform, person async throws in
      _ = try await platform.sendButtons(to: person)

      async let poll = platform.send("GET", "/updates?timeout=50")
      _ = try await platform.control.press(phone: person.phone, button: "Подключить")

      #expect(try await poll.list("updates").count == 1)
    }
  }

  @Test func `a waiting poll ends when the clock passes its timeout`() async throws {
    try await withPlatform { platform, _ async throws in
      async let poll = platform.send("GET", "/updates?timeout=50")
      // The poll may arrive after any of these jumps; the next one ends it. Each round trip lets it get there.
      while try await platform.control.log().isEmpty {
        platform.clock.advance(ms: 51_000)
        platform.simulator.clockMoved()
      }
      #expect(try await poll.list("updates").isEmpty)
    }
  }

  @Test func `a poll on a clock that stands still ends after as many real seconds`() async throws {
    try await withPlatform { platform, _ async throws in
      #expect(try await platform.send("GET", "/updates?timeout=1").list("updates").isEmpty)
    }
  }

  @Test func `stopping the simulator does not wait for a poll`() async throws {
    try await withPlatform { platform, _ async throws in
      let poll = Task { try await platform.send("GET", "/updates?timeout=50") }
      // The poll is there by then, or is refused: both end at once.
      _ = try await platform.send("GET", "/me")
      await platform.simulator.stop()
      _ = await poll.result
    }
  }

  @Test func `stopping closes connections that are just arriving`() async throws {
    let platform = try await RunningPlatform()
    try await withThrowingTaskGroup { group in
      // Some are served, some refused, some cut: none may bring the process down.
      for _ in 1...20 { group.addTask { try? await platform.control.users() } }
      _ = try await group.next()
      await platform.simulator.stop()
      try await group.waitForAll()
    }
    await platform.end()
  }
}
