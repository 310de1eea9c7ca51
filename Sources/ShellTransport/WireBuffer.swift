import NIOCore
import ShellProtocol

/// Where a message is written: the outgoing bytes of a connection.
package typealias WireBuffer = ByteBuffer

extension ByteBuffer: ByteSink {
  @inlinable
  package mutating func append(_ bytes: RawSpan) { writeBytes(bytes) }
}

/// Frames messages into the bytes that wait to be written.
struct FrameWriter {
  /// Digits that the last Content-Length had. The next one probably has as many, so the body can be written in place
  /// behind its header; when it has not, the body is moved by the difference.
  private var digits = 2

  /// Appends one message; nothing when `body` writes nothing.
  mutating func write(
    _ framing: FrameParser.Framing?, to buffer: inout ByteBuffer, _ body: (inout WireBuffer) -> Void
  ) {
    guard framing == .headers else {
      let start = buffer.writerIndex
      body(&buffer)
      if buffer.writerIndex > start { buffer.writeInteger(UInt8(ascii: "\n")) }
      return
    }
    let start = buffer.writerIndex
    buffer.writeStaticString("Content-Length: ")
    buffer.writeRepeatingByte(UInt8(ascii: "0"), count: digits)
    buffer.writeStaticString("\r\n\r\n")
    let first = buffer.writerIndex
    body(&buffer)
    let length = buffer.writerIndex - first
    guard length > 0 else { return buffer.moveWriterIndex(to: start) }
    fit(length, at: start, bodyAt: first, in: &buffer)
  }

  /// Writes the length into its header.
  private mutating func fit(_ length: Int, at start: Int, bodyAt first: Int, in buffer: inout ByteBuffer) {
    let needed = decimalDigits(length)
    if needed != digits {
      let shift = needed - digits
      if shift > 0 { buffer.writeRepeatingByte(0, count: shift) }
      buffer.move(first..<first + length, by: shift)
      buffer.moveWriterIndex(to: first + shift + length)
      digits = needed
      buffer.setBytes("\r\n\r\n".utf8, at: first + shift - 4)
    }
    var (rest, at) = (length, start + 16 + needed)
    while at > start + 16 {
      at -= 1
      buffer.setInteger(UInt8(rest % 10) + UInt8(ascii: "0"), at: at)
      rest /= 10
    }
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

extension ByteBuffer {
  /// Moves readable bytes inside the buffer; source and target may overlap.
  fileprivate mutating func move(_ range: Range<Int>, by distance: Int) {
    let start = readerIndex
    unsafe withUnsafeMutableReadableBytes { bytes in
      let base = unsafe bytes.baseAddress.map { unsafe $0 + (range.lowerBound - start) }
      guard let base = unsafe base else { return }
      unsafe (base + distance).copyMemory(from: base, byteCount: range.count)
    }
  }
}
