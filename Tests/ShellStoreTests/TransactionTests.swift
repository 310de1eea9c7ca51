import Dispatch
import Foundation
import Jansson
import ShellStore
import Synchronization
import Testing

struct TransactionTests {
  let test: TestStore
  let school = StatementPolicy(plugin: "school")

  init() throws {
    test = try TestStore()
    try test.store.migrate(
      owner: "school",
      steps: [MigrationStep(name: "t", sql: ["CREATE TABLE school_t (id INTEGER PRIMARY KEY, v, w TEXT UNIQUE)"])])
  }

  @Test func `values come back as they went in`() throws {
    let values: JSONValue = ["текст \" \\ \n 😀", 1, -9_007_199_254_740_993, 1.5, true, false, .null, ""]
    for value in values.array ?? [] {
      try test.write("INSERT INTO school_t (v) VALUES (:value)", ["value": value, "unused": 1], policy: school)
    }

    let rows = try test.read("SELECT v FROM school_t ORDER BY id")

    let expected: JSONValue = ["текст \" \\ \n 😀", 1, -9_007_199_254_740_993, 1.5, 1, 0, .null, ""]
    #expect(JSONValue((rows.array ?? []).map { $0["v"] ?? .null }) == expected)
    #expect(
      try test.read("SELECT x'00ff' AS blob, CAST(x'd0' AS TEXT) AS broken")
        == [["blob": "00ff", "broken": "\u{FFFD}"]])
  }

  @Test(
    arguments: [
      (JSONValue?.none, "2 values are missing"), ([1], "1 values for 2"), ([1, [2]], "value 2 is not a scalar"),
      (["a": 1], "without a name"), ("x", "an array or an object"),
    ] as [(JSONValue?, String)]) func `bindings that do not fit are an error`(_ bindings: JSONValue?, _ reason: String)
  {
    #expect { try test.read("SELECT ?, ?", bindings) } throws: { "\($0)".contains(reason) }
  }

  @Test func `a missing named value is an error`() {
    #expect { try test.read("SELECT :a, :b", ["a": 1]) } throws: { "\($0)".contains("no value for :b") }
  }

  @Test func `changes are counted and rows can be returned`() throws {
    try test.store.transact(.write) { transaction in
      try transaction.insertMany("INSERT INTO school_t (v) VALUES (?)", [[1], [2], [3]], policy: school)
      #expect(transaction.changes == 3)
      let returned = try transaction.query("UPDATE school_t SET v = 0 WHERE v > 1 RETURNING id", nil, policy: school)
      #expect(transaction.changes == 2)
      #expect(returned.count == 2)
      try transaction.query("DELETE FROM school_t WHERE v = 7", nil, policy: school)
      #expect(transaction.changes == 0)
      try transaction.query("SELECT 1", nil, policy: school)
      #expect(transaction.changes == 0)
    }
  }

  @Test func `an error rolls back, also when the body goes on`() throws {
    struct Stop: Error {}
    #expect(throws: Stop.self) {
      try test.store.transact(.write) { transaction in
        try transaction.query("INSERT INTO school_t (v) VALUES (1)", nil, policy: school)
        throw Stop()
      }
    }
    #expect {
      try test.store.transact(.write) { transaction in
        try transaction.query("INSERT INTO school_t (w) VALUES ('a')", nil, policy: school)
        // try?: the point of the test.
        _ = try? transaction.query("INSERT INTO school_t (w) VALUES ('a')", nil, policy: school)
      }
    } throws: { ($0 as? StoreError)?.isConstraint == true }
    #expect(try test.read("SELECT * FROM school_t").count == 0)
  }

  @Test func `a statement that rolls everything back itself leaves the store usable`() throws {
    #expect(throws: StoreError.self) {
      try test.store.transact(.write) { transaction in
        try transaction.query("INSERT INTO school_t (w) VALUES ('a')", nil, policy: school)
        try transaction.query("INSERT OR ROLLBACK INTO school_t (w) VALUES ('a')", nil, policy: school)
      }
    }

    try test.write("INSERT INTO school_t (w) VALUES ('b')", policy: school)
    #expect(try test.read("SELECT w FROM school_t") == [["w": "b"]])
  }

  @Test func `a savepoint is undone by itself`() throws {
    try test.store.transact(.write) { transaction in
      try transaction.query("INSERT INTO school_t (w) VALUES ('a')", nil, policy: school)
      #expect {
        try transaction.savepoint {
          try transaction.query("INSERT INTO school_t (w) VALUES ('b')", nil, policy: school)
          try transaction.query("INSERT INTO school_t (w) VALUES ('a')", nil, policy: school)
        }
      } throws: { ($0 as? StoreError)?.isConstraint == true }
      try transaction.savepoint {
        _ = try transaction.query("INSERT INTO school_t (w) VALUES ('c')", nil, policy: school)
      }
    }

    #expect(try test.read("SELECT w FROM school_t ORDER BY w") == [["w": "a"], ["w": "c"]])
  }

  @Test func `a reading transaction changes nothing and a transaction does not nest`() throws {
    #expect {
      try test.store.transact(.read) { try $0.query("DELETE FROM school_t", nil, policy: school) }
    } throws: { if case StoreError.readOnly = $0 { true } else { false } }
    for outer in [TransactionMode.read, .write] {
      for inner in [TransactionMode.read, .write] {
        #expect(throws: StoreError.nested) {
          try test.store.transact(outer) { _ in try test.store.transact(inner) { _ in } }
        }
      }
    }
  }

  @Test func `a transaction ends with its body`() throws {
    let kept = try test.store.transact(.write) { $0 }
    #expect(throws: StoreError.self) { try kept.query("SELECT 1", nil, policy: nil) }
  }

  @Test func `the observer hears what each commit changed, in order`() throws {
    let heard = Mutex<[CommittedChange]>([])
    test.store.setCommitObserver { change in heard.withLock { $0.append(change) } }

    try test.write("INSERT INTO school_t (w) VALUES ('a')", policy: school)
    try test.write("DELETE FROM school_t WHERE w = 'nobody'", policy: school)
    try test.store.transact(.write) { transaction in
      try transaction.emit(name: "school.changed", owner: "school", payload: [:])
      try transaction.schedule(JobRequest(owner: "school", name: "j", key: "k", dueAtMs: 1))
      try transaction.setContext(user: "u1", key: "a", value: true)
    }
    try test.store.transact(.write) { try $0.setContext(user: "u1", key: "a", value: true) }
    #expect(throws: StoreError.self) {
      try test.write("INSERT INTO school_t (id) VALUES ('no number')", policy: school)
    }

    let changes = heard.withLock { $0 }
    #expect(changes.count == 2)
    #expect(changes.first == CommittedChange(tables: ["school_t"]))
    #expect(changes.last?.events == true && changes.last?.jobs == true && changes.last?.contextUsers == ["u1"])
    #expect(changes.last?.tables == ["shell_events", "shell_jobs", "shell_context"])
  }

  @Test func `the observer is called as directly after many commits as after the first`() throws {
    let depths = Mutex<[Int]>([])
    test.store.setCommitObserver { _ in
      let depth = Thread.callStackReturnAddresses.count
      depths.withLock { $0.append(depth) }
    }
    for number in 1...20 { try test.write("INSERT INTO school_t (v) VALUES (?)", [JSONValue(number)], policy: school) }
    let heard = depths.withLock { $0 }
    #expect(heard.count == 20)
    #expect(Set(heard).count == 1, "\(heard)")
  }

  @Test func `readers see whole transactions while a writer writes`() throws {
    try test.write("INSERT INTO school_t (id, v) VALUES (1, 50), (2, 50)", policy: school)
    let store = test.store
    let failures = Mutex<[String]>([])

    DispatchQueue.concurrentPerform(iterations: 6) { worker in
      do {
        for round in 0..<150 {
          if worker < 2 {
            try store.transact(.write) { transaction in
              let amount = JSONValue(round % 7)
              try transaction.query("UPDATE school_t SET v = v - ? WHERE id = 1", [amount], policy: nil)
              try transaction.query("UPDATE school_t SET v = v + ? WHERE id = 2", [amount], policy: nil)
            }
          } else {
            let rows = try store.transact(.read) { transaction in
              _ = try transaction.query("SELECT v FROM school_t WHERE id = 1", nil, policy: nil)
              return try transaction.query("SELECT sum(v) AS total FROM school_t", nil, policy: nil)
            }
            if rows[0]?["total"]?.int != 100 { failures.withLock { $0.append(rows.text()) } }
          }
        }
      } catch {
        failures.withLock { $0.append("\(error)") }
      }
    }

    #expect(failures.withLock { $0 } == [])
  }
}
