import Jansson
import PlatformSimulator
import PluginHost
import Testing

extension WithPlatform {
  /// Whom the platform does not take, and what it refuses as a whole.
  @Suite struct ChatRefusalTests {
    private static let privacy = "refused:add.participant.privacy"

    @Test func `X1: one person's refusal is theirs alone, with a pause of its own that grows`() async throws {
      let platform = try await ChatPlatform()
      let bench = try ChatBench(platform)
      try await bench.link(1...4)
      try await platform.client.setRefusesChats(true, phone: ChatPlatform.phone(2))

      try await bench.sync(Wish("C1", [1, -2, 3]))

      #expect(try await platform.people(in: "C1") == [1, 3])
      #expect(try bench.reason("C1", 2) == Self.privacy)
      #expect(try bench.state("C1") == "error")
      #expect(try bench.told("C1")["reason"]?.string == "members.refused")
      #expect(try bench.told("C1")["refused"]?.int == 1)
      let since = try bench.number("SELECT since FROM max_platform_v1_chat_members WHERE user_id = 'U2'")
      let before = try await platform.requestCount()

      await bench.advance(.seconds(3600))

      // After 1, 2, 4, 8, 16 minutes, on whole ones.
      #expect((5...6).contains(try await platform.requestCount() - before))
      #expect(try bench.number("SELECT since FROM max_platform_v1_chat_members WHERE user_id = 'U2'") == since)
      try await bench.sync(Wish("C1", [1, -2, 3, 4], revision: 2))
      #expect(try await platform.people(in: "C1") == [1, 3, 4])

      try await platform.client.setRefusesChats(false, phone: ChatPlatform.phone(2))
      await bench.advance(.seconds(24 * 3600))
      #expect(try await platform.people(in: "C1") == [1, -2, 3, 4])
      // After a day's silence every chat is read once.
      try await bench.until("in step") { try bench.state("C1") == "inStep" }
      await bench.stop()
    }

    @Test func `refused people who fall due together are asked for in one call`() async throws {
      let platform = try await ChatPlatform()
      let bench = try ChatBench(platform)
      try await bench.link(1...6)
      for number in 2...5 { try await platform.client.setRefusesChats(true, phone: ChatPlatform.phone(number)) }
      try await bench.sync(Wish("C1", [1, 2, 3]))
      await bench.advance(.seconds(5))
      try await bench.sync(Wish("C1", [1, 2, 3, 4, 5], revision: 2))
      let before = try await platform.requestCount()
      await bench.advance(.seconds(125))
      #expect(try await platform.requestCount() - before == 1)
      await bench.stop()
    }

    @Test func `«Обновить» asks for the refused again, and so does a new binding`() async throws {
      let platform = try await ChatPlatform()
      let bench = try ChatBench(platform)
      try await bench.link([1])
      try await bench.bind(2)
      try await platform.client.setRefusesChats(true, phone: ChatPlatform.phone(2))
      try await bench.sync(Wish("C1", [1, 2]))
      #expect(try bench.reason("C1", 2) == Self.privacy)
      try await platform.client.setRefusesChats(false, phone: ChatPlatform.phone(2))
      try await bench.service("platform.chat.check", ["chatIds": ["C1"]])
      await bench.settle()
      #expect(try await platform.people(in: "C1") == [1, 2])

      try await platform.client.setRefusesChats(true, phone: ChatPlatform.phone(2))
      try await bench.sync(Wish("C2", [1, 2]))
      #expect(try bench.reason("C2", 2) == Self.privacy)
      try await platform.client.setRefusesChats(false, phone: ChatPlatform.phone(2))
      try await bench.unbind(2)
      try await bench.bind(2, request: "again")
      #expect(try await platform.people(in: "C2") == [1, 2])
      await bench.stop()
    }

    @Test func `who is blocked stays out, and is in once they come by the link`() async throws {
      let platform = try await ChatPlatform()
      let bench = try ChatBench(platform)
      try await bench.link(1...2)
      try await bench.sync(Wish("C1", [1, 2], title: "5А"))
      await bench.advance(.seconds(1))
      try await platform.client.kick(chat: "5А", phone: ChatPlatform.phone(2), block: true)
      try await bench.until("refused") { try bench.reason("C1", 2) == Self.privacy }
      try await platform.client.unblock(chat: "5А", phone: ChatPlatform.phone(2))
      await bench.advance(.seconds(1))
      try await platform.client.join(chat: "5А", phone: ChatPlatform.phone(2))
      try await bench.until("in") { try bench.reason("C1", 2) == "" }
      await bench.settle()
      #expect(try bench.state("C1") == "inStep")
      await bench.stop()
    }

