/// One pass over a JSON text that builds nothing: is it valid (RFC 8259), and within our own rules?
///
/// The rules beyond the grammar: valid UTF-8, no lone surrogate, no NUL (written or escaped), no key twice in one
/// object, a nesting limit. The scanner's three files and `ByteHash` are where this room touches bytes by pointer: the
/// text belongs to the caller and must outlive the scanner, which therefore never leaves `EnvelopeScanner.scan`.
@safe
struct JSONScanner {
  let base: UnsafeRawPointer
  let end: Int
  private let nesting: Int
  /// The next byte to read.
  var at = 0
  /// Whether the string read last had an escape in it.
  var escaped = false

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
