/// The words of `format`: the values of the wire that need more than a pattern.
enum SchemaFormat: String, Sendable, CaseIterable {
  /// `2025-04-05`, a day that exists.
  case date
  /// `08:00`.
  case time
  /// RFC 3339 with an offset: `2025-04-05T08:00:00+03:00`.
  case instant
  /// `+79XXXXXXXXX`.
  case phone
  /// What names a thing: 1 to 128 bytes without blanks and control characters.
  case id

  func accepts(_ text: String) -> Bool {
    let bytes = Array(text.utf8.prefix(256))
    return switch self {
    case .date: bytes.count == 10 && Self.isDate(bytes[...])
    case .time: bytes.count == 5 && Self.isTime(bytes[...])
    case .instant: Self.isInstant(bytes)
    case .phone: bytes.count == 12 && bytes.starts(with: "+79".utf8) && bytes.dropFirst().allSatisfy(isDigit)
    case .id: (1...128).contains(bytes.count) && bytes.allSatisfy { $0 > 0x20 && $0 != 0x7F }
    }
  }

  var ru: String {
    switch self {
    case .date: "ожидается дата вида 2025-04-05"
    case .time: "ожидается время вида 08:00"
    case .instant: "ожидается момент вида 2025-04-05T08:00:00+03:00"
    case .phone: "ожидается номер вида +79XXXXXXXXX"
    case .id: "ожидается идентификатор: от 1 до 128 байт без пробелов"
    }
  }

  var en: String {
    switch self {
    case .date: "expected a date like 2025-04-05"
    case .time: "expected a time like 08:00"
    case .instant: "expected an instant like 2025-04-05T08:00:00+03:00"
    case .phone: "expected a number like +79XXXXXXXXX"
    case .id: "expected an id: 1 to 128 bytes without blanks"
    }
  }

  private static func isDate(_ bytes: ArraySlice<UInt8>) -> Bool {
    let text = Array(bytes)
    guard text.count == 10, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"),
      let year = number(text[0..<4]), let month = number(text[5..<7]), let day = number(text[8..<10]),
      (1...12).contains(month), day >= 1
    else { return false }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return day <= days[month - 1]
  }

  private static func isTime(_ bytes: ArraySlice<UInt8>) -> Bool {
    let text = Array(bytes)
    guard text.count == 5, text[2] == UInt8(ascii: ":"), let hour = number(text[0..<2]),
      let minute = number(text[3..<5])
    else { return false }
    return hour < 24 && minute < 60
  }

  private static func isInstant(_ bytes: [UInt8]) -> Bool {
    guard bytes.count >= 20, isDate(bytes[0..<10]), bytes[10] == UInt8(ascii: "T"), isTime(bytes[11..<16]),
      bytes[16] == UInt8(ascii: ":"), let second = number(bytes[17..<19]), second < 60
    else { return false }
    var rest = bytes[19...]
    if rest.first == UInt8(ascii: ".") {
      let fraction = rest.dropFirst().prefix(while: isDigit)
      guard (1...9).contains(fraction.count) else { return false }
      rest = rest.dropFirst(1 + fraction.count)
    }
    if rest.elementsEqual("Z".utf8) { return true }
    guard rest.count == 6, let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-")
    else {
      return false
    }
    return isTime(rest.dropFirst())
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
    guard digits.allSatisfy(isDigit) else { return nil }
    return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
  }
}

private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
