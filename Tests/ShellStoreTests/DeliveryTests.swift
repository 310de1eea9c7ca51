import Jansson
import ShellStore
import Testing

struct DeliveryTests {
  let test: TestStore

  init() throws { test = try TestStore() }

  private func emit(_ name: String, _ payload: JSONValue = [:]) throws {
    _ = try test.store.transact(.write) { try $0.emit(name: name, owner: "school", payload: payload) }
  }

  private func due() throws -> [StoredJob] { try test.store.dueJobs(nowMs: test.clock.nowMs, limit: 10) }

  private func schedule(_ key: String, dueAtMs: Int64 = 0, payload: JSONValue = .null) throws {
    try test.store.transact(.write) { transaction in
      try transaction.schedule(
        JobRequest(owner: "school", name: "job", key: key, dueAtMs: dueAtMs, payload: payload))
    }
  }

  @Test func `events reach each subscriber once, also after the host has been started again`() throws {
    for number in 1...5 { try emit(number == 3 ? "school.other" : "school.changed", ["number": JSONValue(number)]) }

    let first = try test.store.nextEvents(subscriber: "chats", names: ["school.changed"], limit: 2)
    #expect(first.map { $0.payload["number"]?.int } == [1, 2])
    try test.store.transact(.write) { try $0.moveCursor(subscriber: "chats", to: first[0].seq) }
    try test.reopen()
    let second = try test.store.nextEvents(subscriber: "chats", names: ["school.changed"], limit: 10)
    #expect(second.map { $0.payload["number"]?.int } == [2, 4, 5])
    try test.store.skipEvents(subscriber: "chats", to: second[2].seq)
    try test.store.skipEvents(subscriber: "chats", to: 1)

    #expect(try test.store.nextEvents(subscriber: "chats", names: ["school.changed"], limit: 10) == [])
    #expect(try test.store.nextEvents(subscriber: "journal", names: ["school.other"], limit: 10).count == 1)
    #expect(try test.store.lastEvent() == 5)
  }

  @Test func `an event and its effect are undone together`() throws {
    struct Stop: Error {}
    try emit("school.changed")
    _ = try test.store.nextEvents(subscriber: "chats", names: ["school.changed"], limit: 1)

    #expect(throws: Stop.self) {
      try test.store.transact(.write) { transaction in
        try transaction.moveCursor(subscriber: "chats", to: 1)
        try transaction.emit(name: "school.changed", owner: "school", payload: [:])
        throw Stop()
      }
    }

