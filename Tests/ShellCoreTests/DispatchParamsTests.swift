import Jansson
import ShellProtocol
import Testing

@testable import ShellCore

struct DispatchParamsTests {
  @Test(arguments: ["", #","params":null"#, #","params":{}"#, #","params":[]"#, #","params":{ }"#])
  func `absent, null and empty params are the same`(params: String) {
    let stage = Rehearsal()
    stage.client(#"{"jsonrpc":"2.0","id":1,"method":"now"\#(params)}"#)
    stage.client(#"{"jsonrpc":"2.0","id":2,"method":"ping"\#(params)}"#)
    #expect(
      stage.heard() == [
        #"{"jsonrpc":"2.0","id":1,"result":{"now":true}}"#, #"{"jsonrpc":"2.0","id":2,"result":{}}"#,
      ])
  }

  @Test(arguments: [
    (#"{}"#, ["/phone"]), (#"{"phone":7}"#, ["/phone"]), (#"{"phone":"1"}"#, ["/phone"]),
    (#"{"phone":"123","count":1.5}"#, ["/count"]), (#"{"phone":"123","extra":1}"#, ["/extra"]),
    (#"{"phone":"123","a/b~c":1}"#, ["/a~1b~0c"]), (#"["123"]"#, [""]),
    (#"{"phone":"123","_meta":7}"#, ["/_meta"]),
    (#"{"phone":"123","_meta":{"deadlineMs":0}}"#, ["/_meta/deadlineMs"]),
    (#"{"phone":"123","_meta":{"idempotencyKey":""}}"#, ["/_meta/idempotencyKey"]),
    (#"{"phone":"123","_meta":{"progressToken":{}}}"#, ["/_meta/progressToken"]),
    (#"{"phone":"123","_meta":{"traceparent":1,"typo":2}}"#, ["/_meta/traceparent", "/_meta/typo"]),
  ])
  func `wrong params are named by their paths`(params: String, paths: [String]) throws {
    let stage = Rehearsal()
    stage.call(1, "typed", params)
    let error = try stage.heardOne()["error"]
    #expect(error?["code"] == -32602)
    #expect(error?["data"]?["issues"]?.array?.compactMap { $0["path"]?.string } == paths)
    #expect(error?["data"]?["issues"]?.array?.allSatisfy { $0["message"]?.string?.isEmpty == false } == true)
  }

  @Test func `a request's meta never reaches the schema or the handler's params`() throws {
    let stage = Rehearsal()
    stage.call(
      1, "typed",
      #"{"phone":"123","_meta":{"deadlineMs":5,"idempotencyKey":"k","progressToken":1,"traceparent":"x"}}"#)
    #expect(try stage.heardOne()["result"] == ["phone": "123"])
    stage.call(2, "ping", #"{"_meta":{"progressToken":1}}"#)
    #expect(try stage.heardOne()["result"] == [:])
  }

  @Test func `ping with a parameter is refused`() throws {
    let stage = Rehearsal()
    stage.call(1, "ping", #"{"x":1}"#)
    #expect(try Rehearsal.error(stage.heardOne()) == "-32602 params.invalid")
  }

  @Test func `large params are refused by their names before they are read`() throws {
    let stage = Rehearsal()
    let filler = String(repeating: #"{"phone":"\",}"},"#, count: 8_000)
    stage.call(1, "typed", #"{"phone":"123","rows":[\#(filler)1],"\u0061":1}"#)
    let issues = try stage.heardOne()["error"]?["data"]?["issues"]?.array
    #expect(issues?.compactMap { $0["path"]?.string } == ["/rows", "/a"])
    let words = String(repeating: "я", count: 40_000)
    stage.call(2, "typed", #"{"phone":"\#(words)"}"#)
    #expect(try stage.heardOne()["result"]?["phone"]?.string == words)
  }

  @Test(arguments: [("ru", "Чат полон"), ("en", "The chat is full")])
  func `errors speak the session's language`(locale: String, message: String) throws {
    let stage = Rehearsal(initialized: false)
    stage.call(0, "initialize", #"{"clientInfo":{"name":"c"},"locale":"\#(locale)"}"#)
    _ = stage.heard()
    stage.call(1, "refused")
    let error = try stage.heardOne()["error"]
    #expect(error?["message"]?.string == message)
    #expect(error?["data"]?["kind"] == "chats.full")
  }

  @Test func `before initialize errors are in Russian`() throws {
    let stage = Rehearsal(initialized: false)
    stage.call(1, "now")
    #expect(try stage.heardOne()["error"]?["message"]?.string == "Сначала нужен запрос initialize")
  }

  @Test func `issues speak the session's language`() throws {
    let stage = Rehearsal()
    stage.call(1, "typed", #"{"phone":"123","extra":1}"#)
    let message = try #require(stage.heardOne()["error"]?["data"]?["issues"]?[0]?["message"]?.string)
    #expect(message.utf8.allSatisfy { $0 < 128 }, "\(message)")
  }

  @Test func `text that a handler rendered goes out as it is`() {
    let stage = Rehearsal()
    stage.call(1, "text")
    #expect(stage.heard() == [#"{"jsonrpc":"2.0","id":1,"result":{"rows":[1,2]}}"#])
  }

  @Test func `a notification runs and is never answered, whatever becomes of it`() {
    let stage = Rehearsal()
    stage.client(#"{"jsonrpc":"2.0","method":"read","params":{"name":"n"}}"#)
    stage.client(#"{"jsonrpc":"2.0","method":"typed","params":{}}"#)
    stage.client(#"{"jsonrpc":"2.0","method":"typed","params":[1]}"#)
    #expect(stage.host.started == ["n"])
    stage.finish("n")
    #expect(stage.heard().isEmpty)
  }

  @Test(arguments: [
    ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "4bf92f3577b34da6a3ce929d0e0e4736"),
    ("00-00000000000000000000000000000000-00f067aa0ba902b7-01", nil), ("nonsense", nil),
  ])
  func `a trace goes on where the caller began it`(traceparent: String, trace: String?) throws {
    let stage = Rehearsal()
    stage.call(1, "read", #"{"name":"a","_meta":{"traceparent":"\#(traceparent)"}}"#)
    let request = try #require(stage.host.running["a"]?.request)
    if let trace { #expect(request.trace == trace) } else { #expect(!request.trace.isEmpty) }
    #expect(request.trace == request.trace)
  }
}
