import NIOCore
import Testing

@testable import ShellTransport

struct FrameWriterTests {
  @Test func `headers tell the length, whatever the one before was`() {
    var writer = FrameWriter()
    var buffer = ByteBuffer()
    var expected = ""
    for size in [5, 12, 99, 100, 7, 123_456, 1, 9, 10, 0, 3] {
      let body = String((0..<size).map { Character(Unicode.Scalar(UInt8(97 + $0 % 26))) })
      writer.write(.headers, to: &buffer) { $0.writeString(body) }
      if size > 0 { expected += "Content-Length: \(size)\r\n\r\n\(body)" }
    }
    #expect(String(buffer: buffer) == expected)
  }

  @Test func `lines end with a line feed`() {
    var writer = FrameWriter()
    var buffer = ByteBuffer()
    for body in ["{}", "", "[1]"] { writer.write(.lines, to: &buffer) { $0.writeString(body) } }
    #expect(String(buffer: buffer) == "{}\n[1]\n")
  }
}
