/// The SQL that gives a table a search index: an FTS5 table of trigrams beside it, and triggers that keep it.
///
/// `text` is a column of what `shell_search_text(a, b, …)` makes, best a generated one:
/// `search_text TEXT GENERATED ALWAYS AS (shell_search_text(title, author)) STORED`.
public struct SearchIndex: Sendable {
  public let table: String
  /// An integer column that is the table's primary key.
  public let rowid: String
  public let text: String

  public init(table: String, rowid: String, text: String) {
    self.table = table
    self.rowid = rowid
    self.text = text
  }

  /// The index's name.
  public var name: String { "\(table)_words" }

  /// What a table source says of it.
  public var search: TableSource.Search { TableSource.Search(index: name, rowid: rowid, text: text) }

  /// Statements for one migration step; rows that are there already are taken in.
  public var sql: [String] {
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
