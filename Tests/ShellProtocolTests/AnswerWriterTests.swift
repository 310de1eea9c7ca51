import Jansson
import Testing

@testable import ShellProtocol

private func written(_ write: (inout [UInt8]) -> Void) -> String {
  var bytes: [UInt8] = []
  write(&bytes)
  return String(decoding: bytes, as: UTF8.self)
}

struct AnswerWriterTests {
  @Test(
    arguments: [
      (RequestID.integer(0), "0"), (.integer(-1), "-1"), (.integer(.max), "9223372036854775807"),
      (.integer(.min), "-9223372036854775808"), (.string("a"), #""a""#),
      (.string("\"\\\n\u{1}я/"), #""\"\\\n\u0001я/""#),
      (nil, "null"),
    ] as [(RequestID?, String)])
  func `an id comes back with its type`(id: RequestID?, text: String) {
    #expect(written { AnswerWriter.empty(id, to: &$0) } == #"{"jsonrpc":"2.0","id":\#(text),"result":{}}"#)
  }

  @Test func `results are values or text`() {
    let answer = #"{"jsonrpc":"2.0","id":1,"result":{"a":[1,null]}}"#
    #expect(written { AnswerWriter.answer(.integer(1), ["a": [1, .null]], to: &$0) } == answer)
    let rendered = Array(#"{"a":[1,null]}"#.utf8)
    #expect(written { unsafe AnswerWriter.answer(.integer(1), rendered: rendered.span.bytes, to: &$0) } == answer)
  }

  @Test func `an error carries its kind`() throws {
    let text = written { AnswerWriter.error(nil, ScanFault(.nesting, at: 9).wireError, .en, to: &$0) }
    let json = try JSONValue(parsing: text)
    #expect(json["id"]?.isNull == true)
    #expect(json["error"]?["code"]?.int == -32700)
    #expect(json["error"]?["data"] == ["offset": 9, "kind": "parse.nesting"])
  }

  @Test func `notifications have no id`() {
    #expect(
      written { AnswerWriter.notification("desktop/didChange", ["revision": 2], to: &$0) }
        == #"{"jsonrpc":"2.0","method":"desktop/didChange","params":{"revision":2}}"#)
  }

  @Test func `answers of a batch are one array`() {
    #expect(written { AnswerWriter.batch([Array("1".utf8), Array("2".utf8)], to: &$0) } == "[1,2]")
  }

  @Test func `limits are told by their names`() {
    var limits = Limits()
    limits.batch = 3
    #expect(
      limits.json == [
        "messageBytes": 16_777_216, "nesting": 128, "batch": 3, "inFlight": 64, "queued": 256,
        "outgoingBytes": 33_554_432, "connections": 1024,
      ])
  }
}

struct MethodTableTests {
  private let table = MethodTable<Int>((0..<100).map { (name: "window/method\($0)", value: $0) })

  @Test func `every method is found by its bytes, escaped or not`() throws {
    for (text, value) in [("window/method7", 7), ("window\\/method99", 99), ("window/method", nil), ("", nil)] {
      let body = Array(#"{"jsonrpc":"2.0","method":"\#(text)"}"#.utf8)
      var scanner = EnvelopeScanner(limits: Limits())
      guard case .single(let envelope) = unsafe scanner.scan(body.span.bytes) else { throw Unexpected() }
      #expect(unsafe table.value(of: envelope, in: body.span.bytes) == value)
    }
    #expect(table["window/method42"] == 42)
  }

  @Test func `registering a name twice is a defect`() async {
    await #expect(processExitsWith: .failure) {
      _ = MethodTable<Int>([(name: "a", value: 1), (name: "a", value: 2)])
    }
  }
}
