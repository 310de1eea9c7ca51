import Foundation
import Jansson
import Testing

/// What an administrator installs is what runs: `esh plugin install`, `trust`, `remove`.
struct PluginTrustTests {
  private static let example = "\(BuildProducts.root)/Plugins/Examples/Lockers"

  /// The example, built into a folder that nobody else may write to.
  private static func lockers(
    in folder: SchoolFolder, version: String = "1.0.0", views: [String] = ["school_v1_pupils"]
  )
    throws -> String
  {
    let path = "\(folder.path)/brought"
    let files = FileManager.default
    try files.createDirectory(atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
    let source = try String(contentsOfFile: "\(example)/lockers.c", encoding: .utf8)
    let library = "\(path)/libLockersPlugin.so"
    // Never written over: a host may have it mapped.
    try? files.removeItem(atPath: library)
    try NativePlugin.compile(source, to: library, in: folder)
    let manifest = try JSONValue(parsing: try String(contentsOfFile: "\(example)/lockers.json", encoding: .utf8))
      .merging([
        "version": JSONValue(version), "permissions": ["views": JSONValue(views.map { JSONValue($0) })],
      ])
    _ = try folder.write(manifest.text(indent: 2), to: "brought/lockers.json")
    for file in [library, "\(path)/lockers.json"] {
      try files.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
    }
    return path
  }

  private static func plugin(_ words: String..., in folder: SchoolFolder) throws -> CommandRun {
    try CommandRun([BuildProducts.esh, "plugin"] + words + ["--data", folder.path])
  }

  private static func entry(_ client: WireClient) throws -> JSONValue? {
    try client.call("plugin/list").array?.first { $0["id"] == "lockers" }
  }

  @Test func `I2: an installed plugin is found by the host, works, and is what was agreed to`() throws {
    let folder = try SchoolFolder()
    let run = try Self.plugin("install", try Self.lockers(in: folder), "--yes", in: folder)
    #expect(run.succeeded, "\(run.errors)")
    for words in ["читает данные других модулей: school_v1_pupils", "'Assign a locker'", "runner"] {
      #expect(run.errors.contains(words), "\(words)")
    }

    let host = try HostUnderTest.start(folder)
    let client = try host.client(signedInAs: Person.administrator())
    #expect(try Self.entry(client)?["state"] == "resolved")
    let pupil = try client.call("registry/query", ["registry": "pupils", "limit": 1])["rows"]?[0]?["id"] ?? .null
    try client.call("command/execute", ["command": "lockers.assign", "arguments": ["pupil": pupil, "number": 7]])
    let entry = try Self.entry(client)
    #expect(entry?["state"] == "active")
    // A third party's, so in a process of its own.
    #expect(entry?["process"]?.int != nil && entry?["process"]?.int != Int(host.process.id))
    let rows = try client.call("registry/query", ["registry": "pupils", "limit": 1])["rows"]
    #expect(rows?[0]?["cells"]?["lockers:number"] == 7)

    // The files are their owner's alone.
    let modes = try ["", "/trust.json", "/lockers", "/lockers/lockers.json", "/lockers/libLockersPlugin.so"].map {
      try FileManager.default.attributesOfItem(atPath: "\(folder.path)/plugins\($0)")[.posixPermissions] as? Int
    }
    #expect(modes == [0o700, 0o600, 0o700, 0o600, 0o500])
  }

  @Test(arguments: ["libLockersPlugin.so", "lockers.json"])
  func `I2: a changed file keeps its plugin out until somebody agrees to it, and nothing else`(file: String) throws {
    let folder = try SchoolFolder()
    #expect(try Self.plugin("install", try Self.lockers(in: folder), "--yes", in: folder).succeeded)
    let path = "\(folder.path)/plugins/lockers/\(file)"
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    let handle = try #require(FileHandle(forWritingAtPath: path))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data("\n".utf8))
    try handle.close()

    do {
      let host = try HostUnderTest.start(folder)
      let client = try host.client(signedInAs: Person.administrator())
      let entry = try Self.entry(client)
      #expect(entry?["state"] == "failed")
      let reason = entry?["error"]?.string ?? ""
      #expect(reason.contains("has changed since it was installed") && reason.contains("esh plugin trust lockers"))
      #expect(try client.call("registry/query", ["registry": "pupils"])["total"] == 60)
      host.process.killAndWait()
    }
    let refused = try Self.plugin("trust", "lockers", in: folder)
    #expect(refused.end == .status(1))
    #expect(refused.errors.contains("--yes"))
    let trusted = try Self.plugin("trust", "lockers", "--yes", in: folder)
    #expect(trusted.succeeded, "\(trusted.errors)")
    #expect(trusted.errors.contains("… → "), "the old digest and the new")
    #expect(try Self.plugin("trust", "lockers", in: folder).output.contains("the files are those"))
    let host = try HostUnderTest.start(folder)
    #expect(try Self.entry(try host.client(signedInAs: Person.administrator()))?["state"] == "resolved")
  }

  @Test func `I2: a file that is changed while the host runs is not opened`() throws {
    let folder = try SchoolFolder()
    #expect(try Self.plugin("install", try Self.lockers(in: folder), "--yes", in: folder).succeeded)
    let host = try HostUnderTest.start(folder)
    let client = try host.client(signedInAs: Person.administrator())
    let path = "\(folder.path)/plugins/lockers/libLockersPlugin.so"
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    let handle = try #require(FileHandle(forWritingAtPath: path))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data([0]))
    try handle.close()

    let refusal = try client.refusal(
      "command/execute", ["command": "lockers.assign", "arguments": ["pupil": "x", "number": 7]])

    #expect(refusal.code == -32006)
    #expect(try Self.entry(client)?["error"]?.string?.contains("has changed since it was installed") == true)
    #expect(try client.call("ping") == [:])

    // Agreed to, it is taken up by the host that runs.
    let trusted = try Self.plugin("trust", "lockers", "--yes", in: folder)
    #expect(trusted.succeeded && trusted.errors.contains("esh plugin reload lockers"), "\(trusted.errors)")
    let reloaded = try Self.plugin("reload", "lockers", in: folder)
    #expect(reloaded.succeeded, "\(reloaded.errors)")
    #expect(try Self.entry(client)?["state"] == "active")
  }

  @Test func `I2: a file that others may write to, and one that nobody agreed to, are kept out with the way out`()
    throws
  {
    let folder = try SchoolFolder()
    #expect(try Self.plugin("install", try Self.lockers(in: folder), "--yes", in: folder).succeeded)
    let path = "\(folder.path)/plugins/lockers"
    try FileManager.default.setAttributes([.posixPermissions: 0o620], ofItemAtPath: "\(path)/libLockersPlugin.so")
    let files = FileManager.default
    try files.createDirectory(
      atPath: "\(folder.path)/plugins/dropped", withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700])
    try files.copyItem(atPath: "\(path)/lockers.json", toPath: "\(folder.path)/plugins/dropped/dropped.json")

    let host = try HostUnderTest.start(folder)
    let plugins = try host.client(signedInAs: Person.administrator()).call("plugin/list").array
    func reason(_ id: String) -> String { plugins?.first { $0["id"]?.string == id }?["error"]?.string ?? "" }

    #expect(reason("lockers").contains("chmod go-w \(path)/libLockersPlugin.so"), "\(reason("lockers"))")
    #expect(reason("dropped").contains("esh plugin trust dropped"), "\(reason("dropped"))")
  }

