import Jansson

/// Where the bytes of a message go: an array, or a connection's outgoing buffer.
package protocol ByteSink {
  mutating func append(_ bytes: RawSpan)
}

extension [UInt8]: ByteSink {
  @inlinable
  package mutating func append(_ bytes: RawSpan) {
    unsafe bytes.withUnsafeBytes { unsafe append(contentsOf: $0) }
  }
}

extension ByteSink {
  /// Appends a constant; the caller sees to it that it is JSON.
  @inlinable
  package mutating func append(_ text: StaticString) {
    unsafe append(RawSpan(_unsafeStart: text.utf8Start, byteCount: text.utf8CodeUnitCount))
  }

  @inlinable
  package mutating func append(json value: JSONValue) { append(value.bytes()) }

  @inlinable
  package mutating func append(_ bytes: [UInt8]) { unsafe append(bytes.span.bytes) }

  /// Appends a whole number in digits.
  @inlinable
  package mutating func append(number: Int64) {
    unsafe withUnsafeTemporaryAllocation(byteCount: 20, alignment: 1) { digits in
      var at = 20
      var rest = number.magnitude
      repeat {
        at &-= 1
        unsafe digits[at] = UInt8(truncatingIfNeeded: rest % 10) &+ UInt8(ascii: "0")
        rest /= 10
      } while rest > 0
      if number < 0 {
        at &-= 1
        unsafe digits[at] = UInt8(ascii: "-")
      }
      unsafe append(RawSpan(_unsafeBytes: UnsafeRawBufferPointer(rebasing: digits[at...])))
    }
  }

  /// Appends a text as a JSON string, quotes included.
  @inlinable
  package mutating func append(quoted text: String) {
    append("\"")
    var copy = text
    copy.withUTF8 { bytes in
      var start = 0
      for index in 0..<bytes.count {
        let byte = unsafe bytes[index]
        guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
        unsafe append(
          RawSpan(_unsafeBytes: UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[start..<index]))))
        appendEscaped(byte)
        start = index + 1
      }
      unsafe append(RawSpan(_unsafeBytes: UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[start...]))))
    }
    append("\"")
  }

  @usableFromInline
  mutating func appendEscaped(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): append("\\\"")
    case UInt8(ascii: "\\"): append("\\\\")
    case 0x0A: append("\\n")
    case 0x0D: append("\\r")
    case 0x09: append("\\t")
    default:
      let digits = Array("0123456789abcdef".utf8)
      append("\\u00")
      append([digits[Int(byte >> 4)], digits[Int(byte & 15)]])
    }
  }
}
