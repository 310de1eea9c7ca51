import CBareLoop
import Jansson

/// One framed message, ready to be sent as often as wanted.
struct Message: Sendable {
  let bytes: [UInt8]
  /// Offset of the seven digits of the id; 0 for a notification.
  let idOffset: Int

  /// A request. `params`: JSON text; nil for none.
  init(_ method: String, _ params: String? = nil) {
    let start = "{\"jsonrpc\":\"2.0\",\"id\":"
    self.init(start: start, rest: "1000000,\"method\":\"\(method)\"\(Message.member(params))}", hasID: true)
  }

  static func notification(_ method: String, _ params: String? = nil) -> Message {
    Message(start: "{\"jsonrpc\":\"2.0\",", rest: "\"method\":\"\(method)\"\(member(params))}", hasID: false)
  }

  /// A command of the bench's plugin, as the host is asked for it. `arguments`: JSON text.
  static func command(_ id: String, _ arguments: String = "{}") -> Message {
    Message("command/execute", "{\"command\":\"\(id)\",\"arguments\":\(arguments)}")
  }

  private init(start: String, rest: String, hasID: Bool) {
    let header = "Content-Length: \(start.utf8.count + rest.utf8.count)\r\n\r\n"
    bytes = Array((header + start + rest).utf8)
    idOffset = hasID ? header.utf8.count + start.utf8.count : 0
  }

  private static func member(_ params: String?) -> String { params.map { ",\"params\":\($0)" } ?? "" }

  /// The message for C, valid during `body`.
  func withC<Result>(_ body: (bench_message) throws -> Result) rethrows -> Result {
    try unsafe bytes.withUnsafeBytes { bytes in
      let text = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
      return try unsafe body(bench_message(text: text, length: bytes.count, id_at: idOffset))
    }
  }
}
