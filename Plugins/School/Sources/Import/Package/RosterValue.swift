import PluginKit

/// Values of the files' columns, checked.
enum RosterValue {
  /// A day, `2026-09-01`, that exists.
  static func date(_ text: String) -> CivilDate? {
    let bytes = Array(text.utf8)
    guard bytes.count == 10, bytes[4] == 0x2D, bytes[7] == 0x2D, let year = number(bytes[0..<4]),
      let month = number(bytes[5..<7]), let day = number(bytes[8..<10]), (1...12).contains(month), day >= 1
    else { return nil }
    let date = CivilDate(year, month, day)
    return date.text == text ? date : nil
  }

  /// `2026-09-01T08:00:00Z`, with or without parts of a second; an offset is tolerated.
  static func isInstant(_ text: String) -> Bool {
    guard text.utf8.count >= 20, date(String(text.prefix(10))) != nil else { return false }
    let bytes = Array(text.utf8.dropFirst(10))
    guard bytes[0] == 0x54, time(String(decoding: bytes[1..<6], as: UTF8.self)) != nil, bytes[6] == 0x3A,
      let seconds = number(bytes[7..<9]), seconds <= 60
    else { return false }
    let rest = bytes[9...]
    let zone = rest.first == 0x2E ? rest.dropFirst().drop { (0x30...0x39).contains($0) } : rest
    return zone == [0x5A] || ((zone.first == 0x2B || zone.first == 0x2D) && zone.count == 6)
  }

  /// A time of day, `08:00`; also `8:00` and `08:00:00`, as spreadsheets write them.
  static func time(_ text: String) -> String? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard (2...3).contains(parts.count), (1...2).contains(parts[0].utf8.count),
      parts.dropFirst().allSatisfy({ $0.utf8.count == 2 }), let hours = number(Array(parts[0].utf8)[...]),
      let minutes = number(Array(parts[1].utf8)[...]), hours < 24, minutes < 60,
      parts.count == 2 || parts[2] == "00"
    else { return nil }
    return (hours < 10 ? "0\(hours)" : "\(hours)") + ":" + parts[1]
  }

  /// A Russian mobile number in any of its usual spellings, as `+79XXXXXXXXX`.
  static func phone(_ text: String) -> String? { Phone(text)?.value }

  /// An id of a source: at most 255 letters, digits and `. - _ / @`. Others' ids have more signs than the standard
  /// allows, and nothing here depends on them, so only blanks at the ends and line breaks are refused.
  static func isID(_ text: String) -> Bool {
    let bytes = text.utf8
    return (1...255).contains(bytes.count) && !bytes.contains { $0 < 0x20 || $0 == 0x7F || $0 == 0x2C }
      && bytes.first != 0x20 && bytes.last != 0x20
  }

  /// An address that the store takes.
  static func isEmail(_ text: String) -> Bool {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    return parts.count == 2 && parts.allSatisfy { !$0.isEmpty && !$0.contains { $0.isWhitespace } }
  }

  /// A class's grade and letter from its title, `5А`, `5 «а»`, `10-Б класс`; the grade also from the column `grades`.
  static func label(_ title: String, grades: [String]) -> (grade: Int, letter: String)? {
    var digits = title.trimmed.prefix { $0.isASCII && $0.isNumber }
    // «51» is 5 and 1 when the grade is known to be 5.
    if let known = grades.first.flatMap({ Int($0) }), grades.count == 1, title.trimmed.hasPrefix("\(known)") {
      digits = title.trimmed.prefix("\(known)".count)
    }
    var rest = title.trimmed.dropFirst(digits.count)
    let grade = Int(digits) ?? grades.lazy.compactMap { Int($0) }.first
    if rest.lowercased().hasSuffix("класс") { rest = rest.dropLast(5) }
    let isEdge: (Character) -> Bool = { $0.isWhitespace || "-–«»\"'".contains($0) }
    let start = rest.firstIndex { !isEdge($0) } ?? rest.endIndex
    let end = rest.lastIndex { !isEdge($0) }.map { rest.index(after: $0) } ?? start
    let letter = ClassLetter.russian(String(rest[start..<end]))
    guard let grade, (1...12).contains(grade), letter.unicodeScalars.count <= 10 else { return nil }
    return (grade, letter)
  }

  /// A whole number without a sign.
  static func number(_ text: String) -> Int? { text.utf8.count > 9 ? nil : number(Array(text.utf8)[...]) }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
    var value = 0
    for digit in digits {
      guard (0x30...0x39).contains(digit) else { return nil }
      value = value * 10 + Int(digit - 0x30)
    }
    return digits.isEmpty ? nil : value
  }
}
