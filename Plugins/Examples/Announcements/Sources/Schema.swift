import PluginKit

/// The plugin's tables. Their names start with its id; a released step is never edited, only followed by another.
enum Schema {
  static let migrations = [Migration("announcements", announcements + words.sql + readers)]

  /// Search over titles, texts and authors; the triggers that keep it come with its SQL.
  static let words = SearchIndex(table: "announcements_announcements", rowid: "n", text: "search_text")

  // Rules that a row must keep stand here, so that no code can forget them. `shown_audience` is what lists show and
  // sort by: a word that they translate, or a class.
  private static let announcements = [
    """
    CREATE TABLE announcements_announcements (
      n INTEGER PRIMARY KEY AUTOINCREMENT,
      id TEXT NOT NULL UNIQUE GENERATED ALWAYS AS ('a' || n) VIRTUAL,
      title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
      text TEXT NOT NULL CHECK (length(text) BETWEEN 1 AND 5000),
      audience TEXT NOT NULL CHECK (audience IN ('all', 'employee', 'pupil', 'parent', 'class')),
      class_id TEXT CHECK ((audience = 'class') = (class_id IS NOT NULL)),
      class_title TEXT NOT NULL DEFAULT '',
      shown_audience TEXT NOT NULL GENERATED ALWAYS AS (
        CASE audience WHEN 'class' THEN class_title ELSE audience END) STORED,
      until TEXT NOT NULL CHECK (date(until) IS until),
      author_id TEXT NOT NULL,
      author TEXT NOT NULL,
      published_at INTEGER NOT NULL,
      state TEXT NOT NULL DEFAULT 'current' CHECK (state IN ('current', 'ended', 'withdrawn')),
      search_text TEXT NOT NULL GENERATED ALWAYS AS (shell_search_text(title, text, author)) STORED
    ) STRICT
    """,
    // One index for each order that a list offers, the row's id at its end: no page is ever sorted.
    "CREATE INDEX announcements_by_time ON announcements_announcements(published_at, id)",
    "CREATE INDEX announcements_by_title ON announcements_announcements(title COLLATE russian, id)",
    "CREATE INDEX announcements_by_author ON announcements_announcements(author COLLATE russian, id)",
    "CREATE INDEX announcements_by_audience ON announcements_announcements(shown_audience COLLATE russian, id)",
    "CREATE INDEX announcements_by_day ON announcements_announcements(until, id)",
    "CREATE INDEX announcements_by_state ON announcements_announcements(state, id)",
  ]

  // For whom it is, account by account: what a person sees, and what they have not read, is one look-up.
  private static let readers = [
    """
    CREATE TABLE announcements_readers (
      announcement_id TEXT NOT NULL REFERENCES announcements_announcements(id) ON DELETE CASCADE,
      account_id TEXT NOT NULL,
      read_at INTEGER,
      PRIMARY KEY (announcement_id, account_id)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX announcements_unread ON announcements_readers(account_id) WHERE read_at IS NULL",
  ]
}
