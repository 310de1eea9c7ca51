import Jansson
import PlatformSimulator
import Testing

extension WithPlatform {
  /// Chats that are to go and do not, that come when nobody wants them any more, and that are said to be gone and live.
  @Suite struct ChatEndTests {
    private func inStep() async throws -> (ChatPlatform, ChatBench) {
      let platform = try await ChatPlatform()
      let bench = try ChatBench(platform)
      try await bench.link(1...4)
      try await bench.sync(Wish("C1", [-1, 2, 3], title: "5А"))
      await bench.advance(.seconds(1))
      return (platform, bench)
    }

    @Test func `of a chat that the platform will not delete everybody is taken out, and the error is told`()
      async throws
    {
      let (platform, bench) = try await inStep()
      let id = try #require(try await platform.chat("C1")).id
      let before = try await platform.requestCount()
      try await platform.fault("DELETE /sferum/v1/chats/*", "status", status: 400)

      try await bench.remove("C1", revision: 2)
      await bench.settle()

      #expect(try await platform.people(in: "C1") == [])
      #expect(try bench.state("C1") == "removing")
      #expect(try bench.told("C1")["reason"]?.string == "fault.injected")
      let members = "DELETE /chats/\(id)/members"
      #expect(
        try await platform.requests().dropFirst(before) == ["DELETE /sferum/v1/chats/\(id)", members, members, members])
      await bench.advance(.seconds(3700))
      #expect(try await platform.requestCount() == before + 5, "by the hour")

      _ = try await platform.client.clearFaults()
      try await bench.service("platform.chat.check")
      await bench.settle()
      #expect(try bench.state("C1") == "none")
      #expect(try await platform.client.chats().isEmpty)
      await bench.stop()
    }

    @Test func `a chat that could not be deleted and is wanted again has its people back`() async throws {
      let (platform, bench) = try await inStep()
      try await platform.fault("DELETE /sferum/v1/chats/*", "status", status: 400)
      try await bench.remove("C1", revision: 2)
      await bench.settle()
      try await bench.sync(Wish("C1", [-1, 2], title: "5А", revision: 3))
      #expect(try await platform.people(in: "C1") == [-1, 2])
      #expect(try bench.state("C1") == "inStep")
      #expect(try await platform.client.chats().count == 1)
      await bench.stop()
    }

    @Test func `somebody whom the platform keeps in is asked for again, and holds nobody up`() async throws {
      let (platform, bench) = try await inStep()
      let id = try #require(try await platform.chat("C1")).id
      try await platform.fault("DELETE /sferum/v1/chats/*", "status", status: 400)
      try await platform.fault("DELETE /chats/\(id)/members", "status", status: 400, times: 1)
      try await bench.remove("C1", revision: 2)
      await bench.settle()
      #expect(try await platform.people(in: "C1").count == 1)
      await bench.advance(.seconds(121))
      #expect(try await platform.people(in: "C1") == [])
      await bench.stop()
    }

    @Test(arguments: [true, false])
    func `a creation whose answer was lost, and that nobody wants any more, leaves no chat`(_ comesLate: Bool)
      async throws
    {
      let platform = try await ChatPlatform()
      let bench = try ChatBench(platform)
      try await bench.link(1...3)
      try await platform.fault("POST /sferum/v1/chats", "drop-before", times: 1)
      try await bench.sync(Wish("C1", [-1, 2], title: "5А"))
      try await bench.remove("C1", revision: 2)
      await bench.advance(.seconds(2))
      #expect(try bench.state("C1") == "removing", "it may still come")
      if comesLate {
        try await platform.asBot(
          "POST", "/sferum/v1/chats", ["external_id": "C1:1", "title": "5А", "kind": "class", "member_user_ids": []])
        #expect(try await platform.client.chats().count == 1)
      }

      await bench.advance(.seconds(601))

      #expect(try bench.state("C1") == "none")
      #expect(try await platform.client.chats().isEmpty)
      let before = try await platform.requestCount()
      await bench.advance(.seconds(7200))
      #expect(try await platform.requestCount() == before)
      await bench.stop()
    }

