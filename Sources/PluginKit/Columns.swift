import CShellPlugin

/// Columns of equal length, lent to one statement: SQL reads them as the table `shell_columns(a, b, c, …)`, whose
/// rowid is the row's place from 1. Memory of the plugin's own; nothing is copied on the way.
public struct Columns: Sendable {
  public enum Column: Sendable {
    case int32([Int32])
    case int64([Int64])
    case text(Texts)
  }

  /// Many texts in one run of bytes: text `i` is `bytes[starts[i]..<ends[i]]`, UTF-8. Several may share bytes.
  public struct Texts: Sendable {
    public var bytes: [UInt8]
    public var starts: [UInt32]
    public var ends: [UInt32]

    public init(bytes: [UInt8] = [], starts: [UInt32] = [], ends: [UInt32] = []) {
      self.bytes = bytes
      self.starts = starts
      self.ends = ends
    }

    public mutating func append(_ text: String) {
      starts.append(UInt32(bytes.count))
      bytes.append(contentsOf: text.utf8)
      ends.append(UInt32(bytes.count))
    }

    fileprivate var isWhole: Bool {
      starts.count == ends.count && zip(starts, ends).allSatisfy { $0 <= $1 && Int($1) <= bytes.count }
    }
  }

  /// How many columns a statement can read.
  public static let most = 8

  private let columns: [Column]
  /// Places in the columns, as SQL is to see them; nil: as they lie.
  private let order: ArraySlice<UInt32>?
  /// How many rows SQL sees.
  public let count: Int

  /// The columns have the same length, which every place of `order` is below; texts lie within their bytes.
  public init(_ columns: [Column], order: ArraySlice<UInt32>? = nil) {
    let lengths = columns.map(\.count)
    precondition((1...Self.most).contains(columns.count), "1 to \(Self.most) columns")
    precondition(lengths.allSatisfy { $0 == lengths[0] }, "columns of one length")
    precondition(columns.allSatisfy(\.isWhole), "texts lie within their bytes")
    precondition(order?.allSatisfy { $0 < lengths[0] } != false, "the order names rows that are there")
    self.columns = columns
    self.order = order
    count = order?.count ?? lengths[0]
  }

  /// The same columns, of which SQL sees only some, in that order.
  public func ordered(_ order: ArraySlice<UInt32>) -> Columns { Columns(self, order) }

  private init(_ whole: Columns, _ order: ArraySlice<UInt32>) {
    precondition(order.allSatisfy { $0 < whole.columns[0].count }, "the order names rows that are there")
    columns = whole.columns
    self.order = order
    count = order.count
  }

  /// The columns as the ABI has them, for the length of `body`.
  func withPointer<Result>(_ body: (UnsafePointer<shell_columns>) -> Result) -> Result {
    unsafe Self.lend(columns[...], []) { lent in
      let size = unsafe UInt32(MemoryLayout<shell_columns>.size)
      let header = shell_header(
        struct_size: size, abi_major: UInt16(SHELL_ABI_MAJOR), abi_minor: UInt16(SHELL_ABI_MINOR))
      return unsafe lent.withUnsafeBufferPointer { lent in
        var whole = unsafe shell_columns(
          header: header, rows: UInt64(count), order: nil, count: UInt64(lent.count), columns: lent.baseAddress)
        guard let order else { return unsafe body(&whole) }
        return unsafe order.withUnsafeBufferPointer { order in
          unsafe whole.order = order.baseAddress
          return unsafe body(&whole)
        }
      }
    }
  }

  private static func lend<Result>(
    _ rest: ArraySlice<Column>, _ lent: [shell_column], _ body: ([shell_column]) -> Result
  ) -> Result {
    guard let column = rest.first else { return unsafe body(lent) }
    return unsafe column.withColumn { unsafe lend(rest.dropFirst(), lent + [$0], body) }
  }
}

extension Columns.Column {
  var count: Int {
    switch self {
    case .int32(let values): values.count
    case .int64(let values): values.count
    case .text(let texts): texts.starts.count
    }
  }

  fileprivate var isWhole: Bool {
    if case .text(let texts) = self { texts.isWhole } else { true }
  }

  fileprivate func withColumn<Result>(_ body: (shell_column) -> Result) -> Result {
    func column(_ type: Int, _ values: UnsafeRawPointer?) -> shell_column {
      unsafe shell_column(type: UInt32(type), reserved: 0, values: values, starts: nil, ends: nil)
    }
    switch self {
    case .int32(let values):
      return unsafe values.withUnsafeBytes { unsafe body(column(Int(SHELL_COLUMN_INT32), $0.baseAddress)) }
    case .int64(let values):
      return unsafe values.withUnsafeBytes { unsafe body(column(Int(SHELL_COLUMN_INT64), $0.baseAddress)) }
    case .text(let texts):
      return unsafe texts.bytes.withUnsafeBytes { bytes in
        unsafe texts.starts.withUnsafeBufferPointer { starts in
          unsafe texts.ends.withUnsafeBufferPointer { ends in
            var text = unsafe column(Int(SHELL_COLUMN_TEXT), bytes.baseAddress)
            unsafe text.starts = starts.baseAddress
            unsafe text.ends = ends.baseAddress
            return unsafe body(text)
          }
        }
      }
    }
  }
}
