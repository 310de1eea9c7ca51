/// The journal of wide changes, imports and roll-overs, with what it takes to put one back.
enum OperationTables {
  static let sql = [
    // touched: the last number in school_touched when it was made; what commands touched since is greater.
    // added, changed, removed: how many records, for the list. summary: an object for scripts and windows.
    """
    CREATE TABLE school_operations (
      \(SchoolSchema.identity("x")),
      kind TEXT NOT NULL CHECK (kind IN ('import', 'removals', 'rollover')),
      title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 300),
      at TEXT NOT NULL,
      login TEXT NOT NULL,
      state TEXT NOT NULL DEFAULT 'applied' CHECK (state IN ('applied', 'undone')),
      touched INTEGER NOT NULL DEFAULT 0,
      added INTEGER NOT NULL DEFAULT 0,
      changed INTEGER NOT NULL DEFAULT 0,
      removed INTEGER NOT NULL DEFAULT 0,
      held INTEGER NOT NULL DEFAULT 0,
      summary TEXT NOT NULL DEFAULT '{}',
      state_title TEXT NOT NULL GENERATED ALWAYS AS (
        CASE WHEN state = 'undone' THEN 'Отменён' WHEN held > 0 THEN 'Ждёт подтверждения исключений'
          ELSE 'Выполнен' END) VIRTUAL
    ) STRICT
    """,
    "CREATE INDEX school_operations_by_time ON school_operations(at, id)",
    "CREATE INDEX school_operations_applied ON school_operations(n) WHERE state = 'applied'",

    // How a row was before: its columns as a JSON object; NULL where there was none. `record`: the row's number, or
    // in a table without numbers its key, 'g1 c2'.
    """
    CREATE TABLE school_operation_rows (
      operation INTEGER NOT NULL REFERENCES school_operations(n) ON DELETE CASCADE,
      name TEXT NOT NULL,
      record ANY NOT NULL,
      image TEXT,
      PRIMARY KEY (operation, name, record)
    ) STRICT, WITHOUT ROWID
    """,
    // Rows that it added, by their numbers: a million of them is one line here.
    """
    CREATE TABLE school_operation_ranges (
      operation INTEGER NOT NULL REFERENCES school_operations(n) ON DELETE CASCADE,
      name TEXT NOT NULL,
      first INTEGER NOT NULL,
      last INTEGER NOT NULL CHECK (last >= first),
      PRIMARY KEY (operation, name, first)
    ) STRICT, WITHOUT ROWID
    """,
    // Members of groups have no numbers, and there may be a million: each row says which operation added it.
    "ALTER TABLE school_group_members ADD COLUMN operation INTEGER",
  ]

  static let english = ["ALTER TABLE school_operations ADD COLUMN title_en TEXT"]
}
