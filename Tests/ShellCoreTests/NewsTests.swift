import Jansson
import ShellStore
import ShellTesting
import Testing

/// What a client is told by itself, and what not.
@Suite struct NewsTests {
  private func signedIn(_ host: TestHost) async throws -> TestClient {
    let client = try await host.connect()
    try await client.call("session/login", ["login": "admin", "password": "secret"])
    return client
  }

  private func add(_ text: String, _ client: TestClient) async throws {
    try await client.call("command/execute", ["command": "notes.add", "arguments": ["text": JSONValue(text)]])
  }

  @Test func `an answer carries no revision that was not told before, also of what the desk has not heard of`()
    async throws
  {
    let host = try NotesPlugin.host { $0.newsMs = 600_000 }
    let client = try await signedIn(host)
    let outcome = try await client.call("startMenu/open", ["path": ["Реестры", "Заметки"]])
    let window = try #require(outcome["effects"]?.array?.last?["window"]?["id"])
    // As if the commit's word were still on its way.
    host.store.setCommitObserver { _ in }
    try host.store.transact(.write) { transaction in
      _ = try transaction.query("INSERT INTO notes_notes (id, text) VALUES ('n', 'раз')", nil, policy: nil)
    }

    let seen = try await client.call("window/get", ["window": window])
    #expect(seen["tables"]?[0]?["total"] == 1)
    let told = client.notifications.filter { $0["method"] == "window/didChange" && $0["params"]?["window"] == window }
    #expect(told.map { $0["params"]?["revision"] } == [seen["revision"]])
    #expect(told.first?["params"]?["changed"]?["tables"]?[0]?["total"] == 1)
    try await host.stop()
  }

  @Test func `a subscription that was taken back says nothing more, not even what was to be said soon`() async throws {
    let host = try NotesPlugin.host { $0.newsMs = 500 }
    let (acting, watching, other) = (try await signedIn(host), try await signedIn(host), try await signedIn(host))
    let subscription = try await watching.call("registry/subscribe", ["registry": "notes"])["subscription"] ?? .null
    try await other.call("registry/subscribe", ["registry": "notes"])
    try await add("раз", acting)
    for client in [watching, other] {
      _ = await client.notification("registry/didChange") { ($0["revision"]?.int ?? 0) >= 2 }
    }
    // Told when the pause is over.
    try await add("два", acting)
    try await watching.call("registry/unsubscribe", ["subscription": subscription])
    func count() -> Int { watching.notifications.count { $0["method"] == "registry/didChange" } }
    let before = count()

    // Whoever stays hears of it, and of one more: by then all that was set before has run.
    _ = await other.notification("registry/didChange") { ($0["revision"]?.int ?? 0) >= 3 }
    try await add("три", acting)
    _ = await other.notification("registry/didChange") { ($0["revision"]?.int ?? 0) >= 4 }
    #expect(count() == before)
    try await host.stop()
  }
}
