/// What the headers read so far say about the body behind them.
struct HeaderBlock {
  /// Bytes of the body.
  private(set) var length: Int?
  private(set) var lines = 0
  private(set) var isComplete = false
  /// A Content-Type names a character set other than UTF-8.
  private(set) var foreignCharset = false

  /// Reads one line, without its end; an empty one completes the block. The answer is what is wrong with it, in
  /// Russian and English, or nil.
  mutating func read(_ line: RawSpan) -> (ru: String, en: String)? {
    if line.byteCount == 0 {
      isComplete = true
      return nil
    }
    lines += 1
    return unsafe line.withUnsafeBytes { unsafe read($0) }
  }

  private mutating func read(_ line: UnsafeRawBufferPointer) -> (ru: String, en: String)? {
    guard let colon = unsafe line.firstIndex(of: UInt8(ascii: ":")), colon > 0,
      unsafe line[..<colon].allSatisfy({ $0 > 0x20 && $0 < 0x7F })
    else { return ("Это не заголовок", "Not a header line") }
    let name = unsafe line[..<colon]
    var value = unsafe line[(colon + 1)...]
    while let first = unsafe value.first, isBlank(first) { unsafe value = unsafe value.dropFirst() }
    while let last = unsafe value.last, isBlank(last) { unsafe value = unsafe value.dropLast() }
    if unsafe matches(name, "content-length") {
      guard let number = unsafe Self.number(value) else {
        return ("Непонятный Content-Length", "Content-Length is not a number")
      }
      if let length, length != number { return ("Два разных Content-Length", "Two different Content-Length headers") }
      length = number
    } else if unsafe matches(name, "content-type") {
      foreignCharset = unsafe Self.namesForeignCharset(value)
    }
    return nil
  }

  /// 1 to 19 digits with no sign; nil too when they do not fit.
  private static func number(_ text: Slice<UnsafeRawBufferPointer>) -> Int? {
    guard unsafe (1...19).contains(text.count) else { return nil }
    var number = 0
    for index in unsafe text.indices {
      let digit = unsafe text[index] &- UInt8(ascii: "0")
      let (tens, overflow) = number.multipliedReportingOverflow(by: 10)
      let (next, overflowToo) = tens.addingReportingOverflow(Int(digit))
      guard digit < 10, !overflow, !overflowToo else { return nil }
      number = next
    }
    return number
  }

  private static func namesForeignCharset(_ value: Slice<UnsafeRawBufferPointer>) -> Bool {
    // Rare enough to be worth a text: only editors of the first generation send the header at all.
    let text = unsafe String(decoding: value, as: UTF8.self).lowercased()
    guard let start = text.start(of: "charset=") else { return false }
    let name = text[start...].dropFirst(8).prefix { $0 != ";" && $0 != " " }.filter { $0 != "\"" }
    return name != "utf-8" && name != "utf8"
  }
}

private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

/// Whether the name is `lowercase` in any letter case.
private func matches(_ name: Slice<UnsafeRawBufferPointer>, _ lowercase: StaticString) -> Bool {
  guard unsafe name.count == lowercase.utf8CodeUnitCount else { return false }
  return unsafe zip(name, 0..<name.count).allSatisfy { byte, index in
    unsafe (byte | 0x20) == lowercase.utf8Start[index]
  }
}

extension String {
  /// Where `part` begins in this text. (The standard library knows this only with Foundation.)
  fileprivate func start(of part: String) -> Index? { indices.first { self[$0...].hasPrefix(part) } }
}
