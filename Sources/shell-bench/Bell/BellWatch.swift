import CBareLoop
import Glibc

/// A client that asks all the time, before the bell and while it rings: two hundred pings one after the other and a
/// page of a registry, ten times a second.
struct BellWatch {
  private static let burst = 200
  private static let pauseUs: UInt32 = 90_000
  /// So long before the bell the idle figures end: a start a minute earlier is over by then, too.
  private static let quietMs: Int64 = 30_000

  struct Answers {
    var pings: [UInt32] = []
    var pages: [UInt32] = []
    var processorMs = 0.0
    var seconds = 0.0
  }

  private let school: BellSchool
  private let page = Message("registry/query", #"{"registry":"employees","limit":50}"#)

  init(_ school: BellSchool) { self.school = school }

  /// Waits for the bell; the answers of the last half minute before it.
  func idle(until bell: Int64) throws -> Answers {
    while BellSchool.nowMs < bell - Self.quietMs { usleep(100_000) }
    var answers = Answers()
    try watch(&answers) { BellSchool.nowMs < bell - 1_000 }
    while BellSchool.nowMs < bell { usleep(1_000) }
    return answers
  }

  /// Until the last conference has begun.
  func ring(_ conferences: Int) throws -> Answers {
    var answers = Answers()
    let start = bench_now()
    var looked = start
    try watch(&answers) {
      guard bench_now() - looked > 1 else { return true }
      looked = bench_now()
      guard looked - start < 120 + Double(conferences) / 10 else {
        throw BenchError("\(try school.waiting()) conferences do not begin")
      }
      return try school.waiting() > 0
    }
    return answers
  }

  private func watch(_ answers: inout Answers, while goesOn: () throws -> Bool) throws {
    let (start, processor) = (bench_now(), bench_cpu_ns(school.host.id))
    while try goesOn() {
      answers.pings += try school.client.latencies(Message("ping"), count: Self.burst).nanoseconds
      answers.pages += try school.client.latencies(page, count: 1).nanoseconds
      usleep(Self.pauseUs)
    }
    answers.processorMs = Double(bench_cpu_ns(school.host.id) - processor) / 1e6
    answers.seconds = bench_now() - start
  }

  static func text(idle: Answers, meanwhile: Answers) -> String {
    func row(
      _ title: String, _ answers: (idle: Latencies, meanwhile: Latencies), _ part: Double, goal: String = ""
    ) -> [String] {
      let (before, during) = (answers.idle.percentile(part), answers.meanwhile.percentile(part))
      return [title, Text.number(before), Text.number(during), "µs", Text.number(during / max(before, 0.001)), goal]
    }
    let pings = (Latencies(1, idle.pings), Latencies(1, meanwhile.pings))
    let pages = (Latencies(1, idle.pages), Latencies(1, meanwhile.pages))
    func processor(_ answers: Answers) -> String { Text.number(answers.processorMs / max(answers.seconds, 0.001) / 10) }
    return Text.table([
      ["a client beside it", "idle", "the bell", "", "times", "goal"],
      row("ping p50", pings, 0.5), row("ping p99", pings, 0.99, goal: "< 5"), row("ping, longest", pings, 1),
      row("page of a registry p50", pages, 0.5), row("page of a registry p99", pages, 0.99),
      row("page of a registry, longest", pages, 1),
      ["processor of the host", processor(idle), processor(meanwhile), "%", "", ""],
    ])
  }
}