  @Test func `a newer version shows what it asks for anew, and takes the place of the old`() throws {
    let folder = try SchoolFolder()
    #expect(try Self.plugin("install", try Self.lockers(in: folder), "--yes", in: folder).succeeded)
    let newer = try Self.lockers(in: folder, version: "1.1.0", views: ["school_v1_pupils", "school_v1_employees"])

    let refused = try Self.plugin("install", newer, in: folder)
    #expect(refused.end == .status(1))
    #expect(refused.errors.contains("НОВОЕ / NEW: читает данные других модулей: school_v1_employees"))
    #expect(!refused.errors.contains("НОВОЕ / NEW: читает данные других модулей: school_v1_pupils"))
    let before = try String(contentsOfFile: "\(folder.path)/plugins/trust.json", encoding: .utf8)
    #expect(before.contains("1.0.0"))

    #expect(try Self.plugin("install", newer, "--yes", in: folder).succeeded)
    let host = try HostUnderTest.start(folder)
    #expect(try Self.entry(try host.client(signedInAs: Person.administrator()))?["version"] == "1.1.0")
    let left = try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/plugins")
    #expect(Set(left).isSubset(of: ["lockers", "trust.json", ".run"]), "\(left)")
  }

  @Test func `a removed plugin is gone and its data is kept`() throws {
    let folder = try SchoolFolder()
    let brought = try Self.lockers(in: folder)
    #expect(try Self.plugin("install", brought, "--yes", in: folder).succeeded)
    let pupil: JSONValue
    do {
      let host = try HostUnderTest.start(folder)
      let client = try host.client(signedInAs: Person.administrator())
      pupil = try client.call("registry/query", ["registry": "pupils", "limit": 1])["rows"]?[0]?["id"] ?? .null
      try client.call("command/execute", ["command": "lockers.assign", "arguments": ["pupil": pupil, "number": 7]])
      let told = try Self.plugin("remove", "lockers", in: folder)
      #expect(told.succeeded)
      #expect(told.output.contains("lockers_…") && told.errors.contains("restart"))
      host.process.killAndWait()
    }
    do {
      let host = try HostUnderTest.start(folder)
      #expect(try Self.entry(try host.client(signedInAs: Person.administrator())) == nil)
      #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/plugins/lockers"))
      host.process.killAndWait()
    }
    #expect(try Self.plugin("remove", "lockers", in: folder).end == .status(1))

    #expect(try Self.plugin("install", brought, "--yes", in: folder).succeeded)
    let host = try HostUnderTest.start(folder)
    let client = try host.client(signedInAs: Person.administrator())
    let rows = try client.call("registry/query", ["registry": "pupils", "limit": 1])["rows"]
    #expect(rows?[0]?["id"] == pupil && rows?[0]?["cells"]?["lockers:number"] == 7)
  }

