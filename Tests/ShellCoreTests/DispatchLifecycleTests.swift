import Jansson
import ShellProtocol
import Testing

@testable import ShellCore

/// Conversations as data: what the client says, and what it hears for it, in order. An error is written
/// `id code kind`, a result `id text`, silence as nothing.
private struct Script: CustomTestStringConvertible, Sendable {
  let name: String
  let lines: [(say: String, hear: [String])]
  var testDescription: String { name }
}

private let hello = #"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"clientInfo":{"name":"c"}}}"#

private func request(_ id: String, _ method: String, _ params: String = "{}") -> String {
  #"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":\#(params)}"#
}

private func notification(_ method: String) -> String { #"{"jsonrpc":"2.0","method":"\#(method)"}"# }

private let scripts: [Script] = [
  Script(
    name: "before initialize only four methods are served",
    lines: [
      (request("1", "now"), ["1 -32002 lifecycle.notInitialized"]),
      (request("2", "no/such"), ["2 -32002 lifecycle.notInitialized"]),
      (request("3", "shutdown"), ["3 -32002 lifecycle.notInitialized"]),
      (request("4", "ping"), ["4 {}"]),
      (request("\"five\"", "rpc.discover"), ["\"five\" openrpc"]),
      (notification("initialized"), []),
      (notification("now"), []),
    ]),
  Script(
    name: "a second initialize is refused, whatever it says",
    lines: [
      (hello, ["1 serverInfo"]), (hello, ["1 -32600 lifecycle.alreadyInitialized"]),
      (request("2", "initialize"), ["2 -32600 lifecycle.alreadyInitialized"]),
      (request("3", "ping"), ["3 {}"]),
    ]),
  Script(
    name: "an initialize without a client's name may be repeated",
    lines: [
      (request("1", "initialize"), ["1 -32602 params.invalid"]),
      (request("1", "initialize", #"{"clientInfo":{}}"#), ["1 -32602 params.invalid"]),
      (request("1", "now"), ["1 -32002 lifecycle.notInitialized"]),
      (
        request("1", "initialize", #"{"clientInfo":{"name":"c"},"processId":12,"rootUri":null}"#),
        ["1 serverInfo"]
      ),
    ]),
  Script(
    name: "after shutdown every request is refused",
    lines: [
      (hello, ["1 serverInfo"]), (notification("initialized"), []), (request("2", "shutdown"), ["2 {}"]),
      (request("3", "ping"), ["3 -32600 lifecycle.shutDown"]),
      (request("4", "now"), ["4 -32600 lifecycle.shutDown"]),
      (request("5", "no/such"), ["5 -32600 lifecycle.shutDown"]),
      (request("6", "shutdown"), ["6 -32600 lifecycle.shutDown"]), (hello, ["1 -32600 lifecycle.shutDown"]),
      (notification("now"), []),
    ]),
  Script(
    name: "unknown methods and unknown protocol messages",
    lines: [
      (hello, ["1 serverInfo"]), (request("2", "no/such"), ["2 -32601 method.notFound"]),
      (notification("no/such"), []), (notification("$/setTrace"), []),
      (request("3", "$/setTrace"), ["3 -32601 method.notFound"]),
      (request("4", "$/cancelRequest", #"{"id":1}"#), ["4 -32601 method.notFound"]),
      (notification("$/cancelRequest"), []),
    ]),
  Script(
    name: "messages that are no requests are answered, and the connection goes on",
    lines: [
      (hello, ["1 serverInfo"]), ("{", ["null -32700 parse.syntax"]),
      ("[]", ["null -32600 request.emptyBatch"]),
      ("7", ["null -32600 request.invalid"]),
      (#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, ["null -32600 request.invalidId"]),
      (#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, ["null -32600 request.invalidId"]),
      (#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#, ["1 -32600 request.invalidVersion"]),
      (request("8", "ping"), ["8 {}"]),
    ]),
]

private func told(_ message: String) throws -> String {
  let json = try JSONValue(parsing: message)
  let id = json["id"]?.text() ?? "none"
  if json["error"] != nil { return "\(id) \(Rehearsal.error(json))" }
  let result = try #require(json["result"])
  if result["openrpc"] != nil { return "\(id) openrpc" }
  if result["serverInfo"] != nil { return "\(id) serverInfo" }
  return "\(id) \(result.text())"
}

struct DispatchLifecycleTests {
  @Test(arguments: scripts)
  fileprivate func `a conversation goes by its script`(_ script: Script) throws {
    let stage = Rehearsal(initialized: false)
    for line in script.lines {
      stage.client(line.say)
      #expect(try stage.heard().map(told) == line.hear, "\(line.say)")
    }
  }

  @Test func `initialize tells who answers, in which language, and every limit`() throws {
    let stage = Rehearsal(initialized: false)
    stage.client(
      #"{"jsonrpc":"2.0","id":"a\"b","method":"initialize","#
        + #""params":{"clientInfo":{"name":"c"},"locale":"en"}}"#
    )
    let answer = try stage.heardOne()
    #expect(answer["id"]?.string == "a\"b")
    #expect(answer["result"]?["serverInfo"] == ["name": "esh", "version": "1.2"])
    #expect(answer["result"]?["protocolVersion"] == "1.0")
    #expect(answer["result"]?["locale"] == "en")
    #expect(
      answer["result"]?["limits"] == [
        "messageBytes": 16_777_216, "nesting": 128, "batch": 64, "inFlight": 64, "queued": 256,
        "outgoingBytes": 33_554_432, "connections": 1024,
      ])
    #expect(stage.dispatcher.catalog.resultProblems(answer["result"] ?? .null, of: "initialize").isEmpty)
  }

  @Test(arguments: [
    ("ru", "ru"), ("en", "en"), ("en-US", "en"), ("ru_RU.UTF-8", "ru"), ("de", "ru"), ("EN", "en"),
  ])
  func `a locale is understood as editors spell it`(said: String, understood: String) throws {
    let stage = Rehearsal(initialized: false)
    stage.call(1, "initialize", #"{"clientInfo":{"name":"c"},"locale":"\#(said)"}"#)
    #expect(try stage.heardOne()["result"]?["locale"]?.string == understood)
  }

  @Test func `shutdown answers when everything before it has ended`() throws {
    let stage = Rehearsal()
    stage.call(1, "write", #"{"name":"a"}"#)
    stage.call(2, "write", #"{"name":"b"}"#)
    stage.call(3, "shutdown")
    #expect(stage.heard().isEmpty)

    stage.finish("a")
    stage.finish("b")

    #expect(
      stage.heard() == [
        #"{"jsonrpc":"2.0","id":1,"result":{"did":"a"}}"#, #"{"jsonrpc":"2.0","id":2,"result":{"did":"b"}}"#,
        #"{"jsonrpc":"2.0","id":3,"result":{}}"#,
      ])
  }

  @Test(arguments: [(true, Int32(0)), (false, Int32(1))])
  func `exit closes, with a status that tells of the shutdown`(shutDown: Bool, status: Int32) {
    let stage = Rehearsal()
    var told: [Int32] = []
    stage.conversation.onEnd = { told.append($0) }
    if shutDown { stage.call(1, "shutdown") }

    stage.client(notification("exit"))

    #expect(stage.outlet.isClosed)
    #expect(told == [status])
    _ = stage.heard()
    stage.call(2, "ping")
    #expect(stage.heard().isEmpty)
  }

  @Test func `exit before initialize is heard`() {
    let stage = Rehearsal(initialized: false)
    stage.client(notification("exit"))
    #expect(stage.outlet.isClosed)
  }

  @Test func `what was asked before the end of the input is answered before the connection closes`() {
    let stage = Rehearsal()
    stage.call(1, "read", #"{"name":"a"}"#)

    stage.conversation.leave()
    #expect(!stage.outlet.isClosed)
    stage.finish("a")

    #expect(stage.heard() == [#"{"jsonrpc":"2.0","id":1,"result":{"did":"a"}}"#])
    #expect(stage.outlet.isClosed)
    #expect(stage.desk.pendingAlarms == 0)
  }

  @Test func `the end of the input does not wait for ever`() throws {
    let stage = Rehearsal()
    stage.call(1, "write", #"{"name":"a"}"#)
    stage.call(2, "write", #"{"name":"b"}"#)
    stage.conversation.leave()

    stage.desk.advance(stage.dispatcher.lingerMs)

    #expect(try stage.heard().map(told) == ["2 -32800 request.cancelled", "1 -32800 request.cancelled"])
    #expect(stage.outlet.isClosed)
    #expect(stage.host.cancelled == ["a disconnect"])
    stage.finish("a")
    #expect(stage.host.started == ["a"])
  }

  @Test func `a connection that is gone cancels what runs and drops what waits`() {
    let stage = Rehearsal()
    stage.call(1, "write", #"{"name":"a"}"#)
    stage.call(2, "write", #"{"name":"b"}"#)

    stage.conversation.disconnected()
    stage.finish("a")

    #expect(stage.heard().isEmpty)
    #expect(stage.host.started == ["a"])
    #expect(stage.host.cancelled == ["a disconnect"])
  }

  @Test func `a host that drains refuses new requests and waits for the old ones`() throws {
    let stage = Rehearsal()
    var isDrained = false
    stage.call(1, "read", #"{"name":"a"}"#)
    stage.conversation.drain { isDrained = true }

    stage.call(2, "ping")
    #expect(try stage.heard().map(told) == ["2 -32600 lifecycle.shutDown"])
    #expect(!isDrained)
    stage.finish("a")
    #expect(isDrained)
  }

  @Test func `nothing is told to a client before initialize`() {
    let stage = Rehearsal(initialized: false)
    stage.conversation.notify("desktop/didChange", .empty)
    #expect(stage.heard().isEmpty)
  }
}
