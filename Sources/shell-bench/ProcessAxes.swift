import CBareLoop
import Glibc

/// What a host costs by itself: to start, and to sit there.
enum ProcessAxes {
  static var all: [Axis] {
    [
      Axis(
        id: "start", summary: "exec to the first answer on stdio; database there, all plugins there, none loaded",
        metrics: [Metric("start to first answer", .milliseconds, .atMost(12))], placement: .bothCores
      ) { bench, station in
        let workshop = bench.workshop
        let arguments =
          station.side == .host
          ? workshop.host(["--stdio"], bench: false) : [workshop.bareProgram, "\(workshop.plainData)/esh.sqlite"]
        var times: [Double] = []
        for _ in 0..<bench.count(12) {
          let seconds = unsafe Message("ping").withC {
            unsafe bench_cold_start(ChildProcess.joined(arguments), 3, $0, workshop.log)
          }
          guard seconds > 0 else { throw BenchError("no answer after the start") }
          times.append(seconds * 1000)
        }
        return [times.sorted()[times.count / 2]]
      },
      idle("idle", "a school whose chats are watched, simulator of the platform inside", .atMost(30)) { _ in },
      idle("idle-all", "the same with every plugin in use", .atMost(30)) { client in
        try Station.signIn(client)
        try client.result(.command("school.listAccounts"))
        for registry in ["sferum", "employees", "binding-report"] {
          try client.result(Message("registry/query", "{\"registry\":\"\(registry)\"}"))
        }
        try client.result(Message("registry/query", #"{"registry":"sferum","tab":"conferences"}"#))
        try client.result(Message("startMenu/open", #"{"path":["Классный журнал","Журнал"]}"#))
      },
      alone,
    ]
  }

  /// Nothing to do but to hear what happens on the platform: a long poll of 25 s, time after time. On a server of its
  /// own, for one poll and, when there is time, two.
  private static func idle(
    _ id: String, _ what: String, _ goal: Metric.Goal, _ use: @escaping (Client) throws -> Void
  ) -> Axis {
    Axis(
      id: id, summary: "nothing to do: \(what)",
      metrics: [
        Metric("\(id): memory (PSS)", .mebibytes, goal), Metric("\(id): wake-ups", .perMinute),
        Metric("\(id): processor", .processorMsAMinute),
      ], rounds: 1, placement: .bothCores
    ) { bench, station in
      let workshop = bench.workshop
      let socket = "\(workshop.folder)/idle.sock"
      let isHost = station.side == .host
      let figures = try rest(
        isHost
          ? workshop.host(["--socket", socket], bench: false)
          : [workshop.bareProgram, "\(workshop.plainData)/esh.sqlite", socket],
        socket, workshop, settling: isHost ? 8 : 1, watching: isHost ? (bench.isQuick ? 25 : 50) : 2
      ) { if isHost { try use($0) } }
      return [figures.memory, figures.wakeups * 60, figures.processor * 60]
    }
  }

  /// The host by itself: no plugin there, no platform.
  private static var alone: Axis {
    Axis(
      id: "idle-alone", summary: "5 s of nothing to do: the host by itself, no plugin there, no platform",
      metrics: [
        Metric("idle-alone: memory (PSS)", .mebibytes, .atMost(15)),
        Metric("idle-alone: wake-ups", .perFiveSeconds, .atMost(0)),
        Metric("idle-alone: processor", .processorMs, .atMost(0)),
      ], rounds: 1, placement: .bothCores
    ) { bench, station in
      let workshop = bench.workshop
      let socket = "\(workshop.folder)/idle.sock"
      let figures = try rest(
        station.side == .host
          ? workshop.hostAlone(socket: socket)
          : [workshop.bareProgram, "\(workshop.plainData)/esh.sqlite", socket],
        socket, workshop, settling: 3, watching: bench.isQuick ? 2 : 5
      ) { _ in }
      return [figures.memory, figures.wakeups * 5, figures.processor * 5]
    }
  }

  /// What a server takes while nobody asks it anything: memory (MiB), wake-ups and processor time (ms) a second.
  private static func rest(
    _ arguments: [String], _ socket: String, _ workshop: Workshop, settling: UInt32, watching: UInt32,
    _ use: (Client) throws -> Void
  ) throws -> (memory: Double, wakeups: Double, processor: Double) {
    let process = try ChildProcess(arguments, log: workshop.log)
    defer { process.stop() }
    let client = try Client(socket: socket)
    _ = try client.text(Message("ping"))
    try use(client)
    sleep(settling)
    let (wakeups, processor) = (bench_wakeups(process.id), bench_cpu_ns(process.id))
    sleep(watching)
    // A thread that ends takes its counts along.
    return (
      Double(bench_pss_kib(process.id)) / 1024, Double(max(0, bench_wakeups(process.id) - wakeups)) / Double(watching),
      Double(max(0, bench_cpu_ns(process.id) - processor)) / 1e6 / Double(watching)
    )
  }
}
