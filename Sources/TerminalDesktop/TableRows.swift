import Jansson

/// The rows of one table of one window, as far as they have been read: pages by the host's cursors.
struct TableRows {
  static let page = 100

  private(set) var rows: [JSONValue] = []
  private(set) var total = 0
  private(set) var next: JSONValue?
  /// The revision of the table that these rows belong to; nil when they are to be read again.
  var revision: Int?
  private(set) var sort: (column: String, isDescending: Bool)?
  var search = ""

  /// Sorts by a column; by the same one again: the other way round.
  mutating func sortBy(_ column: String) {
    let isAgain = sort?.column == column && sort?.isDescending == false
    sort = (column, isAgain)
    revision = nil
  }

  /// Parameters of `table/query` or `registry/query`, but for the table's own name. `after` nil: from the start, as
  /// far as had been read.
  func question(after cursor: JSONValue? = nil) -> JSONValue {
    let limit = cursor == nil ? min(500, max(Self.page, rows.count)) : Self.page
    var question: JSONValue = ["limit": JSONValue(limit)]
    if let cursor { question = question.setting("after", cursor) }
    if !search.isEmpty { question = question.setting("search", JSONValue(search)) }
    if let sort {
      question = question.setting(
        "sort", [["column": JSONValue(sort.column), "descending": JSONValue(sort.isDescending)]])
    }
    return question
  }

  /// Takes in what the host answered: in place of all rows, or after them.
  mutating func take(_ answer: JSONValue, isMore: Bool) {
    let new = answer["rows"]?.array ?? []
    rows = isMore ? rows + new : new
    total = answer["total"]?.int ?? rows.count
    next = answer["next"].flatMap { $0.isNull ? nil : $0 }
  }
}
