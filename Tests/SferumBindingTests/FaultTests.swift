import Jansson
import PluginHost
import Testing

extension WithPlatform {
  /// What the platform and the network do to a request: nothing is lost, and nothing is done twice.
  @Suite struct FaultTests {
    private static let phone = Platform.phone(1)

    /// A press that meets failures: the clock moves while it waits.
    private func bindThroughRetries(_ bench: Bench) async throws -> Answer {
      async let answer = bench.bind(Self.phone)
      try await bench.until("the first attempt failed") {
        try bench.number("SELECT count(*) FROM max_platform_outbox WHERE state = 'waiting' AND last_error IS NOT NULL")
          > 0
      }
      await bench.advance(.seconds(2))
      return try await answer
    }

    @Test(arguments: ["drop-before", "drop-after"])
    func `a lost request or answer is made good, and the binding is made once`(_ kind: String) async throws {
      let platform = try await Platform()
      let bench = try Bench(platform)
      try await platform.fault("POST /sferum/v1/bindings", kind, times: 1)

      #expect(try await bindThroughRetries(bench).status == "sent")

      #expect(try await platform.applied("POST /sferum/v1/bindings") == 1)
      let repeated = try await platform.effects("repeated").filter { $0 == "POST /sferum/v1/bindings" }
      #expect(repeated.count == (kind == "drop-after" ? 1 : 0))
      #expect(try await platform.client.inbox(phone: Self.phone).count == 1)
      await bench.stop()
    }

    @Test(arguments: ["drop-before", "drop-after"])
    func `a message whose sending nobody saw end is looked for and sent once`(_ kind: String) async throws {
      let platform = try await Platform()
      let bench = try Bench(platform)
      try await platform.fault("POST /messages", kind, times: 1)

      #expect(try await bindThroughRetries(bench).status == "sent")

      #expect(try await platform.applied("POST /messages") == 1)
      #expect(try await platform.client.inbox(phone: Self.phone).count == 1)
      _ = try await platform.client.press(phone: Self.phone, button: "Подключить")
      try await bench.until("bound") { try bench.state() == "bound" }
      await bench.stop()
    }

    @Test(arguments: [(429, "POST /sferum/v1/bindings"), (500, "POST /sferum/v1/bindings"), (503, "POST /messages")])
    func `a platform that is busy or broken is asked again`(_ status: Int, _ operation: String) async throws {
      let platform = try await Platform()
      let bench = try Bench(platform)
      try await platform.fault(operation, "status", status: status, times: 1)
      #expect(try await bindThroughRetries(bench).status == "sent")
      #expect(try await platform.applied(operation) == 1)
      await bench.stop()
    }

    @Test func `B4: while the platform can't be reached the request stays queued, and goes out by itself`() async throws
    {
      let platform = try await Platform()
      let bench = try Bench(platform)
      try await platform.fault("*/sferum/*", "drop-before")

      let answer = try await bindThroughRetries(bench)

      #expect(answer.status == "queued")
      #expect(answer.level == "error")
      #expect(answer.text?.contains("будет отправлен автоматически") == true)
      #expect(try bench.state() == "requested")
      await bench.advance(.seconds(3600))
      #expect(try bench.state() == "requested")
      #expect(bench.told.texts() == [])

      _ = try await platform.client.clearFaults()
      await bench.advance(.seconds(301))
      #expect(bench.told.texts() == ["Запрос на привязку отправлен. Перейдите на платформу МАХ и подтвердите привязку"])
      #expect(try await platform.client.inbox(phone: Self.phone).count == 1)
      await bench.stop()
    }

    @Test func `pauses grow while the platform is away`() async throws {
      let platform = try await Platform()
      let bench = try Bench(platform)
      try await platform.fault("*/sferum/*", "drop-before")
      _ = try await bindThroughRetries(bench)
      await bench.advance(.seconds(3600))
      let attempts = try bench.number("SELECT attempts FROM max_platform_outbox WHERE kind = 'bind'")
      // 1, 2, 4, … 256 seconds, then 300: about 19 in an hour, a fifth more with the jitter.
      #expect((17...26).contains(attempts))
      await bench.stop()
    }

    @Test func `a press on a queued request hurries it along`() async throws {
      let platform = try await Platform()
      let bench = try Bench(platform)
      try await platform.fault("*/sferum/*", "drop-before")
      _ = try await bindThroughRetries(bench)
      await bench.advance(.seconds(3600))
      _ = try await platform.client.clearFaults()

      #expect(try await bench.bind(Self.phone).status == "sent")
      #expect(try await platform.client.inbox(phone: Self.phone).count == 1)
      await bench.stop()
    }

    @Test func `a refusal for good ends the request with an error, and another may follow`() async throws {
      let platform = try await Platform()
      let bench = try Bench(platform)
      try await platform.fault("POST /sferum/v1/bindings", "status", status: 400, times: 1)

      let answer = try await bench.bind(Self.phone)

      #expect(answer.status == "failed")
      #expect(answer.level == "error")
      #expect(try bench.state() == "unbound")
      #expect(try await bench.bind(Self.phone).status == "sent")
      await bench.stop()
    }

    @Test func `a message that is refused for good takes its binding back`() async throws {
      let platform = try await Platform()
      let bench = try Bench(platform)
      try await platform.fault("POST /messages", "status", status: 400, times: 1)

      #expect(try await bench.bind(Self.phone).status == "failed")
      await bench.advance(.zero)

      #expect(try await platform.status(of: "A1") == [])
      #expect(try await bench.bind(Self.phone).status == "sent")
      await bench.stop()
    }

