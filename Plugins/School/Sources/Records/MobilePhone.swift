/// A Russian mobile number as people type it: `+7`, `7`, `8` or nothing in front, then ten digits that start with a 9,
/// with blanks, dashes and brackets anywhere between them.
struct MobilePhone: Equatable, Sendable {
  /// `+79123456789`: as it is kept.
  let value: String

  init?(_ text: String) {
    var digits: [UInt8] = []
    var hasPlus = false
    for (index, byte) in text.split(whereSeparator: \.isWhitespace).joined().utf8.enumerated() {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digits.append(byte)
      case UInt8(ascii: "+") where index == 0: hasPlus = true
      case UInt8(ascii: "-"), UInt8(ascii: "("), UInt8(ascii: ")"): continue
      default: return nil
      }
    }
    if digits.count == 11, digits[0] == UInt8(ascii: "7") || (digits[0] == UInt8(ascii: "8") && !hasPlus) {
      digits.removeFirst()
    } else if hasPlus {
      return nil
    }
    guard digits.count == 10, digits[0] == UInt8(ascii: "9") else { return nil }
    value = "+7" + String(decoding: digits, as: UTF8.self)
  }

  /// `+7 (912) 345-67-89`: as it is shown.
  var display: String {
    let digits = value.dropFirst(2)
    func part(_ from: Int, _ count: Int) -> Substring { digits.dropFirst(from).prefix(count) }
    return "+7 (\(part(0, 3))) \(part(3, 3))-\(part(6, 2))-\(part(8, 2))"
  }

  /// `+7 (9**) ***-**-89`: as it may stand in the audit log.
  var masked: String { "+7 (9**) ***-**-\(value.suffix(2))" }
}
