/// Pages of 50 rows of a registry of 1,000,000, sorted by name in Russian order. Both sides read one file through one
/// index: the bare loop brings a collation of the same order.
enum PageAxes {
  static var all: [Axis] {
    [
      Axis(
        id: "page1", summary: "page 1, one at a time, one core",
        metrics: [Metric("page 1", .microseconds, .ratio(1)), Metric("page 1 p99", .microseconds)],
        placement: .oneCore
      ) { bench, station in try oneByOne(bench, station, Station.firstPage()) },
      Axis(
        id: "page10000", summary: "page 10,000, one at a time, one core",
        metrics: [Metric("page 10,000", .microseconds, .ratio(1)), Metric("page 10,000 p99", .microseconds)],
        placement: .oneCore
      ) { bench, station in
        try oneByOne(bench, station, Station.firstPage(bench.cursorOfPage10000(station)))
      },
      Axis(
        id: "page1-deep", summary: "page 1, 64 in flight, client and server on both cores",
        metrics: [Metric("page 1, 64 deep", .perSecond, .ratio(1.5))], placement: .bothCores
      ) { bench, station in
        [try station.client.rate(Station.firstPage(), count: bench.count(4000), depth: 64)]
      },
      Axis(
        id: "page10000-deep", summary: "page 10,000, 64 in flight, client and server on both cores",
        metrics: [Metric("page 10,000, 64 deep", .perSecond, .ratio(1.5))], placement: .bothCores
      ) { bench, station in
        let message = Station.firstPage(try bench.cursorOfPage10000(station))
        return [try station.client.rate(message, count: bench.count(4000), depth: 64)]
      },
      Axis(
        id: "search-few", summary: "two words, 1,250 rows: matches of the search index, sorted",
        metrics: [Metric("search, few found", .microseconds)], placement: .oneCore, isSearch: true
      ) { bench, station in
        let message =
          station.side == .host
          ? Station.firstPage(#","search":"Кузнецов тимофей""#)
          : Message("registry/query", #"{"match":"\"кузнецов\" AND \"тимофей\""}"#)
        return [try oneByOne(bench, station, message, count: 60)[0]]
      },
      Axis(
        id: "search-many", summary: "one word, 50,000 rows: rows in order, each tested",
        metrics: [Metric("search, many found", .microseconds)], placement: .oneCore, isSearch: true
      ) { bench, station in
        let message =
          station.side == .host
          ? Station.firstPage(#","search":"Тимофей""#) : Message("registry/query", #"{"search":"тимофей"}"#)
        return [try oneByOne(bench, station, message, count: 200)[0]]
      },
    ]
  }

  private static func oneByOne(
    _ bench: Bench, _ station: Station, _ message: Message, count: Int = 3000
  ) throws -> [Double] {
    // The first one of all may count rows and prepare statements.
    _ = try station.client.text(message)
    let found = try station.client.latencies(message, count: bench.count(count))
    return [found.median, found.p99]
  }
}
