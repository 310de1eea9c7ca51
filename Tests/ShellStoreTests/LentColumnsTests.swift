import Jansson
import ShellStore
import Testing

/// Columns in memory that one statement reads as a table.
struct LentColumnsTests {
  let test: TestStore
  let school = StatementPolicy(plugin: "school")

  init() throws {
    test = try TestStore()
    try test.store.migrate(
      owner: "school",
      steps: [MigrationStep(name: "t", sql: ["CREATE TABLE school_t (number INTEGER, word TEXT NOT NULL) STRICT"])])
  }

  private let words = LentWords()

  private func read(_ sql: String, order: [UInt32]? = nil) throws -> JSONValue {
    let columns = words.columns(order: order)
    return try test.store.transact(.read) { try $0.query(sql, nil, over: columns, policy: school) }
  }

  @Test func `a statement reads the columns as they lie`() throws {
    let rows = try read("SELECT rowid AS row, a, b, c, typeof(b) AS type FROM shell_columns")

    #expect(
      rows == [
        ["row": 1, "a": 7, "b": "", "c": 1, "type": "text"], ["row": 2, "a": 8, "b": "а", "c": 2, "type": "text"],
        ["row": 3, "a": 9, "b": "бв", "c": 3, "type": "text"],
        ["row": 4, "a": -10, "b": "бв", "c": JSONValue(Int64.max), "type": "text"],
      ])
  }

  @Test func `an order says which rows there are, and which comes first`() throws {
    let rows = try read("SELECT rowid AS row, a, b FROM shell_columns", order: [3, 1, 3])

    #expect(
      rows == [["row": 1, "a": -10, "b": "бв"], ["row": 2, "a": 8, "b": "а"], ["row": 3, "a": -10, "b": "бв"]])
    #expect(try read("SELECT a FROM shell_columns", order: []) == [])
  }

  @Test func `they can be joined with themselves and written into a table`() throws {
    let columns = words.columns(order: nil)
    try test.store.transact(.write) { transaction in
      try transaction.query(
        "INSERT INTO school_t SELECT x.a, y.b FROM shell_columns x JOIN shell_columns y ON y.c = x.c WHERE x.a > 0",
        nil, over: columns, policy: school)
      #expect(transaction.changes == 3)
    }

    #expect(
      try test.read("SELECT * FROM school_t ORDER BY number")
        == [["number": 7, "word": ""], ["number": 8, "word": "а"], ["number": 9, "word": "бв"]])
  }

  @Test func `only the statement that they were lent to has them`() throws {
    #expect { try test.read("SELECT a FROM shell_columns", policy: school) } throws: { "\($0)".contains("were lent") }
    #expect(try read("SELECT count(*) AS n FROM shell_columns") == [["n": 4]])
    #expect { try test.read("SELECT a FROM shell_columns", policy: school) } throws: { "\($0)".contains("were lent") }
    // Also after a statement that failed in the middle of them.
    #expect(throws: StoreError.self) { try read("SELECT json(b) FROM shell_columns") }
    #expect { try test.read("SELECT a FROM shell_columns", policy: school) } throws: { "\($0)".contains("were lent") }
  }

  @Test func `a column that was not lent is an error`() {
    #expect { try read("SELECT d FROM shell_columns") } throws: { "\($0)".contains("was not lent") }
  }

  @Test func `they do not change, and no view or trigger reads them`() throws {
    for sql in ["DELETE FROM shell_columns", "INSERT INTO shell_columns(a) VALUES (1)", "DROP TABLE shell_columns"] {
      #expect(throws: StoreError.self, "\(sql)") { try read(sql) }
    }
    // A view of a plugin's own that reads them would read another's.
    #expect(throws: StoreError.self) {
      try test.store.migrate(
        owner: "school",
        steps: [
          MigrationStep(name: "t", sql: ["CREATE TABLE school_t (number INTEGER, word TEXT NOT NULL) STRICT"]),
          MigrationStep(name: "v", sql: ["CREATE VIEW school_v AS SELECT a FROM shell_columns"]),
        ])
      _ = try read("SELECT * FROM school_v")
    }
  }
}

/// The words "", "а", "бв", "бв", the last two of the same bytes, numbered 7, 8, 9, −10 and 1, 2, 3, the greatest.
@safe private final class LentWords {
  private let numbers: UnsafeMutablePointer<Int32>
  private let large: UnsafeMutablePointer<Int64>
  private let bytes: UnsafeMutablePointer<UInt8>
  private let starts: UnsafeMutablePointer<UInt32>
  private let ends: UnsafeMutablePointer<UInt32>
  private let order: UnsafeMutablePointer<UInt32>

  init() {
    unsafe numbers = LentWords.copy([7, 8, 9, -10])
    unsafe large = LentWords.copy([1, 2, 3, .max])
    unsafe bytes = LentWords.copy(Array("абв".utf8))
    unsafe starts = LentWords.copy([0, 0, 2, 2])
    unsafe ends = LentWords.copy([0, 2, 6, 6])
    unsafe order = LentWords.copy([0, 0, 0, 0])
  }

  deinit {
    unsafe numbers.deallocate()
    unsafe large.deallocate()
    unsafe bytes.deallocate()
    unsafe starts.deallocate()
    unsafe ends.deallocate()
    unsafe order.deallocate()
  }

  /// Valid until it is called again. `order`: four places at most.
  func columns(order places: [UInt32]?) -> LentColumns {
    for (index, place) in (places ?? []).enumerated() { unsafe order[index] = place }
    return unsafe LentColumns(
      rows: Int64(places?.count ?? 4), order: places == nil ? nil : order,
      [.int32(numbers), .text(bytes, starts: starts, ends: ends), .int64(large)])
  }

  private static func copy<Value>(_ values: [Value]) -> UnsafeMutablePointer<Value> {
    let copy = UnsafeMutablePointer<Value>.allocate(capacity: values.count)
    for (place, value) in values.enumerated() { unsafe (copy + place).initialize(to: value) }
    return unsafe copy
  }
}
