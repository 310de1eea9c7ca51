extension JSONScanner {
  /// Passes a string from behind its opening quote to behind its closing one.
  mutating func skipString() throws(ScanFault) {
    escaped = false
    while true {
      skipPlain()
      guard at < end else { throw ScanFault(.syntax, at: end) }
      switch byte(at) {
      case UInt8(ascii: "\""): return advance()
      case UInt8(ascii: "\\"):
        escaped = true
        try skipEscape()
      case 0..<0x20: throw ScanFault(byte(at) == 0 ? .nul : .syntax, at: at)
      case 0x80...: try skipUTF8()
      default: advance()  // the last few bytes of the text, too few for a whole word
      }
    }
  }

  /// Passes plain ASCII eight bytes at a time; stops at a quote, a backslash, a control or a byte past ASCII.
  @inline(__always)
  private mutating func skipPlain() {
    let ones: UInt64 = 0x0101_0101_0101_0101
    while at &+ 8 <= end {
      let word = UInt64(littleEndian: unsafe base.loadUnaligned(fromByteOffset: at, as: UInt64.self))
      let quotes = word ^ (ones &* 0x22)
      let slashes = word ^ (ones &* 0x5C)
      // The classic test for a zero byte; borrows reach only higher bytes, so the lowest mark is exact.
      let marks =
        ((quotes &- ones) & ~quotes) | ((slashes &- ones) & ~slashes) | ((word &- (ones &* 0x20)) & ~word) | word
      let found = marks & (ones &* 0x80)
      guard found == 0 else {
        at &+= found.trailingZeroBitCount >> 3
        return
      }
      at &+= 8
    }
  }

  /// Passes a run of characters past ASCII.
  @inline(__always)
  private mutating func skipUTF8() throws(ScanFault) {
    repeat {
      let length = utf8Length(at)
      guard length > 0 else { throw ScanFault(.utf8, at: at) }
      at &+= length
    } while at < end && byte(at) >= 0x80
  }

  /// Bytes of the well-formed character (Unicode, table 3-7) that begins at `offset`; 0 when there is none.
  @inline(__always)
  func utf8Length(_ offset: Int) -> Int {
    let lead = byte(offset)
    let left = end &- offset
    guard left >= 2, lead >= 0xC2 else { return 0 }
    let second = byte(offset &+ 1)
    if lead < 0xE0 { return second & 0xC0 == 0x80 ? 2 : 0 }
    let low: UInt8 = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80
    let high: UInt8 = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF
    guard lead <= 0xF4, left >= 3, second >= low, second <= high, byte(offset &+ 2) & 0xC0 == 0x80 else { return 0 }
    if lead < 0xF0 { return 3 }
    return left >= 4 && byte(offset &+ 3) & 0xC0 == 0x80 ? 4 : 0
  }

  private mutating func skipEscape() throws(ScanFault) {
    let start = at
    advance()
    guard at < end else { throw ScanFault(.syntax, at: end) }
    switch byte(at) {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      advance()
    case UInt8(ascii: "u"):
      advance()
      let unit = try hexUnit()
      if unit == 0 { throw ScanFault(.nul, at: start) }
      guard unit & 0xF800 == 0xD800 else { return }
      guard unit < 0xDC00, at &+ 1 < end, byte(at) == UInt8(ascii: "\\"), byte(at &+ 1) == UInt8(ascii: "u")
      else { throw ScanFault(.surrogate, at: start) }
      at &+= 2
      guard try hexUnit() & 0xFC00 == 0xDC00 else { throw ScanFault(.surrogate, at: start) }
    default: throw unexpected()
    }
  }

  private mutating func hexUnit() throws(ScanFault) -> UInt32 {
    var unit: UInt32 = 0
    for _ in 0..<4 {
      guard at < end, let digit = hexDigit(byte(at)) else { throw unexpected() }
      unit = unit << 4 | digit
      advance()
    }
    return unit
  }
}

private func hexDigit(_ byte: UInt8) -> UInt32? {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte &- UInt8(ascii: "0"))
  case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte &- UInt8(ascii: "a")) + 10
  case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte &- UInt8(ascii: "A")) + 10
  default: nil
  }
}

// MARK: Reading what was checked

extension JSONScanner {
  /// Appends what a checked string of the text says; `text` is without its quotes.
  func appendUnescaped(_ text: Range<Int>, to output: inout [UInt8]) {
    var index = text.lowerBound
    while index < text.upperBound {
      guard byte(index) == UInt8(ascii: "\\") else {
        output.append(byte(index))
        index += 1
        continue
      }
      index += 2
      switch byte(index - 1) {
      case UInt8(ascii: "b"): output.append(0x08)
      case UInt8(ascii: "f"): output.append(0x0C)
      case UInt8(ascii: "n"): output.append(0x0A)
      case UInt8(ascii: "r"): output.append(0x0D)
      case UInt8(ascii: "t"): output.append(0x09)
      case UInt8(ascii: "u"):
        var value = unit(index)
        index += 4
        if value & 0xFC00 == 0xD800 {
          value = 0x10000 + (value & 0x3FF) << 10 + unit(index + 2) & 0x3FF
          index += 6
        }
        // The pairs were checked, so there is always a character.
        if let scalar = Unicode.Scalar(value) { output.append(contentsOf: UTF8.encode(scalar) ?? .init()) }
      case let plain: output.append(plain)
      }
    }
  }

  private func unit(_ offset: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 << 4 | (hexDigit(byte(offset + $1)) ?? 0) }
  }

  /// The text of a checked string, `value` with its quotes.
  func string(_ value: Range<Int>) -> String {
    let text = value.lowerBound + 1..<value.upperBound - 1
    var plain = true
    for index in text where byte(index) == UInt8(ascii: "\\") {
      plain = false
      break
    }
    if plain {
      return unsafe String(
        decoding: UnsafeRawBufferPointer(start: base + text.lowerBound, count: text.count), as: UTF8.self)
    }
    var bytes: [UInt8] = []
    appendUnescaped(text, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The integer of a checked number; nil when it has a fraction, an exponent, or more than 64 bits.
  func integer(_ value: Range<Int>) -> Int64? {
    let negative = byte(value.lowerBound) == UInt8(ascii: "-")
    var result: Int64 = 0
    for index in value.dropFirst(negative ? 1 : 0) {
      let digit = byte(index) &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      let (shifted, overflowed) = result.multipliedReportingOverflow(by: 10)
      // Downwards, because the least number has no positive twin.
      let (next, overflowedToo) = shifted.subtractingReportingOverflow(Int64(digit))
      guard !overflowed, !overflowedToo else { return nil }
      result = next
    }
    return negative ? result : result == .min ? nil : -result
  }
}
