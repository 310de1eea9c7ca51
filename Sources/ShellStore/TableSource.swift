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
  package enum CellType: String, CaseIterable, Sendable {
    case text, number, boolean, date, time, link
    /// Milliseconds since 1970 or RFC 3339 in the store; shown as text in the reader's zone.
    case instant

    /// The type that clients are told.
    package var shown: CellType { self == .instant ? .text : self }
  }
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
    /// The column of `from` that is shown in its place to whoever reads English.
    package let english: String?
    /// Titles of the values that it may have; one that is not here is shown as it is.
    package let options: [Option]
    /// What stands between several values of `options` in one cell.
    package let separator: String?
    /// Only scripts get it.
    package let isForScripts: Bool

    /// The value that a title stands for, in either language; so a filter may say what a cell shows.
    func value(ofTitle title: String) -> String? {
      options.contains { $0.value == title } ? nil : options.first { $0.ru == title || $0.en == title }?.value
    }
  }

  package struct Option: Sendable {
    package let value: String
    package let ru: String
    package let en: String
  }

  /// What must hold for a row so that a button over the table does something to it.
  package struct RowCondition: Sendable {
    package let button: String
    /// SQL over `from`'s columns.
    package let when: String
    /// {"ru", "en"} or one string: why the button is disabled.
    package let why: JSONValue
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
  /// For buttons of the tab's toolbar, asked of the selected rows.
  package let rowConditions: [RowCondition]
  package let emphasis: String?

  /// Tells sources apart within this run.
  let number: Int
  /// Tells sources apart in cursors, which outlive a run.
  let signature: String
  /// By `Presentation.variant`.
  private let shown: [ShownColumns]
  private let places: [String: Int]

  private static let lastNumber = Atomic<Int>(0)

  /// Reads and checks the JSON of `describe.tables`. Whether tables and columns exist is SQLite's to say, at
  /// the first page.
  package init(json: JSONValue, owner: String) throws(TableSourceError) {
    let reader = SourceReader(json: json)
    try reader.refuseUnknown([
      "from", "key", "columns", "sort", "search", "where", "arguments", "rowActions", "rowConditions", "emphasis",
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
    rowConditions = try SourceReader.rowConditions(json["rowConditions"])
    emphasis = try reader.optionalText("emphasis")
    shown = (0..<4).map { [columns, rowActions] variant in
      ShownColumns(columns, rowActions, isEnglish: variant & 1 != 0, isForScripts: variant & 2 != 0)
    }
    places = Dictionary(uniqueKeysWithValues: columns.enumerated().map { ($1.id, $0) })
    number = TableSource.lastNumber.add(1, ordering: .relaxed).newValue
    var hash = StableHash()
    hash.add(owner)
    hash.add(json.text(sorted: true))
    signature = hash.text
  }

  /// The columns that are read for a presentation.
  func shown(_ presentation: Presentation) -> ShownColumns { shown[presentation.variant] }

  /// The columns that a reader is told of.
  package func columns(for presentation: Presentation) -> [Column] { shown(presentation).columns }

  /// Where the sort values stand in a row of a page's SQL.
  func firstSortValue(_ presentation: Presentation) -> Int32 {
    Int32(1 + shown(presentation).columns.count + rowActions.count + (emphasis == nil ? 0 : 1))
  }

  package func column(_ id: String) -> Column? { places[id].map { columns[$0] } }
}

/// What of a source is read for one kind of reader.
struct ShownColumns: Sendable {
  let columns: [TableSource.Column]
  /// The column of `from` for each of them.
  let sql: [String]
  let texts: RowTexts

  init(_ all: [TableSource.Column], _ actions: [TableSource.RowAction], isEnglish: Bool, isForScripts: Bool) {
    columns = all.filter { isForScripts || !$0.isForScripts }
    sql = columns.map { isEnglish ? $0.english ?? $0.sql : $0.sql }
    texts = RowTexts(columns: columns, actions: actions, isEnglish: isEnglish)
  }
}
