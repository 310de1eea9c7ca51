/// Reads a table record by record: RFC 4180 in UTF-8, with or without a byte order mark, lines ended by LF or CRLF.
///
/// Holds one window of bytes, however long the file. A record that is wrong says where and why, and reading goes on
/// with the line after the one on which it began: an open quote does not swallow the good rows behind it.
package final class CSVReader<Failure: Error> {
  private let fill: (inout [UInt8]) throws(Failure) -> Int
  private let mostRecordBytes: Int
  private let chunkBytes: Int
  private var window: [UInt8] = []
  private var chunk: [UInt8]
  private var position = 0
  private var isAtEnd = false
  /// The line of `position`.
  private var line = 1
  private var isAtStart = true
  /// Bytes that have come so far: how far a long file has been read.
  package private(set) var bytesRead = 0

  @inline(__always) private static var comma: UInt8 { 0x2C }
  private static var quote: UInt8 { 0x22 }
  private static var lineFeed: UInt8 { 0x0A }
  private static var carriageReturn: UInt8 { 0x0D }

  /// `fill` fills a buffer from its start and says how many bytes came, 0 at the end.
  package init(
    mostRecordBytes: Int = 1 << 20, chunkBytes: Int = 1 << 18,
    fill: @escaping (inout [UInt8]) throws(Failure) -> Int
  ) {
    self.fill = fill
    self.mostRecordBytes = mostRecordBytes
    self.chunkBytes = chunkBytes
    chunk = [UInt8](repeating: 0, count: chunkBytes)
  }

  /// The next record; false at the end. Lines with nothing on them are passed over.
  package func next(_ record: inout CSVRecord) throws(Failure) -> Bool {
    while true {
      if readPlainLine(&record) {
        if record.isBlank { continue }
        record.checkText()
        return true
      }
      dropRead()
      if isAtStart { try skipByteOrderMark() }
      guard try hasByte() else { return false }
      try read(&record)
      if record.fault == nil, record.isBlank { continue }
      record.checkText()
      return true
    }
  }

  // MARK: One record

  private func read(_ record: inout CSVRecord) throws(Failure) {
    if readPlainLine(&record) { return }
    let (start, startLine) = (position, line)
    record.begin(line: startLine)
    var outcome = FieldEnd.comma
    while outcome == .comma {
      outcome = try readField(&record, start)
    }
    guard case .fault(let cause) = outcome else { return }
    record.fault = CSVFault(cause, field: record.count)
    record.endField()
    try resume(after: start, startLine)
  }

  /// A line without quotes that lies in the window, as nearly all do: looked through once and taken at once. False,
  /// and nothing has happened, when it is no such line.
  private func readPlainLine(_ record: inout CSVRecord) -> Bool {
    let (window, start) = (self.window, position)
    let bytes = window.span
    let limit = min(bytes.count, start + mostRecordBytes)
    var (place, isASCII) = (start, true)
    record.begin(line: line)
    while place < limit {
      let byte = bytes[place]
      place += 1
      // Letters, digits and most signs.
      if byte > Self.comma, byte < 0x80 { continue }
      switch byte {
      case Self.comma: record.endField(at: place - 1 - start)
      case Self.lineFeed:
        let hasReturn = place - 1 > start && bytes[place - 2] == Self.carriageReturn
        let end = hasReturn ? place - 2 : place - 1
        record.endField(at: end - start)
        record.take(line: window[start..<end], isASCII: isASCII)
        position = place
        line += 1
        return true
      case Self.quote: return false
      case Self.carriageReturn: guard place < limit, bytes[place] == Self.lineFeed else { return false }
      default: if byte >= 0x80 || byte == 0 { isASCII = false }
      }
    }
    return false
  }

  private enum FieldEnd: Equatable {
    case comma, line
    case fault(CSVFault.Cause)
  }

  private func readField(_ record: inout CSVRecord, _ start: Int) throws(Failure) -> FieldEnd {
    guard try hasByte() else { return endOfFile(&record) }
    return try window[position] == Self.quote ? readQuoted(&record, start) : readPlain(&record, start)
  }

  private func readPlain(_ record: inout CSVRecord, _ start: Int) throws(Failure) -> FieldEnd {
    while true {
      var end = position
      while end < window.count {
        let byte = window[end]
        if byte == Self.comma || byte == Self.lineFeed || byte == Self.quote || byte == Self.carriageReturn { break }
        end += 1
      }
      record.append(window[position..<end])
      position = end
      if end - start > mostRecordBytes { return .fault(.tooLong) }
      if end == window.count {
        guard try refill() else { return endOfFile(&record) }
        continue
      }
      return try window[end] == Self.quote ? .fault(.strayQuote) : separator(&record)
    }
  }

  private func readQuoted(_ record: inout CSVRecord, _ start: Int) throws(Failure) -> FieldEnd {
    position += 1
    while true {
      var end = position
      while end < window.count, window[end] != Self.quote {
        if window[end] == Self.lineFeed { line += 1 }
        end += 1
      }
      record.append(window[position..<end])
      position = end
      if end - start > mostRecordBytes { return .fault(.tooLong) }
      if end == window.count {
        guard try refill() else { return .fault(.openQuote) }
        continue
      }
      position += 1
      guard try hasByte() else { return endOfFile(&record) }
      switch window[position] {
      case Self.quote:
        record.append(Self.quote)
        position += 1
      case Self.comma, Self.lineFeed, Self.carriageReturn: return try separator(&record)
      default: return .fault(.afterQuote)
      }
    }
  }

  /// `position` is at a comma, a line feed or a carriage return.
  private func separator(_ record: inout CSVRecord) throws(Failure) -> FieldEnd {
    let byte = window[position]
    if byte == Self.carriageReturn {
      let hasMore = try hasByte(at: position + 1)
      // At the end of the file a lone carriage return ends the line as well as nothing would.
      if hasMore, window[position + 1] != Self.lineFeed { return .fault(.bareReturn) }
      position += 1
      guard hasMore else { return endOfFile(&record) }
    }
    position += 1
    record.endField()
    if byte == Self.comma { return .comma }
    line += 1
    return .line
  }

  private func endOfFile(_ record: inout CSVRecord) -> FieldEnd {
    record.endField()
    return .line
  }

  /// Goes on behind the line on which a faulty record began.
  private func resume(after start: Int, _ startLine: Int) throws(Failure) {
    position = start
    while true {
      if let end = window[position...].firstIndex(of: Self.lineFeed) {
        position = end + 1
        line = startLine + 1
        return
      }
      position = window.count
      // A line without an end must not fill the memory either.
      if position - start > mostRecordBytes { dropRead() }
      guard try refill() else { return }
    }
  }

  // MARK: The window

  private func dropRead() {
    guard position > 0, position == window.count || position >= chunkBytes else { return }
    window.removeSubrange(..<position)
    position = 0
  }

  /// Whether there is a byte to read, at `position` or at `place`.
  private func hasByte(at place: Int? = nil) throws(Failure) -> Bool {
    if place ?? position < window.count { return true }
    return try refill()
  }

  /// Adds a chunk to the window; false at the end of the file.
  private func refill() throws(Failure) -> Bool {
    guard !isAtEnd else { return false }
    let count = try fill(&chunk)
    bytesRead += count
    guard count > 0 else {
      isAtEnd = true
      return false
    }
    window.append(contentsOf: chunk[..<count])
    return true
  }

  private func skipByteOrderMark() throws(Failure) {
    isAtStart = false
    while window.count < 3 { guard try refill() else { break } }
    if window.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
  }
}
