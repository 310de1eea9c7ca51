import Jansson
import Testing

@testable import ShellProtocol

/// The params of a request with that text for `params`, both ways of reading them.
private func read(_ params: String) -> Result<JSONValue, WireError> {
  let text = Array(#"{"jsonrpc":"2.0","id":1,"method":"m"\#(params)}"#.utf8)
  var scanner = EnvelopeScanner(limits: Limits())
  guard case .single(let envelope) = unsafe scanner.scan(text.span.bytes) else { return .success(.null) }
  let copied = unsafe Params(envelope, in: text.span.bytes)
  let direct = Result { () throws(WireError) in unsafe try Params.value(of: envelope, in: text.span.bytes) }
  if case .success(let value) = direct { #expect((try? copied.value()) == value) }
  return direct
}

struct ParamsTests {
  @Test(arguments: ["", #","params":null"#, #","params":{}"#, #","params":[]"#, #","params": [ ] "#, #","params":{ }"#])
  func `absent, null and empty are the same`(params: String) throws {
    #expect(try read(params).get() == .emptyObject)
  }

  @Test func `params are an object`() throws {
    #expect(try read(#","params":{"a":[1,"я"]}"#).get() == ["a": [1, "я"]])
  }

  @Test(arguments: ["[1]", "[null]", "[{}]"])
  func `a list is answered with a hint`(list: String) {
    guard case .failure(let error) = read(",\"params\":\(list)") else {
      Issue.record("accepted")
      return
    }
    #expect(error.code == .invalidParams)
    #expect(error.kind == "params.positional")
  }

  @Test func `a number that nobody can hold is the params' fault`() {
    guard case .failure(let error) = read(#","params":{"a":1e999}"#) else {
      Issue.record("accepted")
      return
    }
    #expect(error.code == .invalidParams)
  }

  @Test func `params from inside the process`() throws {
    #expect(Params.empty.isEmpty)
    #expect(Params(.null).isEmpty)
    #expect(try Params(["a": 1]).value() == ["a": 1])
    #expect(String(decoding: Params(.emptyArray).text, as: UTF8.self) == "{}")
    #expect(String(decoding: Params(["a": 1]).text, as: UTF8.self) == #"{"a":1}"#)
  }
}
