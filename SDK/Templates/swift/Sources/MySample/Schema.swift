import PluginKit

/// What lies in the database, and which tables people see of it.
enum Schema {
  /// Steps are only ever added: one that has run somewhere is never changed. Names of tables begin with the plugin's id.
  static let migrations = [
    Migration(
      "notes",
      [
        """
        CREATE TABLE my_sample_notes (
          id TEXT PRIMARY KEY, text TEXT NOT NULL COLLATE russian, pupil TEXT, name TEXT COLLATE russian,
          added INTEGER NOT NULL, is_due INTEGER NOT NULL DEFAULT 0)
        """,
        "CREATE INDEX my_sample_notes_by_text ON my_sample_notes (text COLLATE russian, id)",
        "CREATE INDEX my_sample_notes_by_name ON my_sample_notes (name COLLATE russian, id)",
        "CREATE INDEX my_sample_notes_by_added ON my_sample_notes (added, id)",
        "CREATE INDEX my_sample_notes_by_pupil ON my_sample_notes (pupil)",
        // How many notes a pupil has: the column in the registry of pupils. Its rows have the ids of pupils.
        "CREATE TABLE my_sample_counts (pupil TEXT PRIMARY KEY, notes INTEGER NOT NULL) WITHOUT ROWID",
      ])
  ]

  /// The host pages, sorts and shows the rows by itself; every sortable column has an index.
  static let notes = TableSource(
    from: "my_sample_notes",
    columns: [
      .init("text", Text("Заметка", en: "Note"), sortable: true, collation: .russian),
      .init("name", Text("Ученик", en: "Pupil"), sortable: true, collation: .russian),
      .init("added", Text("Добавлена", en: "Added"), .instant, sortable: true),
    ], sort: [.init("added", descending: true)], emphasis: "CASE WHEN is_due THEN 'bold' END")

  static let counts = TableSource(
    from: "my_sample_counts", key: "pupil", columns: [.init("notes", Text("Заметок", en: "Notes"), .number)],
    sort: [.init("notes")])
}
