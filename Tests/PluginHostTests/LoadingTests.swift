import Foundation
import Jansson
import Synchronization
import Testing

@testable import PluginHost

@Suite(.everyPlace) struct LoadingTests {
  private func failure(of plugin: ScriptedPlugin, install: Bool = true, limitMs: Int64 = 60_000) async throws
    -> PluginFailure
  {
    let bench = try HostBench([plugin], install: install, limitMs: limitMs)
    let result = await bench.run("scripted.echo")
    #expect(bench.status()?.state == .failed)
    return try #require(result.failure)
  }

  @Test func `a plugin is loaded by its first call and not before`() async throws {
    let bench = try HostBench([ScriptedPlugin(commands: ["echo"])])
    bench.host.start()
    #expect(bench.status()?.state == .resolved)

    let result = await bench.run("scripted.echo", ["a": 1], session: ["id": "s1"], deadlineMs: 8_000)

    let value = try #require(result.value)
    #expect(value["params"] == ["a": 1])
    #expect(value["session"] == ["id": "s1"])
    #expect(value["trace"] == "t-1")
    #expect(value["deadline"]?.int == 8_000)
    let status = try #require(bench.status())
    #expect(status.state == .active)
    #expect(status.version == "1.2.3")
    #expect(status.calls == 1)
    #expect(bench.seen.changes.withLock { $0 } == ["scripted active"])
  }

  @Test func `a missing library fails its plugin and says where it was looked for`() async throws {
    let failure = try await failure(of: ScriptedPlugin(commands: ["echo"]), install: false)
    #expect(failure.code == .pluginUnavailable)
    #expect(failure.message.en.contains("library 'libscripted.so' not found in /"))
  }

  @Test func `a plugin that needs a newer minor version of the ABI is refused before its library is opened`()
    async throws
  {
    var plugin = ScriptedPlugin(commands: ["echo"])
    plugin.manifestExtras = ["abi": ["major": 1, "minor": 900]]
    let failure = try await failure(of: plugin)
    #expect(failure.message.en.contains("asks ABI 1.900, host speaks 1.3"))
  }

  @Test func `another ABI is refused with both versions and the path`() async throws {
    let failure = try await failure(of: ScriptedPlugin(commands: ["echo"], defines: ["ABI_MAJOR=2"]))
    #expect(failure.message.en.contains("asks ABI 2.3, host speaks 1.3 (/"))
  }

  @Test func `a library without the entry is refused`() async throws {
    let failure = try await failure(of: ScriptedPlugin(commands: ["echo"], defines: ["FAULT_NO_ENTRY"]))
    #expect(failure.message.en.contains("no shell_plugin_query in /"))
  }

  @Test func `an undefined symbol shows when the library is loaded`() async throws {
    let failure = try await failure(of: ScriptedPlugin(commands: ["echo"], defines: ["FAULT_UNDEFINED"]))
    #expect(failure.message.en.contains("nobody_has_this"))
  }

  @Test func `a table without describe is refused`() async throws {
    let failure = try await failure(of: ScriptedPlugin(commands: ["echo"], defines: ["FAULT_NO_DESCRIBE"]))
    #expect(failure.message.en.contains("lacks describe"))
  }

  @Test func `a plugin that fails in create says why, and the others work`() async throws {
    let other = ScriptedPlugin(id: "other", commands: ["echo"])
    let bench = try HostBench([ScriptedPlugin(commands: ["echo"], defines: ["FAULT_CREATE"]), other])

    let broken = await bench.run("scripted.echo")
    let again = await bench.run("scripted.echo")
    let working = await bench.run("other.echo")

    #expect(broken.failure?.message.en.contains("no database of mine (scripted.broken)") == true)
    #expect(again.failure?.kind == "plugin.unavailable")
    #expect(working.value != nil)
    #expect(bench.status()?.error?.contains("create failed") == true)
  }

  @Test func `a plugin that fails in activate is failed`() async throws {
    let failure = try await failure(of: ScriptedPlugin(commands: ["echo"], defines: ["FAULT_ACTIVATE"]))
    #expect(failure.message.en.contains("activate failed: not today"))
  }

  @Test func `an activation that does not end is given up`() async throws {
    let failure = try await failure(
      of: ScriptedPlugin(commands: ["echo"], defines: ["FAULT_HANG"]), limitMs: 4_000)
    #expect(failure.message.en.contains("activate took longer than 4000 ms"))
  }