    #expect(try test.store.nextEvents(subscriber: "chats", names: ["school.changed"], limit: 9).map(\.seq) == [1])
  }

  @Test func `old events go when everyone concerned has seen them`() throws {
    try emit("school.changed")
    try emit("school.other")
    _ = try test.store.nextEvents(subscriber: "chats", names: ["school.changed"], limit: 9)
    test.clock.advance(toMs: test.clock.nowMs + Store.eventsKeptMs + 1)
    try emit("school.changed")

    #expect(try test.store.pruneEvents() == 1)
    try test.store.skipEvents(subscriber: "chats", to: 3)
    #expect(try test.store.pruneEvents() == 1)
    #expect(try test.store.pruneEvents() == 0)
    _ = try test.store.nextEvents(subscriber: "late", names: ["school.changed"], limit: 9)
    test.clock.advance(toMs: test.clock.nowMs + Store.eventsKeptMs + 1)
    #expect(try test.store.pruneEvents() == 0)
    try test.store.forgetSubscriber("late")
    #expect(try test.store.pruneEvents() == 1)
    try emit("school.changed")
    #expect(try test.store.lastEvent() == 4)
  }

  @Test func `jobs run by due time, and the same key replaces`() throws {
    try schedule("b", dueAtMs: 20)
    try schedule("a", dueAtMs: 10)
    try schedule("later", dueAtMs: test.clock.nowMs + 1)
    try schedule("b", dueAtMs: 5, payload: ["n": 2])

    #expect(try due().map(\.key) == ["b", "a"])
    #expect(try due().first?.payload == ["n": 2])
    #expect(try test.store.nextDueMs() == 5)
    #expect(try test.store.jobCounts() == (3, 0))
    let takenBack = try (1...2).map { _ in
      try test.store.transact(.write) { try $0.unschedule(owner: "school", name: "job", key: "b") }
    }
    #expect(takenBack == [true, false])
    #expect(try due().map(\.key) == ["a"])
  }

  @Test func `a job that its own handler schedules again is not taken away by its end`() throws {
    try schedule("poll")
    let running = try due()[0]

    try schedule("poll", payload: "again")
    try test.store.finishJob(id: running.id)
    try test.store.rescheduleJob(id: running.id, dueAtMs: 99, error: "late word of the first run")

    let next = try due()
    #expect(next.map(\.payload) == ["again"])
    #expect(next.map(\.attempt) == [0])
    try test.store.finishJob(id: next[0].id)
    #expect(try due() == [])
    #expect(try test.store.nextDueMs() == nil)
  }

  @Test func `a job that was running when the host ended is due again`() throws {
    try schedule("send")
    let running = try due()[0]
    try test.reopen()

    #expect(try due().map(\.id) == [running.id])
    try test.store.rescheduleJob(id: running.id, dueAtMs: test.clock.nowMs + 1000, error: "no answer")
    #expect(try due() == [])
    test.clock.advance(toMs: test.clock.nowMs + 1000)
    #expect(try due().map(\.attempt) == [1])
    #expect(try due().map(\.lastError) == ["no answer"])
    try test.store.failJob(id: running.id, error: "given up")
    #expect(try due() == [])
    #expect(try test.store.jobCounts() == (0, 1))
    try schedule("send")
    #expect(try test.store.jobCounts() == (1, 0))
  }

  @Test func `a user's context values stand over those of all`() throws {
    try test.store.transact(.write) { transaction in
      try transaction.setContext(user: "", key: "a", value: 1)
      try transaction.setContext(user: "", key: "b", value: ["x"])
      try transaction.setContext(user: "u1", key: "a", value: "own")
    }

    #expect(try test.store.contextValues(user: "u1") == ["a": "own", "b": ["x"]])
    try test.store.transact(.write) { try $0.setContext(user: "u1", key: "a", value: nil) }
    #expect(try test.store.contextValues(user: "u1") == ["a": 1, "b": ["x"]])
    #expect(try test.store.contextValues(user: "u2") == ["a": 1, "b": ["x"]])
  }

  @Test func `the audit log cannot be changed`() throws {
    try test.store.transact(.write) { transaction in
      try transaction.audit(
        AuditLine(user: "u1", login: "admin", action: "save", object: "settings", old: ["a": 1], new: ["a": 2]))
    }

    for sql in [
      "UPDATE shell_audit SET action = ''", "DELETE FROM shell_audit",
      "INSERT OR REPLACE INTO shell_audit (id, at, action, object) VALUES (1, 0, '', '')",
    ] { #expect(throws: StoreError.self) { try test.write(sql) } }
    let rows = try test.read("SELECT at, login, action, old, plugin FROM shell_audit")
    #expect(
      rows == [
        ["at": JSONValue(test.clock.nowMs), "login": "admin", "action": "save", "old": "{\"a\":1}", "plugin": .null]
      ])
  }

  @Test func `a request with a key is carried out once a day`() throws {
    let store = test.store
    func record(_ hash: String) throws {
      try store.transact(.write) { try $0.recordIdempotency(user: "u1", key: "k", requestHash: hash) }
    }
    #expect(try store.idempotent(user: "u1", key: "k", requestHash: "h") == .none)
    try record("h")
    #expect(try store.idempotent(user: "u1", key: "k", requestHash: "h") == .committed)
    #expect(try store.idempotent(user: "u1", key: "k", requestHash: "other") == .conflict)
    #expect(try store.idempotent(user: "u2", key: "k", requestHash: "h") == .none)
    #expect(throws: StoreError.idempotencyConflict(key: "k")) { try record("h") }
    try store.storeAnswer(user: "u1", key: "k", requestHash: "h", answer: ["effects": []])
    #expect(try store.idempotent(user: "u1", key: "k", requestHash: "h") == .answered(["effects": []]))

    test.clock.advance(toMs: test.clock.nowMs + Store.idempotencyMs)

    #expect(try store.idempotent(user: "u1", key: "k", requestHash: "h") == .none)
    try record("new")
    #expect(try store.idempotent(user: "u1", key: "k", requestHash: "new") == .committed)
  }
}
