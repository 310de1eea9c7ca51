import CSQLite

/// JSON text in the making: bytes that grow as needed and are used again for the next page.
@safe final class JSONSink {
  private var start: UnsafeMutablePointer<UInt8>
  private var capacity = 1024
  private(set) var count = 0

  init() { unsafe start = .allocate(capacity: capacity) }
  deinit { unsafe start.deallocate() }

  /// Empty again; the room of an unusually large page is given back.
  func clear() {
    count = 0
    guard capacity > 1 << 20 else { return }
    capacity = 1024
    unsafe start.deallocate()
    unsafe start = .allocate(capacity: capacity)
  }

  /// Takes back what was written after there were `count` bytes.
  func rewind(to count: Int) { self.count = min(count, self.count) }

  func append(to output: inout [UInt8]) {
    unsafe output.append(contentsOf: UnsafeBufferPointer(start: start, count: count))
  }

  @inline(__always)
  func write(_ byte: UInt8) {
    reserve(1)
    unsafe start[count] = byte
    count += 1
  }

  @inline(__always)
  func write(_ bytes: [UInt8]) {
    reserve(bytes.count)
    unsafe bytes.withUnsafeBufferPointer { bytes in
      guard let source = bytes.baseAddress else { return }
      unsafe (start + count).update(from: source, count: bytes.count)
    }
    count += bytes.count
  }

  func write(_ literal: StaticString) {
    reserve(literal.utf8CodeUnitCount)
    unsafe (start + count).update(from: literal.utf8Start, count: literal.utf8CodeUnitCount)
    count += literal.utf8CodeUnitCount
  }

  func write(_ number: Int64) {
    reserve(20)
    if number < 0 {
      unsafe start[count] = UInt8(ascii: "-")
      count += 1
    }
    var rest = number.magnitude
    let first = count
    repeat {
      unsafe start[count] = UInt8(ascii: "0") + UInt8(rest % 10)
      count += 1
      rest /= 10
    } while rest > 0
    var low = first
    var high = count - 1
    while low < high {
      let digit = unsafe start[low]
      unsafe start[low] = unsafe start[high]
      unsafe start[high] = digit
      low += 1
      high -= 1
    }
  }

  /// A string of JSON with its quotes. Bytes that are no UTF-8 become U+FFFD.
  func writeString(_ text: UnsafeBufferPointer<UInt8>) {
    // Six bytes for one is the worst that escaping does.
    reserve(text.count * 6 + 2)
    var to = unsafe start + count
    unsafe to.pointee = UInt8(ascii: "\"")
    unsafe to += 1
    var index = 0
    while index < text.count {
      let byte = unsafe text[index]
      if byte < 0x80 {
        if byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
          unsafe to.pointee = byte
          unsafe to += 1
        } else {
          unsafe to = JSONSink.escape(byte, at: to)
        }
        index += 1
        continue
      }
      // Cyrillic: two bytes.
      if byte >= 0xC2, byte < 0xE0, index + 1 < text.count, unsafe text[index + 1] & 0xC0 == 0x80 {
        unsafe to.pointee = byte
        unsafe to[1] = unsafe text[index + 1]
        unsafe to += 2
        index += 2
        continue
      }
      let from = index
      if unsafe Letters.next(text, &index) < 0x110000 {
        for place in from..<index {
          unsafe to.pointee = unsafe text[place]
          unsafe to += 1
        }
      } else {
        unsafe to[0] = 0xEF
        unsafe to[1] = 0xBF
        unsafe to[2] = 0xBD
        unsafe to += 3
      }
    }
    unsafe to.pointee = UInt8(ascii: "\"")
    unsafe count = to + 1 - start
  }

  private static func escape(_ byte: UInt8, at target: UnsafeMutablePointer<UInt8>) -> UnsafeMutablePointer<UInt8> {
    unsafe target[0] = UInt8(ascii: "\\")
    let short: UInt8? =
      switch byte {
      case 0x0A: UInt8(ascii: "n")
      case 0x0D: UInt8(ascii: "r")
      case 0x09: UInt8(ascii: "t")
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): byte
      default: nil
      }
    if let short {
      unsafe target[1] = short
      return unsafe target + 2
    }
    let digits: StaticString = "0123456789abcdef"
    unsafe target[1] = UInt8(ascii: "u")
    unsafe target[2] = UInt8(ascii: "0")
    unsafe target[3] = UInt8(ascii: "0")
    unsafe target[4] = unsafe digits.utf8Start[Int(byte >> 4)]
    unsafe target[5] = unsafe digits.utf8Start[Int(byte & 15)]
    return unsafe target + 6
  }

  @inline(__always)
  private func reserve(_ more: Int) {
    if count + more > capacity { grow(more) }
  }

  private func grow(_ more: Int) {
    capacity = max(capacity * 2, count + more)
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    unsafe larger.update(from: start, count: count)
    unsafe start.deallocate()
    unsafe start = unsafe larger
  }
}
