/// Small messages: what framing, parsing, dispatch and writing cost.
enum WireAxes {
  /// With the member's name and the braces 150 bytes of params, which are parsed and checked.
  static let meta =
    #"{"_meta":{"progressToken":"bench-0123456789-0123456789-0123456789","#
    + #""traceparent":"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-0123456789abc"}}"#
  static let echoArguments =
    #"{"text":"0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 "#
    + #"0123456789 0123456789 01234"}"#

  static var all: [Axis] {
    [
      Axis(
        id: "ping", summary: "one at a time, Unix socket, client and server on one core",
        metrics: [
          Metric("ping p50", .microseconds, .ratio(0.97)), Metric("ping p99", .microseconds, .atMost(25)),
        ],
        placement: .oneCore
      ) { bench, station in
        let found = try station.client.latencies(Message("ping"), count: bench.count(20_000))
        return [found.median, found.p99]
      },
      Axis(
        id: "stdio", summary: "the same over pipes",
        metrics: [
          Metric("ping on stdio p50", .microseconds, .ratio(0.82)), Metric("ping on stdio p99", .microseconds),
        ],
        placement: .oneCore, measure: StdioAxis.measure),
      Axis(
        id: "pipeline", summary: "64 in flight, client and server on a core each",
        metrics: [Metric("ping, 64 deep", .perSecond, .ratio(0.85))]
      ) { bench, station in
        [try station.client.rate(Message("ping"), count: bench.count(200_000), depth: 64)]
      },
      Axis(
        id: "session", summary: "session/get one at a time, one core",
        metrics: [Metric("session/get p50", .microseconds), Metric("session/get p99", .microseconds)],
        placement: .oneCore
      ) { bench, station in
        let found = try station.client.latencies(Message("session/get"), count: bench.count(20_000))
        return [found.median, found.p99]
      },
      Axis(
        id: "session-pipeline", summary: "session/get, 64 in flight",
        metrics: [Metric("session/get, 64 deep", .perSecond)]
      ) { bench, station in
        [try station.client.rate(Message("session/get"), count: bench.count(100_000), depth: 64)]
      },
      Axis(
        id: "params", summary: "session/get with 150 bytes of params (_meta): parsed and checked, no plugin behind",
        metrics: [Metric("150 bytes of params, 64 deep", .perSecond, .ratio(0.6))]
      ) { bench, station in
        [try station.client.rate(Message("session/get", meta), count: bench.count(100_000), depth: 64)]
      },
      Axis(
        id: "command", summary: "command/execute of a C plugin that echoes 150 bytes: schema, executor, way back",
        metrics: [Metric("echo by a plugin, 64 deep", .perSecond)]
      ) { bench, station in
        let message =
          station.side == .host ? Message.command("bench.echo", echoArguments) : Message("bench.echo", echoArguments)
        return [try station.client.rate(message, count: bench.count(20_000), depth: 64)]
      },
      crowd(8), crowd(64),
      Axis(
        id: "notify", summary: "notifications that nobody knows, until a request behind them is answered",
        metrics: [Metric("notifications", .perSecond, .atLeast(1_000_000))]
      ) { bench, station in
        let count = bench.count(400_000)
        return [try station.client.notifications(.notification("$/x", #"{"a":1}"#), count: count)]
      },
    ]
  }

  private static func crowd(_ connections: Int) -> Axis {
    Axis(
      id: "crowd\(connections)", summary: "\(connections) connections, one ping in flight on each",
      metrics: [
        Metric("\(connections) connections", .perSecond, .ratio(1.15)),
        Metric("\(connections) connections p99", .microseconds, .atMost(600)),
      ]
    ) { bench, station in
      let count = bench.count(80_000)
      let found = try Client.crowd(socket: station.socket, connections: connections, Message("ping"), count: count)
      return [found.rate, found.p99]
    }
  }
}
