import PluginKit

/// The conferences and whom they are for, step by step. Steps are only ever appended.
enum ConferencesSchema {
  static let migrations = [
    Migration("conferences", tables),
    Migration("search", words.sql),
    Migration("published views", views),
    Migration("attendance", attendance),
    Migration("troubles, notices and moved lessons", later),
  ]

  static let words = SearchIndex(table: "videoconferences_conferences", rowid: "n", text: "search_text")

  private static let tables = [
    // date, starts, ends are what people typed, in the organization's zone; starts_ms and ends_ms are the instants.
    // `phase` is what the platform is to do (planned, active, finished, removed), revision counts its changes and
    // `pushed` is the last one handed over. `status` is what became of it. leader: who gives the lesson.
    """
    CREATE TABLE videoconferences_conferences (
      n INTEGER PRIMARY KEY AUTOINCREMENT,
      id TEXT NOT NULL UNIQUE GENERATED ALWAYS AS ('v' || n) VIRTUAL,
      kind TEXT NOT NULL CHECK (kind IN ('lesson', 'call')),
      kind_title TEXT NOT NULL GENERATED ALWAYS AS (
        CASE kind WHEN 'lesson' THEN 'Онлайн-урок' ELSE 'Видеозвонок' END) STORED,
      name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
      chat_id TEXT NOT NULL,
      lesson_id TEXT,
      date TEXT NOT NULL,
      starts TEXT NOT NULL,
      ends TEXT NOT NULL,
      starts_ms INTEGER NOT NULL,
      ends_ms INTEGER NOT NULL CHECK (ends_ms > starts_ms),
      author_user TEXT NOT NULL,
      author_person TEXT,
      leader_person TEXT,
      subject TEXT NOT NULL DEFAULT '',
      class TEXT NOT NULL DEFAULT '',
      class_order TEXT NOT NULL GENERATED ALWAYS AS (
        CASE WHEN class = '' OR class GLOB '[0-9][0-9]*' THEN class ELSE '0' || class END) VIRTUAL,
      people INTEGER NOT NULL DEFAULT 0,
      phase TEXT NOT NULL DEFAULT 'planned' CHECK (phase IN ('planned', 'active', 'finished', 'removed')),
      revision INTEGER NOT NULL DEFAULT 1,
      pushed INTEGER NOT NULL DEFAULT 0,
      status TEXT NOT NULL DEFAULT 'new' CHECK (status IN ('new', 'active', 'finished', 'error')),
      status_title TEXT NOT NULL GENERATED ALWAYS AS (
        CASE status WHEN 'new' THEN 'Новая' WHEN 'active' THEN 'Активная' WHEN 'finished' THEN 'Завершена'
          ELSE 'Ошибка' END) STORED,
      reason TEXT NOT NULL DEFAULT '',
      link TEXT,
      warned INTEGER NOT NULL DEFAULT 0,
      started_ms INTEGER,
      finished_ms INTEGER,
      created_at INTEGER NOT NULL,
      search_text TEXT NOT NULL GENERATED ALWAYS AS (
        shell_search_text(name, kind_title, subject, class)) STORED
    ) STRICT
    """,
    // One online lesson for each lesson of the timetable.
    """
    CREATE UNIQUE INDEX videoconferences_of_lesson ON videoconferences_conferences(lesson_id)
    WHERE lesson_id IS NOT NULL AND phase <> 'removed'
    """,
    "CREATE INDEX videoconferences_to_start ON videoconferences_conferences(starts_ms, n) WHERE phase = 'planned'",
    """
    CREATE INDEX videoconferences_to_finish ON videoconferences_conferences(ends_ms, n)
    WHERE phase IN ('planned', 'active')
    """,
    "CREATE INDEX videoconferences_to_push ON videoconferences_conferences(starts_ms, n) WHERE revision > pushed",
    "CREATE INDEX videoconferences_by_date ON videoconferences_conferences(date, starts, id)",
    "CREATE INDEX videoconferences_by_name ON videoconferences_conferences(name COLLATE russian, id)",
    "CREATE INDEX videoconferences_by_kind ON videoconferences_conferences(kind_title COLLATE russian, id)",
    "CREATE INDEX videoconferences_by_subject ON videoconferences_conferences(subject COLLATE russian, id)",
    "CREATE INDEX videoconferences_by_class ON videoconferences_conferences(class_order COLLATE russian, id)",
    "CREATE INDEX videoconferences_by_people ON videoconferences_conferences(people, id)",
    "CREATE INDEX videoconferences_by_status ON videoconferences_conferences(status_title COLLATE russian, id)",
    """
    CREATE TABLE videoconferences_participants (
      conference_id TEXT NOT NULL,
      person_id TEXT NOT NULL,
      side TEXT NOT NULL CHECK (side IN ('employee', 'pupil', 'parent')),
      PRIMARY KEY (conference_id, person_id, side)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE INDEX videoconferences_participants_of_person ON videoconferences_participants(person_id, conference_id)
    """,
    """
    CREATE TRIGGER videoconferences_joined AFTER INSERT ON videoconferences_participants BEGIN
      UPDATE videoconferences_conferences SET people = people + (SELECT count(*) = 1
        FROM videoconferences_participants p WHERE p.conference_id = new.conference_id AND p.person_id = new.person_id)
        WHERE id = new.conference_id;
    END
    """,
    """
    CREATE TRIGGER videoconferences_left AFTER DELETE ON videoconferences_participants BEGIN
      UPDATE videoconferences_conferences SET people = people - (SELECT count(*) = 0
        FROM videoconferences_participants p WHERE p.conference_id = old.conference_id AND p.person_id = old.person_id)
        WHERE id = old.conference_id;
    END
    """,
  ]

