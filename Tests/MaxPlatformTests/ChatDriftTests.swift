import Jansson
import PlatformSimulator
import Testing

extension WithPlatform {
  /// C12: what people do on the platform's side is found, and repaired or shown.
  @Suite struct ChatDriftTests {
    /// A platform and a host with one chat of 1 (administrator), 2 and 3, in step.
    private func inStep(kind: String = "class") async throws -> (ChatPlatform, ChatBench) {
      let platform = try await ChatPlatform()
      let bench = try ChatBench(platform)
      try await bench.link(1...6)
      try await bench.sync(Wish("C1", [-1, 2, 3], title: "5А", kind: kind))
      #expect(try bench.state("C1") == "inStep")
      // Events of one millisecond would look like one another.
      await bench.advance(.seconds(1))
      return (platform, bench)
    }

    private func repaired(_ bench: ChatBench, _ people: [Int] = [-1, 2, 3], title: String = "5А") async throws {
      let platform = bench.platform
      try await bench.until("the chat is as it was") {
        guard try bench.state("C1") == "inStep", try await platform.people(in: "C1") == people else { return false }
        return try await platform.chat("C1")?.title == title
      }
      await bench.settle()
    }

    @Test func `who is kicked is brought back at once, by one reading and one addition`() async throws {
      let (platform, bench) = try await inStep()
      let before = try await platform.requestCount()
      try await platform.client.kick(chat: "5А", phone: ChatPlatform.phone(2))
      try await repaired(bench)
      let chat = try #require(try await platform.chat("C1"))
      #expect(
        try await platform.requests().dropFirst(before) == [
          "GET /chats/\(chat.id)/members", "POST /chats/\(chat.id)/members",
        ])
      await bench.advance(.seconds(60))
      #expect(try await platform.requestCount() == before + 2, "the echo of our own addition is no drift")
      await bench.stop()
    }

    @Test func `a kicked administrator is one again`() async throws {
      let (platform, bench) = try await inStep()
      try await platform.client.kick(chat: "5А", phone: ChatPlatform.phone(1))
      try await repaired(bench)
      await bench.stop()
    }

    @Test func `who leaves a chat of school is brought back three times in a day, then left alone and shown`()
      async throws
    {
      let (platform, bench) = try await inStep(kind: "parents")
      for _ in 1...3 {
        await bench.advance(.seconds(60))
        try await platform.client.leave(chat: "5А", phone: ChatPlatform.phone(3))
        try await repaired(bench)
      }
      await bench.advance(.seconds(60))
      try await platform.client.leave(chat: "5А", phone: ChatPlatform.phone(3))
      try await bench.until("left alone") { try bench.reason("C1", 3) == "left" }
      await bench.settle()
      #expect(try await platform.people(in: "C1") == [-1, 2])
      #expect(try bench.state("C1") == "inStep")
      #expect(try bench.told("C1")["gone"]?.int == 1)

      try await bench.service("platform.chat.check")
      await bench.settle()
      #expect(try bench.reason("C1", 3) == "left")

      try await bench.sync(Wish("C1", [-1, 2, 3], title: "5А", kind: "parents", revision: 2, fresh: [3]))
      #expect(try await platform.people(in: "C1") == [-1, 2, 3])
      await bench.stop()
    }

    @Test func `three returns are those of one day`() async throws {
      let (platform, bench) = try await inStep()
      for _ in 1...5 {
        await bench.advance(.seconds(12 * 3600))
        try await platform.client.leave(chat: "5А", phone: ChatPlatform.phone(3))
        try await repaired(bench)
      }
      await bench.stop()
    }

