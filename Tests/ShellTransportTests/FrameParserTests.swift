import ShellProtocol
import Testing

@testable import ShellTransport

/// What a parser makes of a stream that comes in chunks of that size, in words.
private func words(_ stream: [UInt8], chunk: Int = .max, limit: Int = 100) -> [String] {
  var parser = FrameParser(messageBytes: limit)
  var (held, words): ([UInt8], [String]) = ([], [])
  var rest = stream[...]
  while !rest.isEmpty {
    held += rest.prefix(chunk)
    rest = rest.dropFirst(chunk)
    var at = 0
    reading: while true {
      let step = unsafe parser.next(in: held.span.bytes, from: at)
      switch step {
      case .message(let range, let end):
        words.append(String(decoding: held[range], as: UTF8.self))
        at = end
      case .fault(let error, let closes, let end):
        words.append("<\(error.kind)\(closes ? ", close" : "")>")
        at = end
        if closes { return words }
      case .foreign: return words + ["<foreign>"]
      case .hangUp: return words + ["<hang up>"]
      case .needMore(let end):
        at = end
        break reading
      }
      #expect(at <= held.count)
    }
    held.removeFirst(at)
  }
  return words
}

private func words(_ stream: String, chunk: Int = .max, limit: Int = 100) -> [String] {
  words(Array(stream.utf8), chunk: chunk, limit: limit)
}

struct FrameParserTests {
  static let streams: [(String, [String])] = [
    // Lines.
    ("{}\n[1]\n", ["{}", "[1]"]),
    ("\u{FEFF}\r\n\n  \t{\"a\":1}\r\n\n  \n{}\r\nnot json\n", ["{\"a\":1}", "{}", "not json"]),
    ("{}\n{", ["{}"]),
    ("{}\nContent-Length: 2\n", ["{}", "Content-Length: 2"]),
    // Headers.
    ("Content-Length: 2\r\n\r\n{}Content-Length: 3\r\n\r\n[1]", ["{}", "[1]"]),
    ("content-length:2\n\n{}CONTENT-LENGTH:   3  \r\n\n[1]", ["{}", "[1]"]),
    ("\u{FEFF}\r\n Content-Length: 2\r\n\r\n{}\r\n\nContent-Length: 2\r\n\r\n[]\n", ["{}", "[]"]),
    ("X-Any: 1\r\nContent-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: 2\r\n\r\n{}", ["{}"]),
    ("Content-Type: x; charset=\"UTF8\"\nContent-Length: 2\n\n{}", ["{}"]),
    ("Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", ["{}"]),
    ("Content-Length: 007\r\n\r\n{\"a\":1}", ["{\"a\":1}"]),
    ("Content-Length: 5\r\n\r\n{\n\r\n}Content-Length: 2\r\n\r\n{}", ["{\n\r\n}", "{}"]),
    ("Content-Length: 3\r\n\r\n{}", []),
    // Faults that the connection survives.
    ("Content-Length: 0\r\n\r\nContent-Length: 2\r\n\r\n{}", ["<request.empty>", "{}"]),
    (
      "Content-Type: a; charset=koi8-r\nContent-Length: 3\n\nxxxContent-Length: 2\r\n\r\n{}",
      ["<framing.charset>", "{}"]
    ),
    // Faults that it does not.
    ("Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", ["<framing, close>"]),
    ("Content-Length: -2\r\n\r\n{}", ["<framing, close>"]),
    ("Content-Length: +2\r\n\r\n{}", ["<framing, close>"]),
    ("Content-Length: 2x\r\n\r\n{}", ["<framing, close>"]),
    ("Content-Length:\r\n\r\n{}", ["<framing, close>"]),
    ("Content-Length: 99999999999999999999\r\n\r\n{}", ["<framing, close>"]),
    ("Content-Length: 9999999999999999999\r\n\r\n{}", ["<framing, close>"]),
    ("Content-Type: a\r\n\r\n{}", ["<framing, close>"]),
    ("hello\r\nContent-Length: 2\r\n\r\n{}", ["<framing, close>"]),
    ("Content Length: 2\r\n\r\n{}", ["<framing, close>"]),
    ("Content-Length: 2\r\n\r\n{}}Content-Length: 2\r\n\r\n{}", ["{}", "<framing, close>"]),
    ("123\n", ["<framing, close>"]),
    ("\u{1}", ["<framing, close>"]),
    ("привет\n", ["<framing, close>"]),
    // Somebody else's protocol.
    ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", ["<foreign>"]),
    ("POST /rpc HTTP/1.1\r\n", ["<foreign>"]),
    ("PRI * HTTP/2.0\r\n", ["<foreign>"]),
    ("GETTING: 1\nContent-Length: 2\n\n{}", ["{}"]),
    ("POSTAL: 1\nContent-Length: 2\n\n{}", ["{}"]),
  ]

