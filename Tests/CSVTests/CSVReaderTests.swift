import Testing

@testable import CSV

@Suite struct CSVReaderTests {
  @Test(arguments: [
    ("a,b\nc,d\n", [["a", "b"], ["c", "d"]]), ("a,b\r\nc,d", [["a", "b"], ["c", "d"]]),
    ("\u{FEFF}имя,класс\nЁлкина,5А\n", [["имя", "класс"], ["Ёлкина", "5А"]]),
    ("\"a,\"\"b\"\"\",\"x\r\ny\"\n", [["a,\"b\"", "x\r\ny"]]), ("a,\n,b\n\n\r\n\"\"\n", [["a", ""], ["", "b"]]),
    ("", []), ("\n\n", []), ("a", [["a"]]), ("a,\"b\"", [["a", "b"]]), ("a,\"\"\"\"\n", [["a", "\""]]),
    ("a\r", [["a"]]),
  ])
  func `records are read as RFC 4180 writes them, whatever the pieces in which they come`(
    text: String, expected: [[String]]
  ) throws {
    for chunk in [1, 2, 3, 7, 4096] {
      let read = try records(Array(text.utf8), chunk: chunk)
      #expect(read.allSatisfy { $0.fault == nil })
      #expect(read.map(\.fields) == expected, "in chunks of \(chunk)")
    }
  }

  @Test func `a fault says its line and its field, and the rows around it are read`() throws {
    let cases: [(String, Int, Int, CSVFault.Cause)] = [
      ("a,b\n1,x\"y,z\n2,3\n", 2, 1, .strayQuote), ("a,b\n1,\"x\"y\n2,3\n", 2, 1, .afterQuote),
      ("a,b\n1,\"x,y\n2,3\n", 2, 1, .openQuote), ("a,b\n1\rq,x\n2,3\n", 2, 0, .bareReturn),
      ("a,b\n1,x\0\n2,3\n", 2, 1, .nul), ("a,b\n\"q\nr\",\"x\"y\nz\n2,3\n", 2, 1, .afterQuote),
    ]
    for (text, line, field, cause) in cases {
      let read = try records(Array(text.utf8), chunk: 5)
      let faulty = try #require(read.first { $0.fault != nil })
      #expect(faulty.line == line, "\(text)")
      #expect(faulty.fault == CSVFault(cause, field: field), "\(text)")
      #expect(read.first?.fields == ["a", "b"])
      #expect(read.last?.fields == ["2", "3"], "\(text)")
    }
  }

  @Test func `what is not UTF-8 is a fault of its row`() throws {
    for bad: [UInt8] in [[0xC8, 0xE2], [0xFF], [0xED, 0xA0, 0x80], [0xC0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xD0]] {
      let read = try records(Array("a,b\n1,".utf8) + bad + Array("\n2,ё\n".utf8), chunk: 4)
      #expect(read[1].fault == CSVFault(.encoding, field: 1), "\(bad)")
      #expect(read[2].fields == ["2", "ё"])
    }
  }

  @Test func `lines are counted through quoted line breaks and blank lines`() throws {
    let read = try records(Array("a\n\n\"x\ny\nz\"\nb\n".utf8), chunk: 3)
    #expect(read.map(\.line) == [1, 3, 6])
  }

  @Test func `a record without an end does not fill the memory`() throws {
    let reader = CSVReader<Never>(mostRecordBytes: 100, chunkBytes: 16) { buffer in
      for index in buffer.indices { buffer[index] = 0x61 }
      return self.counter.next() > 1000 ? 0 : buffer.count
    }
    var record = CSVRecord()
    #expect(reader.next(&record))
    #expect(record.fault?.cause == .tooLong)
    #expect(!reader.next(&record))
  }

  @Test func `random tables come back as they were written`() throws {
    var random = SystemRandomNumberGenerator()
    let pieces = ["a", "ё", ",", "\"", "\n", "\r\n", " ", "'", "", "1", "=", "👍", "\"\"", "слово", "\t", "-"]
    for _ in 0..<300 {
      let width = Int.random(in: 1...5, using: &random)
      let table = (0..<Int.random(in: 1...20, using: &random)).map { _ in
        (0..<width).map { _ in
          (0..<Int.random(in: 0...6, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
        }
      }
      var bytes = Bool.random(using: &random) ? CSVText.byteOrderMark : []
      for row in table { CSVText.append(row, to: &bytes) }
      let read = try records(bytes, chunk: Int.random(in: 1...50, using: &random))
      #expect(read.allSatisfy { $0.fault == nil })
      // One empty field alone is a blank line to a reader.
      #expect(read.map(\.fields) == table.filter { $0 != [""] })
    }
  }

  @Test func `a record is the same, whether its line came in one piece or byte by byte`() throws {
    var random = SystemRandomNumberGenerator()
    let pieces: [[UInt8]] = [
      [0x2C], [0x2C], [0x22], [0x0A], [0x0D, 0x0A], [0x0D], [0x61], [0x62, 0x63], Array("ё".utf8), [0xD0], [0x00],
    ]
    for _ in 0..<2000 {
      let bytes = (0..<Int.random(in: 0...30, using: &random)).flatMap { _ in pieces.randomElement(using: &random) ?? []
      }
      let (whole, pieces) = (try records(bytes, chunk: 4096), try records(bytes, chunk: 1))
      #expect(whole.map(\.line) == pieces.map(\.line), "\(bytes)")
      #expect(whole.map(\.fields) == pieces.map(\.fields), "\(bytes)")
      #expect(whole.map(\.fault) == pieces.map(\.fault), "\(bytes)")
    }
  }

  @Test func `random bytes end in records and faults, never in a trap or a loop`() throws {
    var random = SystemRandomNumberGenerator()
    let alphabet: [UInt8] = [0x2C, 0x22, 0x0A, 0x0D, 0x61, 0xD0, 0x90, 0xFF, 0x00, 0x20]
    for _ in 0..<2000 {
      let bytes = (0..<Int.random(in: 0...80, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? 0 }
      let lines = bytes.filter { $0 == 0x0A }.count + 1
      let read = try records(bytes, chunk: Int.random(in: 1...9, using: &random))
      #expect(read.count <= lines)
      #expect(read.map(\.line) == read.map(\.line).sorted())
      #expect(read.allSatisfy { (1...lines).contains($0.line) })
    }
  }

  private struct Row {
    let line: Int
    let fields: [String]
    let fault: CSVFault?
  }

  private let counter = Counter()

  private func records(_ bytes: [UInt8], chunk: Int) throws -> [Row] {
    var offset = 0
    let reader = CSVReader<Never>(chunkBytes: chunk) { buffer in
      let count = min(buffer.count, bytes.count - offset)
      for index in 0..<count { buffer[index] = bytes[offset + index] }
      offset += count
      return count
    }
    var (record, rows) = (CSVRecord(), [Row]())
    while reader.next(&record) {
      rows.append(Row(line: record.line, fields: (0..<record.count).map { record[$0] }, fault: record.fault))
    }
    return rows
  }
}

private final class Counter {
  private var count = 0
  func next() -> Int {
    count += 1
    return count
  }
}
