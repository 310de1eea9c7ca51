/// What an import needs in the store: which record of a source is which of ours, removals that wait for a word, who
/// was bound elsewhere, and the place where files are gathered before anything is changed.
enum ImportTables {
  static let sql = kept + staging

  private static let kept = [
    // kind 'user': record is a person's number; 'course': a subject's. Two users of a source may be one person.
    """
    CREATE TABLE school_source_keys (
      n INTEGER PRIMARY KEY AUTOINCREMENT,
      source TEXT NOT NULL,
      kind TEXT NOT NULL CHECK (kind IN ('user', 'course')),
      sourced_id TEXT NOT NULL,
      role TEXT CHECK (role IN ('employee', 'pupil', 'parent')),
      record INTEGER NOT NULL,
      CHECK ((kind = 'user') = (role IS NOT NULL))
    ) STRICT
    """,
    "CREATE UNIQUE INDEX school_source_keys_by_id ON school_source_keys(source, kind, sourced_id)",
    "CREATE INDEX school_source_keys_by_record ON school_source_keys(kind, record)",

    // registry and record: as in school_staged_removals.
    """
    CREATE TABLE school_held_removals (
      operation INTEGER NOT NULL REFERENCES school_operations(n) ON DELETE CASCADE,
      registry TEXT NOT NULL,
      record ANY NOT NULL,
      PRIMARY KEY (operation, registry, record)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE school_imported_bindings (
      n INTEGER PRIMARY KEY AUTOINCREMENT,
      person_id TEXT NOT NULL UNIQUE,
      phone TEXT NOT NULL CHECK (phone GLOB '+79[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]'),
      source TEXT NOT NULL
    ) STRICT
    """,
    // Whose package it was: what the list shows.
    """
    ALTER TABLE school_operations ADD COLUMN source TEXT
      GENERATED ALWAYS AS (json_extract(summary, '$.source')) VIRTUAL
    """,
    "CREATE VIEW school_v1_imported_bindings AS SELECT person_id, phone FROM school_imported_bindings",
  ]

  /// Rows of the files, checked one by one, named by numbers of their own. Emptied before and after each import, and
  /// when the plugin starts.
  static let staged = [
    "school_staged_users", "school_staged_links", "school_staged_classes", "school_staged_places",
    "school_staged_lessons", "school_staged_topics", "school_staged_bindings",
    "school_staged_removals", "school_staged_seats", "school_staged_spared", "school_staged_pairs",
    "school_staged_homes",
  ]

  /// A later step: members of groups are read into memory.
  static let inMemory = ["DROP TABLE school_staged_enrolments"]

