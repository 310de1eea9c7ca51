import Jansson
import ShellProtocol
import Testing

@testable import ShellCore

struct DispatchBatchTests {
  private func entry(_ id: Int, _ name: String, _ method: String = "read") -> String {
    #"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":{"name":"\#(name)"}}"#
  }

  private static let orders: [[String]] = [
    ["a", "b", "c"], ["a", "c", "b"], ["b", "a", "c"], ["b", "c", "a"], ["c", "a", "b"], ["c", "b", "a"],
  ]

  @Test(arguments: orders)
  func `one array answers when all are done, in the order of the entries`(order: [String]) {
    let stage = Rehearsal()
    stage.client("[\(entry(1, "a")),\(entry(2, "b")),\(entry(3, "c"))]")
    #expect(stage.host.started == ["a", "b", "c"])

    for name in order.dropLast() { stage.finish(name) }
    #expect(stage.heard().isEmpty)
    stage.finish(order.last ?? "")

    #expect(
      stage.heard() == [
        #"[{"jsonrpc":"2.0","id":1,"result":{"did":"a"}},{"jsonrpc":"2.0","id":2,"result":{"did":"b"}},"#
          + #"{"jsonrpc":"2.0","id":3,"result":{"did":"c"}}]"#
      ])
    #expect(stage.conversation.inFlight.isEmpty)
  }

  @Test func `entries run under the same rules as if alone`() {
    let stage = Rehearsal()
    stage.client("[\(entry(1, "w", "write")),\(entry(2, "r"))]")
    stage.call(3, "now")
    #expect(stage.host.started == ["w"])
    stage.finish("w")
    #expect(stage.host.started == ["w", "r"])
    #expect(stage.heard() == [#"{"jsonrpc":"2.0","id":3,"result":{"now":true}}"#])
    stage.finish("r")
    #expect(stage.heard().count == 1)
  }

  @Test func `a batch of notifications is not answered`() {
    let stage = Rehearsal()
    stage.client(#"[{"jsonrpc":"2.0","method":"now"},{"jsonrpc":"2.0","method":"$/x"}]"#)
    #expect(stage.heard().isEmpty)
  }

  @Test func `wrong entries are answered inside, the others run`() throws {
    let stage = Rehearsal()
    stage.client(
      #"[1,{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","id":2,"method":"no"},"#
        + #"{"jsonrpc":"2.0","method":"now"},{"jsonrpc":"2.0","id":null,"method":"ping"},"#
        + #"{"jsonrpc":"2.0","id":3,"method":"typed","params":["x"]}]"#
    )
    let answers = try #require(stage.heardOne().array)
    #expect(answers.map { $0["id"]?.text() } == ["null", "1", "2", "null", "3"])
    #expect(
      answers.map(Rehearsal.error) == [
        "-32600 request.invalid", "0 ", "-32601 method.notFound", "-32600 request.invalidId",
        "-32602 params.positional",
      ])
  }

  @Test func `a batch over the limit is one error, and nothing of it runs`() throws {
    var limits = Limits()
    limits.batch = 2
    let stage = Rehearsal(limits: limits)
    stage.client("[\(entry(1, "a")),\(entry(2, "b")),\(entry(3, "c"))]")
    let answer = try stage.heardOne()
    #expect(answer["id"]?.isNull == true)
    #expect(Rehearsal.error(answer) == "-32600 request.batchTooLarge")
    #expect(stage.host.started.isEmpty)
  }

  @Test func `ids of a batch are in flight until its array is written`() throws {
    let stage = Rehearsal()
    stage.client(
      "[\(entry(1, "a")),\(entry(2, "", "ping").replacing("{\"name\":\"\"}", with: "{}")),\(entry(2, "b"))]")
    stage.call(2, "ping")
    #expect(try Rehearsal.error(stage.heardOne()) == "-32600 request.duplicateId")
    stage.finish("a")
    let answers = try #require(stage.heardOne().array)
    #expect(answers.map { $0["id"]?.text() } == ["1", "2", "null"])
    stage.call(2, "ping")
    #expect(stage.heard() == [#"{"jsonrpc":"2.0","id":2,"result":{}}"#])
  }

  @Test func `an entry can be cancelled alone`() throws {
    let stage = Rehearsal()
    stage.client("[\(entry(1, "a")),\(entry(2, "b"))]")
    stage.client(#"{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":1}}"#)
    #expect(stage.heard().isEmpty)
    stage.finish("b")
    let answers = try #require(stage.heardOne().array)
    #expect(answers.map(Rehearsal.error) == ["-32800 request.cancelled", "0 "])
    stage.finish("a")
    #expect(stage.heard().isEmpty)
  }

  @Test func `initialize may open a batch, exit may end it`() throws {
    let stage = Rehearsal(initialized: false)
    stage.client(
      #"[{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"clientInfo":{"name":"c"}}},"#
        + #"{"jsonrpc":"2.0","id":2,"method":"ping"},{"jsonrpc":"2.0","id":3,"method":"shutdown"},"#
        + #"{"jsonrpc":"2.0","method":"exit"}]"#
    )
    let answers = try #require(stage.heardOne().array)
    #expect(answers.map { $0["result"] != nil } == [true, true, true])
    #expect(stage.outlet.isClosed)
  }
}