  @Test func `what is no plugin, is another's, or may be written by others is not installed, with the reason`() throws {
    let folder = try SchoolFolder.empty()
    let brought = try Self.lockers(in: folder)
    func refusal(_ path: String) throws -> String {
      let run = try Self.plugin("install", path, "--yes", in: folder)
      #expect(run.end == .status(1))
      #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/plugins/trust.json"))
      return run.errors
    }
    let files = FileManager.default
    try files.setAttributes([.posixPermissions: 0o664], ofItemAtPath: "\(brought)/libLockersPlugin.so")
    #expect(try refusal(brought).contains("chmod go-w \(brought)/libLockersPlugin.so"))
    try files.setAttributes([.posixPermissions: 0o644], ofItemAtPath: "\(brought)/libLockersPlugin.so")
    try files.setAttributes([.posixPermissions: 0o777], ofItemAtPath: brought)
    #expect(try refusal(brought).contains("chmod go-w \(brought)"))
    try files.setAttributes([.posixPermissions: 0o755], ofItemAtPath: brought)
    _ = try folder.write("not a library", to: "brought/libLockersPlugin.so")
    #expect(try refusal(brought).contains("no shared library"))
    #expect(try refusal("\(BuildProducts.manifests)/school.json").contains("comes with ESh"))
    #expect(try refusal("\(folder.path)/nowhere").contains("nowhere"))
    _ = try folder.write("{}", to: "brought/lockers.json")
    #expect(try refusal(brought).contains("there is no manifest here"))
    #expect(try Self.plugin("trust", "lockers", in: folder).errors.contains("is not installed here"))
    #expect(try Self.plugin("trust", "../plugins", in: folder).errors.contains("is not installed here"))
  }
}