  @Test(arguments: streams)
  func `streams, whole and byte by byte`(stream: String, expected: [String]) {
    #expect(words(stream) == expected)
    for chunk in [1, 2, 3, 7] { #expect(words(stream, chunk: chunk) == expected, "chunks of \(chunk)") }
  }

  @Test(arguments: [1, 5, 64, Int.max])
  func `a body that is too large is answered and passed over`(chunk: Int) {
    for size in [101, 250, 400] {
      let body = String(repeating: "\n", count: size)
      let stream = "Content-Length: \(size)\r\n\r\n\(body)Content-Length: 2\r\n\r\n{}"
      #expect(words(stream, chunk: chunk) == ["<request.tooLarge>", "{}"])
    }
    let exact = "[\(String(repeating: " ", count: 98))]"
    #expect(words("Content-Length: 100\r\n\r\n\(exact)", chunk: chunk) == [exact])
    #expect(words("Content-Length: 401\r\n\r\n{", chunk: chunk) == ["<request.tooLarge, close>"])
    #expect(words("Content-Length: 9000000000000000000\r\n\r\n{", chunk: chunk) == ["<request.tooLarge, close>"])
  }

  @Test func `a body that is too large is answered before it comes`() {
    #expect(words("Content-Length: 101\r\n\r\n") == ["<request.tooLarge>"])
    #expect(words("Content-Length: 401\r\n\r\n") == ["<request.tooLarge, close>"])
  }

  @Test(arguments: [1, 5, 64, Int.max])
  func `a line that is too long is answered and passed over`(chunk: Int) {
    for size in [101, 250, 399] {
      let line = "[" + String(repeating: "1", count: size - 1)
      #expect(words("\(line)\n{}\n", chunk: chunk) == ["<request.tooLarge>", "{}"], "\(size)")
    }
    let exact = "[\(String(repeating: " ", count: 98))]"
    #expect(words("\(exact)\n{}\n", chunk: chunk) == [exact, "{}"])
  }

  @Test func `a line without an end is given up at four times the limit`() {
    let line = "[" + String(repeating: "1", count: 500)
    for chunk in [1, 5, 64, .max] { #expect(words(line, chunk: chunk) == ["<request.tooLarge>", "<hang up>"]) }
    #expect(words("\(line)\n{}\n") == ["<request.tooLarge, close>"])
  }

  @Test func `a header block is at most 8 KiB and 32 lines`() {
    let long = "X: " + String(repeating: "a", count: 9000)
    #expect(words(long, chunk: 100) == ["<framing, close>"])
    #expect(words("\(long)\nContent-Length: 2\n\n{}") == ["<framing, close>"])
    let lines = { (count: Int) in String(repeating: "X: 1\n", count: count) + "Content-Length: 2\n\n{}" }
    #expect(words(lines(31)) == ["{}"])
    #expect(words(lines(32)) == ["<framing, close>"])
  }

  @Test func `a framing fault quotes the first 40 bytes`() {
    var parser = FrameParser(messageBytes: 100)
    let stream = Array("Content-Type: \tя\\0123456789012345678901234567890\r\n\r\n".utf8)
    guard case .fault(let error, true, _) = unsafe parser.next(in: stream.span.bytes, from: 0) else {
      Issue.record("no fault")
      return
    }
    #expect(error.code == .parse)
    #expect(error.kind == "framing")
    #expect(error.data["start"]?.string == #"Content-Type: \x09\xd1\x8f\\01234567890123456789"# + "01")
  }

  @Test func `no garbage traps, however it is cut`() {
    var random = SeededRandom(seed: 4)
    let seeds = Self.streams.map { Array($0.0.utf8) }
    for round in 0..<20_000 {
      var stream = seeds[round % seeds.count] + seeds[Int.random(in: 0..<seeds.count, using: &random)]
      for _ in 0..<Int.random(in: 0...4, using: &random) {
        let at = Int.random(in: 0..<stream.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: stream[at] = UInt8.random(in: 0...255, using: &random)
        case 1: stream.remove(at: at)
        default:
          stream.insert(contentsOf: "Content-Length: \(Int.random(in: -1...500, using: &random))\r\n\r\n".utf8, at: at)
        }
      }
      let limit = Int.random(in: 1...60, using: &random)
      let whole = words(stream, limit: limit)
      let cut = words(stream, chunk: Int.random(in: 1...9, using: &random), limit: limit)
      // A line that never ends is given up earlier when it comes in pieces; all else is the same.
      if !whole.contains(where: { $0.hasPrefix("<request.tooLarge") }) { #expect(whole == cut) }
    }
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
