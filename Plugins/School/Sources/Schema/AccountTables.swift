/// Accounts, their roles, and failed attempts to sign in.
enum AccountTables {
  static let sql = [
    // password_hash: `scrypt$N$r$p$salt$hash`, so that parameters may grow without a migration.
    """
    CREATE TABLE school_accounts (
      \(SchoolSchema.identity("a")),
      login TEXT NOT NULL COLLATE NOCASE UNIQUE
        CHECK (length(login) BETWEEN 1 AND 64 AND login NOT GLOB '*[^A-Za-z0-9._@-]*'),
      person_id TEXT NOT NULL UNIQUE REFERENCES school_people(id),
      password_hash TEXT NOT NULL CHECK (password_hash LIKE 'scrypt$%$%$%$%$%'),
      blocked INTEGER NOT NULL DEFAULT 0 CHECK (blocked IN (0, 1)),
      full_name TEXT NOT NULL,
      roles TEXT NOT NULL DEFAULT '',
      search_text TEXT NOT NULL GENERATED ALWAYS AS (shell_search_text(full_name, login, roles)) STORED
    ) STRICT
    """,
    "CREATE INDEX school_accounts_by_name ON school_accounts(full_name COLLATE russian, id)",
    "CREATE INDEX school_accounts_by_login ON school_accounts(login COLLATE russian, id)",
    """
    CREATE TABLE school_account_roles (
      account_id TEXT NOT NULL REFERENCES school_accounts(id) ON DELETE CASCADE,
      role TEXT NOT NULL CHECK (role IN ('administrator', 'employee', 'pupil', 'parent')),
      PRIMARY KEY (account_id, role)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX school_account_roles_by_role ON school_account_roles(role, account_id)",

    // login_key is a digest: people type passwords into the wrong field, and unknown logins are noted alike.
    """
    CREATE TABLE school_sign_in_failures (
      n INTEGER PRIMARY KEY,
      login_key TEXT NOT NULL,
      at_ms INTEGER NOT NULL
    ) STRICT
    """,
    "CREATE INDEX school_sign_in_failures_by_login ON school_sign_in_failures(login_key, at_ms)",
    "CREATE INDEX school_sign_in_failures_by_time ON school_sign_in_failures(at_ms)",
    """
    CREATE TABLE school_sign_in_locks (
      login_key TEXT NOT NULL PRIMARY KEY,
      until_ms INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX school_sign_in_locks_by_time ON school_sign_in_locks(until_ms)",
  ]
}
