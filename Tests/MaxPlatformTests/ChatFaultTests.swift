import Foundation
import Jansson
import PlatformSimulator
import Synchronization
import Testing

extension WithPlatform {
  /// What the network and the platform do to calls, and the end of the process at any point.
  @Suite struct ChatFaultTests {
    @Test(arguments: ["drop-before", "drop-after"])
    func `a creation whose answer was lost is looked for, and made once`(_ kind: String) async throws {
      let platform = try await ChatPlatform()
      let bench = try ChatBench(platform)
      try await bench.link(1...3)
      try await platform.fault("POST /sferum/v1/chats", kind, times: 1)
      try await bench.sync(Wish("C1", [1, -2]))
      #expect(try bench.state("C1") == "pending", "one slip is nothing to show")
      await bench.advance(.seconds(2))
      #expect(try bench.state("C1") == "inStep")
      #expect(try await platform.people(in: "C1") == [1, -2])
      #expect(try await platform.requests(["applied"]).filter { $0 == "POST /sferum/v1/chats" }.count == 1)
      #expect(try await platform.requests(["repeated"]) == [])
      await bench.stop()
    }

    @Test func `a wish that changed while the answer was lost leaves nobody behind`() async throws {
      let platform = try await ChatPlatform()
      let bench = try ChatBench(platform)
      try await bench.link(1...3)
      try await bench.sync(Wish("C1", [1]))
      try await platform.fault("POST /chats/*", "drop-after", times: 1)
      try await bench.sync(Wish("C1", [1, 2], revision: 2))
      #expect(try await platform.people(in: "C1") == [1, 2])
      try await bench.put(Wish("C1", [1], revision: 3))
      await bench.advance(.seconds(2))
      #expect(try await platform.people(in: "C1") == [1], "a child that was removed must not keep reading")
      #expect(try bench.state("C1") == "inStep")
      await bench.stop()
    }

    @Test func `failures that pass are shown from the second on, with growing pauses and the platform's own hint`()
      async throws
    {
      let platform = try await ChatPlatform()
      let bench = try ChatBench(platform)
      try await bench.link([1])
      try await platform.fault("POST /sferum/v1/chats", "status", status: 503)
      try await bench.sync(Wish("C1", [1]))
      await bench.advance(.seconds(2))
      #expect(try bench.state("C1") == "error")
      #expect(try bench.told("C1")["reason"]?.string == "status.503")
      await bench.advance(.seconds(3600))
      let attempts = try await platform.requests().filter { $0 == "POST /sferum/v1/chats" }.count
      #expect((15...28).contains(attempts))
      _ = try await platform.client.clearFaults()
      await bench.advance(.seconds(301))
      #expect(try bench.state("C1") == "inStep")
      await bench.stop()
    }

    /// Random wishes and drift on a platform where three in ten calls fail.
    @Test(arguments: [1, 2, 3])
    func `with three calls in ten failing in every way wished and actual become equal`(_ seed: UInt64) async throws {
      let platform = try await ChatPlatform(people: 20)
      var bench = try ChatBench(platform)
      try await bench.link(1...18)
      for (kind, status) in [("status", 429), ("status", 503), ("drop-before", nil), ("drop-after", nil)] {
        try await platform.fault("*/chats*", kind, status: status, rate: 0.08)
      }
      try await platform.fault("GET /updates*", "duplicate", rate: 0.3)
      try await platform.fault("GET /updates*", "reorder", rate: 0.3)
      var generator = Seeded(seed: seed)
      var wishes: [String: Wish] = [:]
      for round in 1...12 {
        let id = "C\(Int.random(in: 1...5, using: &generator))"
        let people = (1...20).filter { _ in Bool.random(using: &generator) }
          .map { Int.random(in: 0..<4, using: &generator) == 0 ? -$0 : $0 }
        wishes[id] = Wish(
          id, people, title: "Чат \(id) \(Int.random(in: 1...2, using: &generator))", revision: Int64(round))
        try await bench.put([wishes[id]].compactMap { $0 }, threshold: 100)
        if round % 3 == 0, let chat = try await platform.client.chats().randomElement(using: &generator),
          let member = chat.members.randomElement(using: &generator)
        {
          // try?: the repair that is under way may have taken them out a moment before.
          _ = try? await platform.client.kick(chat: chat.id, phone: member.phone)
        }
        await bench.advance(.seconds(Int.random(in: 1...20, using: &generator)))
        if round % 4 == 0 { bench = try await bench.restarted() }
      }
      let (last, wanted) = (bench, wishes)
      try await last.until("all is as wished") {
        await last.advance(.seconds(120))
        guard try last.number(Self.unfinished) == 0 else { return false }
        for (id, wish) in wanted {
          let people = wish.people.filter { abs($0) <= 18 }.sorted { abs($0) < abs($1) }
          guard try await platform.people(in: id) == people else { return false }
        }
        return true
      }
      for (id, wish) in wishes {
        let wanted = wish.people.filter { abs($0) <= 18 }.sorted { abs($0) < abs($1) }
        #expect(try await platform.people(in: id) == wanted, "\(id), seed \(seed)")
        #expect(try await platform.chat(id)?.title == wish.title)
      }
      try await expectTruth(bench)
      let made = try await platform.requests(["applied"]).filter { $0 == "POST /sferum/v1/chats" }.count
      #expect(made == wishes.count, "a chat is made once")
      let chats = Set(try await platform.client.chats().map(\.externalId))
      #expect(chats.count == wishes.count)
      await bench.stop()
    }

    static let unfinished = "SELECT count(*) FROM max_platform_v1_chats WHERE state NOT IN ('inStep', 'waiting')"

    /// What is told of chats is what is told of their people, one by one.
    private func expectTruth(_ bench: ChatBench) async throws {
      let rows = try bench.rows(
        """
        SELECT c.chat_id, c.state, c.waiting, c.held, c.gone, c.refused,
          (SELECT count(*) FROM max_platform_v1_chat_members AS m WHERE m.chat_id = c.chat_id AND reason = 'unbound') AS u,
          (SELECT count(*) FROM max_platform_v1_chat_members AS m WHERE m.chat_id = c.chat_id AND reason = 'held') AS h,
          (SELECT count(*) FROM max_platform_v1_chat_members AS m WHERE m.chat_id = c.chat_id AND reason = 'left') AS l,
          (SELECT count(*) FROM max_platform_v1_chat_members AS m WHERE m.chat_id = c.chat_id AND reason = 'queued') AS q
        FROM max_platform_v1_chats AS c
        """)
      for row in rows {
        #expect(row["waiting"] == row["u"] && row["held"] == row["h"] && row["gone"] == row["l"], "\(row.text())")
        if row["state"]?.string == "inStep" { #expect(row["q"]?.int == 0 && row["u"]?.int == 0, "\(row.text())") }
      }
    }
  }
}
