import Jansson
import Testing

@testable import ShellProtocol

/// What the scanner says of a text: the fault, or nil.
private func fault(_ text: [UInt8], nesting: Int = 128) -> ScanFault? {
  unsafe text.withUnsafeBytes { bytes in
    guard var scanner = unsafe JSONScanner(bytes, nesting: nesting) else { return ScanFault(.syntax, at: 0) }
    var keys = KeyStack()
    do throws(ScanFault) {
      try scanner.skipValue(&keys, depth: 0)
      try scanner.expectEnd()
      return nil
    } catch {
      return error
    }
  }
}

struct JSONScannerTests {
  @Test(arguments: [
    "null", "true", "false", "0", "-0", "10", "-1.5e+10", "1E3", "0.0", #""""#, #""text""#, #"[]"#, "{}", " [ ] ",
    "\t{ \r\n}\n", #"[1,"a",{"b":[null]}]"#, #"{"a":1,"b":{"a":2}}"#, #""\"\\\/\b\f\n\r\tA""#,
    #""\ud83d\ude00""#, "\"Иванова, ученица 7«Б»\"", "\"\u{10FFFF}\u{20AC}\u{7FF}\"", #"{"":1," ":2}"#,
    #"{"a":1,"A":2}"#, #""long enough for whole words: 0123456789""#,
  ])
  func `texts that are JSON`(text: String) { #expect(fault(Array(text.utf8)) == nil) }

  @Test(arguments: [
    ("", 0), ("   ", 3), ("nul", 3), ("nulL", 3), ("tru]", 3), ("{", 1), ("[", 1), ("[1", 2), ("[1,]", 3), ("[,1]", 1),
    ("{,}", 1), (#"{"a"}"#, 4), (#"{"a":}"#, 5), (#"{"a":1,}"#, 7), (#"{a:1}"#, 1), (#"{"a" 1}"#, 5), ("01", 1),
    ("1.", 2), (".5", 0), ("-", 1), ("+1", 0), ("1e", 2), ("1e+", 3), ("0x10", 1), ("1 2", 2), ("[] []", 3),
    (#""abc"#, 4), (#""abc\"#, 5), (#""\x""#, 2), (#""\u12G4""#, 5), (#""\u12"#, 5), ("\"a\nb\"", 2),
    ("\"a\u{1}\"", 2), ("NaN", 0), ("Infinity", 0), ("'a'", 0), ("[1}", 2), (#"{"a":1]"#, 6), ("/* c */1", 0),
  ])
  func `texts that are not JSON, and where they go wrong`(text: String, offset: Int) {
    #expect(fault(Array(text.utf8)) == ScanFault(.syntax, at: offset))
  }

  @Test(
    arguments: [
      ([0x22, 0x80, 0x22], 1), ([0x22, 0xC0, 0x80, 0x22], 1), ([0x22, 0xC1, 0xBF, 0x22], 1), ([0x22, 0xD0, 0x22], 1),
      ([0x22, 0x61, 0xE0, 0x9F, 0xBF, 0x22], 2), ([0x22, 0xED, 0xA0, 0x80, 0x22], 1),
      ([0x22, 0xF0, 0x8F, 0xBF, 0xBF, 0x22], 1), ([0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], 1),
      ([0x22, 0xF8, 0x88, 0x80, 0x80, 0x80, 0x22], 1), ([0x22, 0xE2, 0x82, 0x22], 1), ([0x22, 0xD0], 1), ([0xFF], 0),
      ([0x22, 0xD0, 0x90, 0xD0, 0x22], 3), ([0x22, 0xFE, 0x22], 1),
    ] as [([UInt8], Int)])
  func `bad UTF-8 is told by its first byte`(text: [UInt8], offset: Int) {
    #expect(fault(text) == ScanFault(.utf8, at: offset))
  }

  @Test func `a letter outside of a string is bad syntax, not bad UTF-8`() {
    #expect(fault(Array("[я]".utf8)) == ScanFault(.syntax, at: 1))
  }

  @Test(arguments: [
    (#""\ud800""#, 1), (#""a\udc00""#, 2), (#""\ud800A""#, 1), (#""\ud800\ud800""#, 1), (#""\ud83d"#, 1),
    (#"{"\udfff":1}"#, 2),
  ])
  func `lone surrogates`(text: String, offset: Int) {
    #expect(fault(Array(text.utf8)) == ScanFault(.surrogate, at: offset))
  }

  @Test(arguments: [("\"a\u{0}\"", 2), (#""a\u0000""#, 2), ("\u{0}", 0), ("[1,\u{0}]", 3), (#"{"\u0000":1}"#, 2)])
  func `NUL, written or escaped`(text: String, offset: Int) {
    #expect(fault(Array(text.utf8)) == ScanFault(.nul, at: offset))
  }

  @Test(arguments: [
    (#"{"a":1,"a":2}"#, 7), (#"{"a":1,"\u0061":2}"#, 7), (#"{"A":1,"\u0041":2}"#, 7), (#"[{"b":{"x":1,"x":1}}]"#, 13),
    (#"{"":1,"":1}"#, 6), (#"{"\n":1,"\u000a":1}"#, 8), (#"{"я":1,"\u044f":1}"#, 8),
    (#"{"😀":1,"\ud83d\ude00":1}"#, 10),
  ])
  func `a key twice in one object, however it is written`(text: String, offset: Int) {
    #expect(fault(Array(text.utf8)) == ScanFault(.duplicateKey, at: offset))
  }

  @Test(arguments: [11, 12, 13, 64, 5000])
  func `a key is found twice in objects of every size`(count: Int) {
    let members = (0..<count).map { "\"key\($0)\":{\"key\($0)\":[]}" }.joined(separator: ",")
    #expect(fault(Array("{\(members)}".utf8)) == nil)
    for twice in [0, count / 2, count - 1] {
      #expect(fault(Array("{\(members),\"key\(twice)\":0}".utf8))?.cause == .duplicateKey)
      #expect(fault(Array("{\(members),\"\\u006bey\(twice)\":0}".utf8))?.cause == .duplicateKey)
    }
  }

  @Test func `the nesting limit counts containers`() {
    let deepest = String(repeating: "[", count: 128) + String(repeating: "]", count: 128)
    #expect(fault(Array(deepest.utf8)) == nil)
    #expect(fault(Array("[\(deepest)]".utf8)) == ScanFault(.nesting, at: 128))
    #expect(fault(Array(String(repeating: #"{"a":"#, count: 200).utf8)) == ScanFault(.nesting, at: 640))
    #expect(fault([UInt8](repeating: UInt8(ascii: "["), count: 1_000_000))?.cause == .nesting)
  }

  @Test func `the scanner and jansson agree about mangled texts`() {
    var random = SeededRandom(seed: 2026)
    let seeds = [
      #"{"jsonrpc":"2.0","id":1,"method":"a.b","params":{"x":[1,2.5,-3e2,true,null],"текст":"да\n\u0416"}}"#,
      #"[{"a":"\ud83d\ude00"},{"b":{"c":{}}},[],"",0]"#,
    ].map { Array($0.utf8) }
    var accepted = 0
    for round in 0..<20_000 {
      var text = seeds[round % seeds.count]
      for _ in 0..<Int.random(in: 0...3, using: &random) { text.mangle(&random) }
      let ours = fault(text)
      let theirs = Result { () throws(JSONTextError) in try JSONValue(parsing: text) }
      switch theirs {
      case .success: #expect(ours == nil || ours?.cause == .nul, "\(String(decoding: text, as: UTF8.self))")
      // A number past jansson's range is JSON nevertheless.
      case .failure(let error):
        #expect(ours != nil || error.reason.contains("too"), "\(error) \(String(decoding: text, as: UTF8.self))")
      }
      if ours == nil { accepted += 1 }
      if let ours { #expect(ours.offset <= text.count) }
    }
    #expect(accepted > 1000)
  }
}

/// The same numbers for the same seed (SplitMix64).
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

extension [UInt8] {
  /// Changes, drops, doubles or moves something.
  mutating func mangle(_ random: inout SeededRandom) {
    guard !isEmpty else { return }
    let at = Int.random(in: 0..<count, using: &random)
    switch Int.random(in: 0..<5, using: &random) {
    case 0: self[at] = UInt8.random(in: 0...255, using: &random)
    case 1: remove(at: at)
    case 2: self[at] = Array(#"{}[]",:\0-+.eu19 "#.utf8).randomElement(using: &random) ?? 0
    case 3: insert(contentsOf: self[at..<Swift.min(count, at + 8)], at: at)
    default: removeSubrange(at...)
    }
  }
}
