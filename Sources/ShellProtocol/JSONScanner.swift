/// One pass over a JSON text that builds nothing: is it valid (RFC 8259), and within our own rules?
///
/// The rules beyond the grammar: valid UTF-8, no lone surrogate, no NUL (written or escaped), no key twice in one
/// object, a nesting limit. The only file of this room, with `ByteHash`, that touches bytes by pointer: the text
/// belongs to the caller and must outlive the scanner, which therefore never leaves `EnvelopeScanner.scan`.
@safe
struct JSONScanner {
  private let base: UnsafeRawPointer
  let end: Int
  private let nesting: Int
  /// The next byte to read.
  private(set) var at = 0
  /// Whether the string read last had an escape in it.
  private(set) var escaped = false

  init?(_ text: UnsafeRawBufferPointer, nesting: Int) {
    guard let base = text.baseAddress else { return nil }
    unsafe self.base = base
    end = text.count
    self.nesting = nesting
  }

  @inline(__always)
  func byte(_ offset: Int) -> UInt8 { unsafe base.load(fromByteOffset: offset, as: UInt8.self) }

  /// The next byte that is not blank, still unread; 0 at the end (a real NUL is a fault wherever it is met).
  @inline(__always)
  mutating func peek() -> UInt8 {
    while at < end {
      let next = byte(at)
      guard next == 0x20 || next == 0x0A || next == 0x0D || next == 0x09 else { return next }
      at &+= 1
    }
    return 0
  }

  @inline(__always)
  mutating func advance() { at &+= 1 }

  /// What is wrong with the byte at `at`.
  func unexpected() -> ScanFault {
    guard at < end else { return ScanFault(.syntax, at: end) }
    if byte(at) == 0 { return ScanFault(.nul, at: at) }
    return ScanFault(byte(at) >= 0x80 && utf8Length(at) == 0 ? .utf8 : .syntax, at: at)
  }

  /// Fails unless only blanks are left.
  mutating func expectEnd() throws(ScanFault) {
    _ = peek()
    if at < end { throw unexpected() }
  }
}

// MARK: Values

extension JSONScanner {
  /// Passes one value. `depth` is the number of containers around it.
  mutating func skipValue(_ keys: inout KeyStack, depth: Int) throws(ScanFault) {
    switch peek() {
    case UInt8(ascii: "\""):
      advance()
      try skipString()
    case UInt8(ascii: "{"):
      var nobody = Nobody()
      try skipObject(&keys, depth: depth, &nobody)
    case UInt8(ascii: "["): try skipArray(&keys, depth: depth)
    case UInt8(ascii: "t"): try skipWord("true")
    case UInt8(ascii: "f"): try skipWord("false")
    case UInt8(ascii: "n"): try skipWord("null")
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try skipNumber()
    default: throw unexpected()
    }
  }

  /// Passes an object, showing every member to `visitor`.
  mutating func skipObject(
    _ keys: inout KeyStack, depth: Int, _ visitor: inout some MemberVisitor
  ) throws(ScanFault) {
    guard depth < nesting else { throw ScanFault(.nesting, at: at) }
    advance()
    if peek() == UInt8(ascii: "}") { return advance() }
    let (first, firstUnescaped) = (keys.slots.count, keys.unescaped.count)
    var table = KeyTable()
    while true {
      guard peek() == UInt8(ascii: "\"") else { throw unexpected() }
      let quote = at
      advance()
      try skipString()
      let slot = enter(quote + 1..<at - 1, &keys)
      if isDuplicate(slot, keys, first: first, &table) { throw ScanFault(.duplicateKey, at: quote) }
      keys.slots.append(slot)
      guard peek() == UInt8(ascii: ":") else { throw unexpected() }
      advance()
      _ = peek()
      let start = at
      try skipValue(&keys, depth: depth + 1)
      visitor.visit(self, key: slot, keys, value: start..<at)
      let next = peek()
      guard next == UInt8(ascii: ",") || next == UInt8(ascii: "}") else { throw unexpected() }
      advance()
      if next == UInt8(ascii: "}") { break }
    }
    keys.slots.removeSubrange(first...)
    if keys.unescaped.count > firstUnescaped { keys.unescaped.removeSubrange(firstUnescaped...) }
  }

  private mutating func skipArray(_ keys: inout KeyStack, depth: Int) throws(ScanFault) {
    guard depth < nesting else { throw ScanFault(.nesting, at: at) }
    advance()
    if peek() == UInt8(ascii: "]") { return advance() }
    while true {
      try skipValue(&keys, depth: depth + 1)
      let next = peek()
      guard next == UInt8(ascii: ",") || next == UInt8(ascii: "]") else { throw unexpected() }
      advance()
      if next == UInt8(ascii: "]") { return }
    }
  }

  private mutating func skipWord(_ word: StaticString) throws(ScanFault) {
    for index in 0..<word.utf8CodeUnitCount {
      guard at < end, unsafe byte(at) == word.utf8Start[index] else { throw unexpected() }
      advance()
    }
  }

