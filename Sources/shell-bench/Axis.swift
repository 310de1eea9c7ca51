/// What a figure is, and what is wanted of it.
struct Metric {
  enum Unit: String {
    case microseconds = "µs"
    case milliseconds = "ms"
    case mebibytes = "MiB"
    case perSecond = "/s"
    case perFiveSeconds = "/5 s"
    case processorMs = "ms CPU/5 s"
    case perMinute = "/min"
    case processorMsAMinute = "ms CPU/min"

    /// A cost with no speed in it, so that no ratio is worth telling.
    var isCost: Bool {
      switch self {
      case .mebibytes, .perFiveSeconds, .processorMs, .perMinute, .processorMsAMinute: true
      case .microseconds, .milliseconds, .perSecond: false
      }
    }
  }

  enum Goal {
    /// At least so many times the bare loop's speed.
    case ratio(Double)
    case atMost(Double)
    case atLeast(Double)
  }

  let title: String
  let unit: Unit
  var goals: [Goal] = []

  var isHigherBetter: Bool { unit == .perSecond }

  init(_ title: String, _ unit: Unit, _ goals: Goal...) {
    self.title = title
    self.unit = unit
    self.goals = goals
  }
}

/// Something that is measured on both sides.
struct Axis {
  let id: String
  /// What is measured, and how, in a sentence.
  let summary: String
  let metrics: [Metric]
  /// What repeats itself: 1 for what takes seconds or hardly varies.
  var rounds: Int?
  var placement = Placement.apart
  /// Left out when there is little time: needs the search index.
  var isSearch = false
  /// The figures of one round, in the order of `metrics`.
  let measure: (Bench, Station) throws -> [Double]
}

/// What axes need beside the server that is measured.
final class Bench {
  let workshop: Workshop
  let isQuick: Bool
  let host: Station
  let bare: Station
  private var cursors: [Side: String] = [:]

  init(_ workshop: Workshop, isQuick: Bool) throws {
    self.workshop = workshop
    self.isQuick = isQuick
    host = try Station(host: workshop)
    bare = try Station(bareBeside: host, workshop)
  }

  /// A number of requests, less when there is little time.
  func count(_ full: Int) -> Int { isQuick ? max(1, full / 4) : full }

  func station(_ side: Side) -> Station { side == .host ? host : bare }

  /// The `after` of page 10,000, as JSON text. The side walks there, page by page.
  func cursorOfPage10000(_ station: Station) throws -> String {
    if let known = cursors[station.side] { return known }
    var after = ""
    for step in 0..<1008 {
      // 999 pages of 500 rows and 9 of 50: 9,999 of 50 rows.
      let limit = step < 999 ? 500 : 50
      let page = try station.client.result(Station.firstPage(",\"limit\":\(limit)\(after)"))
      guard let next = page["next"], !next.isNull else { throw BenchError("the registry ends too soon") }
      after = ",\"after\":\(next.text())"
    }
    cursors[station.side] = after
    return after
  }
}
