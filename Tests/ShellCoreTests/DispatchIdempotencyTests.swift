import Jansson
import ShellProtocol
import Testing

@testable import ShellCore

struct DispatchIdempotencyTests {
  private func write(_ name: String, key: String = "k", scope: String = "s") -> String {
    #"{"name":"\#(name)","scope":"\#(scope)","_meta":{"idempotencyKey":"\#(key)"}}"#
  }

  @Test func `a repeated change gets the first answer and is not done again`() {
    let stage = Rehearsal(store: RehearsalAnswers())
    stage.call(1, "write", write("a"))
    stage.finish("a")
    stage.call(2, "write", write("a"))
    #expect(stage.host.started == ["a"])
    #expect(
      stage.heard() == [
        #"{"jsonrpc":"2.0","id":1,"result":{"did":"a"}}"#, #"{"jsonrpc":"2.0","id":2,"result":{"did":"a"}}"#,
      ])
    #expect(stage.dispatcher.metrics.value(of: .replays) == 1)
  }

  @Test func `members in another order are the same request`() {
    let stage = Rehearsal(store: RehearsalAnswers())
    stage.call(1, "write", #"{"name":"a","scope":"s","_meta":{"idempotencyKey":"k"}}"#)
    stage.finish("a")
    stage.call(2, "write", #"{"_meta":{"idempotencyKey":"k","progressToken":1},"scope":"s","name":"a"}"#)
    #expect(stage.host.started == ["a"])
    #expect(stage.heard().count == 2)
  }

  @Test func `a key that came with other params before is refused`() throws {
    let stage = Rehearsal(store: RehearsalAnswers())
    stage.call(1, "write", write("a"))
    stage.finish("a")
    _ = stage.heard()
    stage.call(2, "write", write("b"))
    let answer = try stage.heardOne()
    #expect(Rehearsal.error(answer) == "-32602 idempotency.mismatch")
    #expect(answer["error"]?["data"]?["issues"]?[0]?["path"] == "/_meta/idempotencyKey")
  }

  @Test func `a repetition waits for the first one, also on another connection`() {
    let stage = Rehearsal(store: RehearsalAnswers())
    let beside = Rehearsal(beside: stage, user: "u1")
    stage.call(1, "write", write("a"))
    beside.call(9, "write", write("a"))
    #expect(beside.heard().isEmpty)
    #expect(stage.host.started == ["a"])

    stage.finish("a")

    #expect(stage.heard() == [#"{"jsonrpc":"2.0","id":1,"result":{"did":"a"}}"#])
    #expect(beside.heard() == [#"{"jsonrpc":"2.0","id":9,"result":{"did":"a"}}"#])
    #expect(beside.conversation.running == 0)
  }

  @Test func `a key belongs to its user`() {
    let stage = Rehearsal(store: RehearsalAnswers())
    let other = Rehearsal(beside: stage, user: "u2")
    stage.call(1, "write", write("a"))
    stage.finish("a")
    other.call(1, "write", write("a"))
    #expect(stage.host.started == ["a", "a"])
  }

  @Test func `one that waits can be cancelled, and the first goes on`() throws {
    let stage = Rehearsal(store: RehearsalAnswers())
    let beside = Rehearsal(beside: stage, user: "u1")
    stage.call(1, "write", write("a"))
    beside.call(9, "write", write("a"))
    beside.client(#"{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":9}}"#)
    #expect(try Rehearsal.error(beside.heardOne()) == "-32800 request.cancelled")
    #expect(beside.conversation.running == 0)
    stage.finish("a")
    #expect(stage.heard().count == 1)
    #expect(beside.heard().isEmpty)
  }

  @Test func `a change that was cancelled but done answers its repetition with what it did`() {
    let stage = Rehearsal(store: RehearsalAnswers())
    stage.call(1, "write", write("a"))
    stage.client(#"{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":1}}"#)
    stage.finish("a")
    _ = stage.heard()
    stage.call(2, "write", write("a"))
    #expect(stage.heard() == [#"{"jsonrpc":"2.0","id":2,"result":{"did":"a"}}"#])
    #expect(stage.host.started == ["a"])
  }

  @Test func `a change whose connection was lost answers on the next one`() {
    let stage = Rehearsal(store: RehearsalAnswers())
    stage.call(1, "write", write("a"))
    stage.conversation.disconnected()
    stage.finish("a")
    let next = Rehearsal(beside: stage, user: "u1")
    next.call(1, "write", write("a"))
    #expect(next.heard() == [#"{"jsonrpc":"2.0","id":1,"result":{"did":"a"}}"#])
    #expect(stage.host.started == ["a"])
  }

  @Test func `a refusal is an answer and stays, a passing trouble may be tried again`() throws {
    let stage = Rehearsal(store: RehearsalAnswers())
    stage.call(1, "write", write("a", key: "k1"))
    stage.host.running.removeValue(forKey: "a")?.fail(
      WireError(.refused, kind: "x.full", LocalizedText(verbatim: "full")))
    stage.call(2, "write", write("a", key: "k1"))
    #expect(stage.host.started == ["a"])
    #expect(
      try stage.heard().map { try Rehearsal.error(JSONValue(parsing: $0)) } == [
        "-32009 x.full", "-32009 x.full",
      ])

    stage.call(3, "write", write("a", key: "k2"))
    stage.host.running.removeValue(forKey: "a")?.fail(
      WireError(.pluginUnavailable, kind: "plugin.failed", LocalizedText(verbatim: "failed")))
    stage.call(4, "write", write("a", key: "k2"))
    #expect(stage.host.started == ["a", "a", "a"])
  }

  @Test func `reads pay no attention to a key`() {
    let stage = Rehearsal(store: RehearsalAnswers())
    for id in 1...2 {
      stage.call(id, "read", #"{"name":"a","_meta":{"idempotencyKey":"k"}}"#)
      stage.finish("a")
    }
    #expect(stage.host.started == ["a", "a"])
  }
}
