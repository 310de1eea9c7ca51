/// One record of a table: its fields' bytes, unquoted, and where it stands.
package struct CSVRecord: Sendable {
  /// The line on which it begins; a file's first line is 1.
  package internal(set) var line = 0
  /// What is wrong with it. The fields before the fault are there.
  package internal(set) var fault: CSVFault?
  /// All fields' bytes, one field behind the other; what `range` points into.
  package private(set) var bytes: [UInt8] = []
  @usableFromInline private(set) var ends: [Int] = []
  /// Bytes between two fields: a line that was copied as it stands has its commas.
  @usableFromInline private(set) var gap = 0
  private var isASCII = false

  package init() {}

  @inlinable package var count: Int { ends.count }

  @inlinable package func isEmpty(_ field: Int) -> Bool { range(field).isEmpty }

  /// The bytes of a field.
  package func slice(_ field: Int) -> ArraySlice<UInt8> { bytes[range(field)] }

  package subscript(field: Int) -> String { String(decoding: slice(field), as: UTF8.self) }

  /// Where a field stands in `bytes`.
  @inlinable package func range(_ field: Int) -> Range<Int> { (field == 0 ? 0 : ends[field - 1] + gap)..<ends[field] }

  // MARK: For the reader

  mutating func begin(line: Int) {
    self.line = line
    fault = nil
    gap = 0
    isASCII = false
    bytes.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
  }

  mutating func append(_ run: ArraySlice<UInt8>) { bytes.append(contentsOf: run) }
  mutating func append(_ byte: UInt8) { bytes.append(byte) }
  mutating func endField() { ends.append(bytes.count) }

  /// A field of a line that will be taken as it stands ends at `end`, a place in that line.
  mutating func endField(at end: Int) { ends.append(end) }

  /// Takes a line whose fields end where `endField(at:)` said, a comma apart.
  mutating func take(line run: ArraySlice<UInt8>, isASCII: Bool) {
    bytes.append(contentsOf: run)
    gap = 1
    self.isASCII = isASCII
  }

  /// Whether it is a line with nothing on it.
  var isBlank: Bool { ends.count == 1 && bytes.isEmpty }

  mutating func checkText() {
    guard fault == nil, !isASCII, bytes.contains(where: { $0 >= 0x80 || $0 == 0 }) else { return }
    for field in ends.indices {
      guard let cause = UTF8Check.fault(in: slice(field)) else { continue }
      fault = CSVFault(cause, field: field)
      return
    }
  }
}

/// What is wrong with a record, and in which field (from 0).
package struct CSVFault: Equatable, Sendable {
  package enum Cause: Equatable, Sendable {
    /// A quote in a field that does not start with one.
    case strayQuote
    /// Something between a closing quote and the next comma.
    case afterQuote
    /// The file ends inside quotes.
    case openQuote
    /// A carriage return without a line feed, outside quotes.
    case bareReturn
    /// Not UTF-8.
    case encoding
    /// A NUL byte.
    case nul
    /// The record is longer than the reader takes.
    case tooLong
  }

  package let cause: Cause
  package let field: Int

  init(_ cause: Cause, field: Int) {
    self.cause = cause
    self.field = field
  }
}

enum UTF8Check {
  /// Why bytes are no text; nil when they are.
  static func fault(in bytes: ArraySlice<UInt8>) -> CSVFault.Cause? {
    var index = bytes.startIndex
    while index < bytes.endIndex {
      let first = bytes[index]
      if first == 0 { return .nul }
      if first < 0x80 {
        index += 1
        continue
      }
      // RFC 3629, section 4: how many bytes follow, and what the second may be.
      let (more, low, high): (Int, UInt8, UInt8)
      switch first {
      case 0xC2...0xDF: (more, low, high) = (1, 0x80, 0xBF)
      case 0xE0: (more, low, high) = (2, 0xA0, 0xBF)
      case 0xED: (more, low, high) = (2, 0x80, 0x9F)
      case 0xE1...0xEF: (more, low, high) = (2, 0x80, 0xBF)
      case 0xF0: (more, low, high) = (3, 0x90, 0xBF)
      case 0xF1...0xF3: (more, low, high) = (3, 0x80, 0xBF)
      case 0xF4: (more, low, high) = (3, 0x80, 0x8F)
      default: return .encoding
      }
      guard index + more < bytes.endIndex, (low...high).contains(bytes[index + 1]) else { return .encoding }
      for place in (index + 1)...(index + more) where bytes[place] & 0xC0 != 0x80 { return .encoding }
      index += more + 1
    }
    return nil
  }
}
