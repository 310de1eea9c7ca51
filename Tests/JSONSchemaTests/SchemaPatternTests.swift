import Testing

@testable import JSONSchema

struct SchemaPatternTests {
  @Test(arguments: [
    ("^a$", "a", true), ("^a$", "aa", false), ("a", "xay", true), ("a", "xyz", false), ("^a", "ab", true),
    ("a$", "ba", true),
    ("a$", "ab", false), ("^$", "", true), ("", "anything", true), ("^[a-c]+$", "abcabc", true),
    ("^[a-c]+$", "abd", false),
    ("^[^a-c]+$", "xyz", true), ("^[^a-c]+$", "xaz", false), ("^a*b?c+$", "aacc", true),
    ("^a*b?c+$", "bbc", false),
    ("^(ab|cd)+$", "abcd", true), ("^(ab|cd)+$", "abc", false), ("^a{2,3}$", "aa", true),
    ("^a{2,3}$", "aaaa", false),
    ("^a{2}$", "aa", true), ("^a{2,}$", "aaaaa", true), ("^a{2,}$", "a", false), ("^\\d\\.\\w$", "1._", true),
    ("^\\d\\.\\w$", "1x_", false), ("^.$", "ё", true), ("^.$", "\n", false), ("^[а-я]+$", "привет", true),
    ("^(?:a|b)$", "b", true), ("^[.-]$", "-", true), ("^[\\d.]+$", "1.2", true), ("^(a*)*$", "aaa", true),
    ("^(|a)$", "", true), ("^[]$", "", false), ("^x{0}$", "", true), ("^@|b$", "b", nil),
  ])
  func `patterns match what they say`(pattern: String, text: String, expected: Bool?) throws {
    guard let expected else {
      #expect(throws: SchemaPatternError.self) { try SchemaPattern(pattern) }
      return
    }
    #expect(try SchemaPattern(pattern).matches(text) == expected)
  }

  @Test(arguments: [
    "(", ")", "[a", "[z-a]", "a{2", "a{3,2}", "a{,2}", "*a", "+", "a**", "\\", "\\p", "\\b", "(?=a)", "a$b",
    "a^b", "{1}",
    "(((a{1000}){1000}){1000})", "((){1000}){1000}", "a{1001}", "a]", "\\1",
  ])
  func `what is outside the subset is refused`(pattern: String) {
    #expect(throws: SchemaPatternError.self) { try SchemaPattern(pattern) }
  }

  @Test func `a pattern made to be slow is not`() throws {
    let pattern = try SchemaPattern("^(a|a|aa)*(a*)*(a|a?)+b$")
    #expect(!pattern.matches(String(repeating: "a", count: 20_000)))
  }
}
