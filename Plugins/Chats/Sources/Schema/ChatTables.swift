/// The chats, and substitutions that move an administrator's mark for a while.
enum ChatTables {
  static let sql = [
    // class_id and group_id bind a chat to the class or the group itself, not to its label. `scope` is that label, for
    // lists. own_title: a person has given the title, so it no longer follows the label. `archived` follows the class
    // or the group; a chat that somebody removed keeps its row until the platform has followed.
    //
    // revision counts the changes of what the platform should have, `pushed` is the last one that was handed over.
    // state and its numbers are the platform's side as last told.
    """
    CREATE TABLE chats_chats (
      n INTEGER PRIMARY KEY AUTOINCREMENT,
      id TEXT NOT NULL UNIQUE GENERATED ALWAYS AS ('ch' || n) VIRTUAL,
      kind TEXT NOT NULL CHECK (kind IN ('teachers', 'class', 'parents', 'subject', 'other')),
      kind_title TEXT NOT NULL GENERATED ALWAYS AS (
        CASE kind WHEN 'teachers' THEN 'Учительский чат' WHEN 'class' THEN 'Классный чат'
          WHEN 'parents' THEN 'Родительский чат' WHEN 'subject' THEN 'Предмет' ELSE 'Другое' END) STORED,
      title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
      own_title INTEGER NOT NULL DEFAULT 0 CHECK (own_title IN (0, 1)),
      class_id TEXT,
      group_id TEXT,
      scope TEXT NOT NULL DEFAULT '',
      scope_order TEXT NOT NULL DEFAULT '',
      members INTEGER NOT NULL DEFAULT 0 CHECK (members >= 0),
      archived INTEGER NOT NULL DEFAULT 0 CHECK (archived IN (0, 1)),
      removed_at INTEGER,
      listed INTEGER NOT NULL GENERATED ALWAYS AS (archived = 0 AND removed_at IS NULL) VIRTUAL,
      revision INTEGER NOT NULL DEFAULT 1,
      pushed INTEGER NOT NULL DEFAULT 0,
      state TEXT NOT NULL DEFAULT 'pending',
      state_reason TEXT,
      waiting INTEGER NOT NULL DEFAULT 0,
      held INTEGER NOT NULL DEFAULT 0,
      unreachable INTEGER NOT NULL DEFAULT 0,
      state_title TEXT NOT NULL DEFAULT 'Синхронизируется',
      state_english TEXT NOT NULL DEFAULT 'Being synchronized',
      created_at INTEGER NOT NULL,
      search_text TEXT NOT NULL GENERATED ALWAYS AS (shell_search_text(title, kind_title, scope)) STORED,
      CHECK ((kind IN ('class', 'parents')) = (class_id IS NOT NULL)),
      CHECK ((kind = 'subject') = (group_id IS NOT NULL))
    ) STRICT
    """,
    // The chats made without anyone asking: one for the teachers, two for each class.
    "CREATE UNIQUE INDEX chats_chats_of_teachers ON chats_chats(kind) WHERE kind = 'teachers'",
    "CREATE UNIQUE INDEX chats_chats_of_class ON chats_chats(class_id, kind) WHERE class_id IS NOT NULL",
    "CREATE INDEX chats_chats_of_group ON chats_chats(group_id) WHERE group_id IS NOT NULL",
    "CREATE INDEX chats_chats_to_push ON chats_chats(n) WHERE revision > pushed",
    "CREATE INDEX chats_chats_by_title ON chats_chats(title COLLATE russian, id)",
    "CREATE INDEX chats_chats_by_kind ON chats_chats(kind_title COLLATE russian, id)",
    "CREATE INDEX chats_chats_by_scope ON chats_chats(scope_order COLLATE russian, id)",
    "CREATE INDEX chats_chats_by_members ON chats_chats(members, id)",
    "CREATE INDEX chats_chats_by_state ON chats_chats(state_title COLLATE russian, id)",

    // A chat's title is part of what the platform should have, and so is its end.
    """
    CREATE TRIGGER chats_chats_changed AFTER UPDATE OF title, archived, removed_at ON chats_chats
    WHEN old.title <> new.title OR old.archived <> new.archived OR old.removed_at IS NOT new.removed_at BEGIN
      UPDATE chats_chats SET revision = revision + 1 WHERE n = new.n;
    END
    """,

    // Who gives a lesson in the teacher's place, until it is over. on_duty: the lesson's day has come, and the
    // teacher's own mark rests.
    """
    CREATE TABLE chats_substitutions (
      lesson_id TEXT NOT NULL PRIMARY KEY,
      group_id TEXT NOT NULL,
      person_id TEXT NOT NULL,
      from_ms INTEGER NOT NULL,
      until_ms INTEGER NOT NULL,
      on_duty INTEGER NOT NULL DEFAULT 0 CHECK (on_duty IN (0, 1))
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX chats_substitutions_of_group ON chats_substitutions(group_id)",
  ]
}
