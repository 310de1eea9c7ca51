import Jansson
import PlatformSimulator
import Testing

extension WithPlatform {
  /// Events and views: what others are told.
  @Suite struct ChatNewsTests {
    private func told(_ bench: ChatBench) throws -> [JSONValue] {
      try bench.rows("SELECT payload FROM shell_events WHERE name = 'platform.v1.chatsChanged' ORDER BY seq")
        .compactMap { try $0["payload"]?.string.map { try JSONValue(parsing: $0) } }
    }

    @Test func `a transaction tells its chats in one event, and more than two hundred as all`() async throws {
      let platform = try await ChatPlatform()
      let bench = try ChatBench(platform)
      try await platform.fault("*", "drop-before")
      try await bench.put((100...102).map { Wish("C\($0)", [1]) })
      #expect(try told(bench).first == ["chatIds": ["C100", "C101", "C102"]])
      let before = try told(bench).count
      try await bench.put((200...400).map { Wish("C\($0)", [1]) })
      #expect(try told(bench).dropFirst(before).contains(["all": true]))
      try await bench.put(Wish("C100", [1], revision: 0))
      await bench.stop()
    }

    @Test func `while calls are due a chat is pending, and its people are queued since then`() async throws {
      let platform = try await ChatPlatform()
      let bench = try ChatBench(platform)
      try await bench.link(1...2)
      try await bench.sync(Wish("C1", [1]))
      try await platform.fault("POST *", "drop-before")
      await bench.advance(.seconds(60))
      let asked = platform.clock.nowMs
      try await bench.sync(Wish("C1", [1, 2], revision: 2))
      #expect(try bench.state("C1") == "pending")
      #expect(try bench.told("C1")["joining"]?.int == 1)
      #expect(try bench.told("C1")["next_attempt_at"]?.int64 ?? 0 > asked)
      #expect(try bench.reason("C1", 2) == "queued")
      #expect(try bench.number("SELECT since FROM max_platform_v1_chat_members WHERE user_id = 'U2'") == Int(asked))
      await bench.stop()
    }

    @Test func `a stranger is told by their number until they are gone`() async throws {
      let platform = try await ChatPlatform()
      let bench = try ChatBench(platform)
      try await bench.link(1...2)
      try await bench.sync(Wish("C1", [1], title: "5А"))
      await bench.advance(.seconds(1))
      try await platform.fault("DELETE *", "status", status: 503)
      try await platform.client.join(chat: "5А", phone: ChatPlatform.phone(7))
      try await bench.until("told") { try bench.told("C1")["strangers"]?.int == 1 }
      #expect(try bench.reason("C1", "platform:\(platform.members[6])") == "queued")
      _ = try await platform.client.clearFaults()
      await bench.advance(.seconds(10))
      #expect(try bench.told("C1")["strangers"]?.int == 0)
      #expect(try bench.reason("C1", "platform:\(platform.members[6])") == nil)
      await bench.stop()
    }

    @Test func `what is refused for removal is shown and tried again`() async throws {
      let platform = try await ChatPlatform()
      let bench = try ChatBench(platform)
      try await bench.link(1...3)
      try await bench.sync(Wish("C1", [1, 2, 3]))
      try await platform.fault("DELETE *", "status", status: 400, times: 1)
      try await bench.sync(Wish("C1", [1, 3], revision: 2))
      #expect(try bench.reason("C1", 2)?.hasPrefix("refused:") == true)
      #expect(try bench.state("C1") == "error")
      await bench.advance(.seconds(121))
      #expect(try await platform.people(in: "C1") == [1, 3])
      #expect(try bench.state("C1") == "inStep")
      await bench.stop()
    }
  }
}