  /// attendance: of an online lesson that is over: empty until then, `due`, `offered` to the lesson, or `none` when
  /// nobody can tell any more who was there.
  private static let attendance = [
    """
    ALTER TABLE videoconferences_conferences ADD COLUMN attendance TEXT NOT NULL DEFAULT ''
      CHECK (attendance IN ('', 'due', 'offered', 'none'))
    """
  ]

  /// attempts, next_attempt_ms, failure, failure_english: what keeps the platform from doing what is wanted just now.
  /// `trouble` is what people read. follows: the conference has its lesson's times, and moves with it; moves: how often
  /// its times have changed. told: this person knows of the conference.
  private static let later =
    [
      "attempts INTEGER", "next_attempt_ms INTEGER", "failure TEXT NOT NULL DEFAULT ''",
      "failure_english TEXT NOT NULL DEFAULT ''", "follows INTEGER NOT NULL DEFAULT 1",
      "moves INTEGER NOT NULL DEFAULT 0",
      """
      trouble TEXT NOT NULL GENERATED ALWAYS AS (CASE reason WHEN '' THEN failure ELSE reason END) VIRTUAL
      """,
      """
      trouble_english TEXT NOT NULL GENERATED ALWAYS AS (CASE WHEN reason = '' THEN failure_english
        WHEN reason = 'не состоялась' THEN 'was not held'
        ELSE replace(reason, 'отказ платформы: ', 'the platform refused: ') END) VIRTUAL
      """,
    ].map { "ALTER TABLE videoconferences_conferences ADD COLUMN \($0)" } + [
      "ALTER TABLE videoconferences_participants ADD COLUMN told INTEGER NOT NULL DEFAULT 0",
      "UPDATE videoconferences_participants SET told = 1",
    ]

  private static let views = [
    // Conferences that are not removed. status: new, active, finished, error; instants in milliseconds.
    """
    CREATE VIEW videoconferences_v1_conferences AS
    SELECT id, kind, name, chat_id, lesson_id, date, starts, ends, starts_ms, ends_ms, author_person, status, reason,
      link, started_ms, finished_ms, people
    FROM videoconferences_conferences WHERE phase <> 'removed'
    """
  ]
}