    @Test(arguments: ["subject", "other"])
    func `who leaves any other chat is left at will, until they are wanted anew`(_ kind: String) async throws {
      let (platform, bench) = try await inStep(kind: kind)
      try await platform.client.leave(chat: "5А", phone: ChatPlatform.phone(2))
      try await bench.until("left at will") { try bench.reason("C1", 2) == "left" }
      await bench.settle()
      #expect(try await platform.people(in: "C1") == [-1, 3])

      // The same wish in a new revision is no new wish for that person.
      try await bench.sync(Wish("C1", [-1, 2, 3, 4], title: "5А", kind: kind, revision: 2))
      #expect(try await platform.people(in: "C1") == [-1, 3, 4])

      try await bench.sync(Wish("C1", [-1, 3, 4], title: "5А", kind: kind, revision: 3))
      try await bench.sync(Wish("C1", [-1, 2, 3, 4], title: "5А", kind: kind, revision: 4))
      #expect(try await platform.people(in: "C1") == [-1, 2, 3, 4])
      await bench.stop()
    }

    @Test func `a kick from a chat that may be left is repaired all the same`() async throws {
      let (platform, bench) = try await inStep(kind: "subject")
      try await platform.client.kick(chat: "5А", phone: ChatPlatform.phone(2))
      try await repaired(bench)
      await bench.stop()
    }

    @Test func `who comes by the link and is not wanted goes again`() async throws {
      let (platform, bench) = try await inStep()
      try await platform.client.join(chat: "5А", phone: ChatPlatform.phone(5))
      try await repaired(bench)
      // Somebody whom the school does not know at all.
      await bench.advance(.seconds(1))
      try await platform.client.join(chat: "5А", phone: ChatPlatform.phone(8))
      try await bench.until("seen") { try await platform.requests().contains { $0.hasPrefix("DELETE") } }
      try await repaired(bench)
      #expect(try bench.number("SELECT count(*) FROM max_platform_v1_chat_members WHERE chat_id = 'C1'") == 3)
      await bench.stop()
    }

    @Test func `a title that somebody changed is changed back`() async throws {
      let (platform, bench) = try await inStep()
      try await platform.client.retitle(chat: "5А", title: "Самый лучший класс")
      try await repaired(bench)
      await bench.stop()
    }

    @Test func `updates that come twice and out of order lead to the same end`() async throws {
      let (platform, bench) = try await inStep()
      try await platform.fault("GET /updates*", "duplicate", rate: 0.5)
      try await platform.fault("GET /updates*", "reorder", rate: 0.5)
      for round in 1...6 {
        await bench.advance(.seconds(1))
        // try?: the repair of the last round may still be under way, and they are not in, or in.
        _ = try? await platform.client.kick(chat: "5А", phone: ChatPlatform.phone(1 + round % 3))
        _ = try? await platform.client.join(chat: "5А", phone: ChatPlatform.phone(4 + round % 3))
      }
      await bench.advance(.seconds(5))
      try await repaired(bench)
      await bench.stop()
    }

    @Test(arguments: [true, false])
    func `a chat that the platform lost is made anew`(_ silently: Bool) async throws {
      let (platform, bench) = try await inStep()
      let first = try #require(try await platform.chat("C1"))
      try await platform.client.lose(chat: "5А", silently: silently)
      if silently {
        try await bench.service("platform.chat.check", ["chatIds": ["C1"]])
        await bench.settle()
      }
      try await repaired(bench)
      #expect(try await platform.chat("C1")?.id != first.id)
      #expect(try await platform.chat("C1")?.externalId == "C1:2")
      await bench.stop()
    }

    /// From now on no poll is answered, also none that came before.
    private func deafen(_ bench: ChatBench) async throws {
      let platform = bench.platform
      try await platform.fault("GET /updates*", "status", status: 503)
      // One that is on its way ends by the clock; the next meets the fault, and commits that it failed.
      await bench.advance(.seconds(26))
      try await bench.until("no poll is answered") {
        try await platform.client.log().contains { $0.path.hasPrefix("/updates") && $0.status == 503 }
      }
    }

