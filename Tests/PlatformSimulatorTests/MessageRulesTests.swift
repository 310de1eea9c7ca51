import PlatformSimulator
import Testing

@Suite struct MessageRulesTests {
  /// A body, and the refusal's text; nil when the body is accepted.
  static let table: [(body: String, message: String?)] = [
    (text(4000), nil),
    (text(4001), "Field 'text' size (4001) must be at most 4000"),
    ("{}", "Invalid request. `text` or `attachments` required"),
    (#"{"text":5}"#, "Invalid value of field 'text'"),
    ("not json", "Malformed JSON"),
    ("", "Malformed JSON"),
    (keyboard(rows: 30, columns: 7), nil),
    (keyboard(rows: 31, columns: 1), "Field 'buttons' size (31) must be at most 30"),
    (keyboard(rows: 1, columns: 8), "Field 'row' size (8) must be at most 7"),
    (keyboard(row: [link(), link(), link()]), nil),
    (keyboard(row: [link(), callback(), callback(), callback()]), "Field 'row' size (4) must be at most 3"),
    (keyboard(row: [callback(text: "")]), "text: size must be between 1 and 128"),
    (keyboard(row: [callback(text: String(repeating: "я", count: 128))]), nil),
    (
      keyboard(row: [callback(text: String(repeating: "я", count: 129))]),
      "Field 'text' size (129) must be at most 128"
    ),
    (
      keyboard(row: [callback(payload: String(repeating: "p", count: 1025))]),
      "Field 'payload' size (1025) must be at most 1024"
    ),
    (keyboard(row: [link(url: "ftp://example.org")]), "Must have only http/https links format in buttons"),
    (keyboard(row: [#"{"type":"link","text":"a"}"#]), "Missing required parameter: url"),
    (keyboard(row: [#"{"type":"callback","text":"a"}"#]), "Missing required parameter: payload"),
    (keyboard(row: [#"{"text":"a"}"#]), "Missing required parameter: type"),
    (keyboard(row: [#"{"type":"chat","text":"a"}"#]), "Unknown button type: chat"),
    (#"{"attachments":[{"type":"image","payload":{"buttons":[]}}]}"#, "Unsupported attachment type: image"),
    (#"{"attachments":[{"type":"inline_keyboard"}]}"#, "Missing required parameter: payload"),
  ]

  @Test(arguments: table.indices) func `limits of a message are the platform's, with its words`(
    _ index: Int
  ) async throws {
    let row = Self.table[index]
    try await withPlatform { platform, person async throws in
      let answer = try await platform.send("POST", "/messages?user_id=\(person.userId)", row.body)

      #expect(answer.status == (row.message == nil ? 200 : 400))
      #expect(answer.text("message.body.mid") != nil || answer.text("message") == row.message)
      #expect(try await platform.control.inbox(phone: person.phone).count == (row.message == nil ? 1 : 0))
    }
  }

  @Test func `a body over a mebibyte is refused and the connection lives on`() async throws {
    try await withPlatform { platform, person async throws in
      let large = try await platform.send("POST", "/messages?user_id=\(person.userId)", Self.text(1 << 20))
      #expect(large.status == 413)
      #expect(try await platform.send("GET", "/me").status == 200)
    }
  }

  private static func text(_ count: Int) -> String {
    "{\"text\":\"\(String(repeating: "a", count: count))\"}"
  }

  private static func callback(text: String = "a", payload: String = "p") -> String {
    #"{"type":"callback","text":"\#(text)","payload":"\#(payload)"}"#
  }

  private static func link(url: String = "https://example.org") -> String {
    #"{"type":"link","text":"a","url":"\#(url)"}"#
  }

  private static func keyboard(row: [String]) -> String {
    keyboard(rows: ["[\(row.joined(separator: ","))]"])
  }

  private static func keyboard(rows: Int, columns: Int) -> String {
    let row = "[\(Array(repeating: callback(), count: columns).joined(separator: ","))]"
    return keyboard(rows: Array(repeating: row, count: rows))
  }

  private static func keyboard(rows: [String]) -> String {
    let buttons = rows.joined(separator: ",")
    return #"{"text":"t","attachments":[{"type":"inline_keyboard","payload":{"buttons":[\#(buttons)]}}]}"#
  }
}