  private mutating func skipNumber() throws(ScanFault) {
    if byte(at) == UInt8(ascii: "-") { advance() }
    if at < end, byte(at) == UInt8(ascii: "0") { advance() } else { try skipDigits() }
    if at < end, byte(at) == UInt8(ascii: ".") {
      advance()
      try skipDigits()
    }
    if at < end, byte(at) | 0x20 == UInt8(ascii: "e") {
      advance()
      if at < end, byte(at) == UInt8(ascii: "+") || byte(at) == UInt8(ascii: "-") { advance() }
      try skipDigits()
    }
  }

  private mutating func skipDigits() throws(ScanFault) {
    let start = at
    while at < end, byte(at) &- UInt8(ascii: "0") < 10 { advance() }
    if at == start { throw unexpected() }
  }
}

// MARK: Strings

extension JSONScanner {
  /// Passes a string from behind its opening quote to behind its closing one.
  private mutating func skipString() throws(ScanFault) {
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
  private func utf8Length(_ offset: Int) -> Int {
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

// MARK: Keys

extension JSONScanner {
  /// A slot for the key whose text, without quotes, was just passed.
  @inline(__always)
  private func enter(_ text: Range<Int>, _ keys: inout KeyStack) -> KeyStack.Slot {
    if escaped {
      let offset = keys.unescaped.count
      appendUnescaped(text, to: &keys.unescaped)
      let length = keys.unescaped.count - offset
      let hash = unsafe keys.unescaped.withUnsafeBytes { bytes in
        // An empty key has no escapes, so there is at least one byte and the buffer has an address.
        unsafe bytes.baseAddress.map { unsafe ByteHash.of($0 + offset, count: length) } ?? 0
      }
      return KeyStack.Slot(hash: hash, length: UInt32(truncatingIfNeeded: length), offset: ~offset)
    }
    return KeyStack.Slot(
      hash: unsafe ByteHash.of(base + text.lowerBound, count: text.count),
      length: UInt32(truncatingIfNeeded: text.count), offset: text.lowerBound)
  }

  @inline(__always)
  private func isDuplicate(
    _ slot: KeyStack.Slot, _ keys: KeyStack, first: Int, _ table: inout KeyTable
  ) -> Bool {
    let count = keys.slots.count
    if count &- first < KeyStack.linear {
      for index in first..<count where keys.slots[index].hash == slot.hash {
        if same(keys.slots[index], slot, keys) { return true }
      }
      return false
    }
    return isDuplicateInTable(slot, keys, first: first, &table)
  }

  /// Out of line: few objects have so many keys.
  @inline(never)
  private func isDuplicateInTable(
    _ slot: KeyStack.Slot, _ keys: KeyStack, first: Int, _ table: inout KeyTable
  ) -> Bool {
    if table.isEmpty {
      for index in first..<keys.slots.count {
        _ = table.insert(index, hash: keys.slots[index].hash, in: keys.slots) { _ in false }
      }
    }
    return table.insert(keys.slots.count, hash: slot.hash, in: keys.slots) { other in
      same(keys.slots[other], slot, keys)
    } != nil
  }

  private func same(_ left: KeyStack.Slot, _ right: KeyStack.Slot, _ keys: KeyStack) -> Bool {
    guard left.length == right.length else { return false }
    return (0..<Int(left.length)).allSatisfy { keyByte(left, $0, keys) == keyByte(right, $0, keys) }
  }

  @inline(__always)
  private func keyByte(_ slot: KeyStack.Slot, _ index: Int, _ keys: KeyStack) -> UInt8 {
    slot.offset >= 0 ? byte(slot.offset &+ index) : keys.unescaped[~slot.offset &+ index]
  }

  /// Whether the key reads `name` once its escapes are undone.
  @inline(__always)
  func key(_ slot: KeyStack.Slot, is name: StaticString, _ keys: KeyStack) -> Bool {
    guard Int(slot.length) == name.utf8CodeUnitCount else { return false }
    for index in 0..<Int(slot.length) where unsafe keyByte(slot, index, keys) != name.utf8Start[index] {
      return false
    }
    return true
  }
}

// MARK: Texts

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
      return unsafe String(decoding: UnsafeRawBufferPointer(start: base + text.lowerBound, count: text.count), as: UTF8.self)
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

/// Sees the members of one object while it is passed.
protocol MemberVisitor {
  /// `value` is the value's place in the text, without blanks around it.
  mutating func visit(_ scanner: JSONScanner, key: KeyStack.Slot, _ keys: KeyStack, value: Range<Int>)
}

/// Looks at nothing.
private struct Nobody: MemberVisitor {
  @inline(__always)
  mutating func visit(_ scanner: JSONScanner, key: KeyStack.Slot, _ keys: KeyStack, value: Range<Int>) {}
}
