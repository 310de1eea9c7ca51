import Jansson
import Synchronization
import Testing

@testable import PluginHost

@Suite(.everyPlace) struct CallTests {
  @Test func `a refusal carries everything that the plugin said`() async throws {
    let bench = try HostBench([ScriptedPlugin(commands: ["refuse"])])

    let failure = try #require(await bench.run("scripted.refuse").failure)

    #expect(failure.code == .refused)
    #expect(failure.kind == "scripted.no")
    #expect(failure.message == .init(ru: "Нет", en: "No"))
    #expect(failure.issues == [.init(path: "/phone", message: .init(verbatim: "bad"))])
    #expect(failure.level == "warning")
    #expect(failure.retryAfterMs == 7)
    #expect(failure.wire.data["retryAfterMs"] == 7)
    #expect(bench.status()?.failures == 1)
  }

  @Test func `an unknown command has no owner`() async throws {
    let bench = try HostBench([ScriptedPlugin(commands: ["echo"])])
    #expect(await bench.run("scripted.nothing").failure?.code == .notFound)
    #expect(bench.status()?.state == .resolved)
  }

  @Test func `a call that never ends is answered at its deadline, and the plugin is told`() async throws {
    let bench = try HostBench([ScriptedPlugin(commands: ["never", "late", "counts"])])

    // Loaded, so that the call is inside when its time is up.
    #expect(await bench.run("scripted.counts").value != nil)
    let failure = try #require(await bench.run("scripted.never", deadlineMs: 4_000).failure)
    #expect(failure.code == .timedOut)
    #expect(failure.data["timeoutMs"] != nil)
    // Or nobody would ever cancel it.
    try #require(bench.status()?.inFlight == 1)
    // `cancel` comes from a thread of its own, while the plugin still has the call.
    while await bench.run("scripted.counts").value?["cancelled"] != 1 { await Task.yield() }

    #expect(await bench.run("scripted.late").value != nil)
    let status = try #require(bench.status())
    #expect(status.inFlight == 0)
    #expect(status.dropped == 1)
    #expect(status.lateCompletions == 0)
  }

  @Test func `the manifest's own limit holds when the caller sets none`() async throws {
    let plugin = ScriptedPlugin(commands: ["never"], manifestExtras: ["limits": ["callMs": 100]])
    let bench = try HostBench([plugin])
    #expect(await bench.run("scripted.never").failure?.code == .timedOut)
  }

  @Test func `a cancelled call is answered at once`() async throws {
    let bench = try HostBench([ScriptedPlugin(commands: ["never", "echo"])])
    _ = await bench.run("scripted.echo")

    let answer = Mutex<Result<JSONValue, PluginFailure>?>(nil)
    let handle = bench.host.call(PluginCall(.command, "scripted.never")) { result in
      answer.withLock { $0 = result }
    }
    handle.cancel()

    #expect(answer.withLock { $0?.failure?.code } == .cancelled)
    handle.cancel()
    #expect(await bench.run("scripted.echo").value != nil)
  }

  @Test func `a second completion is counted and dropped`() async throws {
    let bench = try HostBench([ScriptedPlugin(commands: ["twice", "stranger"])])

    #expect(await bench.run("scripted.twice").value == ["n": 1])
    #expect(await bench.run("scripted.stranger").value == [:])

    #expect(bench.status()?.lateCompletions == 4)
    #expect(bench.status()?.inFlight == 0)
  }

  @Test func `a call may end on another thread, after progress and word that it is settled`() async throws {
    let bench = try HostBench([ScriptedPlugin(commands: ["thread"])])
    let seen = Mutex<[String]>([])
    let events = CallEvents(
      progress: { value in seen.withLock { $0.append("progress \(value)") } },
      settled: { seen.withLock { $0.append("settled") } })

    let result = try await bench.host.call(PluginCall(.command, "scripted.thread"), events: events)

    #expect(result == ["from": "thread"])
    #expect(seen.withLock { $0 } == ["settled", "progress {\"percent\":50}"])
  }

  @Test(arguments: ["liar", "odd"]) func `a call that says it is done and is not breaks the contract`(
    _ command: String
  ) async throws {
    let bench = try HostBench([ScriptedPlugin(commands: [command])])
    #expect(await bench.run("scripted.\(command)").failure?.kind == "plugin.protocol")
    #expect(bench.status()?.violations == 1)
  }

  @Test func `a rejected name is not found, and no result counts as an empty one`() async throws {
    let bench = try HostBench([ScriptedPlugin(commands: ["rejected", "null"])])
    #expect(await bench.run("scripted.rejected").failure?.code == .notFound)
    #expect(await bench.run("scripted.null").value == [:])
  }

  @Test func `a result may be nested 128 deep and no deeper`() async throws {
    let bench = try HostBench([ScriptedPlugin(commands: ["deep", "laughs"])])
    #expect(await bench.run("scripted.deep", ["levels": 128]).value != nil)
    #expect(await bench.run("scripted.deep", ["levels": 129]).failure?.kind == "plugin.protocol")
    #expect(await bench.run("scripted.laughs").failure?.kind == "plugin.protocol")
  }

  @Test func `calls of a serial plugin come one at a time, of a parallel one together`() async throws {
    let parallel = ScriptedPlugin(
      id: "parallel", commands: ["busy"],
      manifestExtras: ["concurrency": "parallel", "limits": ["callMs": 120_000]])
    let bench = try HostBench([ScriptedPlugin(commands: ["busy"]), parallel])

    #expect(try await Self.mostAtOnce(bench, "scripted.busy", calls: 3, turns: 100) == 1)
    #expect(try await Self.mostAtOnce(bench, "parallel.busy", calls: 2, turns: 20_000) > 1)
  }

  private static func mostAtOnce(_ bench: HostBench, _ command: String, calls: Int, turns: Int) async throws -> Int {
    try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<calls {
        group.addTask {
          try await bench.host.call(PluginCall(.command, command, params: ["wait": 2, "turns": JSONValue(turns)]))[
            "most"]?.int ?? 0
        }
      }
      return try await group.reduce(0, max)
    }
  }

  @Test func `a thousand calls at once all end`() async throws {
    let plugin = ScriptedPlugin(commands: ["thread"], manifestExtras: ["concurrency": "parallel"])
    let bench = try HostBench([plugin])
    let ended = await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<1000 { group.addTask { await bench.run("scripted.thread").value == ["from": "thread"] } }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(ended == 1000)
    #expect(bench.status()?.inFlight == 0)
    #expect(bench.status()?.lateCompletions == 0)
  }

  @Test func `settings reach the plugin`() async throws {
    let bench = try HostBench([ScriptedPlugin(commands: ["settings"])]) {
      $0.settings = { id in ["id": JSONValue(id)] }
    }
    #expect(await bench.run("scripted.settings").value == ["settings": ["id": "scripted"]])
  }

  @Test func `after stop nothing is called`() async throws {
    let bench = try HostBench([ScriptedPlugin(commands: ["echo", "never"])])
    _ = await bench.run("scripted.echo")
    let left = Mutex<Result<JSONValue, PluginFailure>?>(nil)
    bench.host.call(PluginCall(.command, "scripted.never")) { result in left.withLock { $0 = result } }
    while bench.status()?.inFlight != 1 { await Task.yield() }

    bench.host.stop()

    #expect(left.withLock { $0?.failure?.kind } == "host.stopping")
    #expect(await bench.run("scripted.echo").failure?.kind == "host.stopping")
  }
}
