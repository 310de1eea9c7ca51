import Testing

@testable import ShellTransport

struct FrameWriterTests {
  @Test func `headers tell the length, whatever the one before was`() {
    var writer = FrameWriter()
    var buffer = WireBuffer()
    var expected = ""
    for size in [5, 12, 99, 100, 7, 123_456, 1, 9, 10, 0, 3] {
      let body = String((0..<size).map { Character(Unicode.Scalar(UInt8(97 + $0 % 26))) })
      writer.write(.headers, to: &buffer) { $0.append(Array(body.utf8)) }
      if size > 0 { expected += "Content-Length: \(size)\r\n\r\n\(body)" }
    }
    #expect(text(buffer) == expected)
  }

  @Test func `lines end with a line feed`() {
    var writer = FrameWriter()
    var buffer = WireBuffer()
    for body in ["{}", "", "[1]"] { writer.write(.lines, to: &buffer) { $0.append(Array(body.utf8)) } }
    #expect(text(buffer) == "{}\n[1]\n")
  }

  private func text(_ buffer: WireBuffer) -> String {
    unsafe buffer.withBytes { unsafe String(decoding: $0, as: UTF8.self) }
  }
}