  @Test func `a library that others may write to is refused`() async throws {
    let plugin = ScriptedPlugin(commands: ["echo"])
    let folder = TemporaryFolder()
    try plugin.install(in: folder.path)
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o775], ofItemAtPath: "\(folder.path)/libscripted.so")
    let bench = try HostBench([plugin], in: folder, install: false)

    let result = await bench.run("scripted.echo")

    #expect(result.failure?.message.en.contains("others may write to") == true)
  }

  @Test func `a library of another plugin is refused`() async throws {
    let folder = TemporaryFolder()
    try ScriptedPlugin(id: "other", commands: ["echo"]).install(in: folder.path)
    try FileManager.default.moveItem(
      atPath: "\(folder.path)/libother.so", toPath: "\(folder.path)/libscripted.so")
    let bench = try HostBench([ScriptedPlugin(commands: ["echo"])], in: folder, install: false)

    let result = await bench.run("scripted.echo")

    #expect(result.failure?.message.en.contains("the library is of plugin 'other'") == true)
  }

  @Test(arguments: [["-Wl,-Bsymbolic"], ["-Wl,-Bsymbolic", "-Wl,--exclude-libs,ALL"]])
  func `a plugin with its own copy of jansson is refused, also when it hides it`(_ flags: [String])
    async throws
  {
    let roots = [
      "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib", "/usr/lib64", "/usr/local/lib",
    ]
    let archive = roots.map { "\($0)/libjansson.a" }.first { FileManager.default.fileExists(atPath: $0) }
    // Only a machine with the static library can build such a plugin.
    guard let archive else { return }
    let plugin = ScriptedPlugin(commands: ["echo"], defines: ["FAULT_BARE"], linkerFlags: [archive] + flags)

    let failure = try await failure(of: plugin)

    #expect(failure.message.en.contains("its own copy of jansson"))
  }

  @Test func `code and manifest that disagree are refused with the list`() async throws {
    let plugin = ScriptedPlugin(
      commands: ["echo"], descriptionExtras: ["commands": ["scripted.other"], "jobs": ["scripted.work"]])
    let failure = try await failure(of: plugin)
    #expect(failure.message.en.contains("the code has no command 'scripted.echo'"))
    #expect(failure.message.en.contains("the manifest does not name command 'scripted.other'"))
    #expect(failure.message.en.contains("the manifest does not name job 'scripted.work'"))
  }

  @Test func `a migration that does not fit the plugin's prefix fails it`() async throws {
    let plugin = ScriptedPlugin(commands: ["echo"], steps: [("one", ["CREATE TABLE other_things (id TEXT)"])])
    let failure = try await failure(of: plugin)
    #expect(failure.message.en.contains("migration failed"))
  }

  @Test func `what a plugin requires is loaded before it`() async throws {
    let first = ScriptedPlugin(id: "first", commands: ["echo"])
    let second = ScriptedPlugin(
      id: "second", commands: ["echo"], manifestExtras: ["requires": ["plugins": ["first": ">=1.0.0"]]])
    let bench = try HostBench([second, first])

    _ = await bench.run("second.echo")

    #expect(bench.seen.changes.withLock { $0 } == ["first active", "second active"])
  }

  @Test func `a plugin waits for what it requires to be enabled`() async throws {
    let first = ScriptedPlugin(id: "first", commands: ["echo"])
    let second = ScriptedPlugin(
      id: "second", commands: ["echo"], manifestExtras: ["requires": ["plugins": ["first": ">=1.0.0"]]])
    let bench = try HostBench([first, second])
    #expect(await bench.run("second.echo").value != nil)

    bench.host.disable("first")
    let refused = await bench.run("second.echo")
    // It is taken down by itself, later.
    while !bench.seen.changes.withLock({ $0.contains("second failed") }) { await Task.yield() }
    bench.host.enable("first")
    let accepted = await bench.run("second.echo")

    #expect(refused.failure?.code == .pluginUnavailable)
    #expect(accepted.value != nil)
  }

  @Test func `one that is switched off while it is loaded is told last as what it is`() async throws {
    let folder = TemporaryFolder()
    let goOn = "\(folder.path)/go-on"
    let plugin = ScriptedPlugin(commands: ["echo"], defines: ["ACTIVATE_WAITS=\"\(goOn)\""])
    let bench = try HostBench([plugin], in: folder)
    async let answer = bench.run("scripted.echo")
    while !FileManager.default.fileExists(atPath: "\(goOn).asked") { await Task.yield() }
    bench.host.disable("scripted")
    #expect(FileManager.default.createFile(atPath: goOn, contents: nil))
    _ = await answer
    // What loads and takes down comes one after the other.
    bench.host.loading.sync {}
    #expect(bench.seen.changes.withLock { $0.last } == "scripted disabled")
  }

  @Test func `a call that comes with code which was taken down meanwhile does not enter it`() async throws {
    let bench = try HostBench([ScriptedPlugin(commands: ["echo"])])
    #expect(await bench.run("scripted.echo").value != nil)
    let instance = try #require(bench.host.byID["scripted"])
    let old = try #require(instance.loaded)
    bench.host.disable("scripted")
    bench.host.loading.sync {}
    let answer = Mutex<Result<JSONValue, PluginFailure>?>(nil)
    let late = CallRecord(PluginCall(.command, "scripted.echo"), events: CallEvents()) { result in
      answer.withLock { $0 = result }
    }
    instance.enqueue(late, old)
    while answer.withLock({ $0 == nil }) { await Task.yield() }
    #expect(answer.withLock { $0?.failure?.code } == .pluginUnavailable)
  }

  @Test func `a disabled plugin stays disabled over a restart`() async throws {
    let plugin = ScriptedPlugin(commands: ["echo"])
    let folder = TemporaryFolder()
    var bench: HostBench? = try HostBench([plugin], in: folder)
    #expect(await bench?.run("scripted.echo").value != nil)
    #expect(bench?.host.disable("scripted") == true)
    #expect(bench?.host.disable("nobody") == false)
    bench = nil

    bench = try HostBench([plugin], in: folder, install: false)
    let refused = await bench?.run("scripted.echo")
    #expect(bench?.status()?.state == .disabled)
    bench?.host.enable("scripted")
    let accepted = await bench?.run("scripted.echo")

    #expect(refused?.failure?.code == .pluginUnavailable)
    #expect(accepted?.value != nil)
  }
}
