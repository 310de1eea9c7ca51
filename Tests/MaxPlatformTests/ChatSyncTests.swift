import Jansson
import PlatformSimulator
import Testing

extension WithPlatform {
  /// What is wanted comes about on the platform, with the fewest calls.
  @Suite struct ChatSyncTests {
    @Test func `C12: a chat is made with its members and administrators in one call, and a second run makes none`()
      async throws
    {
      let platform = try await ChatPlatform()
      let bench = try ChatBench(platform)
      try await bench.link(1...4)

      try await bench.sync(Wish("C1", [-1, 2, 3], title: "5А"))

      #expect(try await platform.people(in: "C1") == [-1, 2, 3])
      #expect(try await platform.chat("C1")?.title == "5А")
      #expect(try await platform.requests() == ["POST /sferum/v1/chats"])
      #expect(try bench.state("C1") == "inStep")
      #expect(try bench.told("C1")["link"]?.string?.hasPrefix("https://") == true)
      #expect(try bench.reason("C1", 1) == "")

      try await bench.sync(Wish("C1", [-1, 2, 3], title: "5А", revision: 2))
      await bench.settle()
      let next = try await bench.restarted()
      await next.settle()
      #expect(try await platform.requestCount() == 1)
      await next.stop()
    }

    @Test func `C12: members, marks and the title follow the wish, each with its fewest calls`() async throws {
      let platform = try await ChatPlatform()
      let bench = try ChatBench(platform)
      try await bench.link(1...6)
      try await bench.sync(Wish("C1", [-1, 2, 3]))

      try await bench.sync(Wish("C1", [1, -2, 4, 5], title: "6А", revision: 2))

      #expect(try await platform.people(in: "C1") == [1, -2, 4, 5])
      let chat = try #require(try await platform.chat("C1"))
      #expect(chat.title == "6А")
      #expect(
        try await platform.requests().dropFirst() == [
          "DELETE /chats/\(chat.id)/members", "PATCH /chats/\(chat.id)", "POST /chats/\(chat.id)/members",
          "DELETE /chats/\(chat.id)/members/admins/\(platform.members[0])", "POST /chats/\(chat.id)/members/admins",
        ])
      #expect(try bench.state("C1") == "inStep")
      #expect(try await platform.requests(["repeated", "refused"]) == [])
      await bench.stop()
    }

    @Test func `C7: who is not bound is left out, and added to all chats that wait for them once they bind`()
      async throws
    {
      let platform = try await ChatPlatform()
      let bench = try ChatBench(platform)
      try await bench.link([1])
      try await bench.sync(Wish("C1", [1, 2]), Wish("C2", [-2], kind: "subject"))
      #expect(try await platform.people(in: "C1") == [1])
      #expect(try bench.state("C1") == "waiting")
      #expect(try bench.told("C1")["waiting"]?.int == 1)
      #expect(try bench.reason("C1", 2) == "unbound")
      #expect(try await platform.people(in: "C2") == [])

      try await bench.bind(2)

      #expect(try await platform.people(in: "C1") == [1, 2])
      #expect(try await platform.people(in: "C2") == [-2])
      #expect(try bench.state("C1") == "inStep")
      #expect(try bench.reason("C2", 2) == "")
      await bench.stop()
    }

    @Test func `B7: who unbinds leaves the platform's chats and stays wanted; a later binding brings them back`()
      async throws
    {
      let platform = try await ChatPlatform()
      let bench = try ChatBench(platform)
      try await bench.link([1])
      try await bench.sync(Wish("C1", [1, 2]), Wish("C2", [2]))
      try await bench.bind(2)

      try await bench.unbind(2)

      #expect(try await platform.people(in: "C1") == [1])
      #expect(try await platform.people(in: "C2") == [])
      #expect(try bench.reason("C1", 2) == "unbound")
      #expect(try bench.state("C1") == "waiting")

      try await bench.bind(2, request: "again")
      #expect(try await platform.people(in: "C1") == [1, 2])
      await bench.stop()
    }

    @Test func `a removed chat goes from the platform, and a newer wish makes another`() async throws {
      let platform = try await ChatPlatform()
      let bench = try ChatBench(platform)
      try await bench.link(1...2)
      try await bench.sync(Wish("C1", [1, 2]))
      let first = try #require(try await platform.chat("C1"))

      try await bench.remove("C1", revision: 2)
      await bench.settle()

      #expect(try await platform.client.chats().isEmpty)
      #expect(try bench.state("C1") == "none")
      #expect(try bench.number("SELECT count(*) FROM max_platform_v1_chat_members") == 0)
      #expect(try await platform.requests().count == 2)

      try await bench.sync(Wish("C1", [1], revision: 1))
      #expect(try await platform.client.chats().isEmpty)
      try await bench.sync(Wish("C1", [1], revision: 3))
      let second = try #require(try await platform.chat("C1"))
      #expect(second.id != first.id)
      #expect(try await platform.people(in: "C1") == [1])
      await bench.stop()
    }

    @Test func `a chat of three hundred takes three calls, and one with sixty administrators one more`() async throws {
      let platform = try await ChatPlatform(people: 300)
      let bench = try ChatBench(platform)
      try await bench.link(1...300)
      try await bench.sync(Wish("C1", Array(1...300)))
      #expect(try await platform.people(in: "C1").count == 300)
      #expect(try await platform.requestCount() == 3)
      #expect(try bench.state("C1") == "inStep")
      await bench.stop()
    }

    @Test func `one chat's failure never stops another`() async throws {
      let platform = try await ChatPlatform()
      let bench = try ChatBench(platform)
      try await bench.link(1...2)
      try await platform.fault("POST /sferum/v1/chats", "status", status: 400, times: 1)

      try await bench.put(Wish("C1", [1]))
      await bench.settle()
      try await bench.sync(Wish("C2", [2]))

      #expect(try bench.state("C1") == "error")
      #expect(try bench.state("C2") == "inStep")
      #expect(try bench.told("C1")["next_attempt_at"]?.int64 == ChatPlatform.start + 3_600_000)
      await bench.advance(.seconds(3600))
      #expect(try bench.state("C1") == "inStep")
      await bench.stop()
    }

    @Test func `an overtaken or repeated put changes nothing`() async throws {
      let platform = try await ChatPlatform()
      let bench = try ChatBench(platform)
      try await bench.link(1...3)
      let answer = try await bench.put(Wish("C1", [1], revision: 5), Wish("C2", [2]))
      #expect(answer["accepted"]?.int == 2)
      let late = try await bench.put(Wish("C1", [2, 3], revision: 4), Wish("C2", [3]), Wish("C3", [1]))
      #expect(late["accepted"]?.int == 1 && late["outdated"]?.int == 2)
      await bench.settle()
      #expect(try await platform.people(in: "C1") == [1])
      #expect(try await platform.people(in: "C2") == [2])
      await bench.stop()
    }
  }
}
