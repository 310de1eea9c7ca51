import Jansson
import ShellProtocol
import Synchronization
import Testing

@testable import ShellCore

#if canImport(Glibc)
  import Glibc
#endif

struct DispatchResponderTests {
  @Test func `a second answer is counted and ignored`() {
    let stage = Rehearsal()
    stage.call(1, "twice")
    #expect(stage.heard() == [#"{"jsonrpc":"2.0","id":1,"result":{"first":true}}"#])
    #expect(stage.dispatcher.metrics.value(of: .doubleAnswers) == 1)
  }

  @Test func `a handler that lets its responder go is an internal error with a trace`() throws {
    let stage = Rehearsal()
    stage.call(1, "forgets")
    let answer = try stage.heardOne()
    #expect(Rehearsal.error(answer) == "-32603 internal.defect")
    #expect(answer["error"]?["data"]?["trace"]?.string?.isEmpty == false)
    #expect(stage.host.defects.count == 1)
    #expect(stage.dispatcher.metrics.value(of: .abandonedAnswers) == 1)
    stage.call(2, "now")
    #expect(stage.heard().count == 1)
  }

  @Test func `an answer from another thread is given on the desk`() throws {
    let stage = Rehearsal()
    stage.call(1, "read", #"{"name":"a"}"#)
    let running = stage.host.running.removeValue(forKey: "a")
    let responder = try #require(running)
    stage.desk.isCurrent = false
    responder.answer(["did": "a"])
    #expect(stage.heard().isEmpty)

    stage.desk.isCurrent = true
    stage.desk.runHandedIn()

    #expect(stage.heard() == [#"{"jsonrpc":"2.0","id":1,"result":{"did":"a"}}"#])
  }

  @Test func `of many threads that answer one wins`() async throws {
    let stage = Rehearsal()
    stage.call(1, "read", #"{"name":"a"}"#)
    let running = stage.host.running.removeValue(forKey: "a")
    let responder = try #require(running)
    stage.desk.isCurrent = false
    await withTaskGroup(of: Void.self) { group in
      for index in 0..<8 { group.addTask { responder.answer(["did": JSONValue(index)]) } }
    }
    stage.desk.isCurrent = true
    stage.desk.runHandedIn()
    #expect(stage.heard().count == 1)
    #expect(stage.dispatcher.metrics.value(of: .doubleAnswers) == 7)
  }

  @Test func `a result that cannot be written is an internal error`() throws {
    let stage = Rehearsal()
    stage.call(1, "read", #"{"name":"a"}"#)
    stage.host.running.removeValue(forKey: "a")?.answer(Reply.rendered([]))
    #expect(try Rehearsal.error(stage.heardOne()) == "-32603 internal.defect")
    #expect(stage.host.defects.count == 1)
  }

  @Test func `a conversation that is over is let go`() {
    weak var gone: Conversation?
    do {
      let stage = Rehearsal(store: RehearsalAnswers())
      gone = stage.conversation
      stage.call(1, "write", #"{"name":"a","_meta":{"deadlineMs":50,"idempotencyKey":"k"}}"#)
      stage.call(2, "write", #"{"name":"b","_meta":{"deadlineMs":50}}"#)
      stage.client(#"[{"jsonrpc":"2.0","id":3,"method":"read","params":{"name":"c"}}]"#)
      stage.call(4, "shutdown")
      stage.conversation.disconnected()
      stage.finish("a")
    }
    #expect(gone == nil)
  }

  @Test func `counters and latencies are kept by method`() {
    let stage = Rehearsal()
    stage.call(1, "now")
    stage.call(2, "refused")
    stage.call(3, "ping")
    stage.call(4, "no/such")
    let metrics = stage.dispatcher.metrics
    #expect(metrics.method(named: "now")?.calls == 1)
    #expect(metrics.method(named: "refused")?.failures == 1)
    #expect(metrics.method(named: "ping")?.calls == 1)
    #expect(metrics.value(of: .unknownMethods) == 1)
    #expect(metrics.json["methods"]?["now"]?["calls"] == 1)
    #expect(metrics.json["methods"]?["read"] == nil)
    #expect(metrics.json["counters"]?["requests"] == 5)
    #expect(metrics.prometheus.contains("esh_request_seconds_count{method=\"now\"} 1\n"))
    #expect(metrics.prometheus.contains("esh_dispatch_unknown_methods_total 1\n"))
  }
}
