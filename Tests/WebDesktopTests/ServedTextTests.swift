import Testing

@testable import WebDesktop

struct ServedTextTests {
  private func sent(_ text: String) -> String { String(decoding: ServedText.of(Array(text.utf8)), as: UTF8.self) }

  @Test(arguments: [
    ("", ""), ("a", "a"), ("  a\n", "a\n"), ("// x\na // y\n", "\na // y\n"), ("/** x */\n  a\n", "\na\n"),
    ("/**\n * x\n */\nb;\n", "\n\n\nb;\n"), ("  /* x\n y */\n* { }\n", "\n\n* { }\n"),
    ("catch { /* x */ }\n", "catch { /* x */ }\n"), ("/*/\na\n*/\nb", "\n\n\nb"), ("'//'\n", "'//'\n"),
  ])
  func `lines of comments are sent empty, indentation is not sent, and lines keep their numbers`(
    text: String, expected: String
  ) {
    #expect(sent(text) == expected)
    #expect(sent(text).filter { $0 == "\n" }.count == text.filter { $0 == "\n" }.count)
  }
}
