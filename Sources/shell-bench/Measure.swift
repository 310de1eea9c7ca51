import ArgumentParser
import CBareLoop
import Glibc
import Jansson

/// Measures axes on both sides, in turns, and prints what came of it.
struct Measure: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measures, and prints a table.",
    discussion: """
      Only ratios count: a machine wanders by a third within minutes, both sides with it. Host and bare loop take \
      turns in every round, on the same cores, before the same client.
      """)

  @Argument(help: "Axes to measure, by the beginnings of their names; all when none is given. `list` names them.")
  var axes: [String] = []
  @OptionGroup var places: PathOptions
  @Option(name: .long, help: "Folder to prepare once, keep and use again. Default: a temporary one.")
  var folder: String?
  @Option(name: .long, help: "Rounds, host and bare loop once in each.")
  var rounds: Int?
  @Flag(name: .long, help: "Fewer requests and rounds: less than a minute.")
  var quick = false
  @Flag(name: .long, help: "Print JSON.")
  var json = false

  static var allAxes: [Axis] { WireAxes.all + LoadAxes.all + ImportAxes.all + PageAxes.all + ProcessAxes.all }

  func run() throws {
    signal(SIGPIPE, SIG_IGN)
    let chosen = try chosenAxes()
    if axes == ["list"] { return print(Text.table(chosen.map { [$0.id, $0.summary] })) }
    // Nothing here may hang for ever, and the servers end with this process.
    alarm(1800)
    let start = bench_now()
    Text.warnOfLoad()
    let workshop = try Workshop(places.paths(), folder: folder, isSearched: chosen.contains(where: \.isSearch))
    defer { workshop.remove() }
    try workshop.prepare(Text.say)
    let bench = try Bench(workshop, isQuick: quick)
    let report = measure(chosen, bench)
    if json { return print(report.json.text(indent: 2)) }
    print(report.text)
    Text.say(
      "\(Int(bench_now() - start)) s, \(defaultRounds) rounds; ratio: the host's speed as a multiple of the bare loop's"
    )
  }

  private var defaultRounds: Int { max(1, rounds ?? (quick ? 2 : 5)) }

  private func measure(_ axes: [Axis], _ bench: Bench) -> Report {
    var report = Report()
    for axis in axes {
      Text.say("\(axis.id): \(axis.summary)")
      var figures: [Side: [[Double]]] = [.host: [], .bare: []]
      for round in 0..<min(defaultRounds, axis.rounds ?? .max) {
        // Who is first takes turns too.
        for side in round % 2 == 0 ? [Side.host, .bare] : [.bare, .host] {
          let station = bench.station(side)
          station.place(axis.placement)
          do {
            figures[side]?.append(try axis.measure(bench, station))
          } catch {
            Text.say("  \(side): \(error)")
          }
        }
      }
      for (index, metric) in axis.metrics.enumerated() {
        report.findings.append(
          Finding(
            axis: axis.id, metric: metric, host: (figures[.host] ?? []).map { $0[index] },
            bare: (figures[.bare] ?? []).map { $0[index] }))
      }
    }
    return report
  }

  private func chosenAxes() throws -> [Axis] {
    guard !axes.isEmpty, axes != ["list"] else { return Measure.allAxes.filter { !quick || !$0.isSearch } }
    for name in axes where !Measure.allAxes.contains(where: { $0.id.hasPrefix(name) }) {
      throw ValidationError("there is no axis '\(name)': shell-bench list")
    }
    // A whole name means that one alone.
    return Measure.allAxes.filter { axis in
      axes.contains { name in
        name == axis.id || axis.id.hasPrefix(name) && !Measure.allAxes.contains { $0.id == name }
      }
    }
  }
}
