import Jansson
import ShellStore
import Synchronization
import Testing

@testable import PluginHost

@Suite(.everyPlace) struct DeliveryTests {
  private static let happened = "source.v1.happened"
  private static let log: [(name: String, sql: [String])] = [
    ("one", ["CREATE TABLE sink_log (id INTEGER PRIMARY KEY, text TEXT)"])
  ]

  private var source: ScriptedPlugin {
    ScriptedPlugin(id: "source", commands: ["sql"], publishes: [Self.happened])
  }

  private func sink(_ id: String = "sink") -> ScriptedPlugin {
    ScriptedPlugin(
      id: id, commands: ["sql"], handles: [Self.happened], jobs: [["name": JSONValue("\(id).work")]],
      steps: [("one", ["CREATE TABLE \(id)_log (id INTEGER PRIMARY KEY, text TEXT)"])],
      permissions: ["events": [JSONValue(Self.happened)]])
  }

  private func write(_ text: String, to id: String = "sink") -> JSONValue {
    ["sql": JSONValue("INSERT INTO \(id)_log (text) VALUES (?)"), "bindings": [JSONValue(text)]]
  }

  private func publish(_ bench: HostBench, _ payloads: JSONValue...) async throws {
    let steps = payloads.map { ["emit": JSONValue(Self.happened), "payload": $0] as JSONValue }
    let result = await bench.run("source.sql", ["steps": JSONValue(steps)])
    #expect(result.value?["status"] == 0)
  }

  private func schedule(_ bench: HostBench, _ key: String, inMs: Int64, _ payload: JSONValue) throws {
    try bench.store.transact(.write) { transaction in
      try transaction.schedule(
        JobRequest(
          owner: "sink", name: "sink.work", key: key, dueAtMs: HostBench.start + inMs, payload: payload))
    }
  }

  private func logged(_ bench: HostBench, _ id: String = "sink") throws -> [String] {
    try (bench.rows("SELECT text FROM \(id)_log ORDER BY id").array ?? []).compactMap { $0["text"]?.string }
  }

  // MARK: Events

  @Test func `events come in order, once, and load their subscriber`() async throws {
    let bench = try HostBench([source, sink()])
    bench.host.start()

    try await publish(bench, ["steps": [write("a")]], ["steps": [write("b")]], ["steps": [write("c")]])
    await bench.host.runDue(upTo: HostBench.start)

    let order = try logged(bench)
    #expect(order == ["a", "b", "c"])
    #expect(bench.status("sink")?.state == .active)
    await bench.host.runDue(upTo: HostBench.start + 100_000)
    #expect(try logged(bench).count == 3)
  }

