import Jansson
import ShellProtocol
import Testing

@testable import ShellCore

/// Messages with something wrong anywhere: each is survived, and what is said to it is JSON.
struct DispatchNoiseTests {
  private static let sound = [
    #"{"jsonrpc":"2.0","id":7,"method":"typed","params":{"phone":"+7900","_meta":{"deadlineMs":5}}}"#,
    #"[{"jsonrpc":"2.0","id":"a","method":"now"},{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":"a"}}]"#,
    #"{"jsonrpc":"2.0","id":-1,"method":"rpc.discover","params":[]}"#,
  ]

  @Test(arguments: sound)
  func `every single byte may be wrong`(text: String) throws {
    let stage = Rehearsal()
    let bytes = Array(text.utf8)
    for place in bytes.indices {
      for wrong: UInt8 in [0, 0x22, 0x5B, 0x7D, 0x5C, 0xFF, 0x31] {
        var damaged = bytes
        damaged[place] = wrong
        unsafe stage.conversation.receive(damaged.span.bytes)
      }
      let beginning = Array(bytes[..<place])
      unsafe stage.conversation.receive(beginning.span.bytes)
    }
    for message in stage.heard() { _ = try JSONValue(parsing: message) }

    stage.call(1, "ping")
    #expect(stage.heard() == [#"{"jsonrpc":"2.0","id":1,"result":{}}"#])
    #expect(stage.conversation.unfinished == 0 && stage.conversation.running == 0)
  }
}
