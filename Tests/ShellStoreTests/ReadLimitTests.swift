import Foundation
import Jansson
import ShellStore
import Testing

/// SQL of a plugin that takes its time, or has no end.
struct ReadLimitTests {
  private static let views = MigrationStep(
    name: "views",
    sql: [
      "CREATE TABLE slow_rows (id TEXT PRIMARY KEY, name TEXT)",
      """
      CREATE VIEW slow_endless AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
        SELECT CAST(i AS TEXT) AS id, 'x' AS name FROM n WHERE i < 0
      """,
    ])

  private let test: TestStore
  private let policy = StatementPolicy(plugin: "slow")

  init() throws {
    test = try TestStore()
    try test.store.migrate(owner: "slow", steps: [Self.views])
  }

  private func source(_ table: String) throws -> TableSource {
    try TableSource(
      json: [
        "from": JSONValue(table), "key": "id", "columns": [["id": "name", "title": "Имя", "type": "text"]],
        "rowConditions": [["button": "open", "when": "name = 'x'", "why": "no"]],
      ], owner: "slow")
  }

  private func page(_ table: String, _ limit: ReadLimit) throws -> Int {
    var bytes: [UInt8] = []
    return try test.store.page(try source(table), PageRequest(), policy: policy, limit: limit, into: &bytes).total
  }

  @Test(arguments: [false, true])
  func `a page without an end is given up, and the next read finds nothing amiss`(isPatient: Bool) throws {
    let limit = ReadLimit(ms: 20, isPatient: isPatient)
    // More often than there are connections.
    for _ in 0..<6 { #expect(throws: PageError.tooSlow(ms: 20)) { try page("slow_endless", limit) } }
    try test.write("INSERT INTO slow_rows VALUES ('a', 'Анна')")
    #expect(try page("slow_rows", limit) == 1)
    #expect(try page("slow_rows", .none) == 1)
  }

  @Test func `rows and conditions are given up as pages are`() throws {
    let (endless, limit) = (try source("slow_endless"), ReadLimit(ms: 20))
    #expect(throws: PageError.tooSlow(ms: 20)) {
      try test.store.rows(endless, ids: ["1"], policy: policy, limit: limit)
    }
    #expect(throws: PageError.tooSlow(ms: 20)) {
      try test.store.brokenConditions(endless, ids: ["1"], policy: policy, limit: limit)
    }
  }

  @Test func `a read that is soon done is never given up, however late it is`() throws {
    try test.write("INSERT INTO slow_rows VALUES ('a', 'Анна')")
    #expect(try page("slow_rows", ReadLimit(ms: 0)) == 1)
  }

  @Test func `migrations that take too long leave nothing behind, and others may write`() throws {
    let step = MigrationStep(
      name: "fill",
      sql: [
        "CREATE TABLE slow_more (id TEXT)", "INSERT INTO slow_more SELECT id FROM slow_endless",
      ])
    let steps = [Self.views, step]
    let reason = migrationReason { try test.store.migrate(owner: "slow", steps: steps, limitMs: 50) }
    #expect(reason == "fill: was not done in 50 ms")
    #expect(try test.store.schemaVersions()["slow"] == 1)
    try test.write("INSERT INTO slow_rows VALUES ('b', 'Борис')")
  }

  @Test func `plugins that keep all their connections keep none of the host's`() throws {
    let (entered, gate, left) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0), DispatchGroup())
    let store = test.store
    for _ in 0..<4 {
      left.enter()
      Thread.detachNewThread {
        // try?: what it reads is nothing.
        try? store.transact(.read, ofPlugin: true) { _ in
          entered.signal()
          gate.wait()
        }
        left.leave()
      }
    }
    for _ in 0..<4 { entered.wait() }
    #expect(try page("slow_rows", .none) == 0)
    #expect(try test.read("SELECT count(*) AS n FROM slow_rows")[0]?["n"] == 0)
    for _ in 0..<4 { gate.signal() }
    left.wait()
  }

  @Test func `views of a stranger that take long to prepare are refused`() throws {
    var sql = ["CREATE VIEW slow_v0 AS SELECT id FROM slow_rows"]
    for depth in 1...15 {
      let under = "SELECT id FROM slow_v\(depth - 1)"
      sql.append("CREATE VIEW slow_v\(depth) AS \(under) UNION ALL \(under)")
    }
    let steps = [Self.views, MigrationStep(name: "tower", sql: sql)]
    let reason = migrationReason { try test.store.migrate(owner: "slow", steps: steps, limitMs: 60_000) }
    #expect(reason?.contains("ms to prepare") == true, "\(reason ?? "it was applied")")
    #expect(try test.store.schemaVersions()["slow"] == 1)
  }
}
