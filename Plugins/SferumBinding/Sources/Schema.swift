import PluginKit

enum Schema {
  static let migrations = [
    Migration(
      "requests",
      [
        // `state`: requested, bound; ended as declined, expired, notFound, taken, failed, unbound. Rows stay as
        // the history of an account. `sent_at`: when the platform said that it asks the person.
        """
        CREATE TABLE sferum_binding_requests (
          id TEXT PRIMARY KEY, user_id TEXT NOT NULL, person_id TEXT, phone TEXT NOT NULL, profile TEXT NOT NULL,
          state TEXT NOT NULL, reason TEXT, created_at INTEGER NOT NULL, changed_at INTEGER NOT NULL,
          sent_at INTEGER, expires_at INTEGER NOT NULL) WITHOUT ROWID
        """,
        // The rule itself: one phone at most one account, one account at most one phone.
        """
        CREATE UNIQUE INDEX sferum_binding_requests_by_user ON sferum_binding_requests (user_id)
        WHERE state IN ('requested', 'bound')
        """,
        """
        CREATE UNIQUE INDEX sferum_binding_requests_by_phone ON sferum_binding_requests (phone)
        WHERE state IN ('requested', 'bound')
        """,
        """
        CREATE VIEW sferum_binding_v1_bindings AS
        SELECT user_id, person_id, phone, state, changed_at AS since FROM sferum_binding_requests
        WHERE state IN ('requested', 'bound')
        """,
      ]),
    Migration("imports", ImportedBindings.sql),
    Migration("report", ReportSchema.sql),
  ]
}
