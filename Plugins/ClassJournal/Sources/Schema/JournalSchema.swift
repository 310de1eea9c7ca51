import PluginKit

/// The journal's tables. A lesson has a row once something was written about it.
///
/// Rows outlive their lessons: an import that took a lesson out can be undone, and then the row says again what it
/// said. Nothing shows a row without its lesson.
enum JournalSchema {
  static let migrations = [
    Migration(
      "journal",
      [
        // held_at: milliseconds. held_by: the account. topic_id: of the group's plan; one that is gone counts as none.
        """
        CREATE TABLE class_journal_lessons (
          lesson_id TEXT NOT NULL PRIMARY KEY,
          held INTEGER NOT NULL DEFAULT 0 CHECK (held IN (0, 1)),
          held_at INTEGER,
          held_by TEXT,
          topic_id TEXT,
          kind TEXT CHECK (length(kind) BETWEEN 1 AND 100),
          CHECK ((held = 1) = (held_at IS NOT NULL))
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX class_journal_lessons_held ON class_journal_lessons(lesson_id) WHERE held = 1",
        // What somebody proposes, and what a teacher has confirmed. Instants in milliseconds.
        """
        CREATE TABLE class_journal_attendance (
          lesson_id TEXT NOT NULL,
          pupil_id TEXT NOT NULL,
          proposed INTEGER CHECK (proposed IN (0, 1)),
          came_at INTEGER,
          left_at INTEGER,
          present INTEGER CHECK (present IN (0, 1)),
          confirmed_at INTEGER,
          confirmed_by TEXT,
          PRIMARY KEY (lesson_id, pupil_id),
          CHECK (left_at >= came_at),
          CHECK ((present IS NULL) = (confirmed_at IS NULL))
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE VIEW class_journal_v1_lessons AS
        SELECT l.id AS lesson_id, l.group_id, coalesce(j.held, 0) AS held, j.held_at, p.id AS topic_id, j.kind
        FROM school_v1_lessons l
        LEFT JOIN class_journal_lessons j ON j.lesson_id = l.id
        LEFT JOIN school_v1_plans p ON p.id = j.topic_id AND p.group_id = l.group_id
        """,
        // Only what a teacher has confirmed.
        """
        CREATE VIEW class_journal_v1_attendance AS
        SELECT a.lesson_id, a.pupil_id, a.present, a.came_at, a.left_at, a.confirmed_at
        FROM class_journal_attendance a JOIN school_v1_lessons l ON l.id = a.lesson_id
        WHERE a.present IS NOT NULL
        """,
      ]),
    Migration(
      "what is known of a proposal",
      [
        // minutes: in all. note: why nothing can be said of a pupil, in both languages.
        "ALTER TABLE class_journal_attendance ADD COLUMN minutes INTEGER CHECK (minutes >= 0)",
        "ALTER TABLE class_journal_attendance ADD COLUMN note TEXT",
        // key: whoever proposed knows it by that; the same one is not taken twice. source: where it comes from, and
        // others: who else was there, [{name?, cameAt?, leftAt?, minutes?}]; both JSON.
        """
        CREATE TABLE class_journal_proposals (
          lesson_id TEXT NOT NULL PRIMARY KEY,
          key TEXT,
          source TEXT,
          others TEXT NOT NULL DEFAULT '[]',
          proposed_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
        "DROP VIEW class_journal_v1_attendance",
        """
        CREATE VIEW class_journal_v1_attendance AS
        SELECT a.lesson_id, a.pupil_id, a.present, a.came_at, a.left_at, a.confirmed_at, a.minutes
        FROM class_journal_attendance a JOIN school_v1_lessons l ON l.id = a.lesson_id
        WHERE a.present IS NOT NULL
        """,
      ]),
    // The topic's title as it was when the entry was last written: a lesson that was held keeps it when its topic goes.
    Migration("titles of topics", ["ALTER TABLE class_journal_lessons ADD COLUMN topic_title TEXT"]),
  ]
}
