import Foundation
import Jansson
import Testing

/// `esh plugin check` names what is wrong with a plugin, and is silent where nothing is.
struct PluginCheckTests {
  private struct Finding {
    let id: String
    let severity: String
    let place: String
    let message: JSONValue
    let advice: JSONValue
  }

  private static func check(_ path: String, _ options: [String] = []) throws -> (run: CommandRun, findings: [Finding]) {
    let run = try CommandRun(
      [BuildProducts.esh, "plugin", "check", path, "--json", "--calls", "400", "--starts", "8"] + options, within: 120)
    let report = try JSONValue(parsing: run.output)
    let findings = (report["findings"]?.array ?? []).map { json in
      Finding(
        id: json["id"]?.string ?? "", severity: json["severity"]?.string ?? "", place: json["place"]?.string ?? "",
        message: json["message"] ?? .null, advice: json["advice"] ?? .null)
    }
    return (run, findings)
  }

  @Test func `I3: a plugin with nothing wrong is found to have nothing wrong, and was tried`() throws {
    let folder = try SchoolFolder.empty()
    let plugin = try BadPlugin(.none, in: folder)

    let (run, findings) = try Self.check(plugin.folder)

    #expect(run.succeeded, "\(run.output)\(run.errors)")
    #expect(findings.map(\.id) == [])
    let tried = try JSONValue(parsing: run.output)["tried"]
    #expect((tried?["command"]?.int ?? 0) > 5)
    #expect((tried?["calls"]?.int ?? 0) >= 400)
    #expect((tried?["cancelled"]?.int ?? 0) > 0)
    #expect(tried?["start"]?.int == 9)
  }

  @Test(arguments: [
    (BadPlugin.Fault.keepsParams, "refs.leak"), (.overReleases, "refs.overRelease"), (.keepsResult, "result.kept"),
    (.keepsValues, "memory.values"), (.endsTwice, "call.endedTwice"), (.endsLate, "call.endedTwice"),
    (.neverEnds, "call.neverEnds"), (.blocksInCancel, "cancel.blocks"), (.blocks, "call.blocks"),
    (.exits, "process.exit"),
    (.crashes, "call.crashes"), (.rejects, "call.rejected"), (.reaches, "permission.missing"),
    (.startsOnce, "start.again"), (.liesAboutDone, "contract.broken"),
  ])
  func `I3: each breach is an error with a name of its own, where it was, and what to do`(
    fault: BadPlugin.Fault, id: String
  ) throws {
    let folder = try SchoolFolder.empty()
    let plugin = try BadPlugin(fault, in: folder)

    let (run, findings) = try Self.check(plugin.manifest)

    #expect(run.end == .status(1))
    let finding = try #require(findings.first { $0.id == id }, "\(run.output)\(run.errors)")
    #expect(finding.severity == "error")
    #expect(["command bad.do", "start and stop", "bad"].contains { finding.place.hasPrefix($0) }, "\(finding.place)")
    for text in [finding.message, finding.advice] {
      #expect(text["ru"]?.string?.isEmpty == false && text["en"]?.string?.isEmpty == false)
    }
  }

  @Test func `I3: a window that cannot be shown is an error, an element that is left out a remark`() throws {
    let folder = try SchoolFolder.empty()
    let (run, findings) = try Self.check(try BadPlugin(.describesNothing, in: folder).folder, ["--calls", "0"])

    #expect(run.end == .status(1))
    let found = findings.filter { $0.place == "window bad.window" }.map { "\($0.severity) \($0.id)" }
    #expect(found == ["error window.broken", "warning window.element"], "\(run.output)")
  }

  @Test func `I2: a table without an end is told before a host has it`() throws {
    let folder = try SchoolFolder.empty()
    let (run, findings) = try Self.check(try BadPlugin(.hasEndlessTable, in: folder).folder, ["--calls", "0"])

    #expect(run.end == .status(1))
    let finding = try #require(findings.first { $0.id == "table.broken" }, "\(run.output)\(run.errors)")
    #expect(finding.place == "table bad.endless")
    #expect(finding.message["en"]?.string?.contains("not read in 10000 ms") == true, "\(finding.message.text())")
  }

