import Jansson
import Testing

@Suite struct JSONWriterTests {
  /// What jansson itself writes for the same value: it still does when the members are to be sorted. `value` has its
  /// members sorted already.
  private func janssonText(_ value: JSONValue) -> String { value.text(sorted: true) }

  @Test(arguments: 0..<200)
  func `random trees are written as jansson writes them`(seed: UInt64) throws {
    var source = RandomTree(seed: seed)
    let value = try JSONValue(parsing: source.value(levels: 6).text(sorted: true))
    #expect(value.text() == janssonText(value))
  }

  @Test(arguments: [Int64.min, Int64.min + 1, -10, -1, 0, 9, 10, 99, 100, 999_999_999_999_999_999, Int64.max])
  func `whole numbers are written to their last digit`(number: Int64) {
    #expect(JSONValue(number).text() == "\(number)")
  }

  @Test(arguments: [0.1, -0.0, 1e300, Double.leastNonzeroMagnitude, 123456.789, 1e21, 100])
  func `real numbers are written as jansson writes them`(number: Double) {
    #expect(JSONValue(number).text() == janssonText(JSONValue(number)))
  }

  @Test func `every character is escaped as jansson escapes it, at any place of a word`() {
    for code in 0..<0x180 {
      guard let scalar = Unicode.Scalar(UInt32(code)) else { continue }
      for before in 0..<9 {
        let text = String(repeating: "ы", count: before) + String(scalar) + "plain text"
        #expect(JSONValue(text).text() == janssonText(JSONValue(text)))
      }
    }
  }

  @Test func `texts longer than the writer's piece come whole`() {
    for count in [8190, 8191, 8192, 8193, 40_000] {
      let value: JSONValue = ["a": JSONValue(String(repeating: "x", count: count)), "b": 1]
      #expect(value.text() == janssonText(value))
    }
  }

  @Test func `what is nested too deep has no text, and leaves what was there`() {
    var value: JSONValue = [1]
    for _ in 0..<2047 { value = [value] }
    #expect(value.bytes().count == 2 * 2048 + 1)
    var output = Array("before".utf8)
    (["x": value] as JSONValue).write(into: &output)
    #expect(output == Array("before".utf8))
  }
}

/// Values made from a seed, with every kind and awkward strings in them.
private struct RandomTree {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

  private mutating func next(_ bound: Int) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int(state % UInt64(bound))
  }

  mutating func value(levels: Int) -> JSONValue {
    switch next(levels > 0 ? 10 : 7) {
    case 0: return .null
    case 1: return JSONValue(next(2) == 0)
    case 2: return JSONValue(Int64(bitPattern: state))
    case 3: return JSONValue(Double(next(1_000_000)) / 64 - 5000)
    case 4...6: return JSONValue(text())
    case 7: return JSONValue((0..<next(12)).map { _ in value(levels: levels - 1) })
    default: return JSONValue(members: (0..<next(12)).map { _ in (text(), value(levels: levels - 1)) })
    }
  }

  private mutating func text() -> String {
    let parts = ["a", "\"", "\\", "\n", "\u{1}", "\u{1F}", "\u{7F}", "ё", "😀", " ", "/", "строка", "0123456789abcdef"]
    return (0..<next(9)).map { _ in parts[next(parts.count)] }.joined()
  }
}
