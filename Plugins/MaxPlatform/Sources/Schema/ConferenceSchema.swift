import PluginKit

/// The tables of conferences and notices, and the view of the former.
enum ConferenceSchema {
  static let conferences = Migration("conferences and notices", tables + indexes + notices + [published])

  /// Says of which revision the rest is told.
  static let revisions = Migration("revisions of conferences", ["DROP VIEW max_platform_v1_conferences", withRevision])

  private static let tables = [
    // `seq`: the order of arrival.
    // Wanted: revision, name, chat_id (ours), starts_at, ends_at, phase.
    // Known of the platform: actual (none, created, active, finished), call_id, link, started_at, finished_at,
    // call_chat (its id of the chat that the call is in), known (the plan that it has, see ConferencePlan; null: not
    // known). `doubt`: to be read before anything else is done.
    // At work: `call` is what was asked and not answered yet.
    // Failures: error, attempts and next_attempt_at of passing ones; `failed`: refused for good, `error` says why.
    // Told and scheduled (see ConferenceBook): state, reason, tried_at, and `told`, all of it in one, to see what is
    // news; due_at and rank of the next call.
    """
    CREATE TABLE max_platform_conferences (
      seq INTEGER PRIMARY KEY AUTOINCREMENT, conference_id TEXT NOT NULL UNIQUE, revision INTEGER NOT NULL,
      name TEXT NOT NULL, chat_id TEXT NOT NULL, starts_at INTEGER NOT NULL, ends_at INTEGER NOT NULL,
      phase TEXT NOT NULL, actual TEXT NOT NULL DEFAULT 'none', call_id TEXT, link TEXT, started_at INTEGER,
      finished_at INTEGER, call_chat INTEGER, known TEXT, doubt INTEGER NOT NULL DEFAULT 0, call TEXT, error TEXT,
      attempts INTEGER NOT NULL DEFAULT 0, next_attempt_at INTEGER, failed INTEGER NOT NULL DEFAULT 0,
      state TEXT NOT NULL DEFAULT 'pending', reason TEXT, tried_at INTEGER, told TEXT, due_at INTEGER,
      rank INTEGER NOT NULL DEFAULT 0, changed_at INTEGER NOT NULL)
    """,
    // Whom a conference is for, by account.
    """
    CREATE TABLE max_platform_conference_members (
      conference_id TEXT NOT NULL, user_id TEXT NOT NULL, PRIMARY KEY (conference_id, user_id)) WITHOUT ROWID
    """,
  ]

  private static let indexes = [
    // What is done next, first of all.
    """
    CREATE INDEX max_platform_conferences_next ON max_platform_conferences (rank, starts_at, seq)
    WHERE due_at IS NOT NULL
    """,
    "CREATE INDEX max_platform_conferences_due ON max_platform_conferences (due_at) WHERE due_at IS NOT NULL",
    "CREATE INDEX max_platform_conferences_called ON max_platform_conferences (seq) WHERE call IS NOT NULL",
    // Of those that are over nobody asks again.
    """
    CREATE INDEX max_platform_conferences_by_chat ON max_platform_conferences (chat_id)
    WHERE phase IN ('planned', 'active')
    """,
    "CREATE INDEX max_platform_conferences_removed ON max_platform_conferences (changed_at) WHERE state = 'removed'",
    "CREATE INDEX max_platform_conference_members_by_user ON max_platform_conference_members (user_id)",
  ]

  private static let notices = [
    // `state`: waiting, sent, skipped (unbound), refused, unknown (nobody can tell whether it was sent).
    // first_tried_at: when the first attempt began; set before anything is sent. `mid`: of the message.
    """
    CREATE TABLE max_platform_notices (
      seq INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, user_id TEXT NOT NULL, text TEXT NOT NULL,
      state TEXT NOT NULL DEFAULT 'waiting', mid TEXT, error TEXT, attempts INTEGER NOT NULL DEFAULT 0,
      first_tried_at INTEGER, doubt INTEGER NOT NULL DEFAULT 0, next_attempt_at INTEGER NOT NULL,
      created_at INTEGER NOT NULL, done_at INTEGER)
    """,
    "CREATE INDEX max_platform_notices_due ON max_platform_notices (next_attempt_at, seq) WHERE state = 'waiting'",
    "CREATE INDEX max_platform_notices_sent ON max_platform_notices (user_id) WHERE mid IS NOT NULL",
    "CREATE INDEX max_platform_notices_done ON max_platform_notices (done_at) WHERE done_at IS NOT NULL",
  ]

  private static let published = """
    CREATE VIEW max_platform_v1_conferences AS
    SELECT conference_id, state, reason, call_id, link, started_at, finished_at, attempts,
      tried_at AS next_attempt_at, changed_at
    FROM max_platform_conferences
    """

  private static let withRevision = published.replacing(
    "SELECT conference_id,", with: "SELECT conference_id, revision,")
}
