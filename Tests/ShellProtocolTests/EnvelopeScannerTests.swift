import Jansson
import Testing

@testable import ShellProtocol

/// A message in words, for tables: `id method params`, or `id kind` for a fault.
func describe(_ text: String, _ limits: Limits = Limits()) -> String { describe(Array(text.utf8), limits) }

func describe(_ bytes: [UInt8], _ limits: Limits = Limits()) -> String {
  var scanner = EnvelopeScanner(limits: limits)
  let body = unsafe bytes.span.bytes
  func words(_ envelope: Envelope) -> String {
    let params = envelope.params.map { String(decoding: bytes[$0], as: UTF8.self) } ?? "-"
    return "\(envelope.id.map { $0.json.text() } ?? "-") \(envelope.method(in: body)) \(params)"
  }
  func words(_ fault: EnvelopeFault) -> String {
    "\(fault.id.map { $0.json.text() } ?? "null") \(fault.error.code.rawValue) \(fault.error.kind)"
  }
  switch scanner.scan(body) {
  case .single(let envelope): return words(envelope)
  case .fault(let fault): return words(fault)
  case .batch(let elements):
    let texts = elements.map { element in
      switch element {
      case .success(let envelope): words(envelope)
      case .failure(let fault): words(fault)
      }
    }
    return "[" + texts.joined(separator: "; ") + "]"
  }
}

