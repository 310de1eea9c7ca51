import PluginKit

/// The tables of requests for a binding, and of the queue that carries them.
enum BindingSchema {
  static let bindingsAndOutbox = Migration(
    "bindings and outbox",
    [
      // One row for each request of a person. `state`: queued (not answered by the platform yet), waiting
      // (for the person's button), linked, declined, expired, notFound, taken, failed, withdrawn.
      """
      CREATE TABLE max_platform_bindings (
        request_id TEXT PRIMARY KEY, user_id TEXT NOT NULL, phone TEXT NOT NULL, profile TEXT NOT NULL,
        state TEXT NOT NULL, binding_id TEXT, member_id INTEGER, chat_id INTEGER, mid TEXT,
        round INTEGER NOT NULL DEFAULT 1, told_delay INTEGER NOT NULL DEFAULT 0, platform_at INTEGER,
        created_at INTEGER NOT NULL, changed_at INTEGER NOT NULL) WITHOUT ROWID
      """,
      "CREATE INDEX max_platform_bindings_by_binding ON max_platform_bindings (binding_id)",
      """
      CREATE INDEX max_platform_bindings_awaited ON max_platform_bindings (request_id) WHERE state = 'waiting'
      """,
      // AUTOINCREMENT: the order of a lane never repeats a number. `state`: waiting, parked (until the
      // person lets the community write again), done, refused, dropped.
      """
      CREATE TABLE max_platform_outbox (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, lane TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL UNIQUE,
        request_id TEXT NOT NULL, body TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'waiting',
        attempts INTEGER NOT NULL DEFAULT 0, next_attempt_at INTEGER NOT NULL, last_error TEXT,
        created_at INTEGER NOT NULL, done_at INTEGER)
      """,
      "CREATE INDEX max_platform_outbox_lanes ON max_platform_outbox (lane, seq) WHERE state = 'waiting'",
      "CREATE INDEX max_platform_outbox_by_request ON max_platform_outbox (request_id)",
      "CREATE INDEX max_platform_outbox_done ON max_platform_outbox (done_at) WHERE done_at IS NOT NULL",
      // What the platform has told already; it may tell a thing twice.
      "CREATE TABLE max_platform_updates (key TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID",
      "CREATE INDEX max_platform_updates_at ON max_platform_updates (at)",
      // One row: up to where the updates have been taken, and when the platform last answered a poll.
      """
      CREATE TABLE max_platform_marker (
        id INTEGER PRIMARY KEY CHECK (id = 1), marker INTEGER, polled_at INTEGER NOT NULL)
      """,
    ])
}
