import Jansson
import ShellStore
import Testing

/// A table of people with every trap of sorting: ties, NULLs, letter case, ё.
struct PageTests {
  static let sourceJSON: JSONValue = [
    "from": "school_people", "key": "id",
    "columns": [
      ["id": "name", "title": "Имя", "type": "text", "sortable": true, "searchable": true, "collation": "russian"],
      ["id": "group", "title": ["ru": "Группа", "en": "Group"], "type": "number", "sql": "team", "sortable": true],
      ["id": "active", "title": "Активен", "type": "boolean", "sortable": true],
      ["id": "note", "title": "Заметка", "type": "text"],
      ["id": "born", "title": "Рождён", "type": "date", "sortable": true],
    ],
    "sort": [["column": "name"]],
    "search": ["index": "school_people_words", "rowid": "number", "text": "words"],
    "where": "hidden = 0 AND (:arg_team IS NULL OR team = :arg_team)", "arguments": ["team"],
    "rowActions": [["button": "open"], ["button": "remove", "when": "active = 1"]],
    "emphasis": "CASE WHEN team IS NULL THEN 'bold' END",
  ]

  let test: TestStore
  let source: TableSource
  let school = StatementPolicy(plugin: "school")

  init() throws {
    test = try TestStore()
    source = try TableSource(json: PageTests.sourceJSON, owner: "school")
    try test.store.migrate(
      owner: "school",
      steps: [
        MigrationStep(
          name: "people",
          sql: [
            """
            CREATE TABLE school_people (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT, team INTEGER,
              active INTEGER, note TEXT, born TEXT, hidden INTEGER NOT NULL DEFAULT 0,
              words TEXT GENERATED ALWAYS AS (shell_search_text(name, note)) STORED)
            """,
            "CREATE INDEX school_people_name ON school_people (name COLLATE russian, id)",
            "CREATE INDEX school_people_team ON school_people (team, name COLLATE russian, id)",
            "CREATE INDEX school_people_born ON school_people (born, id)",
          ] + SearchIndex(table: "school_people", rowid: "number", text: "words").sql)
      ])
  }

  func fill(_ count: Int) throws {
    let names = ["Анна", "анна", "Ёлкина", "Елкина", "Жукова", "Яшина", nil, "Zed", "Ольга \"О\""]
    let rows = (0..<count).map { number -> JSONValue in
      [
        JSONValue("p\(number)"), JSONValue(names[number % names.count]),
        number % 5 == 0 ? .null : JSONValue(number % 7), JSONValue(number % 2),
        number % 3 == 0 ? .null : JSONValue("слово\(number % 50) из тумана"),
        number % 4 == 0 ? .null : JSONValue("201\(number % 10)-01-0\(number % 9 + 1)"),
        JSONValue(number % 11 == 0 ? 1 : 0),
      ]
    }
    try test.store.transact(.write) { transaction in
      try transaction.insertMany(
        "INSERT INTO school_people (id, name, team, active, note, born, hidden) VALUES (?, ?, ?, ?, ?, ?, ?)",
        JSONValue(rows), policy: school)
    }
  }

  func page(_ request: PageRequest) throws(PageError) -> (rows: [JSONValue], info: PageInfo) {
    var bytes: [UInt8] = []
    let info = try test.store.page(source, request, policy: school, into: &bytes)
    // try?: a text that is no JSON fails the test as a page without rows.
    return ((try? JSONValue(parsing: bytes))?.array ?? [], info)
  }

  /// All pages of a request; `between` runs after each.
  func walk(_ request: PageRequest, between: (Int) throws -> Void = { _ in }) throws -> [JSONValue] {
    var request = request
    var rows: [JSONValue] = []
    var pages = 0
    while true {
      let (page, info) = try page(request)
      rows += page
      pages += 1
      guard let next = info.next, pages < 10_000 else { return rows }
      request.after = next
      try between(pages)
    }
  }