struct EnvelopeScannerTests {
  @Test(arguments: [
    (#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#, "1 ping -"),
    (#"{"jsonrpc":"2.0","method":"ping"}"#, "- ping -"),
    (#" { "method" : "a/b" , "params" : {"x": [1]} , "id" : "да" , "jsonrpc" : "2.0" } "#, #""да" a/b {"x": [1]}"#),
    (#"{"jsonrpc":"2.0","id":-7,"method":"m","params":{}}"#, "-7 m -"),
    (#"{"jsonrpc":"2.0","id":0,"method":"m","params":[ ]}"#, "0 m -"),
    (#"{"jsonrpc":"2.0","id":0,"method":"m","params":null}"#, "0 m -"),
    (#"{"jsonrpc":"2.0","id":0,"method":"m","params":[1]}"#, "0 m [1]"),
    (#"{"jsonrpc":"2.0","id":9223372036854775807,"method":"m"}"#, "9223372036854775807 m -"),
    (#"{"jsonrpc":"2.0","id":-9223372036854775808,"method":"m"}"#, "-9223372036854775808 m -"),
    (#"{"jsonrpc":"2.0","id":"","method":""}"#, #""""# + "  -"),
    (#"{"\u006asonrpc":"2\u002e0","id":"\u0041","method":"p\u0069ng","params":{"a":"\""}}"#, #""A" ping {"a":"\""}"#),
    (#"{"jsonrpc":"2.0","id":1,"method":"m","extra":{"id":2,"method":3}}"#, "1 m -"),
  ])
  func `messages that can be run`(text: String, words: String) { #expect(describe(text) == words) }

  @Test(arguments: [
    ("", "null -32600 request.empty"),
    ("  ", "null -32700 parse.syntax"),
    ("1", "null -32600 request.invalid"),
    (#""ping""#, "null -32600 request.invalid"),
    ("[]", "null -32600 request.emptyBatch"),
    ("{}", "null -32600 request.invalidVersion"),
    (#"{"jsonrpc":"1.0","id":1,"method":"m"}"#, "1 -32600 request.invalidVersion"),
    (#"{"jsonrpc":2.0,"id":1,"method":"m"}"#, "1 -32600 request.invalidVersion"),
    (#"{"id":1,"method":"m"}"#, "1 -32600 request.invalidVersion"),
    (#"{"jsonrpc":"2.0","id":1}"#, "1 -32600 request.invalidMethod"),
    (#"{"jsonrpc":"2.0","id":1,"result":{}}"#, "1 -32600 request.invalidMethod"),
    (#"{"jsonrpc":"2.0","id":"x","method":1}"#, #""x" -32600 request.invalidMethod"#),
    (#"{"jsonrpc":"2.0","id":1,"method":null}"#, "1 -32600 request.invalidMethod"),
    (#"{"jsonrpc":"2.0","id":1,"method":"m","params":1}"#, "1 -32600 request.invalidParams"),
    (#"{"jsonrpc":"2.0","id":1,"method":"m","params":"x"}"#, "1 -32600 request.invalidParams"),
    (#"{"jsonrpc":"2.0","id":null,"method":"m"}"#, "null -32600 request.invalidId"),
    (#"{"jsonrpc":"2.0","id":1.5,"method":"m"}"#, "null -32600 request.invalidId"),
    (#"{"jsonrpc":"2.0","id":1e3,"method":"m"}"#, "null -32600 request.invalidId"),
    (#"{"jsonrpc":"2.0","id":9223372036854775808,"method":"m"}"#, "null -32600 request.invalidId"),
    (#"{"jsonrpc":"2.0","id":true,"method":"m"}"#, "null -32600 request.invalidId"),
    (#"{"jsonrpc":"2.0","id":[1],"method":"m"}"#, "null -32600 request.invalidId"),
    (#"{"jsonrpc":"2.0","id":1,"id":2,"method":"m"}"#, "null -32700 parse.duplicateKey"),
    (#"{"jsonrpc":"2.0","id":1,"method":"m"} x"#, "null -32700 parse.syntax"),
    (#"{"jsonrpc":"2.0","id":1,"method":"m","params":{"a":"\ud800"}}"#, "null -32700 parse.surrogate"),
    (#"{"jsonrpc":"2.0","id":1,"method":"m","params":{"a":"\u0000"}}"#, "null -32700 parse.nul"),
  ])
  func `messages that are answered with an error`(text: String, words: String) { #expect(describe(text) == words) }

  @Test func `ids and methods have at most 128 bytes`() {
    let fits = String(repeating: "я", count: 64)
    #expect(describe(#"{"jsonrpc":"2.0","id":"\#(fits)","method":"m"}"#) == "\"\(fits)\" m -")
    #expect(describe(#"{"jsonrpc":"2.0","id":"\#(fits)a","method":"m"}"#).hasSuffix("request.invalidId"))
    #expect(describe(#"{"jsonrpc":"2.0","id":1,"method":"\#(fits)a"}"#).hasSuffix("request.invalidMethod"))
  }

  @Test(arguments: [
    (
      #"[{"jsonrpc":"2.0","id":1,"method":"a"},{"jsonrpc":"2.0","method":"b","params":{"x":1}}]"#,
      #"[1 a -; - b {"x":1}]"#
    ),
    ("[1,2]", "[null -32600 request.invalid; null -32600 request.invalid]"),
    (#"[[{"jsonrpc":"2.0","id":1,"method":"a"}]]"#, "[null -32600 request.invalid]"),
    (#"[{"jsonrpc":"2.0","id":1,"method":"a"},{"id":2}]"#, "[1 a -; 2 -32600 request.invalidVersion]"),
    (#"[{"jsonrpc":"2.0","id":1,"method":"a"},{"id":2]"#, "null -32700 parse.syntax"),
    (#"[{"jsonrpc":"2.0","id":1,"method":"a"},]"#, "null -32700 parse.syntax"),
    (#"[{"jsonrpc":"2.0","id":1,"method":"a"}"#, "null -32700 parse.syntax"),
  ])
  func `batches`(text: String, words: String) { #expect(describe(text) == words) }

  @Test func `a batch over the limit is one error, and is still checked to its end`() {
    let one = #"{"jsonrpc":"2.0","method":"a"}"#
    let batch = { (count: Int) in Array(repeating: one, count: count).joined(separator: ",") }
    #expect(describe("[\(batch(64))]").hasPrefix("[- a -; "))
    #expect(describe("[\(batch(65))]") == "null -32600 request.batchTooLarge")
    #expect(describe("[\(batch(65)),}]") == "null -32700 parse.syntax")
  }

  @Test func `a parse error says where`() throws {
    var scanner = EnvelopeScanner(limits: Limits())
    let text = Array(#"{"jsonrpc":"2.0","id":1,"method":"m",}"#.utf8)
    guard case .fault(let fault) = unsafe scanner.scan(text.span.bytes) else { throw Unexpected() }
    #expect(fault.error.data["offset"]?.int == 37)
    #expect(fault.error.json(.en)["data"]?["kind"]?.string == "parse.syntax")
  }

  @Test func `a scanner starts afresh after every message`() {
    var scanner = EnvelopeScanner(limits: Limits())
    let good = Array(#"{"jsonrpc":"2.0","id":1,"method":"m"}"#.utf8)
    for bad in [#"{"a":1,"b":{"c":{"#, #"{"a":1,"a":2}"#, #"{"\u0061":1,"b""#] {
      _ = unsafe scanner.scan(Array(bad.utf8).span.bytes)
      guard case .single = unsafe scanner.scan(good.span.bytes) else {
        Issue.record("refused after \(bad)")
        continue
      }
    }
  }

  @Test func `no garbage traps`() {
    var random = SeededRandom(seed: 7)
    let seed = Array(#"[{"jsonrpc":"2.0","id":"a\u0041","method":"m","params":{"x":[1,{"y":"я"}]}},{"id":-5}]"#.utf8)
    for _ in 0..<20_000 {
      var text = seed
      for _ in 0..<Int.random(in: 1...6, using: &random) { text.mangle(&random) }
      _ = describe(text)
      _ = describe((0..<Int.random(in: 0...24, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) })
    }
  }
}

struct Unexpected: Error {}