    @Test func `a wrong token keeps requests in the queue`() async throws {
      let platform = try await Platform()
      let wrong = try Bench(platform, token: "yesterday")
      #expect(try await wrong.bind(Self.phone).status == "queued")
      #expect(wrong.told.lines.withLock { $0.contains { $0.contains("does not accept the token") } })
      await wrong.stop()

      let bench = try Bench(platform, folder: wrong.folder)
      await bench.advance(.seconds(301))
      #expect(try await platform.client.inbox(phone: Self.phone).count == 1)
      await bench.stop()
    }

    @Test func `who stopped the community's bot is told, and gets the message after starting it`() async throws {
      let platform = try await Platform()
      let bench = try Bench(platform)
      _ = try await platform.client.setStopped(true, phone: Self.phone)

      let answer = try await bench.bind(Self.phone)
      #expect(answer.status == "suspended")
      #expect(answer.level == "warning")
      #expect(try bench.state() == "requested")

      _ = try await platform.client.setStopped(false, phone: Self.phone)
      try await bench.until("the message is sent") {
        try bench.number("SELECT count(mid) FROM max_platform_bindings") == 1
      }
      #expect(try await platform.client.inbox(phone: Self.phone).count == 1)
      await bench.stop()
    }

    @Test(arguments: ["duplicate", "reorder"])
    func `updates that come twice or in another order change nothing twice`(_ kind: String) async throws {
      let platform = try await Platform()
      let bench = try Bench(platform)
      try await platform.fault("GET /updates", kind)
      for (number, user) in [(1, "A1"), (2, "A2"), (3, "A3")] {
        #expect(try await bench.bind(Platform.phone(number), user: user).status == "sent")
      }

      for (number, button) in [(1, "Подключить"), (2, "Не подключать"), (3, "Подключить")] {
        _ = try await platform.client.press(phone: Platform.phone(number), button: button)
      }
      try await bench.until("all are decided") {
        try bench.state("A1") == "bound" && bench.state("A2") == "unbound" && bench.state("A3") == "bound"
      }
      try await bench.until("all are answered") { try bench.waiting() == 0 }

      #expect(try bench.audited("sferum.bind") == 2)
      #expect(try bench.audited("sferum.endRequest") == 1)
      #expect(try await platform.applied("POST /answers") == 3)
      await bench.stop()
    }

    @Test(arguments: ["POST /answers", "GET /sferum/v1/bindings/*"])
    func `a confirmation survives a lost answer anywhere`(_ operation: String) async throws {
      let platform = try await Platform()
      let bench = try Bench(platform)
      _ = try await bench.bind(Self.phone)
      try await platform.fault(operation, "drop-after", times: 1)

      _ = try await platform.client.press(phone: Self.phone, button: "Подключить")
      try await bench.until("an attempt failed") {
        try bench.number("SELECT count(*) FROM max_platform_outbox WHERE state = 'waiting' AND last_error IS NOT NULL")
          > 0
      }
      await bench.advance(.seconds(2))

      #expect(try bench.state() == "bound")
      #expect(try bench.waiting() == 0)
      #expect(try await platform.applied("POST /answers") == 1)
      #expect(try await platform.client.inbox(phone: Self.phone).first?.buttons == [])
      await bench.stop()
    }

    @Test func `the poll goes on after failures`() async throws {
      let platform = try await Platform()
      let bench = try Bench(platform)
      try await platform.fault("GET /updates", "status", status: 502, times: 3)
      _ = try await bench.bind(Self.phone)
      _ = try await platform.client.press(phone: Self.phone, button: "Подключить")

      while try bench.state() != "bound" {
        try Task.checkCancellation()
        await bench.advance(.seconds(1))
      }
      await bench.stop()
    }

    @Test func `unbinding reaches the platform once, whatever is lost`() async throws {
      let platform = try await Platform()
      let bench = try Bench(platform)
      try await bench.bound(1, user: "A1")
      try await platform.fault("DELETE *", "drop-after", times: 1)

      _ = try await bench.command("sferum.unbindAccount")
      #expect(try bench.state() == "unbound")
      for _ in 0..<3 { await bench.advance(.seconds(2)) }

      #expect(try await platform.applied("DELETE") == 1)
      #expect(try await platform.effects("repeated").filter { $0.hasPrefix("DELETE") }.count == 1)
      #expect(try bench.waiting() == 0)
      await bench.stop()
    }

    @Test func `an idle host asks the platform nothing`() async throws {
      let platform = try await Platform()
      let bench = try Bench(platform)
      try await bench.bound(1, user: "A1")
      // The poll that was decided on before they were bound ends by the clock; then its job is over.
      repeat {
        try Task.checkCancellation()
        await bench.advance(.seconds(30))
      } while try bench.number("SELECT count(*) FROM shell_jobs WHERE name = 'platform.poll'") > 0
      let before = try await platform.client.log().count
      await bench.advance(.seconds(86_400 * 3))
      #expect(try await platform.client.log().count == before)
      await bench.stop()
    }

    @Test func `the platform's limits are kept from this side`() async throws {
      let platform = try await Platform(limits: .real)
      let bench = try Bench(platform)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for (number, user) in [(1, "A1"), (2, "A2"), (3, "A3"), (4, "A4")] {
          group.addTask {
            let status = try await bench.bind(Platform.phone(number), user: user).status
            #expect(status == "sent")
          }
        }
        try await group.waitForAll()
      }
      let statuses = try await platform.client.log().map(\.status)
      #expect(!statuses.contains(429))
      await bench.stop()
    }
  }
}
