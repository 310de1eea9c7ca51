/// The host's own tables. Plugins reach them only through the functions of `Transaction`.
enum HostSchema {
  /// Before any step, since steps are noted in it.
  static let migrations = """
    CREATE TABLE IF NOT EXISTS shell_migrations (
      owner TEXT NOT NULL, position INTEGER NOT NULL, name TEXT NOT NULL, digest TEXT NOT NULL,
      applied_at INTEGER NOT NULL, PRIMARY KEY (owner, position), UNIQUE (owner, name)) WITHOUT ROWID
    """

  static let steps: [MigrationStep] = [
    MigrationStep(
      name: "events",
      sql: [
        // AUTOINCREMENT: a number is never given twice, also after the last event is pruned.
        """
        CREATE TABLE shell_events (
          seq INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, owner TEXT NOT NULL, at INTEGER NOT NULL,
          payload TEXT NOT NULL)
        """,
        "CREATE INDEX shell_events_name ON shell_events (name, seq)",
        """
        CREATE TABLE shell_event_cursors (
          subscriber TEXT PRIMARY KEY, seq INTEGER NOT NULL, names TEXT NOT NULL DEFAULT '[]') WITHOUT ROWID
        """,
      ]),
    MigrationStep(
      name: "jobs",
      sql: [
        // AUTOINCREMENT: a job that is scheduled again while it runs gets another id, so the end of the
        // running call does not take the new one away.
        """
        CREATE TABLE shell_jobs (
          id INTEGER PRIMARY KEY AUTOINCREMENT, owner TEXT NOT NULL, name TEXT NOT NULL, key TEXT NOT NULL,
          due_at INTEGER NOT NULL, payload TEXT NOT NULL, attempt INTEGER NOT NULL DEFAULT 0, last_error TEXT,
          failed INTEGER NOT NULL DEFAULT 0, UNIQUE (owner, name, key))
        """,
        "CREATE INDEX shell_jobs_due ON shell_jobs (failed, due_at, id)",
      ]),
    MigrationStep(
      name: "context",
      sql: [
        """
        CREATE TABLE shell_context (
          user_id TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (user_id, key)) WITHOUT ROWID
        """
      ]),
    MigrationStep(
      name: "audit",
      sql: [
        """
        CREATE TABLE shell_audit (
          id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, user_id TEXT, login TEXT, session TEXT,
          client TEXT, method TEXT, plugin TEXT, action TEXT NOT NULL, object TEXT NOT NULL, old TEXT, new TEXT,
          trace TEXT)
        """,
        "CREATE INDEX shell_audit_at ON shell_audit (at, id)",
        """
        CREATE TRIGGER shell_audit_keeps_lines BEFORE UPDATE ON shell_audit
        BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END
        """,
        """
        CREATE TRIGGER shell_audit_loses_nothing BEFORE DELETE ON shell_audit
        BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END
        """,
      ]),
    MigrationStep(
      name: "idempotency",
      sql: [
        """
        CREATE TABLE shell_idempotency (
          user_id TEXT NOT NULL, key TEXT NOT NULL, request_hash TEXT NOT NULL, at INTEGER NOT NULL, answer TEXT,
          PRIMARY KEY (user_id, key)) WITHOUT ROWID
        """,
        "CREATE INDEX shell_idempotency_at ON shell_idempotency (at)",
      ]),
    // What the table `shell.audit` shows and searches. `place` is the key by which lines come in order.
    MigrationStep(
      name: "audit table",
      sql: [
        "ALTER TABLE shell_audit ADD COLUMN local_date TEXT",
        "ALTER TABLE shell_audit ADD COLUMN local_time TEXT",
        "ALTER TABLE shell_audit ADD COLUMN title TEXT",
        // Lines of before have neither.
        "ALTER TABLE shell_audit ADD COLUMN what TEXT GENERATED ALWAYS AS (coalesce(title, action)) VIRTUAL",
        "ALTER TABLE shell_audit ADD COLUMN place TEXT GENERATED ALWAYS AS (printf('%012d', id)) VIRTUAL",
        """
        ALTER TABLE shell_audit ADD COLUMN words TEXT
          GENERATED ALWAYS AS (shell_search_text(login, client, what, object, old, new)) VIRTUAL
        """,
        "CREATE UNIQUE INDEX shell_audit_by_place ON shell_audit (place)",
        "CREATE INDEX shell_audit_by_login ON shell_audit (login COLLATE russian, place)",
        "CREATE INDEX shell_audit_by_what ON shell_audit (what COLLATE russian, place)",
        """
        CREATE VIRTUAL TABLE shell_audit_words USING fts5(
          words, content='shell_audit', content_rowid='id', tokenize='trigram', columnsize=0)
        """,
        """
        CREATE TRIGGER shell_audit_words_insert AFTER INSERT ON shell_audit
        BEGIN INSERT INTO shell_audit_words(rowid, words) VALUES (new.id, new.words); END
        """,
        "INSERT INTO shell_audit_words(shell_audit_words) VALUES ('rebuild')",
      ]),
    // How people read a line, in both languages. Lines of before show what they have: ids and JSON.
    MigrationStep(
      name: "audit for people",
      sql: ["title_en", "object_title", "object_title_en", "changes", "changes_en"].map {
        "ALTER TABLE shell_audit ADD COLUMN \($0) TEXT"
      } + [
        shown("what_en", "coalesce(title_en, title, action)"),
        shown("subject", "coalesce(object_title, object)"),
        shown("subject_en", "coalesce(object_title_en, object_title, object)"),
        shown("difference", "coalesce(changes, \(rawChanges))"),
        shown("difference_en", "coalesce(changes_en, changes, \(rawChanges))"),
        shown("found_by", "shell_search_text(login, client, what, subject, difference, object)"),
        "DROP TRIGGER shell_audit_words_insert", "DROP TABLE shell_audit_words",
        "ALTER TABLE shell_audit DROP COLUMN words",
        """
        CREATE VIRTUAL TABLE shell_audit_words USING fts5(
          found_by, content='shell_audit', content_rowid='id', tokenize='trigram', columnsize=0)
        """,
        """
        CREATE TRIGGER shell_audit_words_insert AFTER INSERT ON shell_audit
        BEGIN INSERT INTO shell_audit_words(rowid, found_by) VALUES (new.id, new.found_by); END
        """,
        "INSERT INTO shell_audit_words(shell_audit_words) VALUES ('rebuild')",
      ]),
    // `key` is a hash of what the browser keeps.
    MigrationStep(
      name: "web sessions",
      sql: [
        """
        CREATE TABLE shell_web_sessions (
          key TEXT PRIMARY KEY, user_id TEXT NOT NULL, login TEXT, name TEXT NOT NULL, began_at INTEGER NOT NULL,
          used_at INTEGER NOT NULL) WITHOUT ROWID
        """,
        "CREATE INDEX shell_web_sessions_user ON shell_web_sessions (user_id)",
      ]),
  ]

  private static let rawChanges = "nullif(coalesce(old, '') || ' → ' || coalesce(new, ''), ' → ')"

  private static func shown(_ column: String, _ sql: String) -> String {
    "ALTER TABLE shell_audit ADD COLUMN \(column) TEXT GENERATED ALWAYS AS (\(sql)) VIRTUAL"
  }
}
