/// A Russian mobile number.
public struct Phone: Hashable, Sendable {
  /// The ten digits after the country code, the first one a 9.
  public let national: String

  /// Reads any of the usual spellings: `+7`, `7`, `8` or nothing in front, the code of three digits with or without brackets,
  /// spaces, hyphens and dots between groups. ASCII only: digits of other scripts, no-break spaces and
  /// no-break hyphens are refused, as is a dot right after the country code. Source: PLATFORM, "Russian phones".
  public init?(_ text: String) {
    var scanner = Scanner(text)
    guard let digits = scanner.number() else { return nil }
    national = digits
  }

  /// `+79123456789`: as it is kept and sent.
  public var value: String { "+7" + national }

  /// `+7 (912) 345-67-89`: as it is shown.
  public var display: String { "+7 (\(part(0, 3))) \(part(3, 3))-\(part(6, 2))-\(part(8, 2))" }

  /// `+7 (9**) ***-**-89`: as it may stand in the audit log.
  public var masked: String { "+7 (9**) ***-**-\(part(8, 2))" }

  private func part(_ from: Int, _ count: Int) -> Substring { national.dropFirst(from).prefix(count) }
}

/// Walks over the bytes of what was typed.
private struct Scanner {
  private var bytes: ArraySlice<UInt8>

  init(_ text: String) {
    let isBlank: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0D).contains($0) }
    bytes = Array(text.utf8)[...].drop(while: isBlank)
    while let last = bytes.last, isBlank(last) { bytes.removeLast() }
  }

  /// The ten digits, or nil when the text is no mobile number.
  mutating func number() -> String? {
    if take("+") {
      guard take("7") else { return nil }
      skip("- \t")
    } else if take("7") || take("8") {
      skip("- \t")
    }
    let hasBracket = take("(")
    guard bytes.first == UInt8(ascii: "9"), let code = digits(3) else { return nil }
    if hasBracket { guard take(")") else { return nil } }
    var national = code
    while national.count < 10 {
      skip("-. \t")
      guard let digit = digits(1) else { return nil }
      national += digit
    }
    return bytes.isEmpty ? national : nil
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard bytes.first == UInt8(ascii: character) else { return false }
    bytes.removeFirst()
    return true
  }

  private mutating func skip(_ separators: String) {
    while let first = bytes.first, separators.utf8.contains(first) { bytes.removeFirst() }
  }

  private mutating func digits(_ count: Int) -> String? {
    let run = bytes.prefix(count)
    guard run.count == count, run.allSatisfy({ (48...57).contains($0) }) else { return nil }
    bytes = bytes.dropFirst(count)
    return String(decoding: run, as: UTF8.self)
  }
}
