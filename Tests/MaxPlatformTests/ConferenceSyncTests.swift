import Jansson
import PlatformSimulator
import Testing

extension WithPlatform {
  /// What is wanted of conferences comes about, with one request for each step.
  @Suite struct ConferenceSyncTests {
    private func ready(people: ClosedRange<Int> = 1...4) async throws -> (ChatPlatform, ChatBench) {
      let platform = try await ChatPlatform()
      let bench = try ChatBench(platform)
      try await bench.link(people)
      try await bench.sync(Wish("C1", Array(people)))
      return (platform, bench)
    }

    @Test func `D2: a conference is planned, started, finished and removed, with one request each`() async throws {
      let (platform, bench) = try await ready()
      try await bench.sync(conferences: ConferenceWish("K1", "planned", people: [1, 2]))
      let call = try #require(try await platform.call("K1"))
      #expect(call.state == "created" && call.name == "Урок K1" && call.invited == 2)
      #expect(try bench.conferenceState("K1") == "planned")
      #expect(try bench.conference("K1")["link"]?.string == call.link)
      #expect(try bench.conference("K1")["call_id"]?.string == call.id)

      await bench.advance(.seconds(600))
      try await bench.sync(conferences: ConferenceWish("K1", "active", revision: 2, people: [1, 2]))
      #expect(try await platform.call("K1")?.state == "active")
      #expect(try bench.conferenceState("K1") == "active")
      #expect(try bench.conference("K1")["started_at"]?.int64 == ConferenceWish.instant(10))

      await bench.advance(.seconds(2700))
      try await bench.sync(conferences: ConferenceWish("K1", "finished", revision: 3, people: [1, 2]))
      #expect(try bench.conferenceState("K1") == "finished")
      #expect(try bench.conference("K1")["finished_at"]?.int64 == ConferenceWish.instant(55))

      try await bench.sync(conferences: ConferenceWish("K1", "removed", revision: 4))
      #expect(try bench.conferenceState("K1") == "removed")
      #expect(try await platform.call("K1") == nil)
      #expect(try await platform.callRequests() == ["create", "start", "finish", "delete"])
      #expect(try await platform.callRequests(["applied"]).count == 4)
      await bench.stop()
    }

    @Test func `handed over as active it is made and started in one request`() async throws {
      let (platform, bench) = try await ready()
      try await bench.sync(conferences: ConferenceWish("K1", "active"))
      #expect(try await platform.call("K1")?.state == "active")
      #expect(try await platform.callRequests() == ["create"])
      #expect(try bench.conferenceState("K1") == "active")
      await bench.stop()
    }

    @Test func `handed over as finished before it started it is deleted there and told as finished`() async throws {
      let (platform, bench) = try await ready()
      try await bench.sync(conferences: ConferenceWish("K1", "planned"), ConferenceWish("K2", "finished"))
      try await bench.sync(conferences: ConferenceWish("K1", "finished", revision: 2))
      #expect(try await platform.call("K1") == nil)
      #expect(try bench.conferenceState("K1") == "finished" && bench.conferenceState("K2") == "finished")
      #expect(try await platform.callRequests() == ["create", "delete"])
      await bench.stop()
    }

    @Test func `removed while it goes on it is finished and then deleted`() async throws {
      let (platform, bench) = try await ready()
      try await bench.sync(conferences: ConferenceWish("K1", "active"))
      try await bench.sync(conferences: ConferenceWish("K1", "removed", revision: 2))
      #expect(try await platform.callRequests() == ["create", "finish", "delete"])
      #expect(try bench.conferenceState("K1") == "removed")
      await bench.stop()
    }

    @Test func `names, times and people follow by one change; an older revision and a repetition change nothing`()
      async throws
    {
      let (platform, bench) = try await ready()
      let first = ConferenceWish("K1", "planned", revision: 5, people: [1])
      try await bench.sync(conferences: first)
      let answer = try await bench.put(conferences: [first, ConferenceWish("K2", "planned")])
      #expect(answer["accepted"]?.int == 1 && answer["outdated"]?.int == 1)
      try await bench.sync(conferences: ConferenceWish("K1", "removed", revision: 4))
      #expect(try await platform.callRequests() == ["create", "create"])

      let changed = ConferenceWish(
        "K1", "planned", revision: 6, people: [2, 3], name: "Алгебра", minutes: 20..<65)
      try await bench.sync(conferences: changed)
      let call = try #require(try await platform.call("K1"))
      #expect(call.name == "Алгебра" && call.invited == 2)
      #expect(call.startsAt?.contains("17:51") == true)
      #expect(try await platform.callRequests() == ["create", "create", "change"])
      await bench.stop()
    }

    @Test func `C7: who is not bound is left out, and added when they bind while it is planned or goes on`()
      async throws
    {
      let (platform, bench) = try await ready(people: 1...2)
      try await bench.sync(
        conferences: ConferenceWish("K1", "planned", people: [1, 2, 5]),
        ConferenceWish("K2", "active", people: [5, 1]),
        ConferenceWish("K3", "finished", people: [5]))
      #expect(try await platform.call("K1")?.invited == 2)

      try await bench.bind(5)
      #expect(try await platform.call("K1")?.invited == 3)
      #expect(try await platform.call("K2")?.invited == 2)
      #expect(try await platform.callRequests() == ["create", "create", "change", "change"])

      try await bench.unbind(5)
      #expect(try await platform.call("K1")?.invited == 2)
      await bench.stop()
    }

