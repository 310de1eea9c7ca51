import Jansson
import PlatformSimulator
import Testing

extension WithPlatform {
  /// The bell: many conferences at one instant.
  @Suite struct ConferenceOrderTests {
    private func ready() async throws -> (ChatPlatform, ChatBench) {
      let platform = try await ChatPlatform(limits: .real)
      let bench = try ChatBench(platform)
      try await bench.link(1...3)
      try await bench.sync(Wish("C1", [1, 2, 3]))
      return (platform, bench)
    }

    @Test func `X5: they begin in order of their start, then of arrival, at the limit, with one job and no refusal`()
      async throws
    {
      let (platform, bench) = try await ready()
      let early = (0..<60).map { ConferenceWish("E\($0)", "active", minutes: 9..<50) }
      let late = (0..<60).map { ConferenceWish("L\($0)", "active", minutes: 10..<50) }
      let time = try await ContinuousClock().measure {
        try await bench.put(conferences: late + early)
        #expect(try bench.number("SELECT count(*) FROM shell_jobs WHERE name = 'platform.conferences'") <= 1)
        await bench.settle()
      }
      // A second's worth is there at first, but for what others need.
      #expect(time > .seconds(Double(120 - 30) / 30))
      #expect(try await platform.client.log().filter { $0.status == 429 }.isEmpty)
      #expect(try await platform.client.conferences().count == 120)
      // In the order in which they are asked for; side by side on their way, they may pass each other.
      let asked = try bench.http.sent.filter { $0.method == "POST" && $0.url.hasSuffix("/sferum/v1/calls") }
        .map { try #require(JSONValue(parsing: $0.body ?? [])["external_id"]?.string) }
      // Chosen in order; who is held up between the choice and the asking is passed by others. Few are at once.
      let wanted = (early + late).map(\.id)
      #expect(Set(asked) == Set(wanted) && asked.count == 120)
      let strays = asked.enumerated().filter { abs((wanted.firstIndex(of: $0.element) ?? 999) - $0.offset) > 2 }
      #expect(strays.count <= 4, "\(strays.map(\.element))")
      await bench.stop()
    }

    @Test func `starts and finishes go before creations and chats`() async throws {
      let (platform, bench) = try await ready()
      try await bench.sync(conferences: ConferenceWish("F", "active"))
      let start = ContinuousClock.now
      try await bench.put((10..<130).map { Wish("C\($0)", [1, 2]) })
      try await bench.put(conferences: (0..<60).map { ConferenceWish("P\($0)", "planned") })
      try await bench.put(
        conferences: [ConferenceWish("F", "finished", revision: 2)]
          + (0..<30).map { ConferenceWish("A\($0)", "active") })
      // Until now the others had the limit to themselves.
      let ahead = Int(30 * ((ContinuousClock.now - start) / .seconds(1)))
      try await bench.until("all have begun") {
        try bench.number("SELECT count(*) FROM max_platform_v1_conferences WHERE state = 'active'") == 30
      }
      #expect(try bench.conferenceState("F") == "finished")
      #expect(try bench.number("SELECT count(*) FROM max_platform_v1_conferences WHERE state = 'pending'") > 20 - ahead)
      #expect(try await platform.client.chats().count < 100 + ahead, "the chats were not done yet")
      await bench.settle()
      #expect(try bench.number("SELECT count(*) FROM max_platform_v1_conferences WHERE state = 'planned'") == 60)
      #expect(try await platform.client.log().filter { $0.status == 429 }.isEmpty)
      await bench.stop()
    }
  }
}
