import Jansson
import ShellStore
import Testing

struct VettingTests {
  let test: TestStore
  let chats = StatementPolicy(plugin: "chats", views: ["school_v1_people"])

  init() throws {
    test = try TestStore()
    try test.store.migrate(
      owner: "school",
      steps: [
        MigrationStep(
          name: "people",
          sql: [
            "CREATE TABLE school_people (id TEXT PRIMARY KEY, name TEXT, secret TEXT)",
            "CREATE VIEW school_inner AS SELECT id, name FROM school_people",
            "CREATE VIEW school_v1_people AS SELECT id, name FROM school_inner",
            "CREATE VIEW school_v1_other AS SELECT id FROM school_people",
            "INSERT INTO school_people VALUES ('p1', 'Анна', 'пароль')",
          ])
      ])
    try test.store.migrate(
      owner: "chats",
      steps: [
        MigrationStep(name: "chats", sql: ["CREATE TABLE chats_rooms (id TEXT PRIMARY KEY, title TEXT, seats INTEGER)"])
      ])
    try test.store.migrate(
      owner: "chats-archive", steps: [MigrationStep(name: "one", sql: ["CREATE TABLE chats_archive_old (id TEXT)"])])
  }

  @Test func `an owner writes its own tables and reads published views`() throws {
    try test.write("INSERT INTO chats_rooms VALUES ('r1', ?, 3)", ["Чат"], policy: chats)

    let rows = try test.read(
      """
      WITH named AS (SELECT id, name FROM school_v1_people AS p)
      SELECT r.title, n.name FROM chats_rooms r JOIN named n ON n.id = 'p1' JOIN json_each('[1]')
      """, policy: chats)

    #expect(rows == [["title": "Чат", "name": "Анна"]])
  }