  @Test func `a row is written as the source says`() throws {
    try test.write(
      """
      INSERT INTO school_people (id, name, team, active, note, born) VALUES
        ('a', 'Ольга "О" \\ \u{1}', 7, 1, NULL, '2011-02-03'), ('b', 'Яна', NULL, 0, 12, NULL)
      """, policy: school)

    let (rows, info) = try page(PageRequest())

    #expect(
      rows == [
        [
          "id": "a",
          "cells": ["name": "Ольга \"О\" \\ \u{1}", "group": 7, "active": true, "note": .null, "born": "2011-02-03"],
          "actions": ["open", "remove"],
        ],
        [
          "id": "b", "cells": ["name": "Яна", "group": .null, "active": false, "note": "12", "born": .null],
          "actions": ["open"], "emphasis": "bold",
        ],
      ])
    #expect(info == PageInfo(total: 2, next: nil))
    #expect(try test.store.rows(source, ids: ["b", "none"], policy: school) == JSONValue([rows[1]]))
  }

  @Test(arguments: [
    [("name", false)], [("name", true)], [("group", false)], [("group", true)], [("born", false)], [("born", true)],
    [("group", true), ("name", false)], [("group", false), ("name", true)], [("active", true), ("born", false)],
    [("born", true), ("group", false), ("name", true)],
  ]) func `keyset pages walk every row exactly once in order while others are inserted`(
    _ sort: [(column: String, descending: Bool)]
  ) throws {
    try fill(400)
    let keys = sort.map { (sql: $0.column == "group" ? "team" : $0.column, descending: $0.descending) }
    let order =
      keys.map { key in
        "\(key.sql)\(key.sql == "name" ? " COLLATE russian" : "")\(key.descending ? " DESC" : "")"
      } + ["id\(sort.last?.descending == true ? " DESC" : "")"]
    let expected = try test.read(
      "SELECT id FROM school_people WHERE hidden = 0 ORDER BY \(order.joined(separator: ", "))")

    let rows = try walk(PageRequest(sort: sort, limit: 7)) { number in
      try test.write(
        "INSERT INTO school_people (id, name, team, born) VALUES (?, ?, ?, ?)",
        [
          JSONValue("new\(number)"), number % 2 == 0 ? JSONValue.null : "Ёлкина", number % 3 == 0 ? JSONValue.null : 3,
          number % 2 == 0 ? "2013-01-01" : .null,
        ], policy: school)
    }

    let ids = rows.compactMap { $0["id"]?.string }
    #expect(Set(ids).count == ids.count)
    #expect(ids.filter { !$0.hasPrefix("new") } == (expected.array ?? []).compactMap { $0["id"]?.string })
  }

  @Test func `filters compare for equality`() throws {
    try fill(200)
    for (filter, sql) in [
      ([("name", JSONValue("Елкина"))], "name = 'Елкина'"), ([("group", 3)], "team = 3"),
      ([("active", true), ("group", .null)], "active = 1 AND team IS NULL"),
      ([("born", "2011-01-02")], "born = '2011-01-02'"),
    ] {
      let rows = try walk(PageRequest(filter: filter, limit: 3))
      let count = try test.read("SELECT count(*) AS n FROM school_people WHERE hidden = 0 AND \(sql)")[0]?["n"]?.int
      #expect(rows.count == count)
      #expect(try page(PageRequest(filter: filter)).info.total == count)
    }
    let some = try page(PageRequest(parameters: ["arg_team": 3]))
    #expect(
      some.info.total
        == (try test.read("SELECT count(*) AS n FROM school_people WHERE hidden = 0 AND team = 3")[0]?["n"]?.int))
  }

  @Test(arguments: [
    "ёлк", "ЕЛКИНА", "а", "ан", "слово1", "слово10 тума", "\"о\"", "о*", "\" OR \"", "NEAR(а", "нет такого",
    "тума слово7 жук",
  ])
  func `search finds every word in any searched column, whatever the letter case`(_ search: String) throws {
    try fill(300)
    let words = FoldedText.words(search)
    let tests = words.map { word in
      let sought = word.count < 3 ? "\u{2}\u{2}\(word)" : word
      return "instr(words, '\(sought)') > 0"
    }
    let expected = try test.read(
      "SELECT id FROM school_people WHERE hidden = 0 AND \(tests.joined(separator: " AND ")) ORDER BY name COLLATE russian, id"
    )

    let rows = try walk(PageRequest(search: search, limit: 4))

    #expect(rows.compactMap { $0["id"]?.string } == (expected.array ?? []).compactMap { $0["id"]?.string })
    #expect(try page(PageRequest(search: search)).info.total == expected.count)
  }

  @Test func `a source without an index is searched row by row`() throws {
    try fill(60)
    let plain = try TableSource(json: PageTests.sourceJSON.removing("search"), owner: "school")
    var bytes: [UInt8] = []

    let info = try test.store.page(plain, PageRequest(search: "елк"), policy: school, into: &bytes)

    #expect(
      info.total
        == (try test.read("SELECT count(*) AS n FROM school_people WHERE hidden = 0 AND shell_fold(name) = 'елкина'")[
          0]?["n"]?.int))
    #expect(try JSONValue(parsing: bytes).count == info.total)
  }

  @Test func `a bad request is told where it is bad`() throws {
    try fill(20)
    func path(_ request: PageRequest) -> String? {
      do {
        _ = try page(request)
        return nil
      } catch {
        return error.path
      }
    }
    #expect(path(PageRequest(sort: [("nothing", false)])) == "/sort/0/column")
    #expect(path(PageRequest(sort: [("name", false), ("note", false)])) == "/sort/1/column")
    #expect(path(PageRequest(sort: [("name", false), ("name", true)])) == "/sort/1/column")
    #expect(path(PageRequest(filter: [("no/thing", 1)])) == "/filter/no~1thing")
    #expect(path(PageRequest(filter: [("name", [])])) == "/filter/name")
    #expect(path(PageRequest(limit: 0)) == "/limit")
    #expect(path(PageRequest(limit: 501)) == "/limit")
    #expect(path(PageRequest(after: "что это")) == "/after")
    let cursor = try page(PageRequest(limit: 5)).info.next
    #expect(cursor != nil)
    #expect(path(PageRequest(after: cursor)) == nil)
    #expect(path(PageRequest(sort: [("name", true)], after: cursor)) == "/after")
    #expect(path(PageRequest(filter: [("active", true)], after: cursor)) == "/after")
    #expect(path(PageRequest(search: "анна", after: cursor)) == "/after")
    #expect(path(PageRequest(after: cursor, parameters: ["arg_team": 1])) == "/after")
  }

  @Test func `a cursor outlives the host`() throws {
    try fill(20)
    let first = try page(PageRequest(limit: 5))
    let second = try page(PageRequest(after: first.info.next, limit: 5))
    try test.reopen()

    #expect(try page(PageRequest(after: first.info.next, limit: 5)).rows == second.rows)
  }

  @Test func `totals follow every change, views and search included`() throws {
    try fill(20)
    try test.store.migrate(
      owner: "chats",
      steps: [MigrationStep(name: "x", sql: ["CREATE TABLE chats_x (id TEXT)"])])
    let before = try page(PageRequest()).info.total
    let found = try page(PageRequest(search: "анна")).info.total

    try test.write("INSERT INTO chats_x VALUES ('1')")
    #expect(try page(PageRequest()).info.total == before)
    try test.write("INSERT INTO school_people (id, name) VALUES ('new', 'Анна')", policy: school)
    #expect(try page(PageRequest()).info.total == before + 1)
    #expect(try page(PageRequest(search: "анна")).info.total == found + 1)
    try test.write("DELETE FROM school_people WHERE id = 'new'", policy: school)
    #expect(try page(PageRequest()).info.total == before)
    #expect(try page(PageRequest(search: "анна")).info.total == found)
  }

  @Test func `a source may not read what its owner may not`() throws {
    try fill(5)
    var bytes: [UInt8] = []
    #expect {
      try test.store.page(source, PageRequest(), policy: StatementPolicy(plugin: "chats"), into: &bytes)
    } throws: {
      if case PageError.store(.refused) = $0 { true } else { false }
    }
    let sneaky = try TableSource(
      json: PageTests.sourceJSON.setting("emphasis", "(SELECT login FROM shell_audit)"), owner: "school")
    #expect { try test.store.page(sneaky, PageRequest(), policy: school, into: &bytes) } throws: {
      if case PageError.store(.refused) = $0 { true } else { false }
    }
    let unknown = try TableSource(json: PageTests.sourceJSON.setting("where", "team = :arg_nothing"), owner: "school")
    #expect(throws: PageError.self) { try test.store.page(unknown, PageRequest(), policy: school, into: &bytes) }
    #expect(bytes.isEmpty)
  }

  @Test(
    arguments: [
      (["from": "a b"], "/from"), (["columns": []], "/columns"), (["surprise": 1], "/surprise"),
      (["columns": [["id": "a", "title": "A", "type": "colour"]]], "/columns/0/type"),
      (["columns": [["id": "a", "title": 1, "type": "text"]]], "/columns/0/title"),
      (["columns": [["id": "a b", "title": "", "type": "text"]]], "/columns/0/id"),
      (
        ["columns": [["id": "a", "title": "", "type": "text"], ["id": "a", "title": "", "type": "text"]]],
        "/columns/1/id"
      ),
      (["sort": [["column": "nothing"]]], "/sort/0/column"),
      (["search": ["index": "x", "rowid": "y"]], "/search/text"),
      (["arguments": ["a-b"]], "/arguments/0"), (["rowActions": [["when": "1"]]], "/rowActions/0/button"),
      (["where": 1], "/where"),
    ] as [(JSONValue, String)]) func `a broken source says where it is broken`(_ change: JSONValue, _ path: String)
  {
    #expect { try TableSource(json: PageTests.sourceJSON.merging(change), owner: "school") } throws: {
      ($0 as? TableSourceError)?.path == path
    }
  }

  @Test func `a column is sorted by the column that it names as its order`() throws {
    try test.write("ALTER TABLE school_people ADD COLUMN rank TEXT AS (CASE note WHEN '10А' THEN '10' ELSE '02' END)")
    try test.write(
      "INSERT INTO school_people (id, name, note) VALUES ('a', 'А', '10А'), ('b', 'Б', '2А'), ('c', 'В', '10А')")
    let json: JSONValue = [
      "from": "school_people", "key": "id",
      "columns": [["id": "class", "title": "Класс", "type": "text", "sql": "note", "order": "rank", "sortable": true]],
      "sort": [["column": "class"]],
    ]
    let source = try TableSource(json: json, owner: "school")
    var ids: [String] = []
    var after: String?
    repeat {
      var bytes: [UInt8] = []
      let info = try test.store.page(source, PageRequest(after: after, limit: 1), policy: school, into: &bytes)
      ids += (try JSONValue(parsing: bytes).array ?? []).compactMap { $0["id"]?.string }
      after = info.next
    } while after != nil
    #expect(ids == ["b", "a", "c"])
  }
}
