import Jansson
import ShellStore
import Testing

@testable import PluginHost

/// What plugins may and may not do through the functions that the host lends them.
@Suite(.everyPlace) struct HostTableTests {
  private static let notes: [(name: String, sql: [String])] = [
    ("one", ["CREATE TABLE scripted_notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL)"])
  ]

  private func plugin(_ commands: [String] = ["sql"]) -> ScriptedPlugin {
    ScriptedPlugin(commands: commands, steps: Self.notes)
  }

  private let add: JSONValue = ["sql": "INSERT INTO scripted_notes (text) VALUES (?)", "bindings": ["a"]]

  @Test func `a write commits, and a read sees it`() async throws {
    let bench = try HostBench([plugin()])

    let written = await bench.run("scripted.sql", ["steps": [add]])
    let read = await bench.run(
      "scripted.sql", ["reads": true, "steps": [["sql": "SELECT text FROM scripted_notes"]]])

    #expect(written.value?["status"] == 0)
    #expect(read.value?["rows"] == [["text": "a"]])
  }

  private func many(_ sql: String, _ rows: JSONValue) -> JSONValue {
    ["many": JSONValue(sql), "rows": rows, "goOn": true]
  }

  @Test func `insert_many runs a statement once a row and counts what it changed`() async throws {
    let bench = try HostBench([plugin()])
    let sql = "INSERT INTO scripted_notes (text) VALUES (?)"
    let result = await bench.run("scripted.sql", ["steps": [many(sql, [["a"], ["b"], ["в"]])]])
    #expect(result.value?["status"] == 0)
    #expect(result.value?["many"] == 3)
    #expect(
      try bench.rows("SELECT text FROM scripted_notes ORDER BY id") == [["text": "a"], ["text": "b"], ["text": "в"]])
  }

  @Test func `one bad row of insert_many rolls the whole transaction back`() async throws {
    let bench = try HostBench([plugin()])
    let sql = "INSERT INTO scripted_notes (text) VALUES (?)"
    let result = await bench.run("scripted.sql", ["steps": [add, many(sql, [["b"], [.null]])]])
    #expect(result.value?["many"] == -1)
    #expect(result.value?["stepError"]?["kind"] == "store.constraint")
    #expect(try bench.rows("SELECT * FROM scripted_notes").count == 0)
  }

  @Test func `insert_many keeps to the plugin's tables and to write transactions`() async throws {
    let bench = try HostBench([plugin()])
    let foreign = await bench.run("scripted.sql", ["steps": [many("DELETE FROM shell_events WHERE seq = ?", [[1]])]])
    #expect(foreign.value?["error"]?["kind"] == "permission.denied")
    let sql = "INSERT INTO scripted_notes (text) VALUES (?)"
    let reading = await bench.run("scripted.sql", ["reads": true, "steps": [many(sql, [["a"]])]])
    #expect(reading.value?["stepError"]?["kind"] == "plugin.misuse")
    #expect(reading.value?["many"] == -1)
  }

  @Test func `query_columns lends columns to one statement`() async throws {
    let bench = try HostBench([plugin()])
    let columns: JSONValue = [[3, 1, 2], ["в", "", "б"]]

    let result = await bench.run(
      "scripted.sql",
      [
        "steps": [
          [
            "over": "INSERT INTO scripted_notes SELECT a, :mark || b FROM shell_columns", "bindings": ["mark": "!"],
            "columns": columns, "order": [2, 0, 1],
          ], ["over": "SELECT rowid AS row, a FROM shell_columns", "columns": columns, "order": [2, 0]],
        ]
      ])

    #expect(result.value?["status"] == 0)
    #expect(result.value?["rows"] == [["row": 1, "a": 2], ["row": 2, "a": 3]])
    #expect(
      try bench.rows("SELECT id, text FROM scripted_notes ORDER BY id")
        == [["id": 1, "text": "!"], ["id": 2, "text": "!б"], ["id": 3, "text": "!в"]])
  }

  @Test(
    arguments: [
      ([:], "without columns"), (["columns": []], "without a column"),
      (["columns": [[1]], "columnType": 9], "known type"),
      (["columns": JSONValue((0..<9).map { _ in [1] as JSONValue })], "9 columns"),
      (["columns": [[1]], "columnType": 3], "no values"),
    ] as [(JSONValue, String)])
  func `columns that are none are the plugin's mistake`(lent: JSONValue, reason: String) async throws {
    let bench = try HostBench([plugin()])

    let result = await bench.run(
      "scripted.sql", ["steps": [lent.merging(["over": "SELECT a FROM shell_columns", "goOn": true])]])

    #expect(result.value?["stepError"]?["kind"] == "plugin.misuse")
    #expect(result.value?["stepError"]?.text().contains(reason) == true, "\(result.value?.text() ?? "")")
  }

  @Test func `query_columns keeps to the plugin's tables, and its failure fails the transaction`() async throws {
    let bench = try HostBench([plugin()])
    let columns: JSONValue = [[1], ["a"]]

    let foreign = await bench.run(
      "scripted.sql",
      ["steps": [["over": "DELETE FROM shell_events WHERE seq IN (SELECT a FROM shell_columns)", "columns": columns]]])
    let broken = await bench.run(
      "scripted.sql",
      [
        "steps": [
          add,
          ["over": "INSERT INTO scripted_notes SELECT a, NULL FROM shell_columns", "columns": columns, "goOn": true],
        ]
      ])

    #expect(foreign.value?["error"]?["kind"] == "permission.denied")
    #expect(broken.value?["error"]?["kind"] == "store.constraint")
    #expect(try bench.rows("SELECT * FROM scripted_notes").count == 0)
  }

  @Test func `a body that rolls back leaves nothing and is no error`() async throws {
    let bench = try HostBench([plugin()])
    let result = await bench.run("scripted.sql", ["steps": [add, ["rollback": true]]])
    #expect(result.value?["status"] == -1)
    #expect(result.value?["error"] == nil)
    #expect(try bench.rows("SELECT * FROM scripted_notes").count == 0)
  }

  @Test func `a failed statement rolls back even when the body goes on`() async throws {
    let bench = try HostBench([plugin()])
    let result = await bench.run(
      "scripted.sql",
      ["steps": [add, ["sql": "INSERT INTO scripted_notes (text) VALUES (NULL)", "goOn": true]]])
    #expect(result.value?["error"]?["kind"] == "store.constraint")
    #expect(try bench.rows("SELECT * FROM scripted_notes").count == 0)
  }

  @Test(arguments: [
    "UPDATE other_notes SET text = 'x'", "SELECT * FROM other_notes", "SELECT * FROM shell_audit",
    "DELETE FROM shell_events", "PRAGMA user_version = 3", "ATTACH ':memory:' AS m", "COMMIT",
  ]) func `SQL stays within the plugin's own tables`(_ sql: String) async throws {
    let other = ScriptedPlugin(
      id: "other", commands: ["echo"], steps: [("one", ["CREATE TABLE other_notes (text TEXT)"])])
    let bench = try HostBench([plugin(), other])
    _ = await bench.run("other.echo")

    let result = await bench.run("scripted.sql", ["steps": [["sql": JSONValue(sql)]]])

    #expect(result.value?["status"] == -1)
    #expect(result.value?["error"]?["kind"] == "permission.denied")
    #expect(bench.status()?.denials == 1)
  }

  @Test func `transact inside a body is refused and does not wait for itself`() async throws {
    let bench = try HostBench([plugin()])
    let result = await bench.run("scripted.sql", ["steps": [add, ["nest": true, "goOn": true]]])
    #expect(result.value?["nested"] == -1)
    #expect(result.value?["stepError"]?["kind"] == "plugin.misuse")
    #expect(try bench.rows("SELECT * FROM scripted_notes").count == 1)
  }

  @Test func `a transaction kept past its body names nothing, nor does a call past its end`() async throws {
    let bench = try HostBench([plugin(["sql", "stale"])])
    _ = await bench.run("scripted.sql", ["steps": [add]])

    let result = await bench.run("scripted.stale", ["steps": [add]])

    #expect(result.value?["gotRows"] == false)
    #expect(result.value?["error"]?["kind"] == "plugin.misuse")
    bench.host.stop()
    #expect(try bench.rows("SELECT * FROM scripted_notes").count == 1)
  }

  @Test func `only declared events, jobs and context keys may be touched`() async throws {
    var plugin = plugin()
    plugin.publishes = ["scripted.v1.done"]
    plugin.jobs = [["name": "scripted.work"]]
    plugin.manifestExtras = [
      "contextKeys": ["scripted.bound": ["type": "boolean", "scope": "user", "default": false]]
    ]
    let bench = try HostBench([plugin])
    func kind(_ step: JSONValue) async -> String? {
      await bench.run("scripted.sql", ["steps": [step]]).value?["stepError"]?["kind"]?.string
    }

    #expect(await kind(["emit": "scripted.v1.done", "payload": ["a": 1]]) == nil)
    #expect(await kind(["emit": "other.v1.done", "payload": [:]]) == "permission.denied")
    let due = JSONValue(HostBench.start + 1000)
    #expect(await kind(["schedule": ["name": "scripted.work", "key": "k", "dueAt": due]]) == nil)
    #expect(
      await kind(["schedule": ["name": "other.work", "key": "k", "dueAt": due]]) == "permission.denied")
    #expect(await kind(["schedule": ["name": "scripted.work"]]) == "plugin.misuse")
    #expect(await kind(["context": "scripted.bound", "user": "u1", "value": true]) == nil)
    #expect(await kind(["context": "scripted.bound", "value": true]) == "plugin.misuse")
    #expect(await kind(["context": "scripted.bound", "user": "u1", "value": "yes"]) == "plugin.misuse")
    #expect(await kind(["context": "other.bound", "user": "u1", "value": true]) == "permission.denied")

    let values = try bench.store.contextValues(user: "u1")
    #expect(values == ["scripted.bound": true])
    #expect(try bench.rows("SELECT name FROM shell_events") == [["name": "scripted.v1.done"]])
    #expect(bench.status()?.denials == 3)
  }

  @Test func `reads publish and schedule nothing`() async throws {
    var plugin = plugin()
    plugin.publishes = ["scripted.v1.done"]
    let bench = try HostBench([plugin])
    let result = await bench.run(
      "scripted.sql", ["reads": true, "steps": [["emit": "scripted.v1.done", "payload": [:]]]])
    #expect(result.value?["stepError"]?["kind"] == "plugin.misuse")
  }

  @Test func `an audit line says who did it, through what`() async throws {
    let bench = try HostBench([plugin()])
    let session: JSONValue = ["id": "s7", "client": "esh", "user": ["id": "u1", "login": "petrova"]]

    _ = await bench.run(
      "scripted.sql", ["steps": [["audit": ["action": "add", "object": "note 1", "new": ["a": 1]]]]],
      session: session)

    let lines = try bench.rows(
      "SELECT user_id, login, session, client, method, plugin, action, object, trace FROM shell_audit")
    let line: JSONValue = [
      "user_id": "u1", "login": "petrova", "session": "s7", "client": "esh", "method": "command scripted.sql",
      "plugin": "scripted", "action": "add", "object": "note 1", "trace": "t-1",
    ]
    #expect(lines == [line])
  }

  @Test func `an idempotency key is recorded with the first write, once`() async throws {
    let bench = try HostBench([plugin(["sql", "sqlTwice"])])
    let key = PluginCall.Idempotency(key: "k1", requestHash: "h1")
    let session: JSONValue = ["id": "s1", "user": ["id": "u1"]]

    let first = await bench.run("scripted.sqlTwice", ["steps": [add]], session: session, idempotency: key)
    #expect(first.value?["status"] == 0)
    #expect(try bench.store.idempotent(user: "u1", key: "k1", requestHash: "h1") == .committed)
    let second = await bench.run("scripted.sql", ["steps": [add]], session: session, idempotency: key)

    #expect(second.value?["error"]?["kind"] == "idempotency.conflict")
    #expect(try bench.rows("SELECT * FROM scripted_notes").count == 2)
  }

  @Test func `a service is called with the caller's session, and only with permission`() async throws {
    let callee = ScriptedPlugin(id: "callee", services: ["put"])
    let caller = ScriptedPlugin(
      commands: ["ask", "counts"], permissions: ["services": ["callee.put", "host.time"]])
    let bench = try HostBench([caller, callee])
    bench.host.register([
      HostService("host.time") { params, _, who, end in end(.success(["who": JSONValue(who)])) }
    ])

    let answered = await bench.run(
      "scripted.ask", ["service": "callee.put", "params": ["a": 1]], session: ["id": "s1"], deadlineMs: 9_000)
    let reply = answered.value?["reply"]
    #expect(reply?["params"] == ["a": 1])
    #expect(reply?["session"] == ["id": "s1"])
    #expect((1...9_000).contains(reply?["deadline"]?.int ?? 0))

    let host = await bench.run("scripted.ask", ["service": "host.time", "params": [:]])
    #expect(host.value?["reply"] == ["who": "scripted"])

    let denied = await bench.run("scripted.ask", ["service": "callee.remove", "params": [:]])
    #expect(denied.failure?.kind == "permission.denied")
  }

  @Test func `a service that hangs ends with its caller's deadline`() async throws {
    let callee = ScriptedPlugin(id: "callee", services: ["put"])
    let caller = ScriptedPlugin(commands: ["ask"], permissions: ["services": ["callee.put"]])
    let bench = try HostBench([caller, callee])
    let result = await bench.run(
      "scripted.ask", ["service": "callee.put", "params": ["never": true]], deadlineMs: 100)
    #expect(result.failure?.code == .timedOut)
  }

  @Test func `a broken plugin behind a service is told to the caller`() async throws {
    let callee = ScriptedPlugin(id: "callee", services: ["put"], defines: ["FAULT_CREATE"])
    let caller = ScriptedPlugin(commands: ["ask"], permissions: ["services": ["callee.put"]])
    let bench = try HostBench([caller, callee])
    let result = await bench.run("scripted.ask", ["service": "callee.put", "params": [:]])
    #expect(result.failure?.kind == "plugin.unavailable")
  }

  @Test func `present needs permission`() async throws {
    let message: JSONValue = ["user": "u1", "effects": [["type": "openURL", "url": "x"]]]
    let allowed = ScriptedPlugin(id: "allowed", commands: ["show"], permissions: ["present": true])
    let bench = try HostBench([ScriptedPlugin(commands: ["show"]), allowed])

    _ = await bench.run("scripted.show", message)
    #expect(bench.seen.presented.withLock { $0 }.isEmpty)
    _ = await bench.run("allowed.show", message)

    #expect(bench.seen.presented.withLock { $0 } == [message])
    #expect(bench.status()?.denials == 1)
  }

  @Test func `an HTTP request goes out when the manifest names its address`() async throws {
    let plugin = ScriptedPlugin(
      commands: ["fetch"], permissions: ["http": ["http://127.0.0.1:*/api/*", "@platform"]])
    let network = RecordedNetwork()
    let bench = try HostBench([plugin]) {
      $0.http = network
      $0.platformURL = { "https://platform.example/v1/" }
    }

    let answer = await bench.run(
      "scripted.fetch",
      ["method": "POST", "url": "http://127.0.0.1:81/api/x?y", "body": "тело", "headers": ["A": "b"]])
    #expect(answer.value?["reply"] == ["status": 500, "headers": ["x-a": "1, 2"], "body": "тело"])
    let platform = await bench.run(
      "scripted.fetch", ["method": "GET", "url": "https://platform.example/v1/me"])
    #expect(platform.value != nil)
    let other = await bench.run("scripted.fetch", ["method": "GET", "url": "https://platform.example/v2/me"])
    #expect(other.failure?.kind == "permission.denied")
    let smuggled = await bench.run(
      "scripted.fetch", ["method": "GET / HTTP/1.1\r\nX: y", "url": "http://127.0.0.1:81/api/x"])
    #expect(smuggled.failure?.kind == "plugin.misuse")
    let broken = await bench.run("scripted.fetch", ["method": "GET", "url": "http://127.0.0.1:82/api/down"])
    #expect(broken.failure?.kind == "http.unreachable")
  }

  @Test func `without a way out an HTTP request says so`() async throws {
    let plugin = ScriptedPlugin(commands: ["fetch"], permissions: ["http": ["http://127.0.0.1:*/*"]])
    let bench = try HostBench([plugin])
    let result = await bench.run("scripted.fetch", ["method": "GET", "url": "http://127.0.0.1/x"])
    #expect(result.failure?.kind == "http.unreachable")
  }

  @Test(arguments: [
    ("http://127.0.0.1:*/*", "http://127.0.0.1:8080/a/b?c=d", true),
    ("http://127.0.0.1:*/*", "http://127.0.0.1/", true),
    ("http://127.0.0.1:*/*", "http://127.0.0.1@evil.example/", false),
    ("http://127.0.0.1:*/*", "http://127.0.0.1.evil.example/", false),
    ("http://127.0.0.1:*/*", "http://evil.example/127.0.0.1:1/", false),
    ("http://127.0.0.1:*/*", "https://127.0.0.1/", false),
    ("https://api.example.org/*", "https://api.example.org:443/x", true),
    ("https://api.example.org/*", "https://api.example.org:444/x", false),
    ("https://api.example.org/*", "https://API.example.org/x", true),
    ("https://api.example.org/v1/*", "https://api.example.org/v1/../admin", false),
    ("https://api.example.org/v1/*", "https://api.example.org/v1/%2E%2e/admin", false),
    ("https://api.example.org/v1/*", "https://api.example.org\\@evil.example/v1/", false),
    ("https://*.example.org/*", "https://a.b.example.org/x", true),
    ("https://*.example.org/*", "https://example.org/x", false),
    ("https://*.example.org/*", "https://evil.example/a.example.org/", false),
    ("http://[::1]:*/*", "http://[::1]:80/", true),
  ]) func `address patterns keep to their host`(_ pattern: String, _ url: String, _ allowed: Bool) throws {
    #expect(try #require(HTTPPermission(pattern)).allows(url) == allowed)
  }
}

/// Answers 500 with the request's own body; port 82 is down.
private struct RecordedNetwork: HTTPFetching {
  func fetch(
    _ request: HTTPRequest, completion: @escaping @Sendable (Result<HTTPResponse, HTTPFailure>) -> Void
  ) {
    guard !request.url.contains(":82/") else {
      return completion(.failure(HTTPFailure(.unreachable, "nobody")))
    }
    completion(
      .success(HTTPResponse(status: 500, headers: [("X-A", "1"), ("x-a", "2")], body: request.body ?? [])))
  }
}
