/// The letters of a class's label. A keyboard that was not switched gives Latin ones, which nobody can tell apart on a
/// screen and no search finds: «5A» beside «5А».
enum ClassLetter {
  /// Latin letters that look like Russian ones; small ones only where they look alike, too.
  private static let lookalikes: [Character: Character] = [
    "A": "А", "B": "В", "C": "С", "E": "Е", "H": "Н", "K": "К", "M": "М", "O": "О", "P": "Р", "T": "Т", "X": "Х",
    "Y": "У", "a": "а", "c": "с", "e": "е", "o": "о", "p": "р", "x": "х", "y": "у",
  ]

  /// The label with Russian letters in place of Latin ones that look like them, a single letter as a capital. A label
  /// that is all Latin and not all alike, `IT`, stays as it is.
  static func russian(_ text: String) -> String {
    let letters = text.count == 1 ? text.uppercased() : text
    let latin = letters.filter { isLatin($0) }
    let isRussian = letters.contains { $0.isLetter && !isLatin($0) }
    guard isRussian || latin.allSatisfy({ lookalikes[$0] != nil }) else { return letters }
    return String(letters.map { lookalikes[$0] ?? $0 })
  }

  /// Whether both alphabets are left in a label after `russian`.
  static func isMixed(_ text: String) -> Bool {
    text.contains(where: isLatin) && text.contains { $0.isLetter && !isLatin($0) }
  }

  private static func isLatin(_ character: Character) -> Bool { character.isASCII && character.isLetter }
}