    @Test func `«Обновить» reads a chat and repairs what nobody was told of`() async throws {
      let (platform, bench) = try await inStep()
      try await deafen(bench)
      try await platform.client.kick(chat: "5А", phone: ChatPlatform.phone(2))
      try await platform.client.retitle(chat: "5А", title: "Другое")
      #expect(try bench.state("C1") == "inStep")
      let answer = try await bench.service("platform.chat.check", ["chatIds": ["C1", "none"]])
      #expect(answer["chats"]?.int == 1)
      try await repaired(bench)
      #expect(try bench.told("C1")["checked_at"]?.int64 == platform.clock.nowMs)
      await bench.stop()
    }

    @Test func `once a night every chat is compared in whole`() async throws {
      let (platform, bench) = try await inStep()
      try await deafen(bench)
      try await platform.client.kick(chat: "5А", phone: ChatPlatform.phone(2))
      await bench.advance(.seconds(12 * 3600))
      #expect(try await platform.people(in: "C1") == [-1, 3])
      await bench.advance(.seconds(6 * 3600))
      #expect(try await platform.people(in: "C1") == [-1, 2, 3])
      // The next night comes by itself, and finds nothing.
      let before = try await platform.requests(["applied"]).count
      let reads = try await platform.requestCount()
      await bench.advance(.seconds(24 * 3600))
      #expect(try await platform.requests(["applied"]).count == before)
      #expect(try await platform.requestCount() == reads + 2)
      await bench.stop()
    }

    @Test func `after a long silence of the updates every chat is compared in whole`() async throws {
      let (platform, bench) = try await inStep()
      await bench.stop()
      try await platform.client.kick(chat: "5А", phone: ChatPlatform.phone(2))
      platform.clock.advance(toMs: platform.clock.nowMs + 26 * 3_600_000)
      platform.simulator.clockMoved()
      let next = try ChatBench(platform, folder: bench.folder)
      try await repaired(next)
      await next.stop()
    }

    @Test func `a bot without rights says so, and goes on as soon as it has them again`() async throws {
      let (platform, bench) = try await inStep()
      try await platform.client.setBotDemoted(true, chat: "5А")
      try await bench.until("seen") { try bench.state("C1") == "error" }
      await bench.settle()
      #expect(try bench.told("C1")["reason"]?.string == "noPermission")

      try await bench.sync(Wish("C1", [-1, 2, 4], title: "5А", revision: 2))
      #expect(try bench.reason("C1", 4) == "noPermission")
      #expect(try bench.reason("C1", 3) == "noPermission")
      #expect(try await platform.people(in: "C1") == [-1, 2, 3])

      await bench.advance(.seconds(1))
      try await platform.client.setBotDemoted(false, chat: "5А")
      try await repaired(bench, [-1, 2, 4])
      await bench.stop()
    }

    @Test func `rights that were lost unheard are found at the next change, and looked for by the hour`() async throws {
      let (platform, bench) = try await inStep()
      try await deafen(bench)
      try await platform.client.setBotDemoted(true, chat: "5А")
      try await bench.sync(Wish("C1", [-1, 2], title: "5А", revision: 2))
      #expect(try bench.state("C1") == "error")
      #expect(try bench.reason("C1", 3) == "noPermission")
      let before = try await platform.requestCount()
      await bench.advance(.seconds(3000))
      #expect(try await platform.requestCount() == before)
      await bench.advance(.seconds(700))
      #expect(try await platform.requestCount() == before + 1)
      try await platform.client.setBotDemoted(false, chat: "5А")
      await bench.advance(.seconds(3600))
      #expect(try await platform.people(in: "C1") == [-1, 2])
      #expect(try bench.state("C1") == "inStep")
      await bench.stop()
    }

    @Test func `a demoted administrator is seen by a comparison and made one again`() async throws {
      let (platform, bench) = try await inStep()
      // Out and in by the link: the mark is gone, and two updates say so.
      try await platform.client.kick(chat: "5А", phone: ChatPlatform.phone(1))
      try await platform.client.join(chat: "5А", phone: ChatPlatform.phone(1))
      try await repaired(bench)
      await bench.stop()
    }
  }
}
