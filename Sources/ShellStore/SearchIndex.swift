/// The SQL that gives a table a search index: an FTS5 table of trigrams beside it and triggers that keep it.
///
/// `text` is a column of `table` with what `shell_search_text(a, b, …)` makes, best a generated one:
/// `search TEXT GENERATED ALWAYS AS (shell_search_text(last_name, first_name)) STORED`.
package struct SearchIndex: Sendable {
  package let table: String
  /// An integer column that is the table's primary key.
  package let rowid: String
  package let text: String

  package init(table: String, rowid: String, text: String) {
    self.table = table
    self.rowid = rowid
    self.text = text
  }

  /// The index's name, for `search.index` of a table source.
  package var name: String { "\(table)_words" }

  /// Statements for one migration step; rows that are there already are taken in.
  package var sql: [String] {
    let old = "INSERT INTO \(name)(\(name), rowid, \(text)) VALUES ('delete', old.\(rowid), old.\(text));"
    let new = "INSERT INTO \(name)(rowid, \(text)) VALUES (new.\(rowid), new.\(text));"
    return [
      // External content: the words are not stored twice. columnsize=0: nobody ranks by length.
      """
      CREATE VIRTUAL TABLE \(name) USING fts5(
        \(text), content='\(table)', content_rowid='\(rowid)', tokenize='trigram', columnsize=0)
      """,
      "CREATE TRIGGER \(name)_insert AFTER INSERT ON \(table) BEGIN \(new) END",
      "CREATE TRIGGER \(name)_delete AFTER DELETE ON \(table) BEGIN \(old) END",
      """
      CREATE TRIGGER \(name)_update AFTER UPDATE ON \(table)
      WHEN old.\(text) IS NOT new.\(text) OR old.\(rowid) IS NOT new.\(rowid) BEGIN \(old) \(new) END
      """,
      "INSERT INTO \(name)(\(name)) VALUES ('rebuild')",
    ]
  }
}
