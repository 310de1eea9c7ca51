import Jansson
import PlatformSimulator
import Testing

extension WithPlatform {
  /// The end of the host in the middle of a long synchronization.
  @Suite struct ChatStopTests {
    @Test func `a host that ends lets the calls under way come to their end, and begins no other`() async throws {
      let platform = try await ChatPlatform()
      let bench = try ChatBench(platform)
      try await bench.link(1...4)
      try await bench.put((1...150).map { Wish("C\($0)", [-1, 2, 3]) })
      let run = Task { await bench.settle() }
      try await bench.until("it is under way") { try await platform.requestCount() > 30 }

      let asked = ContinuousClock.now
      let before = try await platform.requestCount()
      let late = (ContinuousClock.now - asked) / .seconds(1)
      bench.host.stop()

      // At thirty a second the five seconds of the drain would have seen all of them.
      let made = try await platform.requestCount() - before
      // And what the limit let go while they were counted.
      #expect(Double(made) < 60 + 30 * late, "\(made)")
      #expect(
        try bench.number("SELECT count(*) FROM max_platform_chats WHERE call IS NOT NULL") == 0, "nothing in doubt")
      await run.value
      await bench.stop()

      let next = try ChatBench(platform, folder: bench.folder)
      try await next.put([])
      try await next.until("all are made") {
        await next.settle()
        return try next.number("SELECT count(*) FROM max_platform_v1_chats WHERE state = 'inStep'") == 150
      }
      let requests = try await platform.requests()
      #expect(requests.count { $0 == "POST /sferum/v1/chats" } == 150)
      #expect(!requests.contains("GET /sferum/v1/chats"), "nothing had to be looked for")
      await next.stop()
    }
  }
}
