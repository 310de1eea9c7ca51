import CLentColumns

/// Columns that somebody keeps in memory, lent to one statement: there they are the table `shell_columns(a, b, c, …)`.
///
/// Borrowed: what the pointers point to must stay as it is until the statement has been run.
@safe package struct LentColumns {
  /// As many values as there are rows; of texts their UTF-8 and the bounds of each in it.
  @unsafe package enum Column {
    case int32(UnsafePointer<Int32>?)
    case int64(UnsafePointer<Int64>?)
    case text(UnsafeRawPointer?, starts: UnsafePointer<UInt32>?, ends: UnsafePointer<UInt32>?)
  }

  package static let mostColumns = Int(LENT_MOST_COLUMNS)

  fileprivate var columns = unsafe lent_columns()

  /// `order`: `rows` places in the columns, as SQL is to see them; nil: as they lie. At most `mostColumns`.
  package init(rows: Int64, order: UnsafePointer<UInt32>?, _ given: [Column]) {
    unsafe columns.rows = rows
    unsafe columns.order = unsafe order
    unsafe columns.count = Int32(given.count)
    unsafe withUnsafeMutableBytes(of: &columns.columns) { bytes in
      let places = unsafe bytes.assumingMemoryBound(to: lent_column.self)
      for place in unsafe given.indices { unsafe places[place] = unsafe LentColumns.lent(given[place]) }
    }
  }

  private static func lent(_ column: Column) -> lent_column {
    switch unsafe column {
    case .int32(let values):
      unsafe lent_column(type: Int32(LENT_INT32), values: values, starts: nil, ends: nil)
    case .int64(let values):
      unsafe lent_column(type: Int32(LENT_INT64), values: values, starts: nil, ends: nil)
    case .text(let bytes, let starts, let ends):
      unsafe lent_column(type: Int32(LENT_TEXT), values: bytes, starts: starts, ends: ends)
    }
  }
}

/// Where a connection looks for the columns of the statement that it runs.
@safe final class LentPlace {
  private let place: UnsafeMutablePointer<UnsafePointer<lent_columns>?>

  init(_ database: OpaquePointer) throws(StoreError) {
    unsafe place = UnsafeMutablePointer<UnsafePointer<lent_columns>?>.allocate(capacity: 1)
    unsafe place.initialize(to: nil)
    guard unsafe lent_columns_register(database, place) == 0 else { throw unsafe StoreError(database, "") }
  }

  deinit { unsafe place.deallocate() }

  /// Runs `body`, which runs a statement to its end, with columns that it may read.
  func lending<Result>(
    _ columns: LentColumns?, _ body: () throws(StoreError) -> Result
  ) throws(StoreError) -> Result {
    guard let columns else { return try body() }
    var outcome: Swift.Result<Result, StoreError>?
    unsafe withUnsafePointer(to: columns.columns) { pointer in
      unsafe place.pointee = unsafe pointer
      defer { unsafe place.pointee = nil }
      do throws(StoreError) { outcome = .success(try body()) } catch { outcome = .failure(error) }
    }
    guard let outcome else { preconditionFailure("the body has run") }
    return try outcome.get()
  }
}
