import Foundation
import Jansson
import Testing

@testable import PluginHost

@Suite struct CrashTests {
  @Test(arguments: ["crash", "abort"])
  func `a plugin that takes the host down is in quarantine at the next start`(
    _ command: String
  ) async throws {
    let folder = TemporaryFolder()
    let plugin = ScriptedPlugin(commands: ["echo", "crash", "abort"])
    try plugin.install(in: folder.path)
    let path = folder.path

    await #expect(processExitsWith: .failure) { [path = path as String, command = command as String] in
      let plugin = ScriptedPlugin(commands: ["echo", "crash", "abort"])
      let bench = try HostBench([plugin], in: TemporaryFolder(borrowing: path), install: false)
      _ = await bench.run("scripted.echo")
      _ = await bench.run("scripted.\(command)")
    }

    let other = ScriptedPlugin(id: "other", commands: ["echo"])
    try other.install(in: folder.path)
    let bench = try HostBench([plugin, other], in: folder, install: false)
    let status = try #require(bench.status())
    #expect(status.state == .failed)
    #expect(status.error?.contains("took the host down with SIG") == true)
    #expect(
      status.error?.contains("'command scripted.\(command)'; enable it again with plugin/enable") == true)
    #expect(await bench.run("scripted.echo").failure?.code == .pluginUnavailable)
    #expect(await bench.run("other.echo").value != nil)

    bench.host.enable("scripted")
    #expect(await bench.run("scripted.echo").value != nil)
  }

  @Test func `a plugin that crashes while it is loaded is in quarantine`() async throws {
    let folder = TemporaryFolder()
    let plugin = ScriptedPlugin(commands: ["echo"], defines: ["FAULT_CRASH"])
    try plugin.install(in: folder.path)
    let path = folder.path

    await #expect(processExitsWith: .failure) { [path = path as String] in
      let plugin = ScriptedPlugin(commands: ["echo"], defines: ["FAULT_CRASH"])
      let bench = try HostBench([plugin], in: TemporaryFolder(borrowing: path), install: false)
      _ = await bench.run("scripted.echo")
    }

    let bench = try HostBench([plugin], in: folder, install: false)
    #expect(bench.status()?.error?.contains("with SIGSEGV while loading 'create'") == true)
  }

  @Test func `a crash in a thread of the plugin's own is told by its code`() async throws {
    let folder = TemporaryFolder()
    let plugin = ScriptedPlugin(commands: ["crashOutside"])
    try plugin.install(in: folder.path)
    let path = folder.path

    await #expect(processExitsWith: .failure) { [path = path as String] in
      let plugin = ScriptedPlugin(commands: ["crashOutside"])
      let bench = try HostBench([plugin], in: TemporaryFolder(borrowing: path), install: false)
      _ = await bench.run("scripted.crashOutside")
    }

    let bench = try HostBench([plugin], in: folder, install: false)
    #expect(bench.status()?.error?.contains("while calling back 'a thread of its own'") == true)
  }

  @Test func `a host that was killed suspects nobody for its calls`() async throws {
    let folder = TemporaryFolder()
    let plugin = ScriptedPlugin(commands: ["never", "busy"])
    try plugin.install(in: folder.path)
    let path = folder.path

    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
      let plugin = ScriptedPlugin(commands: ["never", "busy"])
      let bench = try HostBench([plugin], in: TemporaryFolder(borrowing: path), install: false)
      bench.host.call(PluginCall(.command, "scripted.never")) { _ in }
      _ = await bench.run("scripted.busy", ["wait": 0])
      bench.host.call(PluginCall(.command, "scripted.busy", params: ["wait": 9])) { _ in }
      kill(getpid(), SIGKILL)
    }

    let bench = try HostBench([plugin], in: folder, install: false)
    #expect(bench.status()?.state == .resolved)
  }

  @Test func `three unexplained ends in a row while loading are enough`() {
    let decisions = PluginDecisions(path: nil)
    let entry = CrashJournal.Entry(plugin: "p", phase: .load, name: "activate", signal: nil)
    decisions.judge([entry])
    decisions.judge([entry])
    #expect(decisions.current.quarantined.isEmpty)
    decisions.judge([entry])
    #expect(decisions.current.quarantined["p"]?.contains("3 times in a row while loading 'activate'") == true)
  }

  @Test func `decisions survive, and a broken file decides nothing`() throws {
    let folder = TemporaryFolder()
    let path = "\(folder.path)/plugins.json"
    PluginDecisions(path: path).change { content in
      content.disabled = ["a"]
      content.quarantined = ["b": "why"]
    }
    #expect(PluginDecisions(path: path).current.disabled == ["a"])
    #expect(PluginDecisions(path: path).current.quarantined == ["b": "why"])

    try Data("{".utf8).write(to: URL(fileURLWithPath: path))
    #expect(PluginDecisions(path: path).current == PluginDecisions.Content())
  }

  @Test func `long names are cut and nested entries are told apart`() throws {
    let folder = TemporaryFolder()
    let path = "\(folder.path)/plugins.journal"
    let journal = try #require(CrashJournal(path: path))
    let long = String(repeating: "п", count: 500)

    let seen = journal.during(.call, "outer", long) {
      journal.during(.other, "inner", "body") { CrashJournal.unfinished(path: path) }
    }

    #expect(seen.map(\.plugin) == ["outer", "inner"])
    #expect(seen[0].name.utf8.count < 160)
    #expect(seen.allSatisfy { $0.signal == nil })
    #expect(CrashJournal.unfinished(path: path).isEmpty)
  }
}
