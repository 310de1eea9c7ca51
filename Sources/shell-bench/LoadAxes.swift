import CBareLoop
import Glibc

/// Large messages, a client that does not read, and writes.
enum LoadAxes {
  static var all: [Axis] {
    [
      Axis(
        id: "answer", summary: "9.5 MB: a plugin's command answers with a tree of 50,000 rows; bare: a copy of one",
        metrics: [Metric("answer of 9.5 MB", .milliseconds, .atMost(100))]
      ) { bench, station in
        let arguments = "{\"count\":\(BenchPlugin.largeRows)}"
        let message =
          station.side == .host ? Message.command("bench.rows", arguments) : Message("bench.rows", arguments)
        return [try station.client.latencies(message, count: bench.count(8)).median / 1000]
      },
      Axis(
        id: "page500", summary: "the largest page, 500 rows: text straight from SQLite's rows",
        metrics: [Metric("page of 500 rows", .microseconds)]
      ) { bench, station in
        [try station.client.latencies(Station.firstPage(",\"limit\":500"), count: bench.count(200)).median]
      },
      Axis(
        id: "request", summary: "9.5 MB of params that session/get refuses by their names",
        metrics: [Metric("request of 9.5 MB, refused", .milliseconds, .atMost(60))]
      ) { bench, station in
        let message = Message("session/get", "{\"rows\":\(BenchPlugin.largeRowsText())}")
        return [milliseconds(try station.client.rate(message, count: bench.count(8), depth: 1, mayFail: true))]
      },
      Axis(
        id: "request-read", summary: "9.5 MB of arguments that a command takes: parsed, checked, handed to a plugin",
        metrics: [Metric("request of 9.5 MB, read", .milliseconds)]
      ) { bench, station in
        let arguments = "{\"rows\":\(BenchPlugin.largeRowsText())}"
        let message =
          station.side == .host ? Message.command("bench.ignore", arguments) : Message("bench.ignore", arguments)
        return [milliseconds(try station.client.rate(message, count: bench.count(8), depth: 1))]
      },
      Axis(
        id: "stall", summary: "100,000 pings and nobody reads, on each of 4 connections; then one of them reads",
        metrics: [
          Metric("stalled reader: memory a connection", .mebibytes, .atMost(1)),
          Metric("another client's p99 meanwhile", .microseconds, .atMost(500)),
          Metric("drained", .perSecond, .atLeast(220_000)),
        ], rounds: 2, measure: stall),
      insertion("insert", "a statement a row, through the plugin's write transaction", batch: 1),
      insertion("insert-batch", "1,000 rows a call of insert_many", batch: 1000, .ratio(0.7)),
    ]
  }

  private static func milliseconds(_ rate: Double) -> Double { 1000 / rate }

  private static func stall(_ bench: Bench, _ station: Station) throws -> [Double] {
    let count = 100_000
    let stalled = try (0..<4).map { _ in try Client(socket: station.socket) }
    // A connection that has asked once has what it needs to live.
    for client in stalled { _ = try client.text(Message("ping")) }
    _ = try station.client.latencies(Message("ping"), count: 1000)
    let before = bench_pss_kib(station.process.id)
    for client in stalled {
      guard try client.stall(Message("ping"), count: count) < count else {
        throw BenchError("the server read on although nobody took the answers")
      }
    }
    let after = bench_pss_kib(station.process.id)
    let meanwhile = try station.client.latencies(Message("ping"), count: bench.count(8000))
    let drained = try stalled[0].drain(Message("ping"), count: count)
    return [Double(after - before) / 1024 / Double(stalled.count), meanwhile.p99, drained]
  }

  private static func insertion(_ id: String, _ how: String, batch: Int, _ goals: Metric.Goal...) -> Axis {
    var metric = Metric("bulk insert, \(batch == 1 ? "row by row" : "in batches")", .perSecond)
    metric.goals = goals
    return Axis(id: id, summary: "rows in one transaction; host: \(how); bare: a prepared statement", metrics: [metric])
    {
      bench, station in
      let rows = bench.count(200_000)
      let isHost = station.side == .host
      try station.client.result(isHost ? Message.command("bench.clear") : Message("bare/clear", "{}"))
      let arguments = "{\"rows\":\(rows),\"batch\":\(batch)}"
      let insert = isHost ? Message.command("bench.insert", arguments) : Message("bare/insert", arguments)
      let start = bench_now()
      try station.client.result(insert)
      return [Double(rows) / (bench_now() - start)]
    }
  }
}
