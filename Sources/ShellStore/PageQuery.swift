import Jansson

/// A request that has been checked against its source: what decides the SQL, and what is bound to it.
struct PageQuery {
  struct Order: Hashable {
    /// Column of `from`.
    let sql: String
    let collation: TableSource.Collation?
    let descending: Bool
    let isKey: Bool
  }

  struct Filter: Hashable {
    let sql: String
    let collation: TableSource.Collation?
    let isNull: Bool
  }

  /// Sort columns, the key last: total, so that a page has one end.
  let order: [Order]
  let filters: [Filter]
  let filterValues: [JSONValue]
  /// Words as they stand in the searched text: short ones with the marks of a word's start.
  let words: [String]
  let after: PageCursor?
  let fingerprint: String

  init(_ source: TableSource, _ request: PageRequest) throws(PageError) {
    guard PageRequest.limits.contains(request.limit) else { throw .badLimit(request.limit) }
    order = try PageQuery.order(source, request)
    var filters: [Filter] = []
    for (id, value) in request.filter {
      let path =
        "/filter/\(id.split(separator: "~").joined(separator: "~0").split(separator: "/").joined(separator: "~1"))"
      guard let column = source.column(id) else { throw .unknownColumn(path: path, column: id) }
      guard value.kind != .object, value.kind != .array else { throw .badFilter(path: path, column: id) }
      filters.append(Filter(sql: column.sql, collation: column.collation, isNull: value.isNull))
    }
    self.filters = filters
    filterValues = request.filter.map { id, value in
      // A cell shows the title of a value; who filters by what it shows means the value.
      value.string.flatMap { source.column(id)?.value(ofTitle: $0) }.map { JSONValue($0) } ?? value
    }
    words = FoldedText.words(request.search ?? "").map(PageQuery.searched)
    if !words.isEmpty, source.search == nil, !source.columns.contains(where: \.searchable) { throw .notSearchable }

    var hash = StableHash()
    hash.add(source.signature)
    for key in order { hash.add(key.descending ? "-\(key.sql)" : key.sql) }
    for (id, value) in request.filter {
      hash.add(id)
      hash.add(value.text())
    }
    for word in words { hash.add(word) }
    for name in source.arguments { hash.add(request.parameters["arg_\(name)"]?.text() ?? "") }
    fingerprint = hash.text
    if let text = request.after {
      guard let cursor = PageCursor(text, fingerprint: fingerprint, count: order.count) else { throw .badCursor }
      after = cursor
    } else {
      after = nil
    }
  }

  /// All words, each a quoted phrase: nothing that a person types is syntax.
  var match: String {
    words.map { "\"\($0.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\""))\"" }
      .joined(separator: " AND ")
  }

  private static func searched(_ word: String) -> String {
    guard word.unicodeScalars.count < 3 else { return word }
    return "\u{2}\u{2}\(word)"
  }

  private static func order(_ source: TableSource, _ request: PageRequest) throws(PageError) -> [Order] {
    var order: [Order] = []
    func add(_ column: TableSource.Column, _ descending: Bool) {
      guard order.last?.isKey != true else { return }
      let sql = column.order ?? column.sql
      order.append(Order(sql: sql, collation: column.collation, descending: descending, isKey: sql == source.key))
    }
    for (index, (id, descending)) in request.sort.enumerated() {
      let path = "/sort/\(index)/column"
      guard let column = source.column(id) else { throw .unknownColumn(path: path, column: id) }
      guard column.sortable || source.sort.contains(where: { $0.column == id }) else {
        throw .notSortable(path: path, column: id)
      }
      guard !request.sort[..<index].contains(where: { $0.column == id }) else {
        throw .doubleSort(path: path, column: id)
      }
      add(column, descending)
    }
    if request.sort.isEmpty {
      for key in source.sort {
        if let column = source.column(key.column) { add(column, key.descending) }
      }
    }
    if order.last?.isKey != true {
      // The way of the last column, so that one index serves a column both ways.
      order.append(
        Order(sql: source.key, collation: nil, descending: order.last?.descending ?? false, isKey: true))
    }
    return order
  }
}
