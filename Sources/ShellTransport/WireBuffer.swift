import ShellProtocol

/// Where a message is written: bytes that wait for the system to take them.
package struct WireBuffer: ByteSink {
  private var bytes: [UInt8] = []
  /// Bytes at the front that were taken.
  private var taken = 0

  package init() {}

  /// Bytes that wait.
  var count: Int { bytes.count - taken }
  var isEmpty: Bool { bytes.count == taken }

  @inline(__always)
  package mutating func append(_ more: RawSpan) {
    unsafe more.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
  }

  /// What waits, for the length of `body`.
  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    unsafe bytes.withUnsafeBytes { unsafe body(UnsafeRawBufferPointer(rebasing: $0[taken...])) }
  }

  /// Forgets bytes from the front. Memory for more than `keeping` bytes is given back once nothing waits.
  mutating func removeFirst(_ count: Int, keeping: Int) {
    taken += count
    if taken == bytes.count {
      taken = 0
      if bytes.capacity > keeping { bytes = [] } else { bytes.removeAll(keepingCapacity: true) }
    } else if taken > bytes.count / 2, taken > keeping {
      bytes.removeFirst(taken)
      taken = 0
    }
  }
}

/// Frames messages into the bytes that wait to be written.
struct FrameWriter {
  /// Digits that the last Content-Length had. The next one probably has as many, so the body can be written in place
  /// behind its header; when it has not, the body is moved by the difference.
  private var digits = 2

  /// Appends one message; nothing when `body` writes nothing.
  mutating func write(
    _ framing: FrameParser.Framing?, to buffer: inout WireBuffer, _ body: (inout WireBuffer) -> Void
  ) {
    let start = buffer.end
    guard framing == .headers else {
      body(&buffer)
      if buffer.end > start { buffer.append("\n") }
      return
    }
    buffer.append("Content-Length: ")
    for _ in 0..<digits { buffer.append("0") }
    buffer.append("\r\n\r\n")
    let first = buffer.end
    body(&buffer)
    let length = buffer.end - first
    guard length > 0 else { return buffer.truncate(to: start) }
    let needed = decimalDigits(length)
    if needed != digits {
      buffer.resize(from: start + Self.label, digits, to: needed)
      digits = needed
    }
    buffer.setDecimal(length, endingAt: start + Self.label + needed)
  }

  /// Bytes of `Content-Length: `.
  private static let label = 16
}

extension WireBuffer {
  fileprivate var end: Int { bytes.count }

  fileprivate mutating func truncate(to end: Int) { bytes.removeLast(bytes.count - end) }

  /// Makes a field of `old` bytes one of `new` bytes, and moves what follows.
  fileprivate mutating func resize(from start: Int, _ old: Int, to new: Int) {
    if new > old {
      bytes.insert(contentsOf: repeatElement(UInt8(ascii: "0"), count: new - old), at: start)
    } else {
      bytes.removeSubrange(start..<start + old - new)
    }
  }

  fileprivate mutating func setDecimal(_ number: Int, endingAt end: Int) {
    var (rest, at) = (number, end)
    repeat {
      at -= 1
      bytes[at] = UInt8(rest % 10) + UInt8(ascii: "0")
      rest /= 10
    } while rest > 0
  }
}

private func decimalDigits(_ number: Int) -> Int {
  var (count, rest) = (1, number)
  while rest >= 10 {
    rest /= 10
    count += 1
  }
  return count
}