    @Test func `while the chat is not there yet the conference waits for it`() async throws {
      let platform = try await ChatPlatform()
      let bench = try ChatBench(platform)
      try await bench.link(1...2)
      try await bench.sync(conferences: ConferenceWish("K1", "planned", people: [1]))
      #expect(try bench.conferenceState("K1") == "pending")
      #expect(try bench.conference("K1")["reason"]?.string == "chat")
      #expect(try await platform.callRequests() == [])

      try await bench.sync(Wish("C1", [1, 2]))
      #expect(try bench.conferenceState("K1") == "planned")
      #expect(try bench.conference("K1")["reason"]?.isNull == true)
      await bench.stop()
    }

    @Test func `what is refused for good is told with its code, and a newer revision tries again`() async throws {
      let (platform, bench) = try await ready()
      try await platform.fault("POST /sferum/v1/calls", "status", status: 400, times: 1)
      try await bench.sync(conferences: ConferenceWish("K1", "planned"))
      #expect(try bench.conferenceState("K1") == "failed")
      #expect(try bench.conference("K1")["reason"]?.string?.isEmpty == false)
      await bench.advance(.seconds(3600))
      #expect(try await platform.callRequests() == ["create"])

      try await bench.sync(conferences: ConferenceWish("K1", "planned", revision: 2))
      #expect(try bench.conferenceState("K1") == "planned")
      await bench.stop()
    }

    @Test func `a conference whose chat was lost is made in the next one`() async throws {
      let (platform, bench) = try await ready()
      try await bench.sync(conferences: ConferenceWish("K1", "planned"))
      let first = try #require(try await platform.call("K1"))
      try await platform.client.lose(chat: "Чат C1", silently: true)
      try await bench.sync(conferences: ConferenceWish("K1", "active", revision: 2))
      #expect(try bench.conferenceState("K1") == "failed")
      #expect(try bench.conference("K1")["reason"]?.string == "chat.not.found")

      try await bench.service("platform.chat.check")
      await bench.settle()
      #expect(try bench.conferenceState("K1") == "active")
      #expect(try await platform.call("K1")?.id != first.id)
      #expect(try await platform.client.conferences(all: true).count == 1)
      await bench.stop()
    }

    @Test func `a conference that somebody ended is told as finished, and does not begin again`() async throws {
      let (platform, bench) = try await ready()
      try await bench.sync(conferences: ConferenceWish("K1", "active"))
      try await platform.client.endCall("Урок K1")
      try await bench.sync(conferences: ConferenceWish("K1", "active", revision: 2, name: "Другое имя"))
      #expect(try bench.conferenceState("K1") == "finished")
      try await bench.sync(conferences: ConferenceWish("K1", "finished", revision: 3))
      #expect(try await platform.callRequests(["applied"]) == ["create"])
      await bench.stop()
    }

    @Test func `X8: every stay is told, page by page, strangers by the platform's id`() async throws {
      let platform = try await ChatPlatform(people: 4)
      let bench = try ChatBench(platform)
      try await bench.link(1...3)
      try await bench.sync(Wish("C1", [1, 2, 3]))
      try await bench.sync(
        conferences: ConferenceWish("K1", "active", people: [1, 2]), ConferenceWish("K2", "planned"))
      // 4 is a stranger.
      for round in 0..<60 {
        for number in [1, 2, 4] {
          try await platform.client.joinCall("Урок K1", phone: ChatPlatform.phone(number))
          if round < 59 || number == 1 {
            try await platform.client.leaveCall("Урок K1", phone: ChatPlatform.phone(number))
          }
        }
      }
      let told = try await bench.service("platform.conference.participants", ["conferenceId": "K1"])
      let stays = told["participants"]?.array ?? []
      #expect(stays.count == 180)
      let users = Set(stays.compactMap { $0["userId"]?.string })
      #expect(users.isSuperset(of: ["U1", "U2"]) && users.count == 3)
      #expect(users.count { $0.hasPrefix("platform:") } == 1)
      #expect(stays.filter { $0["leftAt"] == nil }.count == 2)
      #expect(stays.first?["joinedAt"]?.int64 == ChatPlatform.start)
      #expect(try await platform.callRequests().filter { $0 == "participants" }.count == 2)
      await #expect(throws: (any Error).self) {
        try await bench.service("platform.conference.participants", ["conferenceId": "none"])
      }
      await bench.stop()
    }

    @Test(
      arguments: [
        (["name": " "], "conferences/0/name"), (["phase": "soon"], "conferences/0/phase"),
        (["endsAt": 1], "conferences/0/endsAt"), (["members": ["platform:7"]], "conferences/0/members/0"),
        (["chatId": ""], "conferences/0/chatId"),
      ] as [(JSONValue, String)])
    func `what is wrong is said with its place, and keeps no other conference back`(
      _ wrong: JSONValue, _ path: String
    ) async throws {
      let (_, bench) = try await ready()
      var json = ConferenceWish("K1", "planned").json
      for (name, value) in wrong.members ?? [] { json = json.setting(name, value) }
      let answer = try await bench.service(
        "platform.conference.put", ["conferences": [json, ConferenceWish("K2", "planned").json]])
      #expect(answer["accepted"] == 1 && answer["refused"]?.count == 1)
      #expect(answer["refused"]?[0]?["path"]?.string == "/\(path)", "\(answer.text())")
      #expect(answer["refused"]?[0]?["index"] == 0 && answer["refused"]?[0]?["conferenceId"] == "K1")
      #expect(try bench.number("SELECT count(*) FROM max_platform_v1_conferences") == 1)
      await #expect(throws: (any Error).self) {
        try await bench.service("platform.conference.put", ["conferences": "K1"])
      }
      await bench.stop()
    }
  }
}