    @Test func `a removal that comes after a search in vain looks once more`() async throws {
      let platform = try await ChatPlatform()
      let bench = try ChatBench(platform)
      try await bench.link(1...3)
      try await platform.fault("POST /sferum/v1/chats", "drop-before")
      try await bench.sync(Wish("C1", [-1, 2], title: "5А"))
      await bench.advance(.seconds(4))
      try await bench.remove("C1", revision: 2)
      await bench.settle()
      #expect(try bench.state("C1") == "removing")
      _ = try await platform.client.clearFaults()
      try await platform.asBot(
        "POST", "/sferum/v1/chats", ["external_id": "C1:1", "title": "5А", "kind": "class", "member_user_ids": []])
      await bench.advance(.seconds(601))
      #expect(try await platform.client.chats().isEmpty)
      await bench.stop()
    }

    @Test func `rights that are doubted where the platform hides the chat are asked for once, then by the hour`()
      async throws
    {
      let (platform, bench) = try await inStep()
      try await platform.fault("/chats/*", "status", status: 404)
      let before = try await platform.requestCount()
      try await platform.client.setBotDemoted(true, chat: "5А")
      try await bench.until("seen") { try bench.state("C1") == "error" }
      await bench.settle()
      #expect(try await platform.requestCount() == before + 2, "the rights, and the search")
      await bench.advance(.seconds(3700))
      #expect(try await platform.requestCount() == before + 4)
      await bench.stop()
    }

    @Test func `a living chat that hides from a bot that was thrown out is not made a second time`() async throws {
      let (platform, bench) = try await inStep()
      try await platform.client.setBotDemoted(true, chat: "5А")
      // Heard now, and not somewhere in what follows.
      try await bench.until("seen") { try bench.state("C1") == "error" }
      await bench.settle()
      try await platform.fault("/chats/*", "status", status: 404)
      try await bench.service("platform.chat.check")
      await bench.settle()

      #expect(try bench.state("C1") == "error")
      #expect(try bench.told("C1")["reason"]?.string == "noPermission")
      #expect(try await platform.client.chats().count == 1)
      let before = try await platform.requestCount()
      await bench.advance(.seconds(3700))
      #expect(try await platform.client.chats().count == 1)
      #expect(try await platform.requestCount() == before + 2, "the rights, and the search")

      _ = try await platform.client.clearFaults()
      try await platform.client.kick(chat: "5А", phone: ChatPlatform.phone(3))
      try await platform.client.setBotDemoted(false, chat: "5А")
      try await bench.until("in step again") {
        try await platform.people(in: "C1") == [-1, 2, 3]
      }
      await bench.settle()
      #expect(try bench.state("C1") == "inStep", "what happened meanwhile is found")
      await bench.stop()
    }

    @Test func `an administrator who lacks a right gets them all again`() async throws {
      let (platform, bench) = try await inStep()
      let id = try #require(try await platform.chat("C1")).id
      func rights() async throws -> Set<String> {
        let admins = try await platform.asBot("GET", "/chats/\(id)/members/admins")["members"]?.array ?? []
        let ours = admins.first { $0["user_id"]?.int64 == platform.members[0] }
        return Set((ours?["permissions"]?.array ?? []).compactMap(\.string))
      }
      let all = try await rights()
      #expect(all.contains("pin_message"))
      try await platform.asBot(
        "POST", "/chats/\(id)/members/admins",
        ["admins": [["user_id": JSONValue(platform.members[0]), "permissions": ["read_all_messages", "write"]]]])
      #expect(try await rights().count < all.count)

      try await bench.service("platform.chat.check")
      await bench.settle()

      #expect(try await rights() == all)
      #expect(try bench.state("C1") == "inStep")
      let before = try await platform.requestCount()
      try await bench.service("platform.chat.check")
      await bench.settle()
      #expect(try await platform.requestCount() == before + 2, "the chat and its people, and nothing to do")
      await bench.stop()
    }

    @Test func `somebody with few rights who is to have none loses them`() async throws {
      let (platform, bench) = try await inStep()
      let id = try #require(try await platform.chat("C1")).id
      try await platform.asBot(
        "POST", "/chats/\(id)/members/admins",
        ["admins": [["user_id": JSONValue(platform.members[1]), "permissions": ["read_all_messages"]]]])
      #expect(try await platform.people(in: "C1") == [-1, -2, 3])
      try await bench.service("platform.chat.check")
      await bench.settle()
      #expect(try await platform.people(in: "C1") == [-1, 2, 3])
      await bench.stop()
    }
  }
}
