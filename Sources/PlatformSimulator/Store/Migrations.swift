import Foundation
import GRDB

extension State {
  /// Append-only: a state file of an older version is brought up step by step.
  static var migrations: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("people, messages, updates", migrate: makeMessenger)
    migrator.registerMigration("bindings", migrate: makeGateway)
    migrator.registerMigration("faults and log", migrate: makeControl)
    migrator.registerMigration("chats", migrate: makeChats)
    migrator.registerMigration("calls", migrate: makeCalls)
    migrator.registerMigration("faults in the log") { db in
      try db.execute(sql: "ALTER TABLE requests ADD COLUMN fault TEXT")
    }
    return migrator
  }

  private static func makeMessenger(_ db: Database) throws {
    try db.execute(
      sql: """
        CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

        CREATE TABLE people(
          userId INTEGER PRIMARY KEY AUTOINCREMENT,
          phone TEXT NOT NULL UNIQUE,
          name TEXT NOT NULL,
          chatId INTEGER UNIQUE,
          stopped INTEGER NOT NULL DEFAULT 0,
          lastActiveAt INTEGER NOT NULL);

        CREATE TABLE messages(
          mid TEXT PRIMARY KEY,
          chatId INTEGER NOT NULL,
          seq INTEGER NOT NULL UNIQUE,
          senderId INTEGER NOT NULL,
          at INTEGER NOT NULL,
          text TEXT,
          attachments TEXT NOT NULL DEFAULT '[]',
          editedAt INTEGER,
          deletedAt INTEGER) WITHOUT ROWID;
        CREATE INDEX messagesByChat ON messages(chatId, seq);

        CREATE TABLE callbacks(
          callbackId TEXT PRIMARY KEY,
          mid TEXT NOT NULL,
          chatId INTEGER NOT NULL,
          userId INTEGER NOT NULL,
          payload TEXT NOT NULL,
          at INTEGER NOT NULL,
          answeredAt INTEGER,
          notification TEXT) WITHOUT ROWID;

        CREATE TABLE updates(
          seq INTEGER PRIMARY KEY AUTOINCREMENT,
          at INTEGER NOT NULL,
          type TEXT NOT NULL,
          body TEXT NOT NULL,
          isCopy INTEGER NOT NULL DEFAULT 0);
        """
    )
    // Ids look like the real ones: nine digits. Markers begin at the present instant, so that a client which
    // remembers a marker of a state that was thrown away does not wait for positions long past.
    let now = Int64(Date().timeIntervalSince1970 * 1000)
    try db.execute(
      sql: "INSERT INTO sqlite_sequence(name, seq) VALUES('people', 100000000), ('updates', ?)",
      arguments: [now]
    )
  }

  private static func makeGateway(_ db: Database) throws {
    try db.execute(
      sql: """
        CREATE TABLE bindings(
          bindingId TEXT PRIMARY KEY,
          ordinal INTEGER NOT NULL UNIQUE,
          externalUserId TEXT NOT NULL,
          phone TEXT NOT NULL,
          status TEXT NOT NULL,
          reason TEXT,
          userId INTEGER,
          chatId INTEGER,
          role TEXT NOT NULL,
          lastName TEXT NOT NULL,
          firstName TEXT NOT NULL,
          middleName TEXT,
          organizationId TEXT NOT NULL,
          organizationName TEXT NOT NULL,
          createdAt INTEGER NOT NULL,
          updatedAt INTEGER NOT NULL,
          expiresAt INTEGER,
          deletedAt INTEGER) WITHOUT ROWID;
        CREATE INDEX bindingsByUser ON bindings(externalUserId, ordinal);
        CREATE INDEX bindingsByPhone ON bindings(phone, ordinal);
        CREATE INDEX bindingsToExpire ON bindings(expiresAt)
          WHERE status = 'pending' AND expiresAt IS NOT NULL;
        -- One phone serves one account, and one account has one phone.
        CREATE UNIQUE INDEX linkedPhone ON bindings(phone) WHERE status = 'linked' AND deletedAt IS NULL;
        CREATE UNIQUE INDEX activeUser ON bindings(externalUserId)
          WHERE status IN ('pending', 'linked') AND deletedAt IS NULL;

        CREATE TABLE idempotency(
          key TEXT PRIMARY KEY,
          digest TEXT NOT NULL,
          answer BLOB NOT NULL,
          target TEXT,
          at INTEGER NOT NULL) WITHOUT ROWID;
        """
    )
  }

  private static func makeControl(_ db: Database) throws {
    try db.execute(
      sql: """
        CREATE TABLE faults(
          id INTEGER PRIMARY KEY AUTOINCREMENT,
          operation TEXT NOT NULL,
          kind TEXT NOT NULL,
          status INTEGER,
          timesLeft INTEGER,
          rate REAL NOT NULL,
          ms INTEGER,
          matched INTEGER NOT NULL DEFAULT 0,
          hit INTEGER NOT NULL DEFAULT 0);

        CREATE TABLE requests(
          id INTEGER PRIMARY KEY AUTOINCREMENT,
          at INTEGER NOT NULL,
          method TEXT NOT NULL,
          path TEXT NOT NULL,
          status INTEGER NOT NULL,
          effect TEXT NOT NULL,
          idempotencyKey TEXT,
          target TEXT);
        CREATE INDEX requestsByTime ON requests(at, id);
        """
    )
  }
}
