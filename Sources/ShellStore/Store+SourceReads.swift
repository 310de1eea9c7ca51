extension Store {
  /// Base tables and views that a source's rows come from; a commit that changed one of them may have changed
  /// the rows. Empty for a source that cannot be read at all.
  package func reads(_ source: TableSource, policy: StatementPolicy?) -> Set<String> {
    let filter = source.filter.map { " WHERE \($0)" } ?? ""
    let sql = "SELECT * FROM \(SQLText.quoted(source.from))\(filter)"
    // try?: a source that SQLite refuses has no rows that could change; its first page says what is wrong.
    return (try? vetting.verdict(VettedSQL(sql: sql, policy: policy)))?.reads ?? []
  }
}
