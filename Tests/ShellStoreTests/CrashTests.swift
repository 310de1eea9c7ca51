import Foundation
import Jansson
import ShellStore
import ShellTime
import Testing

/// What a copy of the files finds that was taken while the host was writing, as after a power cut: the file
/// and its log, without the shared memory that dies with the processes.
struct CrashTests {
  @Test func `what was committed is there after a crash, and nothing of what was not`() throws {
    let test = try TestStore()
    try test.store.migrate(
      owner: "school",
      steps: [MigrationStep(name: "t", sql: ["CREATE TABLE school_t (id INTEGER PRIMARY KEY, v TEXT)"])])
    let copy = test.folder.appendingPathComponent("copy")
    try FileManager.default.createDirectory(at: copy, withIntermediateDirectories: true)
    for number in 1...50 {
      try test.store.transact(.write) { transaction in
        try transaction.query("INSERT INTO school_t (id, v) VALUES (?, 'a')", [JSONValue(number)], policy: nil)
        try transaction.emit(name: "school.added", owner: "school", payload: ["id": JSONValue(number)])
        try transaction.schedule(JobRequest(owner: "school", name: "send", key: "\(number)", dueAtMs: 1))
      }
    }

    try test.store.transact(.write) { transaction in
      try transaction.query("DELETE FROM school_t", nil, policy: nil)
      for suffix in ["", "-wal"] {
        try FileManager.default.copyItem(
          atPath: test.path + suffix, toPath: copy.appendingPathComponent("esh.sqlite\(suffix)").path)
      }
    }

    let store = try Store(path: copy.appendingPathComponent("esh.sqlite").path, clock: test.clock)
    let counts = try store.transact(.read) { transaction in
      try transaction.query(
        "SELECT (SELECT count(*) FROM school_t) AS rows, (SELECT count(*) FROM shell_events) AS events, (SELECT * FROM pragma_integrity_check) AS check_",
        nil, policy: nil)
    }
    #expect(counts == [["rows": 50, "events": 50, "check_": "ok"]])
    #expect(try store.dueJobs(nowMs: 2, limit: 100).count == 50)
    #expect(try store.nextEvents(subscriber: "chats", names: ["school.added"], limit: 100).count == 50)
    try store.close()
  }
}
