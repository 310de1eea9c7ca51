import Jansson
import Synchronization
import Testing

@testable import PluginHost

/// What is a runner's own, and what a runner must do as the host does it.
@Suite struct RunnerTests {
  @Test(.everyPlace) func `a call whose caller left while it waited its turn is never entered`() async throws {
    let plugin = ScriptedPlugin(
      commands: ["busy", "sql"], steps: [("rows", ["CREATE TABLE scripted_rows (n INTEGER)"])])
    let bench = try HostBench([plugin])
    async let busy = bench.run("scripted.busy", ["wait": 2, "turns": 2_000])
    while bench.status()?.inFlight != 1 { await Task.yield() }
    let insert: JSONValue = ["steps": [["sql": "INSERT INTO scripted_rows VALUES (1)"]]]
    let left = await bench.run("scripted.sql", insert, deadlineMs: 20)
    #expect(left.failure?.code == .timedOut)
    #expect(await busy.value != nil)
    // Serial: this one comes after both.
    #expect(await bench.run("scripted.busy", ["wait": 0]).value != nil)
    #expect(try bench.rows("SELECT count(*) AS n FROM scripted_rows")[0]?["n"] == 0)
  }

  @Test func `a serial plugin is judged by the call that is inside, not by those that wait their turn`() async throws {
    let runners = CountingRunners()
    let bench = try HostBench([ScriptedPlugin(commands: ["busy", "echo"])]) { configuration in
      configuration.runners = runners
      configuration.isolation.everywhere = .runner
    }
    #expect(await bench.run("scripted.echo").value != nil)
    let instance = try #require(bench.host.byID["scripted"])
    func record(_ name: String) throws -> CallRecord {
      try #require(instance.context.calls.records.first { $0.call.name == name })
    }
    // Long enough for all that follows; it is ended from outside.
    async let busy = bench.run("scripted.busy", ["wait": 2, "turns": 10_000])
    while bench.status()?.inFlight != 1 { await Task.yield() }
    async let waiting = bench.run("scripted.echo")
    while bench.status()?.inFlight != 2 { await Task.yield() }
    // What the watchdog would say much later, of both.
    for _ in 0..<CircuitBreaker.patience { try record("scripted.echo").isOverdue(.timedOut) }
    try record("scripted.echo").isOverdue(.graceOver)
    #expect(instance.breaker.openReason == nil && runners.ended.load(ordering: .relaxed) == 0)
    try record("scripted.busy").isOverdue(.graceOver)
    #expect(runners.ended.load(ordering: .relaxed) > 0)
    for failure in await [busy.failure, waiting.failure] { #expect(failure?.kind == "plugin.crashed") }
  }

  @Test func `a result that is no JSON breaks the contract and is no empty success`() async throws {
    let bench = try HostBench([ScriptedPlugin(commands: ["badText", "echo"])]) { configuration in
      configuration.runners = ThreadRunners()
      configuration.isolation.everywhere = .runner
    }
    let failure = await bench.run("scripted.badText").failure
    #expect(failure?.kind == "plugin.protocol", "\(String(describing: failure))")
    #expect(await bench.run("scripted.echo").value != nil)
  }

  @Test(arguments: [["FAULT_UNDEFINED"], ["FAULT_CREATE"], ["FAULT_HANG"], ["FAULT_NO_DESCRIBE"]])
  func `a runner whose plugin could not be brought to life is ended`(defines: [String]) async throws {
    let runners = CountingRunners()
    // Only one that hangs waits for the limit; the others end by themselves.
    let limitMs: Int64 = defines == ["FAULT_HANG"] ? 4_000 : 60_000
    let bench = try HostBench([ScriptedPlugin(commands: ["echo"], defines: defines)], limitMs: limitMs) {
      configuration in
      configuration.runners = runners
      configuration.isolation.everywhere = .runner
    }
    #expect(await bench.run("scripted.echo").failure?.code == .pluginUnavailable)
    #expect(runners.started.load(ordering: .relaxed) == 1 && runners.ended.load(ordering: .relaxed) >= 1)
  }

  @Test func `calls under way in a runner that ends are answered at once, and its plugin rests`() async throws {
    let runners = CountingRunners()
    let bench = try HostBench([ScriptedPlugin(commands: ["never", "echo"])]) { configuration in
      configuration.runners = runners
      configuration.isolation.everywhere = .runner
    }
    #expect(await bench.run("scripted.echo").value != nil)
    async let first = bench.run("scripted.never")
    async let second = bench.run("scripted.never")
    while bench.status()?.inFlight != 2 { await Task.yield() }
    let ended = ContinuousClock.now
    runners.endAll()
    for failure in await [first.failure, second.failure] {
      #expect(failure?.code == .pluginUnavailable && failure?.kind == "plugin.crashed")
    }
    let status = try #require(bench.status())
    #expect(status.crashes == 1 && status.lastCrash?.contains("command 'scripted.never'") == true)
    let resting = await bench.run("scripted.echo").failure
    // On a machine that is slow beyond measure its rest may be over.
    let isLate = ContinuousClock.now - ended > .milliseconds(RunnerCrashes.rests.first)
    #expect(resting?.code == .pluginUnavailable && (resting?.retryAfterMs ?? 0) > 0 || isLate)
  }
}

/// Runners on threads that are counted, and can be ended from outside.
private final class CountingRunners: RunnerLaunching {
  let started = Atomic(0)
  let ended = Atomic(0)
  private let pipes = Mutex<[FramePipe]>([])

  func launch(
    _ plugin: String, library path: String, isParallel: Bool, memoryMB: Int64
  ) throws(PluginLoadError) -> RunnerProcess {
    guard let (ours, theirs) = FramePipe.pair() else { throw .runner("no socket") }
    started.add(1, ordering: .relaxed)
    pipes.withLock { $0.append(theirs) }
    let process = ThreadRunners.process(ours, theirs, plugin, isParallel)
    return RunnerProcess(
      pipe: ours, id: nil, output: -1,
      kill: { [self] in
        ended.add(1, ordering: .relaxed)
        process.kill()
      }, ended: process.ended)
  }

  func endAll() { for pipe in pipes.withLock({ $0 }) { pipe.shut() } }
}
