import Jansson
import Testing

extension WithPlatform {
  /// The term of a request: 24 hours, a setting.
  @Suite struct ExpiryTests {
    private static let phone = Platform.phone(1)
    private static let day = Duration.seconds(86_400)

    @Test func `B8: a request that nobody answers expires, on both sides, and another may follow`() async throws {
      let platform = try await Platform()
      let bench = try Bench(platform)
      _ = try await bench.bind(Self.phone)

      await bench.advance(Self.day - .seconds(1))
      #expect(try bench.state() == "requested")
      await bench.advance(.seconds(1))

      #expect(try bench.state() == "unbound")
      #expect(try await platform.status(of: "A1") == ["expired"])
      #expect(bench.told.texts().last?.contains("истёк") == true)
      #expect(try await platform.client.inbox(phone: Self.phone).first?.buttons == [])
      #expect(try await bench.bind(Self.phone).status == "sent")
      await bench.stop()
    }

    @Test func `B8: a request that the platform says has expired keeps no buttons`() async throws {
      let platform = try await Platform()
      let bench = try Bench(platform)
      _ = try await bench.bind(Self.phone)
      // Not by our own clock: the platform's word comes first, when it is asked after a long silence.
      try bench.store.transact(.write) { transaction in
        _ = try transaction.query("DELETE FROM shell_jobs WHERE name = 'sferum.expireRequest'", nil, policy: nil)
      }
      await bench.advance(Self.day + .seconds(60))
      try await bench.until("the question says so") { try bench.waiting() == 0 && bench.state() == "unbound" }
      #expect(try await platform.client.inbox(phone: Self.phone).first?.buttons == [])
      await bench.stop()
    }

    @Test func `B8: a host that was down at the end of the term expires the request when it is back`() async throws {
      let platform = try await Platform()
      var bench = try Bench(platform)
      _ = try await bench.bind(Self.phone)
      await bench.stop()
      platform.clock.advance(toMs: Platform.start + 90_000_000)

      bench = try Bench(platform, folder: bench.folder)
      try await bench.until("expired") { [bench] in try bench.state() == "unbound" }
      await bench.stop()
    }

    @Test func `a request that never reached the platform expires without a call`() async throws {
      let platform = try await Platform()
      let bench = try Bench(platform)
      try await platform.fault("*/sferum/*", "drop-before")
      async let answer = bench.bind(Self.phone)
      try await bench.until("queued") { try bench.waiting() == 1 }
      await bench.advance(.seconds(2))
      _ = try await answer
      await bench.advance(Self.day)
      _ = try await platform.client.clearFaults()
      await bench.advance(.seconds(600))

      #expect(try bench.state() == "unbound")
      #expect(try await platform.applied("POST") == 0)
      #expect(try bench.waiting() == 0)
      await bench.stop()
    }

    @Test func `a confirmation in time counts, also when its news comes after the term`() async throws {
      let platform = try await Platform()
      var bench = try Bench(platform)
      _ = try await bench.bind(Self.phone)
      await bench.stop()
      _ = try await platform.client.press(phone: Self.phone, button: "Подключить")
      platform.clock.advance(toMs: Platform.start + 90_000_000)

      bench = try Bench(platform, folder: bench.folder)
      try await bench.until("bound after all") { [bench] in
        try bench.state() == "bound" && bench.waiting() == 0
      }
      #expect(try await platform.status(of: "A1") == ["linked"])
      #expect(try bench.context()["sferum.phone"] == "+79120000001")
      await bench.stop()
    }
  }
}
