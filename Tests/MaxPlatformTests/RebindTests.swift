import Jansson
import PlatformSimulator
import Testing

extension WithPlatform {
  /// Who unbinds and asks to be bound again: two requests of one person, whose words to the platform may come late, and
  /// in either order.
  @Suite struct RebindTests {
    private func state(_ bench: ChatBench, _ request: String) throws -> String? {
      try bench.rows("SELECT state FROM max_platform_bindings WHERE request_id = '\(request)'").first?["state"]?.string
    }

    private func statuses(_ platform: ChatPlatform) async throws -> [String] {
      try await platform.client.bindings().map(\.status)
    }

    @Test func `B8: a request that overtakes the end of the binding before it asks the person anew`() async throws {
      let platform = try await ChatPlatform()
      let bench = try ChatBench(platform)
      try await bench.put([])
      try await bench.bind(1, request: "first")
      let before = try await platform.client.bindings().map(\.id)

      // The platform still knows the first one.
      try await bench.ask(1, request: "second")
      #expect(try state(bench, "second") == "waiting", "nobody is bound whom nobody asked")
      #expect(try await statuses(platform) == ["pending"])
      let asked = try await platform.client.bindings().map(\.id)
      #expect(asked != before)

      // The end of the first comes now, and is not the second's.
      try await bench.unbind(1, request: "first")
      #expect(try await platform.client.bindings().map(\.id) == asked)
      _ = try await platform.client.press(phone: ChatPlatform.phone(1), button: "Подключить")
      try await bench.until("bound") { try self.state(bench, "second") == "linked" }
      #expect(try await statuses(platform) == ["linked"])
      await bench.stop()
    }

    @Test func `B8: a request that overtakes the withdrawal of the one before it has a question of its own`()
      async throws
    {
      let platform = try await ChatPlatform()
      let bench = try ChatBench(platform)
      try await bench.put([])
      try await bench.ask(1, request: "first")
      try await bench.ask(1, request: "second")
      _ = try await bench.service("platform.cancelRequest", ["requestId": "first"])
      await bench.settle()
      #expect(try state(bench, "second") == "waiting")
      #expect(try await statuses(platform) == ["pending"])
      _ = try await platform.client.press(phone: ChatPlatform.phone(1), button: "Подключить")
      try await bench.until("bound") { try self.state(bench, "second") == "linked" }
      #expect(try await statuses(platform) == ["linked"])
      await bench.stop()
    }
  }
}
