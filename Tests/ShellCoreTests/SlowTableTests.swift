import Jansson
import PluginKit
import ShellCore
import ShellTesting
import Synchronization
import Testing

/// Tables whose SQL takes its time: nobody else waits for them.
@Suite struct SlowTableTests {
  private static let definition: PluginDefinition = {
    var plugin = PluginDefinition(id: "slow")
    let numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
    plugin.migrations = [
      Migration(
        "views",
        [
          "CREATE VIEW slow_endless AS \(numbers)9e18) SELECT CAST(i AS TEXT) AS id, i AS name FROM n WHERE i < 0",
          """
          CREATE VIEW slow_long AS \(numbers)400000)
            SELECT CAST(i AS TEXT) AS id, 'x' AS name FROM n WHERE i = 400000
          """,
        ])
    ]
    for name in ["endless", "long"] {
      plugin.table(
        "slow.\(name)",
        TableSource(
          from: "slow_\(name)", columns: [.init("name", Text("Имя", en: "Name"), sortable: true)],
          sort: [.init("name")]))
    }
    return plugin
  }()

  private static let manifest: JSONValue = [
    "manifestVersion": 1, "id": "slow", "version": "1.0.0", "title": "Медленный", "library": "libSlow.so",
    "abi": ["major": 1, "minor": 0],
    "contributes": [
      "registries": [["id": "endless", "title": "Без конца"], ["id": "long", "title": "Долгий"]],
      "tabs": [
        ["registry": "endless", "id": "all", "title": "Все", "table": "slow.endless"],
        ["registry": "long", "id": "all", "title": "Все", "table": "slow.long"],
      ],
    ],
  ]

  private func host(_ change: (inout TablePaces.Limits) -> Void) throws -> TestHost {
    guard let table = unsafe PluginEntry.table(Self.definition, hostMajor: 1) else {
      throw PluginError("test", "no table")
    }
    var limits = TablePaces.Limits()
    change(&limits)
    return try TestHost(
      [try NotesPlugin.plugin(), unsafe TestPlugin("slow", manifest: Self.manifest, table: table)], tables: limits)
  }

  private func signedIn(_ host: TestHost) async throws -> TestClient {
    let client = try await host.connect()
    try await client.call("session/login", ["login": "admin", "password": "secret"])
    return client
  }

  @Test func `I2: a table without an end is refused, its plugin named, and others are answered meanwhile`() async throws
  {
    let host = try host {
      $0.deskMs = 20
      $0.asideMs = 10_000
    }
    let isOver = Atomic(false)
    let (client, other) = (try await signedIn(host), try await signedIn(host))
    async let endless = #expect(throws: Refusal.self) {
      defer { isOver.store(true, ordering: .relaxed) }
      try await client.call("registry/query", ["registry": "endless"])
    }
    // Those come back while it is read.
    for _ in 0..<20 { #expect(try await other.call("registry/query", ["registry": "notes"])["total"] == 0) }
    let wasOver = isOver.load(ordering: .relaxed)
    #expect(!wasOver)
    let refusal = await endless
    #expect(refusal?.code == -32008 && refusal?.kind == "table.slow")
    let again = await #expect(throws: Refusal.self) {
      try await client.call("registry/query", ["registry": "endless"])
    }
    #expect(again?.code == -32007 && again?.kind == "table.slow")
    #expect(again?.json["data"]?["plugin"] == "slow" && again?.json["data"]?["retryAfterMs"]?.int ?? 0 > 0)
    let line = try await client.call("plugin/list").array?.first { $0["id"] == "slow" }
    #expect(line?["violations"]?.int ?? 0 >= 2, "on the desk and beside it")
    // A window over it opens all the same, and at once.
    let outcome = try await client.call(
      "command/execute", ["command": "shell.openRegistry", "arguments": ["registry": "endless"]])
    #expect(outcome["effects"]?[0]?["window"]?["tables"]?[0]?["total"] == 0)
    try await host.stop()
  }

  @Test func `a table that is too slow for the desk alone is read beside it`() async throws {
    let host = try host {
      $0.deskMs = 1
      $0.asideMs = 60_000
    }
    let client = try await signedIn(host)
    for _ in 0..<2 {
      let page = try await client.call("registry/query", ["registry": "long"])
      #expect(page["rows"]?[0]?["id"] == "400000" && page["total"] == 1)
    }
    let line = try await client.call("plugin/list").array?.first { $0["id"] == "slow" }
    #expect(line?["violations"] == 1, "once on the desk, and then no more")
    try await host.stop()
  }
}
