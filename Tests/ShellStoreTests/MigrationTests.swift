import Foundation
import Jansson
import ShellStore
import Testing

struct MigrationTests {
  let one = MigrationStep(name: "one", sql: ["CREATE TABLE school_a (id TEXT)"])
  let two = MigrationStep(name: "two", sql: ["CREATE TABLE school_b (id TEXT)"])

  @Test func `steps are applied once and in order`() throws {
    let test = try TestStore()

    try test.store.migrate(owner: "school", steps: [one])
    try test.store.migrate(owner: "school", steps: [one, two])
    try test.reopen()
    try test.store.migrate(owner: "school", steps: [one, two])

    #expect(try test.store.schemaVersions()["school"] == 2)
    #expect(try test.read("SELECT * FROM school_b").count == 0)
  }

  @Test func `a step that changed, went missing or moved is named`() throws {
    let test = try TestStore()
    try test.store.migrate(owner: "school", steps: [one, two])
    let changed = MigrationStep(name: "one", sql: ["CREATE TABLE school_a (id TEXT, name TEXT)"])

    #expect(
      migrationReason { try test.store.migrate(owner: "school", steps: [changed, two]) }
        == "one: has changed since it was applied")
    #expect(migrationReason { try test.store.migrate(owner: "school", steps: [two]) }?.hasPrefix("one: ") == true)
    #expect(migrationReason { try test.store.migrate(owner: "school", steps: [one]) }?.hasPrefix("two: ") == true)
    #expect(migrationReason { try test.store.migrate(owner: "school", steps: [two, one]) }?.hasPrefix("one: ") == true)
    #expect(
      migrationReason { try test.store.migrate(owner: "school", steps: [one, two, one]) }
        == "one: two steps have this name")
  }

  @Test func `a search index that is first met after another owner's migration is there with its table`() throws {
    let test = try TestStore()
    let index = SearchIndex(table: "school_words", rowid: "n", text: "text")
    let words = MigrationStep(
      name: "words",
      sql: ["CREATE TABLE school_words (n INTEGER PRIMARY KEY, text TEXT NOT NULL)"] + index.sql + [
        "CREATE TABLE school_plain (n INTEGER PRIMARY KEY)",
        """
        CREATE TRIGGER school_plain_told AFTER DELETE ON school_plain
        BEGIN UPDATE school_words SET text = text || '!' WHERE n = old.n; END
        """,
      ])
    try test.store.migrate(owner: "school", steps: [words])
    try test.reopen()
    let school = StatementPolicy(plugin: "school")
    // Both connections know the schema, and neither has met the index.
    try test.write("INSERT INTO school_plain VALUES (1)", policy: school)
    _ = try test.read("SELECT n FROM school_plain", policy: school)

    try test.store.migrate(owner: "other", steps: [MigrationStep(name: "a", sql: ["CREATE TABLE other_a (id TEXT)"])])

    try test.write("DELETE FROM school_plain", policy: school)
    #expect(try test.read("SELECT n FROM school_plain", policy: school).count == 0)
    #expect(try test.read("SELECT n FROM school_words WHERE n IN (SELECT rowid FROM school_words_words)").count == 0)
  }

  @Test func `a later step may add checked and generated columns to a strict table`() throws {
    let test = try TestStore()
    let strict = MigrationStep(name: "strict", sql: ["CREATE TABLE school_a (id TEXT, n INTEGER) STRICT"])
    let more = MigrationStep(
      name: "more",
      sql: [
        "ALTER TABLE school_a ADD COLUMN kind TEXT NOT NULL DEFAULT 'a' CHECK (kind IN ('a', 'b'))",
        "ALTER TABLE school_a ADD COLUMN twice INTEGER NOT NULL GENERATED ALWAYS AS (coalesce(n, 0) * 2) VIRTUAL",
      ])
    try test.store.migrate(owner: "school", steps: [strict])

    try test.store.migrate(owner: "school", steps: [strict, more])

    #expect(try test.read("SELECT kind, twice FROM school_a").count == 0)
  }

  @Test func `a step that fails undoes the steps before it`() throws {
    let test = try TestStore()
    let bad = MigrationStep(name: "bad", sql: ["CREATE TABLE school_c (id TEXT)", "CREATE TABLE school_c (id TEXT)"])

    #expect(migrationReason { try test.store.migrate(owner: "school", steps: [one, bad]) }?.hasPrefix("bad: ") == true)
    #expect(throws: StoreError.self) { try test.read("SELECT * FROM school_a") }

    try test.store.migrate(owner: "school", steps: [one])
    #expect(try test.read("SELECT * FROM school_a").count == 0)
  }

  @Test func `the file and its companions are for their owner only, and one file is left when closed`() throws {
    let test = try TestStore()
    try test.store.migrate(owner: "school", steps: [one])

    for name in ["esh.sqlite", "esh.sqlite-wal", "esh.sqlite-shm"] {
      let attributes = try FileManager.default.attributesOfItem(atPath: test.folder.appendingPathComponent(name).path)
      #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
    }
    #expect(test.store.sizeBytes() > 0)
    try test.store.close()

    #expect(try FileManager.default.contentsOfDirectory(atPath: test.folder.path) == ["esh.sqlite"])
    #expect(throws: StoreError.closed) { try test.read("SELECT 1") }
    #expect(throws: StoreError.closed) { try test.write("SELECT 1") }
  }
}