    @Test func `what is refused for good is tried by the hour, and other changes go on meanwhile`() async throws {
      let platform = try await ChatPlatform()
      let bench = try ChatBench(platform)
      try await bench.link(1...3)
      try await bench.sync(Wish("C1", [1, 2], title: "5А"))
      try await platform.fault("PATCH *", "status", status: 400)

      try await bench.sync(Wish("C1", [1, 3], title: "6А", revision: 2))

      #expect(try await platform.people(in: "C1") == [1, 3])
      #expect(try bench.state("C1") == "error")
      let code = try bench.told("C1")["reason"]?.string
      #expect(code?.isEmpty == false)
      let before = try await platform.requestCount()
      await bench.advance(.seconds(3590))
      #expect(try await platform.requestCount() == before)
      await bench.advance(.seconds(20))
      #expect(try await platform.requestCount() == before + 1)

      _ = try await platform.client.clearFaults()
      try await bench.sync(Wish("C1", [1, 3], title: "6Б", revision: 3))
      #expect(try await platform.chat("C1")?.title == "6Б")
      #expect(try bench.state("C1") == "inStep")
      await bench.stop()
    }

    @Test func `somebody's pause that ends while additions rest does not leave the chat lying`() async throws {
      let platform = try await ChatPlatform()
      let bench = try ChatBench(platform)
      try await bench.link(1...5)
      try await platform.client.setRefusesChats(true, phone: ChatPlatform.phone(2))
      try await bench.sync(Wish("C1", [1, 2, 3]))
      try await platform.fault("POST /chats/*", "status", status: 400)
      try await bench.sync(Wish("C1", [1, 2, 3, 4, 5], revision: 2))
      await bench.advance(.seconds(200))
      _ = try await platform.client.clearFaults()
      try await platform.client.setRefusesChats(false, phone: ChatPlatform.phone(2))
      await bench.advance(.seconds(3700))
      #expect(try await platform.people(in: "C1") == [1, 2, 3, 4, 5])
      #expect(try bench.state("C1") == "inStep")
      await bench.stop()
    }

    @Test func `a wish that is taken back ends its error`() async throws {
      let platform = try await ChatPlatform()
      let bench = try ChatBench(platform)
      try await bench.link(1...2)
      try await bench.sync(Wish("C1", [1, 2], title: "5А"))
      try await platform.fault("PATCH *", "status", status: 400)
      try await bench.sync(Wish("C1", [1, 2], title: "6А", revision: 2))
      #expect(try bench.state("C1") == "error")
      try await bench.sync(Wish("C1", [1, 2], title: "5А", revision: 3))
      #expect(try bench.state("C1") == "inStep")
      await bench.stop()
    }

    @Test func `a token that is not accepted stops all, and a restart with another goes on`() async throws {
      let platform = try await ChatPlatform()
      let bench = try ChatBench(platform)
      try await bench.link(1...3)
      await bench.stop()
      let wrong = try ChatBench(platform, folder: bench.folder, token: "wrong")
      try await wrong.put((1...40).map { Wish("C\($0)", [1, 2]) })
      await wrong.settle()
      #expect(try await platform.client.chats().isEmpty)
      let refused = try await platform.client.log().filter { $0.status == 401 && $0.path.contains("chats") }.count
      #expect((1...24).contains(refused))
      #expect(try wrong.number("SELECT count(*) FROM max_platform_v1_chats WHERE reason = 'unauthorized'") == refused)
      await wrong.stop()
      let right = try ChatBench(platform, folder: bench.folder)
      try await right.put([Wish("C41", [1])])
      await right.advance(.seconds(301))
      #expect(try await platform.client.chats().count == 41)
      await right.stop()
    }

    @Test(arguments: [
      ("chats", #"{"chats": 1}"#), ("chats/0/title", #"{"chats": [{"chatId": "C", "revision": 1, "title": " "}]}"#),
      ("chats/0/kind", #"{"chats": [{"chatId": "C", "revision": 1, "title": "Т", "kind": "x"}]}"#),
      ("chats/0/members", #"{"chats": [{"chatId": "C", "revision": 1, "title": "Т", "kind": "class"}]}"#),
      (
        "chats/0/members/0/userId",
        #"{"chats": [{"chatId": "C", "revision": 1, "title": "Т", "kind": "class", "members": [{"userId": "platform:1"}]}]}"#
      ),
      ("chats/0/revision", #"{"chats": [{"chatId": "C", "title": "Т", "kind": "class", "members": []}]}"#),
      ("chats/0/chatId", #"{"chats": [{"revision": 1, "title": "Т", "kind": "class", "members": []}]}"#),
      ("removalThresholdPercent", #"{"chats": [], "removalThresholdPercent": 101}"#),
    ])
    func `what is wrong in a put is said with its place, and nothing of it is done`(
      _ path: String, _ text: String
    ) async throws {
      let platform = try await ChatPlatform(people: 1)
      let bench = try ChatBench(platform)
      let params = try JSONValue(parsing: text)
      do {
        try await bench.service("platform.chat.put", params)
        Issue.record("accepted")
      } catch let failure as PluginFailure {
        #expect(failure.issues.map(\.path) == ["/\(path)"])
        #expect(failure.message.ru.hasPrefix(path))
      }
      #expect(try bench.number("SELECT count(*) FROM max_platform_chats") == 0)
      await bench.stop()
    }
  }
}
