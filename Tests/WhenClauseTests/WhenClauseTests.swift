import Testing

@testable import WhenClause

private let declared: [String: WhenType] = WhenClause.builtInKeys.merging(
  ["sferum.bound": .boolean, "sferum.state": .string, "selection.count": .number, "tags": .list]
) { first, _ in first }

private let values: [String: WhenValue] = [
  "signedIn": .boolean(true), "roles": .list([.string("employee"), .string("parent")]),
  "user.id": .string("u7"),
  "locale": .string("ru"), "sferum.bound": .boolean(false), "sferum.state": .string("requested"),
  "selection.count": .number(2), "tags": .list([.number(5), .string("пятый")]),
]

private func value(_ key: String) -> WhenValue { values[key] ?? .string("") }

private func compiled(_ text: String) throws -> WhenClause { try WhenClause(text, keys: declared) }

private func problem(_ text: String) -> WhenError? {
  do throws(WhenError) {
    _ = try WhenClause(text, keys: declared)
    return nil
  } catch { return error }
}

struct WhenClauseEvaluationTests {
  @Test(arguments: [
    ("true", true), ("false", false), ("!false", true), ("!!true", true), ("signedIn", true),
    ("!signedIn", false),
    ("'employee' in roles", true), ("'administrator' in roles", false),
    ("'administrator' not in roles", true),
    ("'employee' in roles || 'administrator' in roles", true), ("signedIn && sferum.bound", false),
    ("signedIn && !sferum.bound", true), ("true || false && false", true),
    ("(true || false) && false", false),
    ("selection.count == 2", true), ("selection.count != 2", false), ("selection.count >= 2", true),
    ("selection.count > 2", false), ("selection.count < 2.5", true), ("selection.count <= -1", false),
    ("sferum.state == 'requested'", true), ("sferum.state in ['requested', 'bound']", true),
    ("sferum.state in []", false), ("5 in tags", true), ("'пятый' in tags", true), ("6 not in tags", true),
    ("startsWith(sferum.state, 'req')", true), ("endsWith(sferum.state, 'req')", false),
    ("contains(sferum.state, 'quest')", true), ("contains(sferum.state, '')", true),
    ("contains(roles, 'parent')", true), ("contains(['a'], 'b')", false), ("!(locale == 'en')", true),
    ("!contains(roles, 'pupil')", true), ("'d''A' == 'd''A'", true), ("'d''A' == 'dA'", false),
    ("sferum.bound == false", true), ("\t signedIn\n&&\r true ", true), ("not.a.word == 1", nil),
  ])
  func `a clause means what the grammar says`(text: String, expected: Bool?) throws {
    guard let expected else {
      #expect(problem(text) != nil)
      return
    }
    #expect(try compiled(text).evaluate(value) == expected)
  }

  @Test func `a clause tells which keys it depends on`() throws {
    let clause = try compiled("signedIn && (sferum.bound || 'parent' in roles) && signedIn")
    #expect(clause.keys == ["signedIn", "sferum.bound", "roles"])
    #expect(WhenClause.always.keys.isEmpty)
    #expect(WhenClause.signedIn.keys == ["signedIn"])
  }

  @Test func `keys that cannot matter are not asked for`() throws {
    var asked: [String] = []
    let clause = try compiled("signedIn || sferum.bound")
    #expect(
      clause.evaluate {
        asked.append($0)
        return value($0)
      })
    #expect(asked == ["signedIn"])
  }

  @Test(arguments: [
    "signedIn", "sferum.state == 'x'", "selection.count > 1", "'a' in roles", "startsWith(locale, 'r')",
    "contains(roles, 'x')", "contains(locale, 'x')",
  ])
  func `a value of the wrong type makes a test false and never traps`(text: String) throws {
    let clause = try compiled(text)
    for wrong in [WhenValue.boolean(false), .string("?"), .number(.nan), .list([])] {
      #expect(!clause.evaluate { _ in wrong })
    }
  }

  @Test func `every type has an empty value of its own`() {
    for type in WhenType.allCases { #expect(WhenValue.empty(type).type == type) }
  }
}

