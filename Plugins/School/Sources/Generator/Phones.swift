/// Phone numbers of generated people: one each, never twice, and nobody's: the codes 940–949 are given to no
/// Russian network.
struct Phones {
  private var given = 0
  private let start: Int
  private static let perCode = 10_000_000

  init(_ random: inout SplitMix64) { start = random.below(Phones.perCode) }

  /// The next number, `+79XXXXXXXXX`. Ten codes of ten million.
  mutating func next() -> String {
    let code = 940 + given / Phones.perCode % 10
    // The multiplier shares no factor with ten million, so within a code every number comes once.
    let number = (start + given * 6_180_339) % Phones.perCode
    given += 1
    let digits = String(number)
    return "+7\(code)\(String(repeating: "0", count: 7 - digits.count))\(digits)"
  }
}
