import Glibc
import ShellProtocol

/// Cuts a stream of bytes into messages. A pure state machine: no I/O, no memory of its own.
///
/// The caller keeps the bytes and asks for the next step from where the last one ended; a message is a place in those
/// bytes, so nothing is copied. A step that needs more remembers how far it looked, and a stream that comes byte by
/// byte costs no more than one that comes at once.
package struct FrameParser {
  /// How messages are told apart; found from the first bytes, the same in both directions.
  package enum Framing: Sendable {
    /// `Content-Length` headers, as in the base protocol of the Language Server Protocol 3.17.
    case headers
    /// One JSON text a line.
    case lines
  }

  /// What comes next. `end` is where the step after this one begins; what lies before it may be dropped.
  package enum Step {
    case message(Range<Int>, end: Int)
    /// To be answered at once; with `closes`, nothing after it can be understood.
    case fault(WireError, closes: Bool, end: Int)
    /// Somebody speaks HTTP: one plain line, then close.
    case foreign(end: Int)
    /// Close without a further word: the fault was answered, and its end did not come.
    case hangUp(end: Int)
    case needMore(end: Int)
  }

  /// Nil until the first byte that is not blank.
  package private(set) var framing: Framing?

  private let limit: Int
  /// Past so many bytes of one message the connection is given up.
  private let patience: Int
  /// Bytes after the unfinished frame's start that were looked at already.
  private var seen = 0
  /// Where the header line that is being read begins, after the frame's start.
  private var line = 0
  private var header = HeaderBlock()
  private var skipping = Skipping.nothing
  private var sawMark = false

  private enum Skipping {
    case nothing
    /// So many bytes of a body that is too large.
    case body(Int)
    /// To the end of a line that is too long; so many bytes of it have passed.
    case line(Int)
  }

  /// `messageBytes` bounds a body or a line; at four times that the connection is given up. `framing`: agreed on
  /// beforehand; nil: to be found out.
  package init(messageBytes: Int, framing: Framing? = nil) {
    self.framing = framing
    limit = min(max(1, messageBytes), Int.max / 8)
    patience = 4 * limit
  }

  /// Whether a message has begun and not ended, as far as the bytes before the last `needMore` say. A caller that
  /// keeps bytes from behind that `end` is in the middle of one too.
  package var isSkipping: Bool {
    switch skipping {
    case .nothing: false
    default: true
    }
  }

  /// The next step over `bytes`, beginning at `start`. Bytes behind the last `end` must be given again.
  package mutating func next(in bytes: RawSpan, from start: Int) -> Step {
    switch skipping {
    case .nothing: break
    case .body(let left): return skipBody(left, bytes, start)
    case .line(let passed): return skipLine(passed, bytes, start)
    }
    switch framing {
    case .headers: return nextBody(bytes, start)
    case .lines: return nextLine(bytes, start)
    case nil: return detect(bytes, start)
    }
  }
}

// MARK: Detection

extension FrameParser {
  private mutating func detect(_ bytes: RawSpan, _ start: Int) -> Step {
    var at = start
    if !sawMark {
      // A byte order mark may come once, before everything.
      let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
      let there = min(3, bytes.byteCount - at)
      if (0..<there).allSatisfy({ bytes[at + $0] == mark[$0] }) {
        if there < 3 { return .needMore(end: at) }
        at += 3
      }
      sawMark = true
    }
    while at < bytes.byteCount, isBlank(bytes[at]) { at += 1 }
    guard at < bytes.byteCount else { return .needMore(end: at) }
    switch bytes[at] {
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      framing = .lines
      return nextLine(bytes, at)
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"):
      for verb in ["GET ", "POST ", "PRI "] as [StaticString] {
        switch compare(bytes, at, with: verb) {
        case .equal: return .foreign(end: bytes.byteCount)
        case .prefix: return .needMore(end: at)
        case .different: break
        }
      }
      framing = .headers
      return nextBody(bytes, at)
    default:
      framing = .lines
      return lost(bytes, at, ("Это не JSON и не заголовок Content-Length", "Neither JSON nor a Content-Length header"))
    }
  }

  private enum Comparison { case equal, prefix, different }

  private func compare(_ bytes: RawSpan, _ at: Int, with word: StaticString) -> Comparison {
    let there = min(word.utf8CodeUnitCount, bytes.byteCount - at)
    for index in 0..<there where unsafe bytes[at + index] != word.utf8Start[index] { return .different }
    return there == word.utf8CodeUnitCount ? .equal : .prefix
  }

  /// The end of the connection's sense: everything that is there is dropped.
  private func lost(_ bytes: RawSpan, _ start: Int, _ why: (ru: String, en: String)) -> Step {
    .fault(FramingFault.boundary(bytes.extracting(start...), why), closes: true, end: bytes.byteCount)
  }
}

// MARK: Lines

