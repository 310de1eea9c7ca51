import PluginKit

/// The tables of chats: what is wanted, what is known of the platform, and what is told of both.
enum ChatSchema {
  static let chats = Migration(
    "chats", [members, fillMembers, membersByMember] + chatTables + peopleTables + memories + ChatViews.all)

  /// Who of the school's users is which member of the platform. One row a user that was ever bound; `since`: bound
  /// or unbound since.
  private static let members = """
    CREATE TABLE max_platform_members (
      user_id TEXT PRIMARY KEY, member_id INTEGER, request_id TEXT NOT NULL, since INTEGER NOT NULL) WITHOUT ROWID
    """
  private static let fillMembers = """
    INSERT INTO max_platform_members (user_id, member_id, request_id, since)
    SELECT user_id, member_id, request_id, max(changed_at) FROM max_platform_bindings
    WHERE state = 'linked' AND member_id IS NOT NULL GROUP BY user_id
    """
  private static let membersByMember = """
    CREATE UNIQUE INDEX max_platform_members_by_member ON max_platform_members (member_id)
    WHERE member_id IS NOT NULL
    """

  private static let chatTables = [
    // Wanted: revision, title, kind, wanted (0: to be removed, or removed).
    // Known of the platform: platform_chat_id, link, actual_title; `generation` goes into the external id, and grows
    // with each chat that is made anew.
    // Doubts: creation_doubt (1: the answer to a creation was lost, 2: looked for since in vain), and counters of what is to be read before anything
    // is changed: the title, everything, the bot's rights. A read takes off as many as there were when it began.
    // At work: `call` is what was asked and not answered yet; `version` counts what others changed.
    // Failures: error, since error_at; attempts and next_attempt_at of passing ones; `stuck`: kinds of calls that
    // were refused for good, not tried again before stuck_until.
    // Told (see ChatBook): state … due_at. compare_at: when it is next compared in whole.
    """
    CREATE TABLE max_platform_chats (
      chat_id TEXT PRIMARY KEY, revision INTEGER NOT NULL, title TEXT NOT NULL, kind TEXT NOT NULL,
      wanted INTEGER NOT NULL, generation INTEGER NOT NULL DEFAULT 1, platform_chat_id INTEGER, link TEXT,
      actual_title TEXT, creation_doubt INTEGER NOT NULL DEFAULT 0, title_doubt INTEGER NOT NULL DEFAULT 0,
      whole_doubt INTEGER NOT NULL DEFAULT 0, rights_doubt INTEGER NOT NULL DEFAULT 0, call TEXT,
      version INTEGER NOT NULL DEFAULT 0, error TEXT, error_at INTEGER, attempts INTEGER NOT NULL DEFAULT 0,
      next_attempt_at INTEGER, stuck TEXT NOT NULL DEFAULT '', stuck_until INTEGER,
      state TEXT NOT NULL DEFAULT 'pending', reason TEXT, waiting INTEGER NOT NULL DEFAULT 0,
      joining INTEGER NOT NULL DEFAULT 0, leaving INTEGER NOT NULL DEFAULT 0, counted INTEGER NOT NULL DEFAULT 0,
      held INTEGER NOT NULL DEFAULT 0, refused INTEGER NOT NULL DEFAULT 0, strangers INTEGER NOT NULL DEFAULT 0,
      gone INTEGER NOT NULL DEFAULT 0, present INTEGER NOT NULL DEFAULT 0, tried_at INTEGER, due_at INTEGER,
      compare_at INTEGER, checked_at INTEGER, changed_at INTEGER NOT NULL) WITHOUT ROWID
    """,
    "CREATE INDEX max_platform_chats_due ON max_platform_chats (due_at) WHERE due_at IS NOT NULL",
    "CREATE INDEX max_platform_chats_compare ON max_platform_chats (compare_at) WHERE compare_at IS NOT NULL",
    "CREATE INDEX max_platform_chats_called ON max_platform_chats (chat_id) WHERE call IS NOT NULL",
    """
    CREATE UNIQUE INDEX max_platform_chats_by_platform ON max_platform_chats (platform_chat_id)
    WHERE platform_chat_id IS NOT NULL
    """,
    "CREATE INDEX max_platform_chats_counted ON max_platform_chats (chat_id) WHERE counted > 0",
    "CREATE INDEX max_platform_chats_removed ON max_platform_chats (changed_at) WHERE state = 'removed'",
  ]

  private static let peopleTables = [
    // Who is to be in a chat; `since`: wanted so since.
    """
    CREATE TABLE max_platform_chat_desired (
      chat_id TEXT NOT NULL, user_id TEXT NOT NULL, administrator INTEGER NOT NULL, since INTEGER NOT NULL,
      PRIMARY KEY (chat_id, user_id)) WITHOUT ROWID
    """,
    "CREATE INDEX max_platform_chat_desired_by_user ON max_platform_chat_desired (user_id)",
    // Who is in a chat, as far as is known, and members of whom something is to be remembered: refused (the
    // platform's code; asked again at retry_at), gone (left, and not brought back), uncertain (a counter, as the
    // doubts above; `hint` is what an update said of their going: left).
    // `leave`, of somebody who is to go: 0, 1 held, 2 confirmed, 3 not counted (unbound). `since`: since when things
    // stand so.
    """
    CREATE TABLE max_platform_chat_actual (
      chat_id TEXT NOT NULL, member_id INTEGER NOT NULL, present INTEGER NOT NULL,
      administrator INTEGER NOT NULL DEFAULT 0, uncertain INTEGER NOT NULL DEFAULT 0, hint TEXT, hint_at INTEGER,
      refused TEXT, refusals INTEGER NOT NULL DEFAULT 0, retry_at INTEGER, gone INTEGER NOT NULL DEFAULT 0,
      leave INTEGER NOT NULL DEFAULT 0, since INTEGER NOT NULL, PRIMARY KEY (chat_id, member_id)) WITHOUT ROWID
    """,
    "CREATE INDEX max_platform_chat_actual_by_member ON max_platform_chat_actual (member_id)",
    "CREATE INDEX max_platform_chat_actual_held ON max_platform_chat_actual (since) WHERE leave = 1",
  ]

  private static let memories = [
    // Who left by themselves, and when: to know whom to leave in peace.
    """
    CREATE TABLE max_platform_chat_departures (
      chat_id TEXT NOT NULL, member_id INTEGER NOT NULL, at INTEGER NOT NULL,
      PRIMARY KEY (chat_id, member_id, at)) WITHOUT ROWID
    """,
    // Removals of the last hour, for the threshold.
    "CREATE TABLE max_platform_chat_leaves (id INTEGER PRIMARY KEY, at INTEGER NOT NULL)",
    "CREATE INDEX max_platform_chat_leaves_at ON max_platform_chat_leaves (at)",
    // One row. `bot_id`: our own member id.
    """
    CREATE TABLE max_platform_chat_settings (
      id INTEGER PRIMARY KEY CHECK (id = 1), removal_threshold_percent INTEGER NOT NULL DEFAULT 20, bot_id INTEGER)
    """,
    "INSERT INTO max_platform_chat_settings (id) VALUES (1)",
  ]
}
