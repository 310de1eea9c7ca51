import Jansson
import PlatformSimulator
import PlatformTesting
import Testing

extension WithPlatform {
  /// The end of the process at any point: after each commit of a chat's whole life.
  @Suite struct ChatCrashTests {
    /// Few changes a chat: each takes half a second of the platform's limit.
    private static let steps: [[Wish]] = [
      [Wish("C1", [-1, 2], title: "5А"), Wish("C2", [3]), Wish("C4", [1], title: "5Б")],
      [
        Wish("C1", [1, -2], title: "5А", revision: 2), Wish("C2", [4], revision: 2),
        Wish("C4", [1], title: "6Б", revision: 2),
      ],
      [Wish("C3", [1, 2, 3, 4])],
    ]

    /// Everything that is wished, in its order; what was taken before is outdated and does nothing. Ends early when
    /// `crash` happens on it.
    private func walk(_ bench: ChatBench, until crash: Crash? = nil) async throws {
      let isOver: @Sendable () -> Bool = { crash?.isOver ?? false }
      for step in Self.steps {
        // A crash in the middle of a call leaves it without an answer.
        let put = Task { _ = try await bench.put(step) }
        try await bench.until("all is in step") {
          if isOver() { return true }
          let ids = step.map { "'\($0.id)'" }.joined(separator: ", ")
          let open = try bench.number(
            "SELECT count(*) FROM max_platform_chats WHERE state NOT IN ('inStep', 'removed') AND chat_id IN (\(ids))")
          let taken = try bench.number(
            "SELECT count(*) FROM max_platform_chats WHERE chat_id IN (\(ids)) AND revision >= \(step[0].revision)")
          return open == 0 && taken == step.count
        }
        put.cancel()
        if isOver() { return }
      }
      let removal = Task { _ = try await bench.remove("C2", revision: 5) }
      try await bench.until("removed") {
        try isOver() || bench.number("SELECT count(*) FROM max_platform_chats WHERE state = 'removed'") == 1
      }
      removal.cancel()
    }

    @Test func `G3: the process may end after any commit, and nothing is lost or done twice`() async throws {
      var commit = 0
      var wasReached = true
      while wasReached {
        commit += 1
        let platform = try await ChatPlatform()
        let first = try ChatBench(platform)
        try await first.link(1...4)
        await first.stop()

        let crash = Crash(atCommit: commit, folder: try platform.newFolder())
        let bench = try ChatBench(platform, folder: first.folder, crash: crash)
        try await walk(bench, until: crash)
        wasReached = crash.isOver
        await bench.stop()
        let last = try ChatBench(platform, folder: wasReached ? crash.folder : first.folder)
        try await walk(last)
        await last.settle()
        try await expectWished(last, platform, "crash after commit \(commit)")
        await last.stop()
        #expect(commit < 120, "the way never ends")
        if commit >= 120 { return }
      }
      #expect(commit > 15)
    }

    private func expectWished(_ bench: ChatBench, _ platform: ChatPlatform, _ where_: Comment) async throws {
      #expect(try await platform.people(in: "C1") == [1, -2], where_)
      #expect(try await platform.people(in: "C3") == [1, 2, 3, 4], where_)
      #expect(try await platform.chat("C4")?.title == "6Б", where_)
      #expect(try await platform.client.chats().count == 3, where_)
      #expect(try bench.number("SELECT count(*) FROM max_platform_v1_chats WHERE state = 'inStep'") == 3, where_)
      let made = try await platform.requests(["applied"]).filter { $0 == "POST /sferum/v1/chats" }
      #expect(made.count == 4, where_)
    }
  }
}
