/// FNV-1a, 64 bits: the same in every run and on every machine, unlike Swift's own hashes. Tells texts apart
/// by accident, not against an attacker.
struct StableHash {
  private var state: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func add(_ text: String) {
    for byte in text.utf8 { state = (state ^ UInt64(byte)) &* 0x100_0000_01b3 }
    // No UTF-8 text has this byte: "a" + "b" differs from "ab".
    state = (state ^ 0xFF) &* 0x100_0000_01b3
  }

  var value: UInt64 { state }

  /// 16 hexadecimal digits.
  var text: String {
    let digits = String(state, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
