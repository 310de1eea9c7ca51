import CBareLoop
import Glibc

/// The folder of a run, and everything in it: the bench's plugin, two schools, the bare loop's program.
final class Workshop {
  struct Paths {
    /// The `esh` under test.
    var esh: String
    /// Folders of the normal manifests and libraries.
    var manifests: String
    var plugins: String
    /// The repository, for the header of the ABI and the sources of the bare loop.
    var repository: String
  }

  let paths: Paths
  let folder: String
  let log: Int32
  /// Whether the rows are to be searched: the index takes as long to make as all the rest.
  let isSearched: Bool
  private let isKept: Bool

  /// `folder`: one that is kept and used again; nil for one of this run.
  init(_ paths: Paths, folder: String?, isSearched: Bool) throws {
    self.paths = paths
    self.isSearched = isSearched
    isKept = folder != nil
    if let folder { try Files.makeFolder(folder) }
    self.folder = try folder.map { Files.resolved($0) } ?? Files.makeTemporaryFolder()
    log = try Files.openLog("\(self.folder)/log")
  }

  /// The school with the bench's plugin and its million rows.
  var data: String { "\(folder)/data" }
  /// A school as anybody's, for what a host costs by itself.
  var plainData: String { "\(folder)/plain" }
  var database: String { "\(data)/esh.sqlite" }
  var scratch: String { "\(folder)/scratch.sqlite" }
  var bareProgram: String { "\(folder)/bare" }

  /// The command line of a host. `bench`: with the bench's plugin on the school that has it.
  func host(_ transport: [String], bench: Bool) -> [String] {
    var arguments = [paths.esh, "serve"] + transport + ["--data", bench ? data : plainData]
    arguments += ["--manifests", paths.manifests, "--plugins", paths.plugins]
    if bench {
      // What is measured is the host: its plugin runs where the school's own do.
      arguments += [
        "--manifests", "\(folder)/manifests", "--plugins", "\(folder)/plugins", "--isolation", "bench=inproc",
      ]
    }
    return arguments
  }

  /// A host with no plugin.
  func hostAlone(socket: String) -> [String] {
    [
      paths.esh, "serve", "--socket", socket, "--data", plainData, "--platform", "none", "--manifests",
      "\(folder)/nothing",
    ]
  }

  func bare(socket: String) -> [String] {
    [Files.executable, "bare", "--socket", socket, "--database", database, "--scratch", scratch]
  }

  /// Compiles and fills what is not there yet.
  func prepare(_ say: (String) -> Void) throws {
    let kept = "\(folder)/ready\(isSearched ? "-searched" : "")"
    guard Files.exists(kept) || !Files.exists("\(folder)/data") else {
      throw BenchError("\(folder) was prepared \(isSearched ? "without" : "with") a search index")
    }
    say("compiling the bench's plugin and the bare loop")
    try compilePlugin()
    try compileBareLoop()
    guard !Files.exists(kept) else { return }
    say("making a school")
    let generate = ["school", "generate", "--pupils", "60", "--password", "x", "--data", plainData]
    try ChildProcess.run([paths.esh] + generate, log: log)
    try Files.makeFolder("\(folder)/nothing")
    try makeChats()
    try ChildProcess.run(["cp", "-r", plainData, data], log: log)
    say("making \(BenchPlugin.rows) rows and their indexes")
    let start = bench_now()
    try fill()
    say("made in \(Int(bench_now() - start)) s")
    try Files.write("", to: kept)
  }

  func remove() {
    close(log)
    if isKept { return }
    // The folder is a temporary one: if it stays, it is in nobody's way.
    try? ChildProcess.run(["rm", "-r", folder], log: -1)
  }

  /// What follows from a new school: its chats are made, here and on the platform. Measured is a school of every day.
  private func makeChats() throws {
    let socket = "\(folder)/chats.sock"
    let host = try ChildProcess(host(["--socket", socket], bench: false), log: log)
    defer { host.stop() }
    let client = try Client(socket: socket)
    try Station.signIn(client)
    for _ in 0..<300 {
      let chats = try client.result(Message("registry/query", #"{"registry":"sferum","tab":"chats"}"#))
      let states = (chats["rows"]?.array ?? []).compactMap { $0["cells"]?["state"]?.string }
      if !states.isEmpty, !states.contains("Синхронизируется") { return }
      usleep(100_000)
    }
    throw BenchError("the school's chats are not made")
  }

  /// The host makes the rows when the registry is first asked for, and tidies the file up when it ends.
  private func fill() throws {
    let socket = "\(folder)/fill.sock"
    let host = try ChildProcess(host(["--socket", socket], bench: true), log: log)
    let client = try Client(socket: socket)
    try Station.signIn(client)
    try client.result(Station.firstPage())
    host.stop()
  }

  private func compilePlugin() throws {
    for name in ["manifests", "plugins"] { try Files.makeFolder("\(folder)/\(name)") }
    try Files.write(BenchPlugin.manifest, to: "\(folder)/manifests/bench.json")
    let source = "\(folder)/bench_plugin.c"
    try Files.write(
      """
      #define BENCH_ROWS \(BenchPlugin.rows)
      #define BENCH_SEARCH \(isSearched ? 1 : 0)
      \(BenchPlugin.largeRowInC)
      \(BenchPlugin.source)

      """, to: source)
    try ChildProcess.run(
      [
        "cc", "-O2", "-Wall", "-shared", "-fPIC", "-I", "\(paths.repository)/\(Workshop.headers)", source, "-o",
        "\(folder)/plugins/\(BenchPlugin.library)", "-ljansson",
      ], log: log)
  }

  /// Where a start and idle memory are measured, the size of an executable counts: `shell-bench` brings Swift.
  private func compileBareLoop() throws {
    let sources = ["bare_main", "bare_loop", "bare_answer", "bare_store", "russian_order"].map {
      "\(paths.repository)/Sources/CBareLoop/\($0).c"
    }
    try ChildProcess.run(
      ["cc", "-O2", "-DBARE_LOOP_PROGRAM", "-I", "\(paths.repository)/Sources/CBareLoop/include"] + sources
        + ["-o", bareProgram, "-ljansson", "-lsqlite3"], log: log)
  }

  static let headers = "Sources/CShellPlugin/include"
}
