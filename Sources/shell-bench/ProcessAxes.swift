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
      idle("idle", "no plugin loaded, simulator of the platform inside", .atMost(15)) { _ in },
      idle("idle-alone", "no plugin loaded, no simulator", options: ["--platform", "none"], .atMost(15)) { _ in },
      idle("idle-all", "every plugin loaded", .atMost(30)) { client in
        try Station.signIn(client)
        try client.result(.command("school.listAccounts"))
        try client.result(Message("registry/query", #"{"registry":"sferum"}"#))
        try client.result(Message("registry/query", #"{"registry":"employees"}"#))
      },
    ]
  }

  /// Five seconds of nothing to do, on a server of its own.
  private static func idle(
    _ id: String, _ what: String, options: [String] = [], _ goal: Metric.Goal, _ use: @escaping (Client) throws -> Void
  ) -> Axis {
    Axis(
      id: id, summary: "5 s of nothing to do: \(what)",
      metrics: [
        Metric("\(id): memory (PSS)", .mebibytes, goal), Metric("\(id): wake-ups", .perFiveSeconds, .atMost(0)),
        Metric("\(id): processor", .processorMs, .atMost(0)),
      ], rounds: 1, placement: .bothCores
    ) { bench, station in
      let workshop = bench.workshop
      let socket = "\(workshop.folder)/idle.sock"
      let isHost = station.side == .host
      let arguments =
        isHost
        ? workshop.host(["--socket", socket] + options, bench: false)
        : [workshop.bareProgram, "\(workshop.plainData)/esh.sqlite", socket]
      let process = try ChildProcess(arguments, log: workshop.log)
      let client = try Client(socket: socket)
      _ = try client.text(Message("ping"))
      if isHost { try use(client) }
      // The bare loop sleeps in one call; that need not be watched for long.
      let isBrief = bench.isQuick || !isHost
      usleep(isBrief ? 500_000 : 2_000_000)
      let (wakeups, processor) = (bench_wakeups(process.id), bench_cpu_ns(process.id))
      sleep(isBrief ? 2 : 5)
      let share = isBrief ? 2.5 : 1.0
      let figures = [
        Double(bench_pss_kib(process.id)) / 1024, Double(bench_wakeups(process.id) - wakeups) * share,
        Double(bench_cpu_ns(process.id) - processor) / 1e6 * share,
      ]
      process.stop()
      return figures
    }
  }
}
