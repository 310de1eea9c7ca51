import Jansson
import PlatformSimulator
import PlatformTesting
import Testing

extension WithPlatform {
  /// What the network and the platform do to conferences: each begins once and ends at most once.
  @Suite struct ConferenceFaultTests {
    private func ready() async throws -> (ChatPlatform, ChatBench) {
      let platform = try await ChatPlatform()
      let bench = try ChatBench(platform)
      try await bench.link(1...3)
      try await bench.sync(Wish("C1", [1, 2, 3]))
      return (platform, bench)
    }

    /// The faults and the phases in which they strike.
    @Test(arguments: ["drop-before", "drop-after"], ["planned", "active", "finished"])
    func `a request whose answer was lost is looked after, and has its effect once`(
      _ kind: String, _ struck: String
    ) async throws {
      let (platform, bench) = try await ready()
      for (revision, phase) in ["planned", "active", "finished"].enumerated() {
        if phase == struck { try await platform.fault("POST /sferum/v1/calls*", kind, times: 1) }
        try await bench.sync(conferences: ConferenceWish("K1", phase, revision: Int64(revision), people: [1]))
        if phase == struck {
          #expect(try bench.conference("K1")["attempts"]?.int == 1)
          #expect(try bench.conference("K1")["next_attempt_at"]?.int64 ?? 0 > ChatPlatform.start)
        }
        await bench.advance(.seconds(2))
        #expect(try bench.conferenceState("K1") == phase)
      }
      #expect(try await platform.callRequests(["applied"]) == ["create", "start", "finish"])
      #expect(try await platform.callRequests(["repeated", "refused"]) == [])
      #expect(try bench.conference("K1")["attempts"]?.int == 0)
      await bench.stop()
    }

    @Test func `a conference that was to begin and to end while the platform was away is not begun`() async throws {
      let (platform, bench) = try await ready()
      try await bench.sync(conferences: ConferenceWish("K1", "planned"))
      try await platform.fault("POST */start", "status", status: 503)
      try await bench.sync(conferences: ConferenceWish("K1", "active", revision: 2))
      await bench.advance(.seconds(300))
      let attempts = try await platform.callRequests().filter { $0 == "start" }.count
      // Pauses of a start grow to half a minute, no further.
      #expect((10...20).contains(attempts))
      #expect(try bench.conference("K1")["reason"]?.string == "status.503")
      try await bench.sync(conferences: ConferenceWish("K1", "finished", revision: 3))
      #expect(try bench.conferenceState("K1") == "finished")
      #expect(try await platform.callRequests(["applied"]) == ["create", "delete"])
      await bench.stop()
    }

    @Test func `too many requests: the platform's own pause is kept, and nothing is doubted`() async throws {
      let (platform, bench) = try await ready()
      try await platform.fault("POST /sferum/v1/calls", "status", status: 429, times: 1)
      try await bench.sync(conferences: ConferenceWish("K1", "planned"))
      #expect(try bench.conference("K1")["reason"]?.string == "too.many.requests")
      await bench.advance(.seconds(5))
      #expect(try bench.conferenceState("K1") == "planned")
      #expect(try await platform.callRequests() == ["create", "create"])
      await bench.stop()
    }

    @Test func `a token that is not accepted ends the turn, and a restart with the right one goes on`() async throws {
      let platform = try await ChatPlatform()
      let first = try ChatBench(platform)
      try await first.link(1...2)
      try await first.sync(Wish("C1", [1, 2]))
      await first.stop()
      let bench = try ChatBench(platform, folder: first.folder, token: "wrong")
      try await bench.put(conferences: (1...40).map { ConferenceWish("K\($0)", "active") })
      await bench.settle()
      #expect(try await platform.callRequests().count <= 24)
      #expect(try bench.conferenceState("K1") == "pending")
      await bench.stop()
      let last = try ChatBench(platform, folder: first.folder)
      await last.advance(.seconds(301))
      #expect(try last.number("SELECT count(*) FROM max_platform_v1_conferences WHERE state = 'active'") == 40)
      #expect(try await platform.callRequests(["applied"]).count == 40)
      await last.stop()
    }

