import Jansson
import Synchronization
import Testing

@testable import PluginHost

/// Changes with an idempotency key whose caller left after they were made.
@Suite(.everyPlace) struct CancelledChangeTests {
  private let plugin = ScriptedPlugin(
    commands: ["sqlNever", "never", "late", "counts"],
    steps: [("one", ["CREATE TABLE scripted_notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL)"])])
  private let add: JSONValue = ["sql": "INSERT INTO scripted_notes (text) VALUES (?)", "bindings": ["a"]]

  @Test func `a call that has made a key's change is only asked to end, and its answer still comes`() async throws {
    let bench = try HostBench([plugin])
    let key = PluginCall.Idempotency(key: "k1", requestHash: "h1")
    let answer = Mutex<Result<JSONValue, PluginFailure>?>(nil)
    let call = PluginCall(
      .command, "scripted.sqlNever", params: ["steps": [add]], session: ["id": "s1", "user": ["id": "u1"]],
      deadlineMs: 500, idempotency: key)

    let handle = bench.host.call(call) { result in answer.withLock { $0 = result } }
    while try bench.store.idempotent(user: "u1", key: "k1", requestHash: "h1") != .committed { await Task.yield() }
    handle.leave()
    while await bench.run("scripted.counts").value?["cancelled"] != 1 { await Task.yield() }
    #expect(answer.withLock { $0 } == nil)
    // The caller's patience is over as well, which is not the plugin's limit.
    #expect(await bench.run("scripted.never", deadlineMs: 500).failure?.code == .timedOut)
    #expect(answer.withLock { $0 } == nil)

    handle.leave()
    #expect(answer.withLock { $0 } == nil)
  }

  @Test func `what is answered after a cancelled change is what the caller gets`() async throws {
    let bench = try HostBench([plugin])
    let answer = Mutex<Result<JSONValue, PluginFailure>?>(nil)
    let key = PluginCall.Idempotency(key: "k1", requestHash: "h1")
    let call = PluginCall(
      .command, "scripted.sqlNever", params: ["steps": [add]], session: ["id": "s1", "user": ["id": "u1"]],
      idempotency: key)

    let handle = bench.host.call(call) { result in answer.withLock { $0 = result } }
    while try bench.store.idempotent(user: "u1", key: "k1", requestHash: "h1") != .committed { await Task.yield() }
    handle.leave()
    #expect(await bench.run("scripted.late").value != nil)

    while answer.withLock({ $0 == nil }) { await Task.yield() }
    #expect(answer.withLock { $0?.value } == [:])
    #expect(bench.status()?.dropped == 0)
  }

  @Test func `a caller that stays and gives such a call up is answered at once`() async throws {
    let bench = try HostBench([plugin])
    let answer = Mutex<Result<JSONValue, PluginFailure>?>(nil)
    let key = PluginCall.Idempotency(key: "k1", requestHash: "h1")
    let call = PluginCall(
      .command, "scripted.sqlNever", params: ["steps": [add]], session: ["id": "s1", "user": ["id": "u1"]],
      idempotency: key)

    let handle = bench.host.call(call) { result in answer.withLock { $0 = result } }
    while try bench.store.idempotent(user: "u1", key: "k1", requestHash: "h1") != .committed { await Task.yield() }
    handle.cancel()

    #expect(answer.withLock { $0?.failure?.code } == .cancelled)
  }
}
