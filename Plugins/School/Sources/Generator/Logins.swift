/// Logins of generated people: family name and initials in Latin letters, a number where they meet.
struct Logins {
  private var used: [String: Int] = [:]

  /// A login that was not given before.
  mutating func make(family: String, given: String, middle: String) -> String {
    let initials = [given, middle].compactMap { Logins.latin(String($0.prefix(1))).first.map(String.init) }
    let name = Logins.latin(family)
    let base = initials.isEmpty ? name : "\(name).\(initials.joined())"
    let count = (used[base] ?? 0) + 1
    used[base] = count
    // No base ends in a digit, so a number makes it nobody else's.
    return count == 1 ? base : "\(base)\(count)"
  }

  /// Cyrillic as on passports; everything that is no letter or hyphen is dropped.
  static func latin(_ text: String) -> String {
    text.lowercased().map { letters[$0] ?? ($0 == "-" || ($0.isASCII && $0.isLetter) ? String($0) : "") }.joined()
  }

  private static let letters: [Character: String] = [
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z", "и": "i", "й": "i",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
    "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "ie", "ы": "y", "ь": "", "э": "e", "ю": "iu",
    "я": "ia",
  ]
}