    @Test(arguments: [1, 2])
    func `with three requests in ten failing in every way each begins once and ends once`(_ seed: UInt64) async throws {
      let platform = try await ChatPlatform()
      var bench = try ChatBench(platform)
      try await bench.link(1...3)
      try await bench.sync(Wish("C1", [1, 2, 3]))
      for (kind, status) in [("status", 429), ("status", 503), ("drop-before", nil), ("drop-after", nil)] {
        try await platform.fault("*/calls*", kind, status: status, rate: 0.08)
      }
      var generator = Seeded(seed: seed)
      var revision: Int64 = 0
      let ids = (1...12).map { "K\($0)" }
      for phase in ["planned", "planned", "active", "active", "finished"] {
        revision += 1
        try await bench.put(
          conferences: ids.map {
            ConferenceWish($0, phase, revision: revision, people: [Int.random(in: 1...3, using: &generator)])
          })
        await bench.advance(.seconds(Int.random(in: 1...4, using: &generator)))
        if phase == "active" { bench = try await bench.restarted() }
        for _ in 0..<60 where try bench.number(Self.unfinished(phase)) > 0 { await bench.advance(.seconds(31)) }
      }
      #expect(try bench.number("SELECT count(*) FROM max_platform_v1_conferences WHERE state = 'finished'") == 12)
      let applied = try await platform.callRequests(["applied"])
      for order in ["create", "start", "finish"] { #expect(applied.filter { $0 == order }.count == 12, "\(order)") }
      #expect(try await platform.client.conferences(all: true).count == 12)
      await bench.stop()
    }

    private static func unfinished(_ phase: String) -> String {
      "SELECT count(*) FROM max_platform_v1_conferences WHERE state <> '\(phase)'"
    }
  }

  /// The end of the process at any point of a conference's life.
  @Suite struct ConferenceCrashTests {
    private static let steps: [[ConferenceWish]] = [
      [ConferenceWish("K1", "planned", people: [1]), ConferenceWish("K2", "active", people: [2])],
      [
        ConferenceWish("K1", "active", revision: 2, people: [1]),
        ConferenceWish("K2", "active", revision: 2, people: [1, 2], name: "Другое имя"),
      ],
      [ConferenceWish("K1", "finished", revision: 3), ConferenceWish("K2", "removed", revision: 3)],
    ]

    /// Ends early when `crash` happens on it.
    private func walk(_ bench: ChatBench, until crash: Crash? = nil) async throws {
      let isOver: @Sendable () -> Bool = { crash?.isOver ?? false }
      for step in Self.steps {
        // A crash in the middle of a call leaves it without an answer.
        let put = Task { _ = try await bench.put(conferences: step) }
        try await bench.until("all is in step") {
          if isOver() { return true }
          return try step.allSatisfy { wish in
            try bench.number(
              """
              SELECT count(*) FROM max_platform_conferences WHERE conference_id = '\(wish.id)'
                AND (revision > \(wish.revision) OR state = '\(wish.phase)' AND revision = \(wish.revision))
                AND due_at IS NULL
              """) == 1
          }
        }
        put.cancel()
        if isOver() { return }
      }
    }

    @Test func `G3: the process may end after any commit, and each conference begins once and ends once`() async throws
    {
      var commit = 0
      var wasReached = true
      while wasReached {
        commit += 1
        let platform = try await ChatPlatform()
        let first = try ChatBench(platform)
        try await first.link(1...2)
        try await first.sync(Wish("C1", [1, 2]))
        await first.stop()

        let crash = Crash(atCommit: commit, folder: try platform.newFolder())
        let bench = try ChatBench(platform, folder: first.folder, crash: crash)
        try await walk(bench, until: crash)
        wasReached = crash.isOver
        await bench.stop()
        let last = try ChatBench(platform, folder: wasReached ? crash.folder : first.folder)
        try await walk(last)
        await last.settle()
        try await expectEnds(last, platform, "crash after commit \(commit)")
        await last.stop()
        #expect(commit < 60, "the way never ends")
        if commit >= 60 { return }
      }
      #expect(commit > 10)
    }

    private func expectEnds(_ bench: ChatBench, _ platform: ChatPlatform, _ where_: Comment) async throws {
      #expect(try bench.conferenceState("K1") == "finished", where_)
      #expect(try bench.conferenceState("K2") == "removed", where_)
      #expect(try await platform.client.conferences(all: true).map(\.externalId) == ["K1"], where_)
      let applied = try await platform.callRequests(["applied"])
      func times(_ order: String) -> Int { applied.filter { $0 == order }.count }
      #expect(times("create") == 2 && times("start") == 1 && times("finish") == 2 && times("delete") == 1, where_)
    }
  }
}
