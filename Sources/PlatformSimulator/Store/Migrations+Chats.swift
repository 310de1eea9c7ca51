import GRDB

extension State {
  static func makeChats(_ db: Database) throws {
    try db.execute(
      sql: """
        ALTER TABLE people ADD COLUMN refusesChats INTEGER NOT NULL DEFAULT 0;

        CREATE TABLE chats(
          chatId INTEGER PRIMARY KEY,
          externalId TEXT NOT NULL,
          title TEXT NOT NULL,
          description TEXT,
          kind TEXT NOT NULL,
          link TEXT NOT NULL UNIQUE,
          createdAt INTEGER NOT NULL,
          lastEventAt INTEGER NOT NULL,
          closedAt INTEGER);
        CREATE UNIQUE INDEX livingChats ON chats(externalId) WHERE closedAt IS NULL;
        CREATE INDEX chatsByTitle ON chats(title) WHERE closedAt IS NULL;

        -- People and the bot. `rights`: an administrator's permissions with commas between them, or null.
        CREATE TABLE chatMembers(
          chatId INTEGER NOT NULL,
          userId INTEGER NOT NULL,
          joinedAt INTEGER NOT NULL,
          rights TEXT,
          alias TEXT,
          PRIMARY KEY(chatId, userId)) WITHOUT ROWID;
        CREATE INDEX chatMembersByUser ON chatMembers(userId);

        CREATE TABLE chatBlocks(
          chatId INTEGER NOT NULL,
          userId INTEGER NOT NULL,
          PRIMARY KEY(chatId, userId)) WITHOUT ROWID;
        """)
  }
}
