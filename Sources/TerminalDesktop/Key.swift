/// What a person pressed.
enum Key: Equatable, Sendable {
  case character(Character)
  case enter, tab, backTab, escape, backspace, delete, control(Character)
  case up, down, left, right, pageUp, pageDown, home, end
  case function(Int)
}

/// Bytes of a terminal in, keys out. A lone escape counts as one when nothing follows it in the same read.
struct KeyDecoder {
  private var pending: [UInt8] = []

  /// The keys of `bytes`; what is cut in the middle of a character waits for the next.
  mutating func decode(_ bytes: some Sequence<UInt8>) -> [Key] {
    pending += bytes
    var keys: [Key] = []
    while let (key, used) = next() {
      pending.removeFirst(used)
      if let key { keys.append(key) }
    }
    return keys
  }

  private func next() -> (Key?, Int)? {
    guard let first = pending.first else { return nil }
    switch first {
    case 27: return escape()
    case 13, 10: return (.enter, 1)
    case 9: return (.tab, 1)
    case 8, 127: return (.backspace, 1)
    case 1..<27: return (.control(Character(UnicodeScalar(first + 96))), 1)
    default: return character(first)
    }
  }

  private func character(_ first: UInt8) -> (Key?, Int)? {
    // No character begins with these.
    if (0x80..<0xc2).contains(first) || first > 0xf4 { return (nil, 1) }
    let length = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2
    guard pending.count >= length else { return nil }
    guard let text = String(validating: pending.prefix(length), as: UTF8.self), let character = text.first else {
      return (nil, 1)
    }
    return (.character(character), length)
  }

  private static let letters: [UInt8: Key] = [
    65: .up, 66: .down, 67: .right, 68: .left, 70: .end, 72: .home, 90: .backTab, 80: .function(1), 81: .function(2),
    82: .function(3), 83: .function(4),
  ]

  private static let numbers: [Int: Key] = [
    1: .home, 3: .delete, 4: .end, 5: .pageUp, 6: .pageDown, 7: .home, 8: .end, 11: .function(1), 12: .function(2),
    13: .function(3), 14: .function(4), 15: .function(5), 17: .function(6), 18: .function(7), 19: .function(8),
    20: .function(9), 21: .function(10), 23: .function(11), 24: .function(12),
  ]

  /// `ESC [ n ~`, `ESC [ letter`, `ESC O letter` (xterm's control sequences); any other is passed over whole.
  private func escape() -> (Key?, Int)? {
    guard pending.count > 1, pending[1] == 91 || pending[1] == 79 else { return (.escape, 1) }
    guard let end = pending.dropFirst(2).firstIndex(where: { (64...126).contains($0) }) else {
      return pending.count > 32 ? (nil, pending.count) : nil
    }
    if pending[end] == 126 {
      let number = pending[2..<end].prefix { (48...57).contains($0) }.reduce(0) { $0 * 10 + Int($1 - 48) }
      return (Self.numbers[number], end + 1)
    }
    return (Self.letters[pending[end]], end + 1)
  }
}