  @Test func `a host that dies after an event's write does not repeat it`() async throws {
    let folder = TemporaryFolder()
    let plugins = [source, sink()]
    var bench: HostBench? = try HostBench(plugins, in: folder)
    bench?.host.start()
    // The handler writes and then hangs: its call never completes.
    try await publish(try #require(bench), ["steps": [write("a")], "then": "never"])
    // The table is there once the event has loaded its subscriber.
    while (try? logged(try #require(bench)))?.isEmpty ?? true { await Task.yield() }
    bench = nil

    bench = try HostBench(plugins, in: folder, install: false)
    bench?.host.start()
    await bench?.host.runDue(upTo: HostBench.start + 100_000)

    #expect(try logged(try #require(bench)) == ["a"])
  }

  @Test func `a host that dies before an event's write delivers it again`() async throws {
    let folder = TemporaryFolder()
    let plugins = [source, sink()]
    var bench: HostBench? = try HostBench(plugins, in: folder)
    // Published, and never delivered: the deliveries were not started.
    try await publish(try #require(bench), ["steps": [write("a")]])
    bench = nil

    bench = try HostBench(plugins, in: folder, install: false)
    bench?.host.start()
    await bench?.host.runDue(upTo: HostBench.start)

    #expect(try logged(try #require(bench)) == ["a"])
  }

  @Test func `an event's call makes one write`() async throws {
    let bench = try HostBench([source, sink()])
    bench.host.start()
    try await publish(bench, ["steps": [write("a")], "then": "writeAgain"])
    await bench.host.runDue(upTo: HostBench.start)
    #expect(try logged(bench) == ["a"])
  }

  @Test func `an event that was written and then failed is not repeated`() async throws {
    let bench = try HostBench([source, sink()])
    bench.host.start()
    try await publish(bench, ["steps": [write("a")], "then": "fail"], ["steps": [write("b")]])
    await bench.host.runDue(upTo: HostBench.start + 100_000)
    let order = try logged(bench)
    #expect(order == ["a", "b"])
    #expect(bench.status("sink")?.stuckEvent == nil)
  }

  @Test func `a refused event is tried again with growing pauses, and others go on`() async throws {
    let bench = try HostBench([source, sink(), sink("drain")])
    bench.host.start()
    // A table that sink has not got; drain has.
    try await publish(bench, ["steps": [write("a", to: "drain")]])
    await bench.host.runDue(upTo: HostBench.start)

    let stuck = try #require(bench.status("sink")?.stuckEvent)
    #expect(stuck.attempts == 1)
    #expect(stuck.retryAtMs == HostBench.start + 1000)
    #expect(try logged(bench, "drain") == ["a"])

    // 1 + 2 + 4 + 8 seconds.
    await bench.host.runDue(upTo: HostBench.start + 14_999)
    #expect(bench.status("sink")?.stuckEvent?.attempts == 4)
    await bench.host.runDue(upTo: HostBench.start + 15_000)
    #expect(bench.status("sink")?.stuckEvent?.attempts == 5)
    await bench.host.runDue(upTo: HostBench.start + 1_000_000)
    #expect(try #require(bench.status("sink")?.stuckEvent).retryAtMs <= HostBench.start + 1_060_000)
  }

  @Test func `events wait for a disabled subscriber`() async throws {
    let bench = try HostBench([source, sink()])
    bench.host.start()
    bench.host.disable("sink")
    try await publish(bench, ["steps": [write("a")]])
    await bench.host.runDue(upTo: HostBench.start + 1000)
    #expect(bench.status("sink")?.state == .disabled)

    bench.host.enable("sink")
    await bench.host.runDue(upTo: HostBench.start + 1000)

    #expect(try logged(bench) == ["a"])
  }

  @Test func `a host with nothing to deliver loads nothing`() async throws {
    let bench = try HostBench([source, sink()])
    bench.host.start()
    await bench.host.runDue(upTo: HostBench.start + 10_000)
    #expect(bench.host.statuses().allSatisfy { $0.state == .resolved })
  }

  // MARK: Jobs

  @Test func `jobs run at their instants, in order, when the clock is moved`() async throws {
    let bench = try HostBench([sink()])
    bench.host.start()
    try schedule(bench, "late", inMs: 2000, ["steps": [write("late")]])
    try schedule(bench, "early", inMs: 1000, ["steps": [write("early")]])
    try schedule(bench, "later", inMs: 3000, ["steps": [write("later")]])

    await bench.host.runDue(upTo: HostBench.start + 2000)

    // The table is made when the first job loads the plugin.
    #expect(try logged(bench) == ["early", "late"])
    #expect(bench.clock.nowMs == HostBench.start + 2000)
    #expect(try bench.store.jobCounts().pending == 1)
  }

  @Test func `a due job runs without the clock being moved`() async throws {
    let bench = try HostBench([sink()])
    bench.host.start()
    try schedule(bench, "now", inMs: 0, ["steps": [write("now")]])
    while try bench.store.jobCounts().pending > 0 { await Task.yield() }
    #expect(try logged(bench) == ["now"])
  }

  @Test func `a job that an event schedules runs in the same step`() async throws {
    let bench = try HostBench([source, sink()])
    bench.host.start()
    let job: JSONValue = [
      "name": "sink.work", "key": "k", "dueAt": JSONValue(HostBench.start),
      "payload": ["steps": [write("job")]],
    ]
    try await publish(bench, ["steps": [write("event"), ["schedule": job]]])
    await bench.host.runDue(upTo: HostBench.start)
    #expect(try logged(bench) == ["event", "job"])
  }

  @Test func `a failed job is tried again, later each time`() async throws {
    let bench = try HostBench([sink()])
    bench.host.start()
    let no: JSONValue = ["kind": "sink.no", "message": "no"]
    try schedule(bench, "k", inMs: 0, ["failures": 3, "error": no, "steps": [write("done")]])

    // 1 + 2 + 4 seconds, with no jitter here.
    await bench.host.runDue(upTo: HostBench.start + 6999)
    #expect(
      try bench.rows("SELECT attempt, last_error FROM shell_jobs") == [
        ["attempt": 3, "last_error": "sink.no: no"]
      ])
    await bench.host.runDue(upTo: HostBench.start + 7000)

    #expect(try logged(bench) == ["done"])
    #expect(try bench.store.jobCounts() == (0, 0))
  }

  @Test func `a job's retryAfterMs is respected`() async throws {
    let bench = try HostBench([sink()])
    bench.host.start()
    let no: JSONValue = ["kind": "sink.busy", "message": "wait", "retryAfterMs": 30_000]
    try schedule(bench, "k", inMs: 0, ["failures": 1, "error": no, "steps": [write("done")]])
    await bench.host.runDue(upTo: HostBench.start + 29_999)
    #expect(try bench.store.jobCounts().pending == 1)
    await bench.host.runDue(upTo: HostBench.start + 30_000)
    #expect(try logged(bench) == ["done"])
  }

  @Test func `a job is given up when its manifest bounds the attempts`() async throws {
    var plugin = sink()
    plugin.jobs = [["name": "sink.work", "retry": ["firstMs": 10, "maxMs": 20, "attempts": 3]]]
    let bench = try HostBench([plugin])
    bench.host.start()
    let no: JSONValue = ["kind": "sink.no", "message": "no"]
    try schedule(bench, "k", inMs: 0, ["failures": 100, "error": no])
    await bench.host.runDue(upTo: HostBench.start + 1000)
    #expect(try bench.store.jobCounts() == (0, 1))
  }

  @Test func `a job that a plugin was never given loses no attempt`() async throws {
    var plugin = sink()
    plugin.jobs = [["name": "sink.work", "retry": ["firstMs": 10, "maxMs": 20, "attempts": 1]]]
    let bench = try HostBench([plugin])
    bench.host.start()
    let breaker = try #require(bench.host.byID["sink"]?.breaker)
    // Loads it: what comes to life starts with a closed circuit.
    try schedule(bench, "first", inMs: 0, ["steps": [write("first")]])
    await bench.host.runDue(upTo: HostBench.start + 1000)
    // Stuck, not late: that ends when it is said to.
    _ = breaker.stuck(1, "sink.work")
    try schedule(bench, "second", inMs: 0, ["steps": [write("second")]])
    await bench.host.runDue(upTo: HostBench.start + 2000)
    #expect(try bench.store.jobCounts() == (1, 0))
    breaker.cameBack(1)
    await bench.host.runDue(upTo: HostBench.start + 100_000)
    #expect(try logged(bench) == ["first", "second"])
  }

  @Test func `finish ends the job with its write, whatever its call says`() async throws {
    let bench = try HostBench([sink()])
    bench.host.start()
    try schedule(bench, "k", inMs: 0, ["steps": [write("a"), ["finish": true]], "then": "fail"])
    await bench.host.runDue(upTo: HostBench.start + 100_000)
    #expect(try logged(bench) == ["a"])
    #expect(try bench.store.jobCounts() == (0, 0))
  }

  @Test func `a job that schedules itself again stays scheduled`() async throws {
    let bench = try HostBench([sink()])
    bench.host.start()
    let again: JSONValue = [
      "name": "sink.work", "key": "k", "dueAt": JSONValue(HostBench.start + 5000),
      "payload": ["steps": [write("second")]],
    ]
    try schedule(bench, "k", inMs: 0, ["steps": [write("first"), ["schedule": again]]])
    await bench.host.runDue(upTo: HostBench.start + 1000)
    #expect(try bench.store.jobCounts().pending == 1)
    await bench.host.runDue(upTo: HostBench.start + 5000)
    #expect(try logged(bench) == ["first", "second"])
  }

  @Test func `many jobs run, eight at a time`() async throws {
    let bench = try HostBench([sink()])
    for index in 0..<300 { try schedule(bench, "k\(index)", inMs: 0, ["steps": [write("\(index)")]]) }
    bench.host.start()
    await bench.host.runDue(upTo: HostBench.start)
    #expect(try logged(bench).count == 300)
  }

  @Test func `a background job does not hold the clock up`() async throws {
    var plugin = sink()
    plugin.jobs = [["name": "sink.work"], ["name": "sink.poll", "background": true]]
    let bench = try HostBench([plugin])
    bench.host.start()
    try bench.store.transact(.write) { transaction in
      try transaction.schedule(
        JobRequest(
          owner: "sink", name: "sink.poll", key: "k", dueAtMs: HostBench.start, payload: ["then": "never"]))
    }
    try schedule(bench, "k", inMs: 1000, ["steps": [write("a")]])

    await bench.host.runDue(upTo: HostBench.start + 2000)

    #expect(try logged(bench) == ["a"])
    #expect(bench.status("sink")?.inFlight == 1)
  }

  @Test func `jobs of a broken plugin wait, and others run`() async throws {
    let broken = ScriptedPlugin(id: "broken", jobs: [["name": "broken.work"]], defines: ["FAULT_CREATE"])
    let bench = try HostBench([sink(), broken])
    bench.host.start()
    for index in 0..<100 {
      try bench.store.transact(.write) { transaction in
        try transaction.schedule(
          JobRequest(owner: "broken", name: "broken.work", key: "\(index)", dueAtMs: HostBench.start - 5))
      }
    }
    try schedule(bench, "k", inMs: 0, ["steps": [write("a")]])

    await bench.host.runDue(upTo: HostBench.start + 100_000)

    #expect(try logged(bench) == ["a"])
    #expect(try bench.rows("SELECT sum(attempt) AS n FROM shell_jobs") == [["n": 0]])
    #expect(try bench.store.jobCounts() == (100, 0))
  }

  @Test func `pauses double up to their bound`() {
    let backoff = Backoff(firstMs: 1000, maxMs: 60_000)
    #expect(
      (1...8).map { backoff.pauseMs(failures: $0) } == [1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000])
    #expect(backoff.pauseMs(failures: .max) == 60_000)
    #expect(backoff.pauseMs(failures: 1, jitter: 0.8) == 1200)
    #expect(Backoff(firstMs: .max, maxMs: .max).pauseMs(failures: 9) > 0)
  }
}
