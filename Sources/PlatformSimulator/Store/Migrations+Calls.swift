import GRDB

extension State {
  static func makeCalls(_ db: Database) throws {
    try db.execute(
      sql: """
        -- No index has `state`, so to start a call is to write one row.
        CREATE TABLE calls(
          ordinal INTEGER PRIMARY KEY AUTOINCREMENT,
          callId TEXT NOT NULL UNIQUE,
          externalId TEXT NOT NULL,
          chatId INTEGER NOT NULL,
          name TEXT NOT NULL,
          state TEXT NOT NULL,
          link TEXT NOT NULL UNIQUE,
          startsAt INTEGER,
          endsAt INTEGER,
          createdAt INTEGER NOT NULL,
          startedAt INTEGER,
          finishedAt INTEGER,
          deletedAt INTEGER);
        CREATE UNIQUE INDEX keptCalls ON calls(externalId) WHERE deletedAt IS NULL;
        CREATE INDEX callsByName ON calls(name) WHERE deletedAt IS NULL;

        -- Whom a call is for; nobody here: everybody in its chat. `call`: an ordinal.
        CREATE TABLE callInvitees(
          call INTEGER NOT NULL,
          userId INTEGER NOT NULL,
          PRIMARY KEY(call, userId)) WITHOUT ROWID;

        -- Who was in a call from when to when, in the order of coming.
        CREATE TABLE callStays(
          stay INTEGER PRIMARY KEY AUTOINCREMENT,
          call INTEGER NOT NULL,
          userId INTEGER NOT NULL,
          joinedAt INTEGER NOT NULL,
          leftAt INTEGER);
        CREATE INDEX callStaysByCall ON callStays(call);
        CREATE UNIQUE INDEX callStaysNow ON callStays(call, userId) WHERE leftAt IS NULL;
        """)
  }
}
