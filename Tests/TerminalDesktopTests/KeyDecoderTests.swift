import Testing

@testable import TerminalDesktop

struct KeyDecoderTests {
  private func keys(_ pieces: String...) -> [Key] {
    var decoder = KeyDecoder()
    return pieces.flatMap { decoder.decode(Array($0.utf8)) }
  }

  @Test func `Letters, arrows and function keys are what terminals send for them`() {
    #expect(keys("aЯ") == [.character("a"), .character("Я")])
    #expect(keys("\u{1b}[A\u{1b}[B\u{1b}OC\u{1b}[D") == [.up, .down, .right, .left])
    #expect(keys("\u{1b}[5~\u{1b}[6~\u{1b}[1~\u{1b}[4~\u{1b}[3~") == [.pageUp, .pageDown, .home, .end, .delete])
    #expect(
      keys("\u{1b}OP\u{1b}[15~\u{1b}[17~\u{1b}[21~") == [.function(1), .function(5), .function(6), .function(10)])
    #expect(keys("\r\t\u{1b}[Z\u{7f}\u{0c}") == [.enter, .tab, .backTab, .backspace, .control("l")])
  }

  @Test func `A character or sequence that comes in two reads is one key`() {
    let bytes = Array("Ж".utf8)
    var decoder = KeyDecoder()
    #expect(decoder.decode(bytes.prefix(1)).isEmpty)
    #expect(decoder.decode(bytes.suffix(1)) == [.character("Ж")])
    #expect(keys("\u{1b}[2", "1~") == [.function(10)])
  }

  @Test func `An unknown sequence is passed over whole, a lone escape is a key, bad bytes are nothing`() {
    #expect(keys("\u{1b}[1;5Xq") == [.character("q")])
    #expect(keys("\u{1b}") == [.escape])
    var decoder = KeyDecoder()
    #expect(decoder.decode([0xff, 0xc3, 0x28, 0x80, 0x61]) == [.character("("), .character("a")])
  }
}
