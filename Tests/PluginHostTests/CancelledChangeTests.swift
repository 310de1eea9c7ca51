import Jansson
import Synchronization
import Testing

@testable import PluginHost

/// Changes with an idempotency key whose caller left after they were made.
@Suite(.everyPlace) struct CancelledChangeTests {
  private let plugin = ScriptedPlugin(
    commands: ["sqlNever", "never", "late", "counts"],
    steps: [("one", ["CREATE TABLE scripted_notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL)"])])

  /// What the caller is answered; nil: nothing yet.
  private final class Answer: Sendable {
    private let held = Mutex<Result<JSONValue, PluginFailure>?>(nil)
    func put(_ result: Result<JSONValue, PluginFailure>) { held.withLock { $0 = result } }
    var result: Result<JSONValue, PluginFailure>? { held.withLock { $0 } }
  }

  /// A call that has made its change, which is on disk, and is not over.
  private func changing(_ bench: HostBench, deadlineMs: Int64? = nil) async throws -> (CallHandle, Answer) {
    let add: JSONValue = ["sql": "INSERT INTO scripted_notes (text) VALUES (?)", "bindings": ["a"]]
    let call = PluginCall(
      .command, "scripted.sqlNever", params: ["steps": [add]], session: ["id": "s1", "user": ["id": "u1"]],
      deadlineMs: deadlineMs, idempotency: PluginCall.Idempotency(key: "k1", requestHash: "h1"))
    // Loaded, so that the caller's patience is for the call itself.
    #expect(await bench.run("scripted.counts").value != nil)
    let answer = Answer()
    let handle = bench.host.call(call) { answer.put($0) }
    while try bench.store.idempotent(user: "u1", key: "k1", requestHash: "h1") != .committed {
      try #require(answer.result == nil, "it was given up before its change")
      await Task.yield()
    }
    return (handle, answer)
  }

  @Test func `a call that has made a key's change is only asked to end, and goes on`() async throws {
    let bench = try HostBench([plugin])
    let (handle, answer) = try await changing(bench, deadlineMs: 3_000)
    handle.leave()
    while await bench.run("scripted.counts").value?["cancelled"] != 1 { await Task.yield() }
    #expect(answer.result == nil)
    // The caller's patience is over as well, which is not the plugin's limit.
    #expect(await bench.run("scripted.never", deadlineMs: 3_000).failure?.code == .timedOut)
    #expect(answer.result == nil)

    handle.leave()
    #expect(answer.result == nil)
  }

  @Test func `what such a call answers after its caller left still counts`() async throws {
    let bench = try HostBench([plugin])
    let (handle, answer) = try await changing(bench)
    handle.leave()
    #expect(await bench.run("scripted.late").value != nil)

    while answer.result == nil { await Task.yield() }
    #expect(answer.result?.value == [:])
    #expect(bench.status()?.dropped == 0)
  }

  @Test func `a caller that stays and gives such a call up is answered at once`() async throws {
    let bench = try HostBench([plugin])
    let (handle, answer) = try await changing(bench)
    handle.cancel()

    #expect(answer.result?.failure?.code == .cancelled)
  }
}
