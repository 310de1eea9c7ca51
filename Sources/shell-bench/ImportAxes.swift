import CBareLoop
import Dispatch
import Glibc
import Synchronization

/// Imports of OneRoster packages: a school at once, and a million enrolments.
enum ImportAxes {
  static var all: [Axis] {
    [
      Axis(
        id: "import-school",
        summary:
          "1,000 pupils, 2,000 parents, 700 classes and groups, 15,000 enrolments into an empty school; bare: as many rows",
        metrics: [Metric("import of a school", .milliseconds, .atMost(3000))], rounds: 3, placement: .bothCores
      ) { bench, station in
        guard station.side == .host else { return [try bare(station, rows: 18_700) * 1000] }
        let package = try RosterPackageFiles.school(bench.workshop)
        return [try onNewHost(bench.workshop) { try seconds($0, importing: package) } * 1000]
      },
      Axis(
        id: "import-million",
        summary: "1,000,000 enrolments in groups, read, checked and written; bare: a prepared statement, the same rows",
        metrics: [
          Metric("enrolments imported", .perSecond, .ratio(0.5)),
          Metric("memory while they are imported", .mebibytes, .atMost(300)),
        ], rounds: 2, placement: .bothCores
      ) { bench, station in
        let rows = bench.count(1_000_000)
        guard station.side == .host else { return [Double(rows) / (try bare(station, rows: rows)), 0] }
        let (people, enrolments) = try RosterPackageFiles.million(bench.workshop, rows: rows)
        var peak = 0.0
        let time = try onNewHost(bench.workshop) { client, process in
          _ = try seconds(client, importing: people)
          let watch = MemoryWatch(process.id)
          let time = try seconds(client, importing: enrolments)
          peak = watch.stop()
          return time
        }
        return [Double(rows) / time, peak]
      },
    ]
  }

  private static func bare(_ station: Station, rows: Int) throws -> Double {
    let start = bench_now()
    try station.client.result(Message("bare/members", "{\"rows\":\(rows)}"))
    return bench_now() - start
  }

  private static func seconds(_ client: Client, importing path: String) throws -> Double {
    let start = bench_now()
    let outcome = try client.result(.command("school.importRoster", "{\"path\":\"\(path)\"}"))
    let time = bench_now() - start
    guard outcome["result"]?["applied"]?.bool == true, outcome["result"]?["errorCount"]?.int == 0 else {
      throw BenchError("not imported: \(outcome["result"]?["errors"]?[0]?.text() ?? outcome.text())")
    }
    return time
  }

  private static func onNewHost(
    _ workshop: Workshop, _ body: (Client, ChildProcess) throws -> Double
  ) throws -> Double {
    let data = "\(workshop.folder)/imported"
    try ChildProcess.run(["rm", "-rf", data], log: workshop.log)
    let socket = "\(workshop.folder)/import.sock"
    let process = try ChildProcess(
      [
        workshop.paths.esh, "serve", "--socket", socket, "--data", data, "--platform", "none", "--manifests",
        workshop.paths.manifests, "--plugins", workshop.paths.plugins,
      ], log: workshop.log)
    defer {
      process.stop()
      // try?: the folder is in the run's own, which is removed.
      try? ChildProcess.run(["rm", "-rf", data], log: workshop.log)
    }
    let client = try Client(socket: socket)
    try Station.signIn(client)
    // The school's tables are made when its plugin is first needed.
    try client.result(Message("registry/query", #"{"registry":"employees"}"#))
    return try body(client, process)
  }

  private static func onNewHost(_ workshop: Workshop, _ body: (Client) throws -> Double) throws -> Double {
    try onNewHost(workshop) { client, _ in try body(client) }
  }
}

/// The greatest memory of a process's own while it is watched, in MiB: without the file that it maps.
private final class MemoryWatch: Sendable {
  private struct State {
    var peak = 0
    var isWatching = true
  }
  private let state = Mutex(State())
  private let ended = DispatchSemaphore(value: 0)

  init(_ process: pid_t) {
    DispatchQueue.global().async { [self] in
      while state.withLock({ $0.isWatching }) {
        let now = MemoryWatch.anonymous(process)
        state.withLock { $0.peak = max($0.peak, now) }
        usleep(20_000)
      }
      ended.signal()
    }
  }

  func stop() -> Double {
    state.withLock { $0.isWatching = false }
    ended.wait()
    return Double(state.withLock { $0.peak }) / 1024
  }

  /// KiB.
  private static func anonymous(_ process: pid_t) -> Int {
    guard let file = unsafe fopen("/proc/\(process)/status", "r") else { return 0 }
    defer { unsafe _ = fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = unsafe bytes.withUnsafeMutableBytes { unsafe fread($0.baseAddress, 1, $0.count, file) }
    for line in String(decoding: bytes.prefix(count), as: UTF8.self).split(separator: "\n")
    where line.hasPrefix("RssAnon:") {
      return Int(line.filter(\.isNumber)) ?? 0
    }
    return 0
  }
}
