import Jansson
import PlatformSimulator
import Testing

extension WithPlatform {
  /// X2: a wave of removals waits for somebody.
  @Suite struct ChatGuardTests {
    private func school(_ people: Int = 30) async throws -> (ChatPlatform, ChatBench) {
      let platform = try await ChatPlatform(people: people + 5)
      let bench = try ChatBench(platform)
      try await bench.link(1...(people + 5))
      try await bench.sync(Wish("C1", Array(1...people)))
      return (platform, bench)
    }

    @Test func `ten may leave, eleven wait, and additions go on`() async throws {
      let (platform, bench) = try await school()
      try await bench.sync(Wish("C1", Array(12...31), revision: 2))

      #expect(try await platform.people(in: "C1") == Array(1...31))
      #expect(try bench.state("C1") == "held")
      #expect(try bench.told("C1")["held"]?.int == 11)
      #expect(try bench.reason("C1", 1) == "held")

      let answer = try await bench.service("platform.chat.confirm", ["chatIds": ["C1"]])
      #expect(answer["people"]?.int == 11)
      await bench.settle()
      #expect(try await platform.people(in: "C1") == Array(12...31))
      #expect(try bench.state("C1") == "inStep")
      await bench.stop()
    }

    @Test func `ten leave at once`() async throws {
      let (platform, bench) = try await school()
      try await bench.sync(Wish("C1", Array(11...30), revision: 2))
      #expect(try await platform.people(in: "C1") == Array(11...30))
      await bench.stop()
    }

    @Test func `a wave in small portions is one, and an hour later small changes are free again`() async throws {
      let (platform, bench) = try await school()
      try await bench.sync(Wish("C1", Array(7...30), revision: 2))
      #expect(try await platform.people(in: "C1") == Array(7...30))
      try await bench.sync(Wish("C1", Array(13...30), revision: 3))
      #expect(try bench.told("C1")["held"]?.int == 6)
      await bench.advance(.seconds(3601))
      #expect(try bench.told("C1")["held"]?.int == 6)
      try await bench.sync(Wish("C1", Array(14...30), revision: 4))
      #expect(try await platform.people(in: "C1") == Array(7...12) + Array(14...30))
      await bench.stop()
    }

    @Test func `the setting is a share of all memberships, and the last one told holds`() async throws {
      let platform = try await ChatPlatform(people: 60)
      let bench = try ChatBench(platform)
      try await bench.link(1...60)
      // Six chats of ten, of which half are to go: each chat is changed twice a second at most.
      func wishes(dropping: Int, revision: Int64) -> [Wish] {
        (0..<6).map { index in Wish("C\(index)", Array(index * 10 + 1 + dropping...index * 10 + 10), revision: revision)
        }
      }
      try await bench.put(wishes(dropping: 0, revision: 1), threshold: 50)
      await bench.settle()
      try await bench.put(wishes(dropping: 5, revision: 2))
      await bench.settle()
      #expect(try bench.number("SELECT sum(held) FROM max_platform_v1_chats") == 0)
      #expect(try await platform.people(in: "C0") == Array(6...10))

      try await bench.put(wishes(dropping: 9, revision: 3), threshold: 20)
      #expect(try bench.number("SELECT sum(held) FROM max_platform_v1_chats") == 24)
      await bench.stop()
    }

    @Test func `who is wanted again while held stays`() async throws {
      let (platform, bench) = try await school()
      try await bench.sync(Wish("C1", Array(21...30), revision: 2))
      #expect(try bench.told("C1")["held"]?.int == 20)
      let before = try await platform.requestCount()
      try await bench.sync(Wish("C1", Array(1...30), revision: 3))
      #expect(try bench.state("C1") == "inStep")
      #expect(try bench.told("C1")["held"]?.int == 0)
      #expect(try await platform.requestCount() == before)
      await bench.stop()
    }

    @Test func `the removal of chats waits for nobody`() async throws {
      let (platform, bench) = try await school()
      try await bench.remove("C1", revision: 2)
      await bench.settle()
      #expect(try await platform.client.chats().isEmpty)
      await bench.stop()
    }

    @Test func `who unbinds goes, however many they are`() async throws {
      let platform = try await ChatPlatform(people: 13)
      let bench = try ChatBench(platform)
      try await bench.link([13])
      for number in 1...12 { try await bench.bind(number) }
      try await bench.sync(Wish("C1", Array(1...13)))
      for number in 1...12 { try await bench.service("platform.unbind", ["requestId": JSONValue("bind-\(number)")]) }
      await bench.settle()
      #expect(try await platform.people(in: "C1") == [13])
      #expect(try bench.state("C1") == "waiting")
      await bench.stop()
    }

    @Test func `X2: a preview says who joins, who leaves and what it costs, and stores nothing`() async throws {
      let (platform, bench) = try await school()
      let before = try bench.rows("SELECT * FROM max_platform_chats")
      let chats = [Wish("C1", [-2] + Array(3...32), title: "6А"), Wish("C2", [1, 2, 99])]
      let answer = try await bench.service("platform.chat.preview", ["chats": JSONValue(chats.map(\.json))])

      func number(_ name: String) -> Int? { answer[name]?.int }
      #expect(number("chats") == 2)
      #expect(number("creations") == 1)
      #expect(number("joins") == 4)
      #expect(number("leaves") == 1)
      #expect(number("administratorChanges") == 1)
      #expect(number("titles") == 1)
      #expect(number("calls") == 5)
      #expect(number("heldLeaves") == 0)
      #expect(number("waiting") == 1)
      let detail = answer["details"]?.array?.first { $0["chatId"]?.string == "C1" }
      #expect(detail?["leaves"]?.array?.compactMap(\.string) == ["U1"])
      #expect(Set(detail?["joins"]?.array?.compactMap(\.string) ?? []) == ["U31", "U32"])
      #expect(try bench.rows("SELECT * FROM max_platform_chats") == before)
      let calls = try await platform.requestCount()

      try await bench.put(
        chats.map { wish in
          var wish = wish
          wish.revision = 9
          return wish
        })
      await bench.settle()
      #expect(try await platform.requestCount() - calls == 5, "what was previewed is what is done")

      let wave = try await bench.service("platform.chat.preview", ["chats": [Wish("C1", [-2]).json]])
      #expect(wave["heldLeaves"]?.int == 30)
      #expect(wave["leaves"]?.int == 0)
      await bench.stop()
    }
  }
}
