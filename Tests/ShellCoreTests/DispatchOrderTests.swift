import Jansson
import ShellProtocol
import Testing

@testable import ShellCore

struct DispatchOrderTests {
  @Test func `a read waits for the writes before it, reads run side by side`() {
    let stage = Rehearsal()
    stage.call(1, "write", #"{"name":"w"}"#)
    stage.call(2, "read", #"{"name":"r1"}"#)
    stage.call(3, "read", #"{"name":"r2"}"#)
    #expect(stage.host.started == ["w"])

    stage.finish("w")

    #expect(stage.host.started == ["w", "r1", "r2"])
    stage.finish("r2")
    stage.finish("r1")
    #expect(stage.heard().map { $0.contains("\"id\":1") ? 1 : $0.contains("\"id\":3") ? 3 : 2 } == [1, 3, 2])
  }

  @Test func `writes of one scope run in their order, of two scopes side by side`() {
    let stage = Rehearsal()
    stage.call(1, "write", #"{"name":"a1","scope":"a"}"#)
    stage.call(2, "write", #"{"name":"b1","scope":"b"}"#)
    stage.call(3, "write", #"{"name":"a2","scope":"a"}"#)
    #expect(stage.host.started == ["a1", "b1"])

    stage.finish("b1")
    #expect(stage.host.started == ["a1", "b1"])
    stage.finish("a1")
    #expect(stage.host.started == ["a1", "b1", "a2"])
  }

  @Test func `the scope of everything waits for every write`() {
    let stage = Rehearsal()
    stage.call(1, "write", #"{"name":"a","scope":"a"}"#)
    stage.call(2, "write", #"{"name":"all","scope":"*"}"#)
    stage.call(3, "write", #"{"name":"b","scope":"b"}"#)
    stage.finish("a")
    #expect(stage.host.started == ["a", "all"])
    stage.finish("all")
    #expect(stage.host.started == ["a", "all", "b"])
  }

  @Test func `a barrier waits for all before it, and all after it wait`() {
    let stage = Rehearsal()
    stage.call(1, "read", #"{"name":"r"}"#)
    stage.call(2, "barrier", #"{"name":"x"}"#)
    stage.call(3, "read", #"{"name":"r2"}"#)
    #expect(stage.host.started == ["r"])
    stage.finish("r")
    #expect(stage.host.started == ["r", "x"])
    stage.finish("x")
    #expect(stage.host.started == ["r", "x", "r2"])
  }

  @Test func `ping is answered while a write runs and others wait`() {
    let stage = Rehearsal()
    stage.call(1, "write", #"{"name":"w"}"#)
    stage.call(2, "now")
    stage.call(3, "ping")
    #expect(stage.heard() == [#"{"jsonrpc":"2.0","id":3,"result":{}}"#])
  }

  @Test func `a write that has settled lets others go on while it waits for news`() {
    let stage = Rehearsal()
    stage.call(1, "write", #"{"name":"press"}"#)
    stage.call(2, "now")
    #expect(stage.heard().isEmpty)

    stage.host.running["press"]?.request.settled()

    #expect(stage.heard() == [#"{"jsonrpc":"2.0","id":2,"result":{"now":true}}"#])
    stage.finish("press")
    #expect(stage.heard() == [#"{"jsonrpc":"2.0","id":1,"result":{"did":"press"}}"#])
  }

  @Test func `rights are asked when a call starts, so a sign-in before it counts`() throws {
    let stage = Rehearsal(user: nil)
    stage.call(1, "now")
    #expect(try Rehearsal.error(stage.heardOne()) == "-32001 session.required")

    stage.call(2, "admin")
    #expect(try Rehearsal.error(stage.heardOne()) == "-32001 session.required")
    stage.conversation.principal = Principal(userID: "u", isAdministrator: false)
    stage.call(3, "admin")
    let forbidden = try stage.heardOne()
    #expect(Rehearsal.error(forbidden) == "-32003 access.forbidden")
    #expect(forbidden["error"]?["data"]?["permission"] == "administrator")
    stage.conversation.principal = Principal(userID: "u", isAdministrator: true)
    stage.call(4, "admin")
    #expect(stage.heard() == [#"{"jsonrpc":"2.0","id":4,"result":{}}"#])
  }

  @Test func `a notification that a handler sends goes out before its answer`() {
    let stage = Rehearsal()
    stage.call(1, "tell")
    #expect(
      stage.heard() == [
        #"{"jsonrpc":"2.0","method":"desktop/didChange","params":{"revision":2}}"#,
        #"{"jsonrpc":"2.0","id":1,"result":{"revision":2}}"#,
      ])
  }

  @Test func `past the limits a request is refused with a time to wait, cancelling and ping still work`()
    throws
  {
    var limits = Limits()
    limits.inFlight = 2
    limits.queued = 3
    let stage = Rehearsal(limits: limits)
    for id in 1...5 { stage.call(id, "read", #"{"name":"n\#(id)"}"#) }
    #expect(stage.host.started == ["n1", "n2"])
    #expect(stage.heard().isEmpty)

    stage.call(6, "read", #"{"name":"n6"}"#)
    let refused = try stage.heardOne()
    #expect(Rehearsal.error(refused) == "-32007 connection.overloaded")
    #expect(refused["error"]?["data"]?["retryAfterMs"] == 100)
    stage.client(#"{"jsonrpc":"2.0","method":"read","params":{"name":"unheard"}}"#)
    stage.call(7, "ping")
    #expect(stage.heard() == [#"{"jsonrpc":"2.0","id":7,"result":{}}"#])
    stage.client(#"{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":4}}"#)
    #expect(try Rehearsal.error(stage.heardOne()) == "-32800 request.cancelled")
    stage.call(8, "read", #"{"name":"n8"}"#)
    #expect(stage.heard().isEmpty)

    for name in ["n1", "n2", "n3", "n5", "n8"] { stage.finish(name) }
    #expect(stage.host.started == ["n1", "n2", "n3", "n5", "n8"])
    #expect(stage.heard().count == 5)
  }

  @Test func `64 requests run, 256 wait, the next is refused`() throws {
    let stage = Rehearsal()
    for id in 1...320 { stage.call(id, "read", #"{"name":"n\#(id)"}"#) }
    #expect(stage.host.started.count == 64)
    #expect(stage.heard().isEmpty)
    stage.call(321, "read", #"{"name":"n321"}"#)
    #expect(try Rehearsal.error(stage.heardOne()) == "-32007 connection.overloaded")
  }

  @Test func `an id in flight is refused under no id, and the first request is untouched`() throws {
    let stage = Rehearsal()
    stage.call(1, "read", #"{"name":"a"}"#)
    stage.call(1, "ping")
    let refused = try stage.heardOne()
    #expect(refused["id"]?.isNull == true)
    #expect(Rehearsal.error(refused) == "-32600 request.duplicateId")
    #expect(refused["error"]?["data"]?["id"] == 1)

    stage.client(#"{"jsonrpc":"2.0","id":"1","method":"ping"}"#)
    #expect(stage.heard() == [#"{"jsonrpc":"2.0","id":"1","result":{}}"#])
    stage.finish("a")
    #expect(stage.heard() == [#"{"jsonrpc":"2.0","id":1,"result":{"did":"a"}}"#])
    stage.call(1, "ping")
    #expect(stage.heard() == [#"{"jsonrpc":"2.0","id":1,"result":{}}"#])
  }
}
