import Jansson

#if canImport(Glibc)
  import Glibc
#endif

/// Counters of all conversations, and latencies by method. Desk only.
package final class DispatchMetrics {
  package enum Counter: Int, CaseIterable, Sendable {
    case requests, notifications, batches
    case unknownMethods, invalidMessages, overloads, cancellations, timeouts, replays
    /// Answers that came after the client had been told that the request was cancelled or late.
    case droppedResults
    /// Second answers to one request, and requests whose handler never answered: defects.
    case doubleAnswers, abandonedAnswers
    case droppedNotifications, sentNotifications

    package var name: String { String(describing: self) }
  }

  /// Upper bounds of the latency buckets in microseconds; one more bucket takes the rest.
  package static let boundsUs: [UInt64] = [
    10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000,
    1_000_000,
    2_500_000, 5_000_000, 10_000_000,
  ]

  private var counters = [UInt64](repeating: 0, count: Counter.allCases.count)
  private var methods: [Method]
  private let names: [String]

  /// What is known of one method.
  package struct Method: Sendable {
    package var calls: UInt64 = 0
    package var failures: UInt64 = 0
    /// Sum of the latencies, arrival to answer, in nanoseconds.
    package var totalNs: UInt64 = 0
    package var slowestNs: UInt64 = 0
    /// Calls in each bucket, not summed up; one more than there are bounds.
    package var buckets = [UInt64](repeating: 0, count: DispatchMetrics.boundsUs.count + 1)
  }

  init(_ catalog: MethodCatalog) {
    names = catalog.definitions.map(\.name)
    methods = names.map { _ in Method() }
  }

  package func count(_ counter: Counter) { counters[counter.rawValue] += 1 }
  package func value(of counter: Counter) -> UInt64 { counters[counter.rawValue] }

  /// What is known of the method of that name; nil for a name that is not in the table.
  package func method(named name: String) -> Method? { names.firstIndex(of: name).map { methods[$0] } }

  /// A call whose answer took no time worth measuring.
  func recordConstant(_ index: Int) {
    methods[index].calls += 1
    methods[index].buckets[0] += 1
  }

  func record(_ index: Int, startedNs: UInt64, failed: Bool) {
    let elapsed = monotonicNs() &- startedNs
    let microseconds = elapsed / 1_000
    let bucket = Self.boundsUs.firstIndex { microseconds <= $0 } ?? Self.boundsUs.count
    methods[index].calls += 1
    if failed { methods[index].failures += 1 }
    methods[index].totalNs += elapsed
    methods[index].slowestNs = max(methods[index].slowestNs, elapsed)
    methods[index].buckets[bucket] += 1
  }

  /// What `metrics/get` answers: `{counters: {name: n}, methods: {name: …}}`, only methods that were called.
  ///
  /// A method is `{calls, failures, totalMicroseconds, slowestMicroseconds, buckets: [{le, count}]}`, `le` in
  /// microseconds and null for the last bucket.
  package var json: JSONValue {
    let called = zip(names, methods).filter { $0.1.calls > 0 }
    return [
      "counters": JSONValue(
        members: Counter.allCases.map { ($0.name, JSONValue(Int64(clamping: value(of: $0)))) }),
      "methods": JSONValue(members: called.map { ($0.0, $0.1.json) }),
    ]
  }

  /// The same as Prometheus text, format 0.0.4.
  package var prometheus: String {
    var lines: [String] = []
    for counter in Counter.allCases {
      let name = "esh_dispatch_\(counter.name.snakeCase)_total"
      lines += ["# TYPE \(name) counter", "\(name) \(value(of: counter))"]
    }
    lines += ["# TYPE esh_request_seconds histogram"]
    for (name, method) in zip(names, methods) where method.calls > 0 {
      var sum: UInt64 = 0
      for (index, count) in method.buckets.enumerated() {
        sum += count
        let bound = index < Self.boundsUs.count ? "\(Double(Self.boundsUs[index]) / 1_000_000)" : "+Inf"
        lines.append("esh_request_seconds_bucket{method=\"\(name)\",le=\"\(bound)\"} \(sum)")
      }
      lines.append("esh_request_seconds_sum{method=\"\(name)\"} \(Double(method.totalNs) / 1_000_000_000)")
      lines.append("esh_request_seconds_count{method=\"\(name)\"} \(method.calls)")
    }
    lines += ["# TYPE esh_request_failures_total counter"]
    for (name, method) in zip(names, methods) where method.failures > 0 {
      lines.append("esh_request_failures_total{method=\"\(name)\"} \(method.failures)")
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

extension DispatchMetrics.Method {
  fileprivate var json: JSONValue {
    let bounds = DispatchMetrics.boundsUs.map { JSONValue(Int64(clamping: $0)) } + [.null]
    return [
      "calls": JSONValue(Int64(clamping: calls)), "failures": JSONValue(Int64(clamping: failures)),
      "totalMicroseconds": JSONValue(Int64(clamping: totalNs / 1_000)),
      "slowestMicroseconds": JSONValue(Int64(clamping: slowestNs / 1_000)),
      "buckets": JSONValue(
        zip(bounds, buckets).map { ["le": $0, "count": JSONValue(Int64(clamping: $1))] as JSONValue }),
    ]
  }
}

extension String {
  fileprivate var snakeCase: String {
    reduce(into: "") { $0 += $1.isUppercase ? "_\($1.lowercased())" : String($1) }
  }
}

/// Nanoseconds on a clock that only runs forward; its zero means nothing.
func monotonicNs() -> UInt64 {
  var time = timespec()
  unsafe clock_gettime(CLOCK_MONOTONIC, &time)
  return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
}
