import Foundation
import Jansson
import PlatformTesting
import Testing

extension WithPlatform {
  /// The end of the process at any point: after each commit of the whole way from the press to the unbinding, and in
  /// the middle of each exchange with the platform.
  @Suite struct CrashTests {
    private static let phone = Platform.phone(1)

    /// The whole way; ends early when `crash` happens on it.
    private func walk(_ bench: Bench, _ platform: Platform, until crash: Crash? = nil) async throws {
      let isOver: @Sendable () -> Bool = { crash?.isOver ?? false }
      if try bench.state() == "unbound", try bench.audited("sferum.bind") == 0 {
        let press = Task { _ = try await bench.bind(Self.phone) }
        defer { press.cancel() }
        try await bench.until("the request is there") { try isOver() || bench.state() == "requested" }
        if !isOver() { try await bench.until("the person is asked") { try isOver() || Self.isAsked(bench) } }
      } else if try bench.state() == "requested" {
        try await bench.until("the person is asked") { try isOver() || Self.isAsked(bench) }
      }
      if isOver() { return }
      if try await platform.client.inbox(phone: Self.phone).first?.buttons.isEmpty == false,
        try await platform.client.bindings().first?.status == "pending"
      {
        _ = try await platform.client.press(phone: Self.phone, button: "Подключить")
      }
      try await bench.until("bound once") { try isOver() || bench.audited("sferum.bind") == 1 }
      if isOver() { return }
      if try bench.state() == "bound" {
        try await bench.until("the button is answered") { try isOver() || bench.waiting() == 0 }
        if isOver() { return }
        _ = try? await bench.command("sferum.unbindAccount")
      }
      try await bench.until("unbound on the platform") {
        try isOver()
          || bench.number("SELECT count(*) FROM max_platform_outbox WHERE kind = 'unbind' AND state = 'done'") == 1
      }
    }

    private static func isAsked(_ bench: Bench) throws -> Bool {
      try bench.number(
        "SELECT count(*) FROM max_platform_bindings WHERE mid IS NOT NULL OR state <> 'waiting' AND state <> 'queued'")
        > 0
        || bench.state() == "bound"
    }

    @Test func `B8: the process may end after any commit, and nothing is lost or done twice`() async throws {
      var commit = 0
      var wasReached = true
      while wasReached {
        commit += 1
        let platform = try await Platform()
        // The first load of the plugins is behind: from here each commit is one of the way.
        let first = try Bench(platform)
        _ = try await first.command("sferum.openPlatform")
        await first.stop()

        let crash = Crash(atCommit: commit, folder: try platform.newFolder())
        let bench = try Bench(platform, folder: first.folder, crash: crash)
        try await walk(bench, platform, until: crash)
        wasReached = crash.isOver
        await bench.stop()
        if wasReached {
          let next = try Bench(platform, folder: crash.folder)
          try await walk(next, platform)
          try await expectOnce(next, platform, "crash after commit \(commit)")
          await next.stop()
        } else {
          try await expectOnce(bench, platform, "no crash", open: false)
        }
        #expect(commit < 60, "the way never ends")
        if commit >= 60 { return }
      }
      #expect(commit > 10)
    }

    private func expectOnce(
      _ bench: Bench, _ platform: Platform, _ where_: Comment, open: Bool = true
    ) async throws {
      for operation in ["POST /sferum/v1/bindings", "POST /messages", "POST /answers", "DELETE"] {
        #expect(try await platform.applied(operation) == 1, where_)
      }
      #expect(try await platform.client.inbox(phone: Self.phone).map(\.buttons) == [[]], where_)
      #expect(try await platform.status(of: "A1") == [], where_)
      guard open else { return }
      for action in ["sferum.requestBinding", "sferum.bind", "sferum.unbind"] {
        #expect(try bench.audited(action) == 1, where_)
      }
      #expect(try bench.state() == "unbound", where_)
    }

    @Test(arguments: ["POST /sferum/v1/bindings", "POST /messages"])
    func `the process may end between an effect and its answer`(_ operation: String) async throws {
      let platform = try await Platform()
      let bench = try Bench(platform)
      // The answer waits on a clock that stands still: the effect is there, and nobody is told.
      try await platform.fault(operation, "delay", times: 1, ms: 60_000)
      let press = Task { try await bench.bind(Self.phone) }
      while try await platform.applied(operation) == 0 { try Task.checkCancellation() }
      bench.http.cut()
      press.cancel()
      let copy = try platform.newFolder()
      for suffix in ["", "-wal"] {
        try FileManager.default.copyItem(atPath: bench.store.path + suffix, toPath: "\(copy)/esh.sqlite\(suffix)")
      }

      let next = try Bench(platform, folder: copy)
      try await next.until("asked") { try next.number("SELECT count(sent_at) FROM sferum_binding_requests") == 1 }

      #expect(try await platform.applied("POST /sferum/v1/bindings") == 1)
      #expect(try await platform.applied("POST /messages") == 1)
      #expect(try await next.bind(Self.phone).status == "pending")
      await bench.stop()
      await next.stop()
    }

    @Test func `a restart between all steps changes nothing`() async throws {
      let platform = try await Platform()
      var bench = try Bench(platform)
      #expect(try await bench.bind(Self.phone).status == "sent")
      bench = try await bench.restarted()
      #expect(try await bench.bind(Self.phone).status == "pending")
      bench = try await bench.restarted()
      _ = try await platform.client.press(phone: Self.phone, button: "Подключить")
      try await bench.until("bound") { [bench] in try bench.state() == "bound" }
      bench = try await bench.restarted()
      #expect(try await bench.bind(Self.phone).status == "bound")
      _ = try await bench.command("sferum.unbindAccount")
      bench = try await bench.restarted()
      // The end of the network may have met the request on its way, which is then repeated a second later.
      await bench.advance(.seconds(2))
      try await bench.until("told") { [bench] in
        try bench.number("SELECT count(*) FROM max_platform_outbox WHERE kind = 'unbind' AND state = 'done'") == 1
      }
      #expect(try await platform.status(of: "A1") == [])
      #expect(try await platform.applied("POST /messages") == 1)
      await bench.stop()
    }

    @Test func `two people race for one number: one has it`() async throws {
      let platform = try await Platform()
      let bench = try Bench(platform)
      let words = try await withThrowingTaskGroup(of: String?.self) { group in
        for user in ["A1", "A2", "A3"] { group.addTask { try await bench.bind(Self.phone, user: user).status } }
        return try await group.reduce(into: [String]()) { $0.append($1 ?? "") }
      }
      #expect(words.sorted() == ["sent", "taken", "taken"])
      #expect(try await platform.applied("POST /sferum/v1/bindings") == 1)
      await bench.stop()
    }
  }
}
