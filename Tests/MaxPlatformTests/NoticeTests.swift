import Jansson
import PlatformSimulator
import PlatformTesting
import Testing

extension WithPlatform {
  /// Messages into people's dialogs, each once.
  @Suite struct NoticeTests {
    private func ready() async throws -> (ChatPlatform, ChatBench) {
      let platform = try await ChatPlatform(people: 3)
      let bench = try ChatBench(platform)
      try await bench.bind(1)
      return (platform, bench)
    }

    /// What a person was told, oldest first, without the messages of the binding.
    private func told(_ platform: ChatPlatform, _ number: Int) async throws -> [String] {
      try await platform.client.inbox(phone: ChatPlatform.phone(number)).map(\.text).filter { $0.hasPrefix("Урок") }
        .sorted()
    }

    @Test func `each key goes out once; who is not bound is skipped`() async throws {
      let (platform, bench) = try await ready()
      #expect(try await bench.notify([("a", 1, "Урок начался"), ("b", 1, "Урок перенесён"), ("c", 2, "Урок")]) == 3)
      await bench.settle()
      #expect(try await bench.notify([("a", 1, "Урок начался"), ("d", 1, "Урок отменён")]) == 1)
      await bench.settle()
      let next = try await bench.restarted()
      await next.settle()
      #expect(try await told(platform, 1) == ["Урок начался", "Урок отменён", "Урок перенесён"])
      #expect(try await told(platform, 2) == [])
      #expect(try next.number("SELECT count(*) FROM max_platform_notices WHERE state = 'skipped' AND text = ''") == 1)
      await next.stop()
    }

    @Test(arguments: ["drop-before", "drop-after"])
    func `after a lost answer the dialog is looked through; the same words under another key go out too`(
      _ kind: String
    ) async throws {
      let (platform, bench) = try await ready()
      _ = try await bench.notify([("a", 1, "Урок начался")])
      await bench.settle()
      try await platform.fault("POST /messages*", kind, times: 1)
      _ = try await bench.notify([("b", 1, "Урок начался")])
      await bench.settle()
      await bench.advance(.seconds(3))
      #expect(try await told(platform, 1) == ["Урок начался", "Урок начался"])
      #expect(try bench.number("SELECT count(DISTINCT mid) FROM max_platform_notices WHERE state = 'sent'") == 2)
      await bench.stop()
    }

    @Test func `a suspended dialog is given up with the reason`() async throws {
      let (platform, bench) = try await ready()
      _ = try await platform.client.setStopped(true, phone: ChatPlatform.phone(1))
      _ = try await bench.notify([("a", 1, "Урок начался")])
      await bench.settle()
      let row = try bench.rows("SELECT state, error FROM max_platform_notices").first
      #expect(row?["state"]?.string == "refused" && row?["error"]?.string == "chat.denied")
      await bench.advance(.seconds(600))
      #expect(try await told(platform, 1) == [])
      await bench.stop()
    }

    @Test func `G3: the process may end after any commit, and the person is told once`() async throws {
      var wasReached = true
      var commit = 0
      while wasReached, commit < 20 {
        commit += 1
        let (platform, first) = try await ready()
        await first.stop()
        let crash = Crash(atCommit: commit, folder: try platform.newFolder())
        let bench = try ChatBench(platform, folder: first.folder, crash: crash)
        let put = Task { _ = try await bench.notify([("a", 1, "Урок начался")]) }
        try await bench.until("sent") {
          try crash.isOver || bench.number("SELECT count(*) FROM max_platform_notices WHERE state = 'sent'") == 1
        }
        put.cancel()
        wasReached = crash.isOver
        await bench.stop()
        let last = try ChatBench(platform, folder: wasReached ? crash.folder : first.folder)
        _ = try await last.notify([("a", 1, "Урок начался")])
        await last.settle()
        await last.advance(.seconds(3))
        #expect(try await told(platform, 1) == ["Урок начался"], "crash after commit \(commit)")
        await last.stop()
      }
      #expect(commit > 2)
    }
  }
}