  @Test func `I2: what a plugin cannot do in a process of its own is told before a host has it there`() throws {
    let folder = try SchoolFolder.empty()
    let (_, findings) = try Self.check(try BadPlugin(.readsFiles, in: folder).folder, ["--calls", "0"])

    // Where the kernel has no such walls there is nothing to tell.
    guard !findings.isEmpty else { return }
    #expect(findings.map { "\($0.id) \($0.place)" } == ["runner.differs command bad.do"])
    #expect(findings.first?.advice["en"]?.string?.contains("--isolation") == true)
  }

  @Test func `I3: memory that only grows is told from caches that fill`() throws {
    let folder = try SchoolFolder.empty()
    let (run, findings) = try Self.check(try BadPlugin(.growsMemory, in: folder).folder)

    let finding = try #require(findings.first { $0.id == "memory.growth" }, "\(run.output)")
    #expect(finding.place == "command bad.do")
    // 300 bytes, and what malloc adds.
    let bytes = finding.message["en"]?.string?.split(separator: " ").compactMap { Int($0) }.first ?? 0
    #expect((290...360).contains(bytes), "\(finding.message.text())")
  }

  @Test func `I3: what works and is hardly meant so is a remark, and the command succeeds`() throws {
    let printing = try SchoolFolder.empty()
    let printed = try Self.check(try BadPlugin(.prints, in: printing).folder)
    #expect(printed.run.succeeded)
    #expect(printed.findings.map(\.id) == ["stdout.used"])
    #expect(printed.findings.first?.message["en"]?.string?.contains("hello from the plugin") == true)

    let exporting = try SchoolFolder.empty()
    let exported = try Self.check(try BadPlugin(.exports, in: exporting).folder, ["--static"])
    #expect(exported.run.succeeded)
    #expect(exported.findings.map(\.id) == ["library.exports"])
    #expect(exported.findings.first?.message["en"]?.string?.contains("a_name_of_my_own") == true)

    let asking = try SchoolFolder.empty()
    let permissions: JSONValue = ["services": ["school.people.find"], "events": ["school.v1.classChanged"]]
    let asked = try Self.check(try BadPlugin(.none, in: asking, permissions: permissions).folder)
    let unused = asked.findings.filter { $0.id == "permission.unused" }.map(\.place)
    #expect(Set(unused) == ["/permissions/services/0", "/permissions/events/0"])
    #expect(asked.run.succeeded)
  }

  @Test func `I2: a jansson inside, and files that others may write to, are seen without running anything`() throws {
    let folder = try SchoolFolder.empty()
    let plugin = try BadPlugin(.none, in: folder)
    try FileManager.default.setAttributes([.posixPermissions: 0o664], ofItemAtPath: plugin.manifest)
    let open = try Self.check(plugin.folder)
    #expect(open.findings.map(\.id) == ["file.writable"])
    #expect(open.findings.first?.advice["en"]?.string == "chmod go-w \(plugin.manifest)")
    #expect(open.run.end == .status(1))

    let archives = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib", "/usr/local/lib"]
      .map { "\($0)/libjansson.a" }
    // Only a machine with the static library can build such a plugin.
    guard let archive = archives.first(where: { FileManager.default.fileExists(atPath: $0) }) else { return }
    let second = try SchoolFolder.empty()
    let bundled = try BadPlugin(.none, in: second, link: [archive, "-Wl,-Bsymbolic", "-Wl,--exclude-libs,ALL"])
    let own = try Self.check(bundled.folder, ["--static"])
    #expect(own.findings.map(\.id).contains("library.ownJansson"))
    #expect(own.run.end == .status(1))
  }

  @Test func `a path that leads to no plugin is told in words`() throws {
    let folder = try SchoolFolder.empty()
    let empty = try CommandRun.esh("plugin", "check", folder.path)
    #expect(empty.end == .status(1))
    #expect(empty.errors.contains("манифест") && empty.errors.contains("manifest"))

    let broken = try folder.write(#"{"manifestVersion": 1, "id": "Bad Name"}"#, to: "broken.json")
    let (run, findings) = try Self.check(broken)
    #expect(run.end == .status(1))
    #expect(findings.allSatisfy { $0.id == "manifest.invalid" } && !findings.isEmpty)

    let nothing = try CommandRun.esh("plugin", "check", "\(folder.path)/nowhere")
    #expect(nothing.end == .status(1))
    #expect(nothing.errors.contains("nowhere"))
  }
}
