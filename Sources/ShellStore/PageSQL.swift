/// Writes the SQL of a source's pages.
struct PageSQL {
  let source: TableSource

  /// Up to so many matches of the search index are fetched and sorted (some 5 ms); past it the table is walked
  /// in order, since then a page is full soon.
  static let fewMatches = 2_000
  /// Rows that a walk looks at before it gives up and the matches are sorted after all (some 10 ms): all
  /// matches may lie at the far end.
  static let walkedRows = 10_000

  /// Columns of the result: key, cells, row actions, emphasis, sort values.
  func page(_ key: PagePlanKey) -> [String] {
    guard let nulls = key.afterNulls else { return [select(key, key.order, [])] }
    var parts: [String] = []
    for depth in key.order.indices.reversed() {
      let equal = (0..<depth).map { index in
        nulls[index] ? "\(name(key.order[index])) IS NULL" : "\(term(key.order[index])) = :_after\(index)"
      }
      let column = key.order[depth]
      // In SQLite NULL comes before everything.
      let beyond: [String] =
        switch (column.descending, nulls[depth]) {
        // All that is not NULL, first numbers and then texts: SQLite finds no range for IS NOT NULL.
        case (false, true): ["\(term(column)) < ''", "\(term(column)) >= ''"]
        case (false, false): ["\(term(column)) > :_after\(depth)"]
        case (true, true): []
        case (true, false): ["\(term(column)) < :_after\(depth)"]
        }
      parts += beyond.map { select(key, Array(key.order[depth...]), equal + [$0]) }
      if column.descending, !nulls[depth], !column.isKey {
        parts.append(select(key, Array(key.order[(depth + 1)...]), equal + ["\(name(column)) IS NULL"]))
      }
    }
    return parts
  }

  func count(_ key: CountPlanKey) -> String {
    switch key.counted {
    case .matches:
      let index = SQLText.quoted(source.search?.index ?? "")
      return """
        SELECT count(*) FROM (SELECT 1 FROM \(index) WHERE \(index) MATCH :_match LIMIT \(PageSQL.fewMatches + 1))
        """
    case .rows(let filters, let words):
      var conditions = conditions(filters)
      if words > 0, source.search == nil { conditions += tests(searchableText, words) }
      return "SELECT count(*) FROM \(table(matched: words > 0 && source.search != nil))\(clause(conditions))"
    }
  }

  /// The rows of given keys.
  func rows(_ presentation: Presentation) -> String {
    "SELECT \(columns([], presentation)) FROM \(table(matched: false))\(clause(conditions([]) + [ofIDs]))"
  }

  /// One row: for each condition of the source 1 when one of the rows of given keys breaks it.
  func brokenConditions() -> String {
    let columns = source.rowConditions.enumerated().map { "max(NOT coalesce((\($1.when)), 0)) AS \"_\($0)\"" }
    return """
      SELECT \(columns.joined(separator: ", ")) FROM \(table(matched: false))\(clause(conditions([]) + [ofIDs]))
      """
  }

  private var ofIDs: String { "\(SQLText.quoted(source.key)) IN (SELECT value FROM json_each(:_ids))" }

  // MARK: Private

  private func select(_ key: PagePlanKey, _ order: [PageQuery.Order], _ range: [String]) -> String {
    let by = order.map { "\(term($0))\($0.descending ? " DESC" : "")" }.joined(separator: ", ")
    let all = conditions(key.filters) + range
    let columns = columns(key.order, key.presentation)
    switch key.search {
    case .none:
      return "SELECT \(columns) FROM \(table(matched: false))\(clause(all)) ORDER BY \(by) LIMIT :_limit"
    case .matched:
      return "SELECT \(columns) FROM \(table(matched: true))\(clause(all)) ORDER BY \(by) LIMIT :_limit"
    case .tested(let words):
      let tested = all + tests(searchableText, words)
      return "SELECT \(columns) FROM \(table(matched: false))\(clause(tested)) ORDER BY \(by) LIMIT :_limit"
    case .walked(let words):
      let text = SQLText.quoted(source.search?.text ?? "")
      return """
        SELECT * FROM (SELECT \(columns), \(text) AS "_text" FROM \(table(matched: false))\(clause(all)) \
        ORDER BY \(by) LIMIT \(PageSQL.walkedRows))\(clause(tests("\"_text\"", words))) LIMIT :_limit
        """
    }
  }

  private func columns(_ order: [PageQuery.Order], _ presentation: Presentation) -> String {
    var columns = [SQLText.quoted(source.key)] + source.shown(presentation).sql.map { SQLText.quoted($0) }
    columns += source.rowActions.map { "(\($0.when))" }
    if let emphasis = source.emphasis { columns.append("(\(emphasis))") }
    columns += order.map { SQLText.quoted($0.sql) }
    // Named by place: a column that is shown and sorted by stands here twice.
    return columns.enumerated().map { "\($1) AS \"_\($0)\"" }.joined(separator: ", ")
  }

  /// CROSS JOIN is SQLite's word for "in this order": first the matches, then their rows by rowid.
  private func table(matched: Bool) -> String {
    let table = SQLText.quoted(source.from)
    guard matched, let search = source.search else { return table }
    let index = SQLText.quoted(search.index)
    return """
      (SELECT rowid AS "_match" FROM \(index) WHERE \(index) MATCH :_match) CROSS JOIN \(table) \
      ON \(SQLText.quoted(search.rowid)) = "_match"
      """
  }

  private func conditions(_ filters: [PageQuery.Filter]) -> [String] {
    let own = source.filter.map { ["(\($0))"] } ?? []
    return own
      + filters.enumerated().map { index, filter in
        filter.isNull
          ? "\(SQLText.quoted(filter.sql)) IS NULL" : "\(term(filter.sql, filter.collation)) = :_filter\(index)"
      }
  }

  private var searchableText: String {
    let columns = source.columns.filter(\.searchable).map { SQLText.quoted($0.sql) }
    return "shell_search_text(\(columns.joined(separator: ", ")))"
  }

  private func tests(_ text: String, _ words: Int) -> [String] { (0..<words).map { "instr(\(text), :_word\($0)) > 0" } }

  private func clause(_ conditions: [String]) -> String {
    conditions.isEmpty ? "" : " WHERE \(conditions.joined(separator: " AND "))"
  }

  /// Without its collation: with it SQLite would not find NULL by the index.
  private func name(_ order: PageQuery.Order) -> String { SQLText.quoted(order.sql) }

  private func term(_ order: PageQuery.Order) -> String { term(order.sql, order.collation) }

  private func term(_ column: String, _ collation: TableSource.Collation?) -> String {
    collation.map { "\(SQLText.quoted(column)) COLLATE \($0.rawValue)" } ?? SQLText.quoted(column)
  }
}
