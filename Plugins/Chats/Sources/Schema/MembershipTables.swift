/// Who is in which chat, and why.
enum MembershipTables {
  static let sql = [
    // A person may stand in a chat on several sides: a teacher whose child is in the class is employee and parent.
    // `source` is the record that gives the reason, so that two children are two reasons.
    """
    CREATE TABLE chats_reasons (
      chat_id TEXT NOT NULL,
      person_id TEXT NOT NULL,
      side TEXT NOT NULL CHECK (side IN ('employee', 'pupil', 'parent')),
      reason TEXT NOT NULL,
      source TEXT NOT NULL,
      administrator INTEGER NOT NULL CHECK (administrator IN (0, 1)),
      since INTEGER NOT NULL,
      PRIMARY KEY (chat_id, person_id, side, reason, source)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX chats_reasons_of_person ON chats_reasons(person_id, chat_id)",

    """
    CREATE TABLE chats_members (
      chat_id TEXT NOT NULL,
      person_id TEXT NOT NULL,
      side TEXT NOT NULL CHECK (side IN ('employee', 'pupil', 'parent')),
      administrator INTEGER NOT NULL CHECK (administrator IN (0, 1)),
      since INTEGER NOT NULL,
      PRIMARY KEY (chat_id, person_id, side)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX chats_members_of_person ON chats_members(person_id, chat_id)",

    // What people decided: put in by hand, taken out of what the roster gives, an administrator's mark set or cleared.
    """
    CREATE TABLE chats_hand (
      chat_id TEXT NOT NULL,
      person_id TEXT NOT NULL,
      side TEXT NOT NULL CHECK (side IN ('employee', 'pupil', 'parent')),
      since INTEGER NOT NULL,
      PRIMARY KEY (chat_id, person_id, side)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE chats_exclusions (
      chat_id TEXT NOT NULL,
      person_id TEXT NOT NULL,
      side TEXT NOT NULL CHECK (side IN ('employee', 'pupil', 'parent')),
      since INTEGER NOT NULL,
      PRIMARY KEY (chat_id, person_id, side)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE chats_marks (
      chat_id TEXT NOT NULL,
      person_id TEXT NOT NULL,
      administrator INTEGER NOT NULL CHECK (administrator IN (0, 1)),
      PRIMARY KEY (chat_id, person_id)
    ) STRICT, WITHOUT ROWID
    """,

    // People and revisions are counted here, so that no code can forget them. Somebody on two sides counts once.
    """
    CREATE TRIGGER chats_members_joined AFTER INSERT ON chats_members BEGIN
      UPDATE chats_chats SET revision = revision + 1, members = members + (
        SELECT count(*) = 1 FROM chats_members m WHERE m.chat_id = new.chat_id AND m.person_id = new.person_id)
        WHERE id = new.chat_id;
    END
    """,
    // Whoever comes again, comes without the mark of the last time.
    """
    CREATE TRIGGER chats_members_left AFTER DELETE ON chats_members BEGIN
      UPDATE chats_chats SET revision = revision + 1, members = members - (
        SELECT count(*) = 0 FROM chats_members m WHERE m.chat_id = old.chat_id AND m.person_id = old.person_id)
        WHERE id = old.chat_id;
      DELETE FROM chats_marks WHERE chat_id = old.chat_id AND person_id = old.person_id AND old.side = 'employee';
    END
    """,
    """
    CREATE TRIGGER chats_members_marked AFTER UPDATE OF administrator ON chats_members
    WHEN old.administrator <> new.administrator BEGIN
      UPDATE chats_chats SET revision = revision + 1 WHERE id = new.chat_id;
    END
    """,
  ]
}