  // active 0: a delta says that it is gone. place: what the homeroom enrolment says.
  private static let staging = [
    """
    CREATE TABLE school_staged_users (
      n INTEGER PRIMARY KEY,
      sourced_id TEXT,
      active INTEGER NOT NULL DEFAULT 1,
      role TEXT,
      position TEXT,
      position_default TEXT,
      position_type TEXT,
      hired TEXT,
      family TEXT, given TEXT, middle TEXT NOT NULL DEFAULT '',
      phone TEXT, email TEXT, birth TEXT, sex TEXT,
      name_key TEXT NOT NULL GENERATED ALWAYS AS (
        shell_fold(coalesce(family, '') || ' ' || coalesce(given, '') || ' ' || middle)) STORED,
      master INTEGER,
      person_n INTEGER, employee_n INTEGER, pupil_n INTEGER, parent_n INTEGER,
      is_new INTEGER NOT NULL DEFAULT 0,
      changed INTEGER NOT NULL DEFAULT 0
    ) STRICT
    """,
    "CREATE INDEX school_staged_users_by_id ON school_staged_users(sourced_id)",
    "CREATE INDEX school_staged_users_by_name ON school_staged_users(name_key)",
    "CREATE INDEX school_staged_users_by_person ON school_staged_users(person_n)",
    "CREATE INDEX school_staged_users_by_master ON school_staged_users(master)",
    "CREATE INDEX school_staged_users_by_pupil ON school_staged_users(pupil_n)",
    """
    CREATE TABLE school_staged_links (
      pupil INTEGER NOT NULL,
      parent INTEGER NOT NULL,
      relation TEXT NOT NULL,
      link_n INTEGER,
      PRIMARY KEY (pupil, parent)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE school_staged_classes (
      n INTEGER PRIMARY KEY,
      line INTEGER NOT NULL DEFAULT 0,
      sourced_id TEXT NOT NULL,
      active INTEGER NOT NULL DEFAULT 1,
      homeroom INTEGER NOT NULL DEFAULT 0,
      grade INTEGER, letter TEXT,
      subject TEXT, course TEXT, part TEXT, title TEXT,
      teacher INTEGER,
      teacher_gone INTEGER,
      class_n INTEGER, group_n INTEGER, subject_n INTEGER,
      in_scope INTEGER NOT NULL DEFAULT 0,
      whole INTEGER NOT NULL DEFAULT 0,
      was_whole INTEGER NOT NULL DEFAULT 0,
      is_new INTEGER NOT NULL DEFAULT 0,
      changed INTEGER NOT NULL DEFAULT 0
    ) STRICT
    """,
    "CREATE INDEX school_staged_classes_by_id ON school_staged_classes(sourced_id)",
    "CREATE INDEX school_staged_classes_by_group ON school_staged_classes(group_n)",
    """
    CREATE TABLE school_staged_places (
      user INTEGER PRIMARY KEY,
      class INTEGER NOT NULL,
      sourced_id TEXT NOT NULL,
      since TEXT,
      active INTEGER NOT NULL DEFAULT 1,
      moves INTEGER NOT NULL DEFAULT 0
    ) STRICT
    """,
    // Members of groups are no longer staged here: see inMemory.
    """
    CREATE TABLE school_staged_enrolments (
      n INTEGER PRIMARY KEY,
      class INTEGER NOT NULL,
      user INTEGER NOT NULL,
      sourced_id TEXT NOT NULL,
      active INTEGER NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE school_staged_lessons (
      n INTEGER PRIMARY KEY,
      sourced_id TEXT NOT NULL,
      class INTEGER NOT NULL,
      date TEXT, number INTEGER, starts TEXT, ends TEXT, room TEXT NOT NULL DEFAULT '',
      active INTEGER NOT NULL DEFAULT 1,
      lesson_n INTEGER,
      substitute_id TEXT,
      cancelled INTEGER NOT NULL DEFAULT 0,
      changed INTEGER NOT NULL DEFAULT 0
    ) STRICT
    """,
    "CREATE INDEX school_staged_lessons_by_lesson ON school_staged_lessons(lesson_n)",
    """
    CREATE TABLE school_staged_topics (
      n INTEGER PRIMARY KEY,
      sourced_id TEXT NOT NULL,
      class INTEGER NOT NULL,
      number INTEGER, title TEXT, hours INTEGER,
      active INTEGER NOT NULL DEFAULT 1,
      topic_n INTEGER,
      changed INTEGER NOT NULL DEFAULT 0
    ) STRICT
    """,
    "CREATE INDEX school_staged_topics_by_topic ON school_staged_topics(topic_n)",
    "CREATE TABLE school_staged_bindings (user INTEGER PRIMARY KEY, phone TEXT NOT NULL) STRICT",
    // registry: employees, pupils, parents, classes, groups, timetable, plans (record: a row's number), or members
    // (record: 'g1 u2').
    """
    CREATE TABLE school_staged_removals (
      registry TEXT NOT NULL,
      record ANY NOT NULL,
      PRIMARY KEY (registry, record)
    ) STRICT, WITHOUT ROWID
    """,
    // Ids of rows that were left out: what they stand for is not gone.
    """
    CREATE TABLE school_staged_spared (
      file TEXT NOT NULL,
      sourced_id TEXT NOT NULL,
      PRIMARY KEY (file, sourced_id)
    ) STRICT, WITHOUT ROWID
    """,
    // Homeroom classes (staged) of a group (staged), where the file says so.
    """
    CREATE TABLE school_staged_homes (
      class INTEGER NOT NULL,
      home INTEGER NOT NULL,
      PRIMARY KEY (class, home)
    ) STRICT, WITHOUT ROWID
    """,
    // How many members of a group (a staged class) learn in which class; '' for none.
    """
    CREATE TABLE school_staged_pairs (
      class INTEGER NOT NULL,
      class_id TEXT NOT NULL,
      members INTEGER NOT NULL,
      PRIMARY KEY (class, class_id)
    ) STRICT, WITHOUT ROWID
    """,
    // Who sits in which chat before (0) and after (1).
    """
    CREATE TABLE school_staged_seats (
      after INTEGER NOT NULL,
      chat TEXT NOT NULL,
      person TEXT NOT NULL
    ) STRICT
    """,
  ]
}