  @Test(arguments: [
    "SELECT * FROM school_people", "SELECT secret FROM school_people", "SELECT count(*) FROM school_people",
    "SELECT * FROM school_v1_other", "SELECT * FROM school_inner",
    "SELECT * FROM school_v1_people, school_people",
    "WITH school_v1_people AS (SELECT secret FROM school_people) SELECT * FROM school_v1_people",
    "WITH x AS (SELECT 1), \"SCHOOL_V1_people\" (s) AS MATERIALIZED (SELECT secret FROM school_people) SELECT * FROM school_v1_people",
    "WITH school_v1_people/**/AS/**/NOT MATERIALIZED (SELECT secret FROM school_people) SELECT * FROM school_v1_people",
    "WITH x AS (SELECT secret FROM school_people) SELECT * FROM x AS school_v1_people",
    "SELECT * FROM (SELECT secret FROM school_people) AS school_v1_people",
    "SELECT (SELECT secret FROM school_people) FROM school_v1_people",
    "SELECT * FROM chats_archive_old", "DELETE FROM chats_archive_old", "INSERT INTO chats_archive_old VALUES ('1')",
    "INSERT INTO chats_rooms SELECT id, secret, 1 FROM school_people",
    "INSERT INTO chats_rooms VALUES ('a', 'b', 1) RETURNING (SELECT secret FROM school_people)",
    "UPDATE school_people SET name = ''", "DELETE FROM school_people", "DELETE FROM school_v1_people",
    "INSERT INTO shell_jobs (owner, name, key, due_at, payload) VALUES ('school', 'x', 'y', 1, '')",
    "SELECT * FROM shell_audit", "SELECT * FROM shell_context", "DELETE FROM shell_migrations",
    "SELECT * FROM sqlite_master", "SELECT * FROM sqlite_schema", "SELECT * FROM pragma_table_info('school_people')",
    "DELETE FROM sqlite_sequence", "UPDATE sqlite_master SET sql = ''",
    "ATTACH '/tmp/other.sqlite' AS other", "DETACH main", "PRAGMA writable_schema = ON", "PRAGMA user_version",
    "PRAGMA journal_mode = DELETE", "VACUUM", "VACUUM INTO '/tmp/copy.sqlite'", "ANALYZE", "REINDEX",
    "SELECT load_extension('/tmp/x.so')", "SELECT fts3_tokenizer('simple')",
    "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT a", "RELEASE a", "END",
    "CREATE TABLE chats_new (id TEXT)", "CREATE TEMP TABLE chats_new (id TEXT)", "DROP TABLE chats_rooms",
    "ALTER TABLE chats_rooms ADD COLUMN x", "CREATE INDEX chats_i ON chats_rooms (title)",
    "CREATE TRIGGER chats_t AFTER INSERT ON chats_rooms BEGIN SELECT 1; END", "CREATE VIEW chats_v AS SELECT 1",
    "SELECT 1; SELECT 2", "SELECT 1; DROP TABLE school_people", "DELETE FROM chats_rooms; SELECT 1", "", " -- nothing",
    ";",
    "EXPLAIN SELECT * FROM school_people",
  ]) func `a statement outside of its owner's rights is refused`(_ sql: String) throws {
    for mode in [TransactionMode.read, .write] {
      #expect { try test.store.transact(mode) { try $0.query(sql, .null, policy: chats) } } throws: {
        isRefusal($0) || "\($0)".contains("may not be modified") || "\($0)".contains("cannot modify")
      }
    }
  }

  @Test(arguments: ["SELECT 1 ;", "SELECT 1 -- one", "SELECT 1; /* two; */ -- three\n ;", "SELECT ';'"])
  func `what follows a statement may be blanks and comments`(_ sql: String) throws {
    #expect(try test.read(sql, policy: chats).count == 1)
  }

  @Test(arguments: [
    ["CREATE TABLE school_x (id TEXT)"], ["CREATE TABLE x (id TEXT)"], ["CREATE TABLE chats_archive_x (id TEXT)"],
    ["DROP TABLE school_people"], ["CREATE INDEX chats_i ON school_people (name)"],
    ["CREATE TRIGGER chats_t AFTER INSERT ON school_people BEGIN SELECT 1; END"],
    ["ALTER TABLE school_people ADD COLUMN y"], ["ALTER TABLE chats_rooms RENAME TO school_rooms"],
    ["ALTER TABLE chats_rooms RENAME TO rooms"], ["CREATE TABLE chats_copy AS SELECT * FROM school_people"],
    ["INSERT INTO chats_rooms SELECT id, secret, 1 FROM school_people"], ["DELETE FROM shell_migrations"],
    ["CREATE VIEW chats_v AS SELECT secret FROM school_people"], ["PRAGMA writable_schema = ON"],
    [
      "CREATE VIEW chats_v AS WITH school_v1_people AS (SELECT secret FROM school_people) SELECT * FROM school_v1_people"
    ],
    ["CREATE TEMP TABLE chats_t (id TEXT)"], ["ATTACH ':memory:' AS other"], ["COMMIT"],
    ["CREATE VIRTUAL TABLE chats_r USING rtree(id, a, b)"], ["CREATE VIRTUAL TABLE school_f USING fts5(a)"],
    ["CREATE TABLE chats_ok (id TEXT); CREATE TABLE chats_two (id TEXT)"], ["SELECT load_extension('x')"],
  ]) func `a migration outside of its owner's prefix is refused and leaves nothing`(_ sql: [String]) throws {
    let first = MigrationStep(
      name: "chats", sql: ["CREATE TABLE chats_rooms (id TEXT PRIMARY KEY, title TEXT, seats INTEGER)"])
    let before = try test.read("SELECT name, sql FROM sqlite_master ORDER BY name")

    let reason = migrationReason {
      try test.store.migrate(
        owner: "chats",
        steps: [first, MigrationStep(name: "bad", sql: ["CREATE TABLE chats_fine (id TEXT)"] + sql)],
        views: ["school_v1_people"])
    }

    #expect(reason?.hasPrefix("bad: ") == true)
    #expect(try test.read("SELECT name, sql FROM sqlite_master ORDER BY name") == before)
  }

  @Test func `a trigger cannot carry a change into another owner's table`() throws {
    let first = MigrationStep(
      name: "chats", sql: ["CREATE TABLE chats_rooms (id TEXT PRIMARY KEY, title TEXT, seats INTEGER)"])
    try test.store.migrate(
      owner: "chats",
      steps: [
        first,
        MigrationStep(
          name: "trigger",
          sql: ["CREATE TRIGGER chats_t AFTER INSERT ON chats_rooms BEGIN DELETE FROM school_people; END"]),
      ])

    #expect { try test.write("INSERT INTO chats_rooms VALUES ('a', '', 1)", policy: chats) } throws: { isRefusal($0) }
    #expect(try test.read("SELECT id FROM school_people").count == 1)
  }

  @Test func `a view over another owner's published view is allowed where the manifest names it`() throws {
    let steps = [
      MigrationStep(
        name: "journal", sql: ["CREATE VIEW journal_v1_people AS SELECT name FROM school_v1_people"])
    ]
    let reason = migrationReason { try test.store.migrate(owner: "journal", steps: steps) }
    #expect(reason?.contains("journal_v1_people") == true)

    try test.store.migrate(owner: "journal", steps: steps, views: ["school_v1_people"])

    let reader = StatementPolicy(plugin: "chats", views: ["journal_v1_people"])
    #expect(try test.read("SELECT * FROM journal_v1_people", policy: reader) == [["name": "Анна"]])
    #expect { try test.read("SELECT * FROM school_v1_people", policy: reader) } throws: { isRefusal($0) }
  }

  @Test func `a search index is made and kept by a plugin's own statements`() throws {
    let index = SearchIndex(table: "school_pupils", rowid: "number", text: "words")
    let school = StatementPolicy(plugin: "school")
    try test.store.migrate(owner: "library", steps: [])
    try test.store.migrate(
      owner: "library",
      steps: [
        MigrationStep(
          name: "books",
          sql: [
            """
            CREATE TABLE library_books (number INTEGER PRIMARY KEY, id TEXT UNIQUE, title TEXT,
              words TEXT GENERATED ALWAYS AS (shell_search_text(title)) STORED)
            """
          ] + SearchIndex(table: "library_books", rowid: "number", text: "words").sql)
      ])
    let library = StatementPolicy(plugin: "library")
    #expect(index.name == "school_pupils_words")

    try test.write("INSERT INTO library_books (id, title) VALUES ('b1', 'Ёжик в тумане')", policy: library)
    try test.write("UPDATE library_books SET title = 'Ёжик' WHERE id = 'b1'", policy: library)

    let sql = "SELECT rowid FROM library_books_words WHERE library_books_words MATCH ?"
    #expect(try test.read(sql, ["\"ежи\""], policy: library).count == 1)
    #expect(try test.read(sql, ["\"тумане\""], policy: library).count == 0)
    #expect { try test.read(sql, ["\"ежи\""], policy: school) } throws: { isRefusal($0) }
  }
}