extension FrameParser {
  private mutating func nextLine(_ bytes: RawSpan, _ start: Int) -> Step {
    var start = start
    while true {
      guard let feed = bytes.firstLineFeed(from: start + seen) else {
        let length = bytes.byteCount - start
        guard lineSize(bytes, start, bytes.byteCount) > limit else {
          seen = length
          return .needMore(end: start)
        }
        seen = 0
        skipping = .line(length)
        return .fault(FramingFault.tooLarge(nil, limit: limit), closes: false, end: bytes.byteCount)
      }
      seen = 0
      var (first, last) = (start, feed)
      while first < last, isBlank(bytes[first]) { first += 1 }
      while first < last, isBlank(bytes[last - 1]) { last -= 1 }
      guard first < last else {
        start = feed + 1
        continue
      }
      let size = lineSize(bytes, start, feed)
      if size > limit {
        return .fault(FramingFault.tooLarge(size, limit: limit), closes: size > patience, end: feed + 1)
      }
      return .message(first..<last, end: feed + 1)
    }
  }

  /// Bytes of a line, blanks before it included and a carriage return at its end not: the same before and after its
  /// end has come.
  private func lineSize(_ bytes: RawSpan, _ start: Int, _ end: Int) -> Int {
    end > start && bytes[end - 1] == 0x0D ? end - start - 1 : end - start
  }

  private mutating func skipLine(_ passed: Int, _ bytes: RawSpan, _ start: Int) -> Step {
    if let feed = bytes.firstLineFeed(from: start), passed + feed - start <= patience {
      skipping = .nothing
      return nextLine(bytes, feed + 1)
    }
    let total = passed + bytes.byteCount - start
    guard total <= patience else { return .hangUp(end: bytes.byteCount) }
    skipping = .line(total)
    return .needMore(end: bytes.byteCount)
  }
}

// MARK: Headers

extension FrameParser {
  /// The largest block of headers, and the most lines in it.
  package static let headerBytes = 8192
  package static let headerLines = 32

  private mutating func nextBody(_ bytes: RawSpan, _ start: Int) -> Step {
    var start = start
    if header.length == nil, header.lines == 0, line == 0 {
      // Blank lines between messages: shells and people add them, and they hide nothing.
      while seen == 0, start < bytes.byteCount, isBlank(bytes[start]) { start += 1 }
    }
    while !header.isComplete {
      guard let feed = bytes.firstLineFeed(from: start + seen) else {
        seen = bytes.byteCount - start
        guard seen <= Self.headerBytes else {
          return lost(bytes, start, ("Слишком длинные заголовки", "The header block is too long"))
        }
        return .needMore(end: start)
      }
      let from = start + line
      let to = feed > from && bytes[feed - 1] == 0x0D ? feed - 1 : feed
      seen = feed + 1 - start
      line = seen
      if let why = header.read(bytes.extracting(from..<to)) { return lost(bytes, start, why) }
      guard seen <= Self.headerBytes, header.lines <= Self.headerLines else {
        return lost(bytes, start, ("Слишком длинные заголовки", "The header block is too long"))
      }
    }
    guard let length = header.length else {
      return lost(bytes, start, ("В заголовках нет Content-Length", "The header block has no Content-Length"))
    }
    let body = start + seen
    if length > limit || length == 0 || header.foreignCharset { return refuseBody(length, bytes, start, body) }
    guard bytes.byteCount - body >= length else { return .needMore(end: start) }
    startOver()
    return .message(body..<body + length, end: body + length)
  }

  /// Answers for a body that is not read, as soon as its headers are; the body itself is passed over.
  private mutating func refuseBody(_ length: Int, _ bytes: RawSpan, _ start: Int, _ body: Int) -> Step {
    defer { startOver() }
    guard length <= patience else {
      return .fault(FramingFault.tooLarge(length, limit: limit), closes: true, end: bytes.byteCount)
    }
    let there = min(length, bytes.byteCount - body)
    if there < length { skipping = .body(length - there) }
    let error =
      length == 0
      ? FramingFault.empty
      : length > limit
        ? FramingFault.tooLarge(length, limit: limit) : FramingFault.charset(bytes.extracting(start..<body))
    return .fault(error, closes: false, end: body + there)
  }

  private mutating func skipBody(_ left: Int, _ bytes: RawSpan, _ start: Int) -> Step {
    let there = min(left, bytes.byteCount - start)
    guard there == left else {
      skipping = .body(left - there)
      return .needMore(end: start + there)
    }
    skipping = .nothing
    return nextBody(bytes, start + there)
  }

  private mutating func startOver() {
    (seen, line) = (0, 0)
    header = HeaderBlock()
  }
}

private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }

extension RawSpan {
  fileprivate subscript(index: Int) -> UInt8 { unsafe unsafeLoad(fromByteOffset: index, as: UInt8.self) }

  /// Where the next line feed is.
  fileprivate func firstLineFeed(from start: Int) -> Int? {
    unsafe withUnsafeBytes { bytes in
      guard start < bytes.count, let base = bytes.baseAddress,
        let found = unsafe memchr(base + start, 0x0A, bytes.count - start)
      else { return nil }
      return unsafe UnsafeRawPointer(found) - base
    }
  }
}
