import Jansson
import ShellProtocol
import Testing

@testable import ShellCore

struct DispatchCancelTests {
  private func cancel(_ id: String) -> String {
    #"{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":\#(id)}}"#
  }

  @Test func `a queued request is cancelled at once and never runs`() throws {
    let stage = Rehearsal()
    stage.call(1, "write", #"{"name":"a"}"#)
    stage.call(2, "write", #"{"name":"b"}"#)

    stage.client(cancel("2"))

    let answer = try stage.heardOne()
    #expect(answer["id"] == 2)
    #expect(Rehearsal.error(answer) == "-32800 request.cancelled")
    #expect(answer["error"]?["data"]?["reason"] == "client")
    stage.finish("a")
    #expect(stage.host.started == ["a"])
  }

  @Test func `a running write answers at once, is told, and keeps its place until it really ends`() throws {
    let stage = Rehearsal()
    stage.call(1, "write", #"{"name":"a"}"#)
    stage.call(2, "write", #"{"name":"b"}"#)

    stage.client(cancel("1"))

    #expect(try Rehearsal.error(stage.heardOne()) == "-32800 request.cancelled")
    #expect(stage.host.cancelled == ["a client"])
    #expect(stage.host.started == ["a"])
    stage.finish("a")
    #expect(stage.heard().isEmpty)
    #expect(stage.host.started == ["a", "b"])
    #expect(stage.dispatcher.metrics.value(of: .droppedResults) == 1)
  }

  @Test func `cancelling the first in the queue lets the next one start`() {
    let stage = Rehearsal()
    stage.call(1, "read", #"{"name":"r1"}"#)
    stage.call(2, "barrier", #"{"name":"x"}"#)
    stage.call(3, "read", #"{"name":"r2"}"#)
    stage.client(cancel("2"))
    #expect(stage.host.started == ["r1", "r2"])
  }

  @Test(arguments: ["1", "99", "\"1\"", "\"x\""])
  func `cancelling what is done or unknown is silent`(id: String) {
    let stage = Rehearsal()
    stage.call(1, "now")
    _ = stage.heard()
    stage.client(cancel(id))
    #expect(stage.heard().isEmpty)
  }

  @Test func `a second cancel changes nothing`() {
    let stage = Rehearsal()
    stage.call(1, "read", #"{"name":"a"}"#)
    stage.client(cancel("1"))
    stage.client(cancel("1"))
    #expect(stage.heard().count == 1)
    #expect(stage.host.cancelled == ["a client"])
  }

  @Test func `an answer before the cancel wins, a cancel before the answer wins`() {
    let stage = Rehearsal()
    stage.call(1, "read", #"{"name":"a"}"#)
    stage.finish("a")
    stage.client(cancel("1"))
    #expect(stage.heard() == [#"{"jsonrpc":"2.0","id":1,"result":{"did":"a"}}"#])
    #expect(stage.host.cancelled.isEmpty)

    stage.call(1, "read", #"{"name":"b"}"#)
    stage.client(cancel("1"))
    stage.call(1, "read", #"{"name":"c"}"#)
    stage.finish("b")
    stage.finish("c")
    let heard = stage.heard()
    #expect(heard.count == 2)
    #expect(heard.last == #"{"jsonrpc":"2.0","id":1,"result":{"did":"c"}}"#)
  }

  @Test func `a handler that asks late is told at once`() {
    let stage = Rehearsal()
    stage.call(1, "read", #"{"name":"a"}"#)
    stage.client(cancel("1"))
    var told: [CancelReason] = []
    stage.host.running["a"]?.request.onCancel { told.append($0) }
    #expect(told == [.client])
  }

  @Test func `a deadline answers in time, whether the call waits or runs`() throws {
    let stage = Rehearsal()
    stage.call(1, "write", #"{"name":"a","_meta":{"deadlineMs":50}}"#)
    stage.call(2, "write", #"{"name":"b","_meta":{"deadlineMs":20}}"#)
    stage.desk.advance(19)
    #expect(stage.heard().isEmpty)

    stage.desk.advance(1)
    let queued = try stage.heardOne()
    #expect(queued["id"] == 2)
    #expect(Rehearsal.error(queued) == "-32008 request.timedOut")
    #expect(queued["error"]?["data"]?["timeoutMs"] == 20)

    stage.desk.advance(30)
    let running = try stage.heardOne()
    #expect(running["id"] == 1)
    #expect(running["error"]?["data"]?["timeoutMs"] == 50)
    #expect(stage.host.cancelled == ["a deadline"])
    stage.finish("a")
    #expect(stage.host.started == ["a"])
    #expect(stage.dispatcher.metrics.value(of: .timeouts) == 2)
  }

  @Test func `a request that is done in time leaves no alarm behind`() {
    let stage = Rehearsal()
    stage.call(1, "read", #"{"name":"a","_meta":{"deadlineMs":50}}"#)
    stage.finish("a")
    stage.call(2, "now", #"{"_meta":{"deadlineMs":50}}"#)
    #expect(stage.desk.pendingAlarms == 0)
    #expect(stage.heard().count == 2)
  }

  @Test func `progress goes to who asked for it, and never after the answer`() throws {
    let stage = Rehearsal()
    stage.call(1, "read", #"{"name":"a","_meta":{"progressToken":"t"}}"#)
    stage.call(2, "read", #"{"name":"b"}"#)
    let (asked, silent) = (stage.host.running["a"]?.request, stage.host.running["b"]?.request)

    asked?.progress(["percent": 50])
    silent?.progress(["percent": 50])
    #expect(
      stage.heard() == [
        #"{"jsonrpc":"2.0","method":"$/progress","params":{"token":"t","value":{"percent":50}}}"#
      ])
    stage.finish("a")
    asked?.progress(["percent": 100])
    #expect(stage.heard() == [#"{"jsonrpc":"2.0","id":1,"result":{"did":"a"}}"#])
  }
}
