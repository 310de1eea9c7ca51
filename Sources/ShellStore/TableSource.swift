import Jansson
import Synchronization

/// What is wrong with a table source, and where in it.
package struct TableSourceError: Error, Equatable, Sendable, CustomStringConvertible {
  /// JSON Pointer into the source.
  package let path: String
  package let message: String

  package var description: String { "\(path.isEmpty ? "/" : path): \(message)" }
}

/// What a table of a window shows and where its rows are: the host reads them with no call of the plugin.
package final class TableSource: Sendable {
  package enum CellType: String, CaseIterable, Sendable { case text, number, boolean, date, time, link }
  package enum Collation: String, CaseIterable, Sendable { case russian, binary }

  package struct Column: Sendable {
    package let id: String
    /// {"ru", "en"} or one string, as declared.
    package let title: JSONValue
    package let type: CellType
    /// The column of `from`.
    package let sql: String
    /// The column of `from` that rows are sorted by in its place: one that puts «10А» after «2А».
    package let order: String?
    package let sortable: Bool
    package let searchable: Bool
    package let collation: Collation?
    package let editable: Bool
    package let button: String?
    package let emphasis: String?
  }

  package struct SortKey: Equatable, Sendable {
    package let column: String
    package let descending: Bool

    package init(column: String, descending: Bool = false) {
      self.column = column
      self.descending = descending
    }
  }

  /// An index of trigrams over folded words: see `SearchIndex`.
  package struct Search: Sendable {
    package let index: String
    package let rowid: String
    package let text: String
  }

  package struct RowAction: Sendable {
    package let button: String
    package let when: String
  }

  package let owner: String
  package let from: String
  package let key: String
  package let columns: [Column]
  package let sort: [SortKey]
  package let search: Search?
  package let filter: String?
  package let arguments: [String]
  package let rowActions: [RowAction]
  package let emphasis: String?

  /// Tells sources apart within this run.
  let number: Int
  /// Tells sources apart in cursors, which outlive a run.
  let signature: String
  let texts: RowTexts
  private let places: [String: Int]

  private static let lastNumber = Atomic<Int>(0)

  /// Reads and checks the JSON of `describe.tables`. Whether tables and columns exist is SQLite's to say, at
  /// the first page.
  package init(json: JSONValue, owner: String) throws(TableSourceError) {
    let reader = SourceReader(json: json)
    try reader.refuseUnknown([
      "from", "key", "columns", "sort", "search", "where", "arguments", "rowActions", "emphasis",
    ])
    self.owner = owner
    from = try reader.name("from")
    key = try reader.name("key")
    columns = try SourceReader.columns(json["columns"])
    sort = try SourceReader.sort(json["sort"], columns)
    search = try SourceReader.search(json["search"])
    filter = try reader.optionalText("where")
    arguments = try SourceReader.arguments(json["arguments"])
    rowActions = try SourceReader.rowActions(json["rowActions"])
    emphasis = try reader.optionalText("emphasis")
    texts = RowTexts(columns: columns, actions: rowActions)
    places = Dictionary(uniqueKeysWithValues: columns.enumerated().map { ($1.id, $0) })
    number = TableSource.lastNumber.add(1, ordering: .relaxed).newValue
    var hash = StableHash()
    hash.add(owner)
    hash.add(json.text(sorted: true))
    signature = hash.text
  }

  /// Where the sort values stand in a row of a page's SQL.
  var firstSortValue: Int32 { Int32(1 + columns.count + rowActions.count + (emphasis == nil ? 0 : 1)) }

  package func column(_ id: String) -> Column? { places[id].map { columns[$0] } }
}
