import Jansson
import PlatformSimulator
import Testing

extension WithPlatform {
  /// At the platform's own limits, and no faster.
  @Suite struct ChatRateTests {
    private func limited(_ platform: ChatPlatform) async throws -> [String] {
      try await platform.client.log().filter { $0.status == 429 }.map { "\($0.at) \($0.method) \($0.path)" }
    }

    @Test func `a school's first synchronization and a wave of changes run at the limit, without one refusal`()
      async throws
    {
      let platform = try await ChatPlatform(people: 300, limits: .real)
      let bench = try ChatBench(platform)
      try await bench.link(1...300)
      let clock = ContinuousClock()

      let first = (0..<60).map { index in Wish("C\(index)", (1...20).map { index * 4 + $0 }) }
      try await bench.put(first)
      await bench.settle()
      #expect(try await platform.requestCount() == 60)
      #expect(try await platform.client.chats().count == 60)

      let before = try await platform.requestCount()
      let second = first.map { wish in
        Wish(wish.id, [-wish.people[0]] + wish.people.dropFirst(4), title: "Новый \(wish.id)", revision: 2)
      }
      let wave = try await clock.measure {
        try await bench.put(second, threshold: 100)
        await bench.settle()
      }
      let calls = try await platform.requestCount() - before
      #expect(calls == 60 * 5)
      #expect(wave > .seconds(Double(calls - 60) / 30))
      #expect(try await limited(platform) == [])
      #expect(try bench.number("SELECT count(*) FROM max_platform_v1_chats WHERE state = 'inStep'") == 60)
      await bench.stop()
    }

    @Test func `one chat is changed twice a second at most`() async throws {
      let platform = try await ChatPlatform(people: 20, limits: .real)
      let bench = try ChatBench(platform)
      try await bench.link(1...20)
      try await bench.sync(Wish("C1", Array(1...12)))
      try await bench.put([Wish("C1", Array(9...12), revision: 2)], threshold: 100)
      let time = await ContinuousClock().measure { await bench.settle() }
      #expect(try await platform.people(in: "C1") == Array(9...12))
      #expect(time > .seconds(2.5))
      #expect(try await limited(platform) == [])
      await bench.stop()
    }

    @Test func `who binds does not wait behind the chats`() async throws {
      let platform = try await ChatPlatform(people: 10, limits: .real)
      let bench = try ChatBench(platform)
      try await bench.link(2...10)
      try await bench.put((0..<200).map { Wish("C\($0)", [1, 2, 3]) })
      try await bench.service(
        "platform.bind",
        [
          "requestId": "R", "userId": "U1", "phone": JSONValue(ChatPlatform.phone(1)), "role": "pupil",
          "familyName": "Иванов", "givenName": "Иван", "organization": ["id": "O1", "name": "Школа № 7"],
        ])
      try await bench.until("the person is asked") {
        try await !platform.client.inbox(phone: ChatPlatform.phone(1)).isEmpty
      }
      #expect(try await platform.client.chats().count < 200, "the chats were not done yet")
      await bench.stop()
    }

    @Test func `polls that bring nothing write nothing`() async throws {
      let platform = try await ChatPlatform()
      let bench = try ChatBench(platform)
      try await bench.link([1])
      try await bench.sync(Wish("C1", [1]))
      func polls() async throws -> Int {
        try await platform.client.log().filter { $0.path.hasPrefix("/updates") }.count
      }
      /// Lets polls come to their ends by the clock.
      func pass(_ number: Int) async throws {
        let end = try await polls() + number
        while try await polls() < end {
          platform.clock.advance(toMs: platform.clock.nowMs + 30_000)
          platform.simulator.clockMoved()
          // A poll that is on its way gets some looks before the clock goes on: half a day is over in no time.
          let (before, looks) = (try await polls(), 0..<20)
          for _ in looks { if try await polls() != before { break } }
        }
      }
      try await pass(2)
      let commits = bench.commits.count
      let start = platform.clock.nowMs
      try await pass(4)
      // The instant of the last answer is written every ten minutes.
      let minutes = Int((platform.clock.nowMs - start) / 60_000)
      #expect(bench.commits.count - commits <= minutes / 10 + 1)
      await bench.stop()
    }
  }
}
