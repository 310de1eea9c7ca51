import Jansson
import PluginHost
import Testing

extension WithPlatform {
  /// What an import says of bindings elsewhere, taken up with the real simulator at the other end.
  @Suite struct ImportedBindingTests {
    private func importing(_ bench: Bench, _ bindings: JSONValue) async throws {
      _ = try await bench.command("school.importBindings", ["bindings": bindings])
    }

    private func outcomes(_ bench: Bench) throws -> [String: String] {
      Dictionary(
        try bench.rows("SELECT person_id, outcome FROM sferum_binding_imports").map {
          ($0["person_id"]?.string ?? "", $0["outcome"]?.string ?? "")
        }, uniquingKeysWith: { first, _ in first })
    }

    @Test func `an imported binding asks the platform, and the person confirms it`() async throws {
      let platform = try await Platform()
      let bench = try Bench(platform)

      try await importing(bench, ["P1": JSONValue(Platform.phone(1)), "P2": JSONValue(Platform.phone(2))])
      try await bench.until("both are asked") {
        try bench.number("SELECT count(*) FROM sferum_binding_requests WHERE sent_at IS NOT NULL") == 2
      }

      #expect(try bench.state("A1") == "requested")
      #expect(
        try await platform.client.inbox(phone: Platform.phone(2)).first?.buttons == ["Подключить", "Не подключать"])
      _ = try await platform.client.press(phone: Platform.phone(1), button: "Подключить")
      try await bench.until("bound") { try bench.state("A1") == "bound" }
      #expect(try outcomes(bench) == ["P1": "requested", "P2": "requested"])
      #expect(try bench.audited("sferum.requestBinding") == 2)
      await bench.stop()
    }

    @Test func `what the platform knows as bound is bound with no word to the person`() async throws {
      let platform = try await Platform()
      let other = try Bench(platform)
      try await other.bound(1, user: "A1")
      await other.stop()
      // The school's data are new; the platform's are not.
      let bench = try Bench(platform)
      let before = try await platform.applied("POST /messages")

      try await importing(bench, ["P1": JSONValue(Platform.phone(1))])
      try await bench.until("bound") { try bench.state("A1") == "bound" }

      #expect(try await platform.applied("POST /messages") == before)
      await bench.stop()
    }

    @Test func `who is bound or asks already is left alone, and nothing is taken up twice`() async throws {
      let platform = try await Platform()
      let bench = try Bench(platform)
      try await bench.bound(1, user: "A1")

      try await importing(bench, ["P1": JSONValue(Platform.phone(2)), "P2": JSONValue(Platform.phone(3))])
      try await bench.until("asked") { try bench.state("A2") == "requested" }
      #expect(try bench.context("A1")["sferum.phone"] == JSONValue(Platform.phone(1)))
      #expect(try outcomes(bench)["P1"] == "bound")

      try await bench.until("the message is there") {
        try bench.number("SELECT count(*) FROM sferum_binding_requests WHERE user_id = 'A2' AND sent_at IS NOT NULL")
          == 1
      }
      _ = try await platform.client.press(phone: Platform.phone(3), button: "Не подключать")
      try await bench.until("declined") { try bench.state("A2") == "unbound" }
      try await importing(bench, ["P2": JSONValue(Platform.phone(3))])
      await bench.advance(.seconds(1))
      #expect(try bench.state("A2") == "unbound")
      #expect(try bench.number("SELECT count(*) FROM sferum_binding_requests WHERE user_id = 'A2'") == 1)
      await bench.stop()
    }

    @Test func `bad, doubled and taken phones and blocked accounts are told in the audit, and nobody else's data`()
      async throws
    {
      let platform = try await Platform()
      let bench = try Bench(platform)
      try await bench.bound(1, user: "A3")

      try await importing(
        bench,
        [
          "P1": "12-34", "P2": JSONValue(Platform.phone(1)), "P5": JSONValue(Platform.phone(4)),
          "P6": JSONValue(Platform.phone(2)), "P7": JSONValue(Platform.phone(2)),
        ])
      _ = try await bench.command("school.addAccount", ["id": "A6", "person": "P6"])
      try await bench.until("all are judged") { try outcomes(bench).count == 4 }

      #expect(try outcomes(bench) == ["P1": "badPhone", "P2": "taken", "P5": "unfit", "P6": "doubled"])
      for user in ["A1", "A2", "A5", "A6"] { #expect(try bench.state(user) == "unbound") }
      let lines = try bench.rows("SELECT * FROM shell_audit WHERE action = 'sferum.refuseBinding'")
      #expect(lines.count == 4)
      for line in lines {
        let text = line.text()
        for secret in ["A3", "parent@", "Соколова", Platform.phone(1), Platform.phone(2), "P7"] {
          #expect(!text.contains(secret), "\(secret)")
        }
      }
      #expect(lines.contains { $0["changes"]?.string?.contains("номер у другой учётной записи") == true })
      await bench.stop()
    }

    @Test func `a person who gets an account later is taken up then, also after a restart`() async throws {
      let platform = try await Platform()
      let first = try Bench(platform)
      try await importing(first, ["P9": JSONValue(Platform.phone(4))])
      await first.advance(.seconds(1))
      #expect(try first.number("SELECT count(*) FROM sferum_binding_requests") == 0)

      let bench = try await first.restarted()
      _ = try await bench.command("school.addAccount", ["id": "A9", "person": "P9"])
      try await bench.until("asked") { try bench.state("A9") == "requested" }
      await bench.stop()
    }
  }
}