struct WhenClauseErrorTests {
  @Test(arguments: [
    ("", WhenError.Cause.empty, 1), ("   ", .empty, 1), ("signedIn &&", .unexpected, 12),
    ("signedIn & true", .badCharacter, 10), ("signedIn | true", .badCharacter, 10),
    ("a = b", .badCharacter, 3),
    ("signedIn = true", .badCharacter, 10), ("'open", .unclosedString, 1),
    ("locale == \"ru\"", .badCharacter, 11),
    ("sferum.bond", .unknownKey("sferum.bond"), 1), ("signedIn && nobody", .unknownKey("nobody"), 13),
    ("roles", .wrongType, 1), ("locale", .wrongType, 1), ("'x'", .wrongType, 1),
    ("!selection.count", .wrongType, 2),
    ("locale == 1", .wrongType, 11), ("roles == 'x'", .wrongType, 1), ("locale < 'x'", .wrongType, 1),
    ("signedIn in roles", .wrongType, 1), ("'x' in locale", .wrongType, 8), ("roles in roles", .wrongType, 1),
    ("startsWith(roles, 'x')", .wrongType, 12), ("contains(locale, 1)", .wrongType, 18),
    ("contains(roles, signedIn)", .wrongType, 17), ("!signedIn == false", .ambiguousNegation, 1),
    ("!'x' in roles", .ambiguousNegation, 1), ("signedIn signedIn", .unexpected, 10),
    ("(signedIn", .unexpected, 10),
    ("signedIn)", .unexpected, 9), ("'x' not roles", .unexpected, 9), ("not signedIn", .unexpected, 1),
    ("1. == 2", .badNumber, 1), ("1x == 2", .badNumber, 1), ("- == 2", .badNumber, 1),
    ("a..b", .badCharacter, 1),
    ("signedIn.", .badCharacter, 1), ("startsWith(locale)", .unexpected, 18),
    ("[1, true] == 1", .unexpected, 5),
    ("[1 2]", .unexpected, 4), ("ключ", .badCharacter, 1), ("signedIn && ё", .badCharacter, 13),
    ("_a", .badCharacter, 1),
    ("(locale) == 'ru'", .wrongType, 2), ("a == b == c", .unknownKey("a"), 1),
    ("sferum.bound == signedIn == true", .unexpected, 26),
  ])
  func `a mistake is named with its column`(text: String, cause: WhenError.Cause, column: Int) throws {
    let error = try #require(problem(text))
    #expect(error.cause == cause)
    #expect(error.column == column)
    #expect(!error.reason.isEmpty)
  }

  @Test func `an unknown key comes with the key that was meant`() {
    #expect(problem("sferum.bond")?.reason == "unknown key 'sferum.bond'; did you mean 'sferum.bound'?")
    #expect(problem("signedin")?.reason.hasSuffix("did you mean 'signedIn'?") == true)
    #expect(problem("rolse")?.reason.hasSuffix("did you mean 'roles'?") == true)
    #expect(problem("weather")?.reason == "unknown key 'weather'")
  }

  @Test func `length and depth are bounded`() {
    let long = String(repeating: "signedIn && ", count: 400) + "true"
    #expect(problem(long)?.cause == .tooLong)
    let fitting = String(repeating: "true && ", count: 500) + "true"
    #expect(problem(fitting) == nil)
    func nested(_ depth: Int) -> String {
      String(repeating: "(", count: depth) + "true" + String(repeating: ")", count: depth)
    }
    #expect(problem(nested(WhenClause.maxDepth)) == nil)
    #expect(problem(nested(WhenClause.maxDepth + 1))?.cause == .tooDeep)
    #expect(problem(String(repeating: "!", count: 4000) + "true") == nil)
  }

  @Test func `no text makes the compiler trap`() {
    var random = Seeded(7)
    let pieces = [
      "signedIn", "roles", "'x'", "'", "1", "-", ".", "(", ")", "[", "]", ",", "&&", "||", "!", "!=", "==",
      "<", ">=",
      "in", "not", "startsWith", "contains", "true", " ", "ё", "\u{0}", "=", "&", "sferum.bound",
    ]
    for _ in 0..<20_000 {
      let text = (0..<Int.random(in: 0...12, using: &random)).map { _ in
        pieces[Int.random(in: 0..<pieces.count, using: &random)]
      }
      // Most are nonsense; that they are refused without a trap is the point.
      guard let clause = try? WhenClause(text.joined(), keys: declared) else { continue }
      _ = clause.evaluate(value)
    }
  }
}

/// SplitMix64: the same numbers for the same seed, on every machine.
private struct Seeded: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
