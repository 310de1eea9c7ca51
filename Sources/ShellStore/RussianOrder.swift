/// The order of Russian text: digits, Latin, Cyrillic with ё between е and ж; letter case decides only when
/// nothing else does, and then the bytes. Total: only equal bytes are equal.
///
/// Works on UTF-8 bytes; no string is made, since a page of a sorted registry costs some twenty comparisons
/// and an index of a million rows twenty million.
enum RussianOrder {
  /// Negative, zero or positive, as for `memcmp`.
  static func compare(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Int32 {
    let common = min(left.count, right.count)
    var index = 0
    while index < common, unsafe left[index] == right[index] { index += 1 }
    if index == left.count, index == right.count { return 0 }
    let tie: Int32 =
      index == common ? (left.count < right.count ? -1 : 1) : unsafe (left[index] < right[index] ? -1 : 1)

    // Back to the start of the letter that differs: a byte that is no continuation always starts a letter,
    // in broken text too, so every pair of texts is cut in the same places.
    while index > 0, unsafe isInsideLetter(left, index) || isInsideLetter(right, index) { index -= 1 }
    var leftIndex = index
    var rightIndex = index
    while true {
      let leftEnds = leftIndex >= left.count
      let rightEnds = rightIndex >= right.count
      if leftEnds || rightEnds { return leftEnds && rightEnds ? tie : leftEnds ? -1 : 1 }
      let leftWeight = unsafe weight(Letters.next(left, &leftIndex))
      let rightWeight = unsafe weight(Letters.next(right, &rightIndex))
      if leftWeight != rightWeight { return leftWeight < rightWeight ? -1 : 1 }
    }
  }

  @inline(__always)
  private static func isInsideLetter(_ text: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
    unsafe index < text.count && text[index] & 0xC0 == 0x80
  }

  /// Twice the lower-case code point, so that ё has a place between е and ж.
  @inline(__always)
  private static func weight(_ scalar: UInt32) -> UInt32 {
    let lower = Letters.lowercase(scalar)
    return lower == 0x451 ? 0x435 * 2 + 1 : lower * 2
  }
}

/// Reading of UTF-8 letter by letter, and their lower case.
enum Letters {
  /// The code point at `index`, which moves past it. A byte that starts no well-formed letter is given as
  /// 0x110000 + the byte.
  @inline(__always)
  static func next(_ bytes: UnsafeBufferPointer<UInt8>, _ index: inout Int) -> UInt32 {
    let first = unsafe UInt32(bytes[index])
    let remaining = bytes.count - index
    func continuation(_ offset: Int) -> UInt32? {
      guard offset < remaining else { return nil }
      let byte = unsafe UInt32(bytes[index + offset])
      return byte & 0xC0 == 0x80 ? byte & 0x3F : nil
    }
    if first < 0x80 {
      index += 1
      return first
    }
    if first >= 0xC2, first < 0xE0, let second = continuation(1) {
      index += 2
      return (first & 0x1F) << 6 | second
    }
    if first >= 0xE0, first < 0xF0, let second = continuation(1), let third = continuation(2) {
      let scalar = (first & 0x0F) << 12 | second << 6 | third
      if scalar >= 0x800, !(0xD800...0xDFFF).contains(scalar) {
        index += 3
        return scalar
      }
    }
    if first >= 0xF0, first < 0xF5, let second = continuation(1), let third = continuation(2),
      let fourth = continuation(3)
    {
      let scalar = (first & 0x07) << 18 | second << 12 | third << 6 | fourth
      if scalar >= 0x10000, scalar <= 0x10FFFF {
        index += 4
        return scalar
      }
    }
    index += 1
    return 0x110000 + first
  }

  /// Lower case of Latin (to U+017F), Greek capitals and Cyrillic; every other code point as it is.
  @inline(__always)
  static func lowercase(_ scalar: UInt32) -> UInt32 {
    if scalar < 0x80 { return scalar >= 0x41 && scalar <= 0x5A ? scalar + 0x20 : scalar }
    if scalar >= 0x410, scalar <= 0x42F { return scalar + 0x20 }
    if scalar >= 0x430, scalar <= 0x45F { return scalar }
    return lowercaseOfRareLetter(scalar)
  }

  private static func lowercaseOfRareLetter(_ scalar: UInt32) -> UInt32 {
    switch scalar {
    case 0xC0...0xDE where scalar != 0xD7: scalar + 0x20
    case 0x100...0x12F, 0x132...0x137, 0x14A...0x177: scalar | 1
    case 0x139...0x148, 0x179...0x17E: scalar & 1 == 1 ? scalar + 1 : scalar
    case 0x178: 0xFF
    case 0x391...0x3A9 where scalar != 0x3A2: scalar + 0x20
    case 0x400...0x40F: scalar + 0x50
    case 0x460...0x481, 0x48A...0x4BF, 0x4D0...0x52F: scalar | 1
    case 0x4C0: 0x4CF
    case 0x4C1...0x4CE: scalar & 1 == 1 ? scalar + 1 : scalar
    default: scalar
    }
  }
}
