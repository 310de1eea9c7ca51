import ArgumentParser
import CBareLoop
import Glibc
import Jansson

/// `shell-bench plugins`: what a call into a plugin costs, inside the host and in a runner, and what others feel of
/// plugins that misbehave.
struct PluginFigures: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plugins",
    abstract: "Measures calls into plugins where they run, and a host whose third parties misbehave.",
    discussion: """
      The same library of a plugin in C inside the host and in a process of its own, one call at a time, all on one \
      core; a school's own plugins beside one \
      animal of the zoo at a time (Tests/EndToEndTests/Fixtures/zoo.c), which is called without a pause.
      """)

  @Option(name: .long, help: "Calls of each kind.")
  var calls = 20_000
  @Option(name: .long, help: "Calls of the neighbour beside each animal.")
  var neighbours = 3_000
  @OptionGroup var places: PathOptions

  func run() throws {
    signal(SIGPIPE, SIG_IGN)
    alarm(1800)
    Text.warnOfLoad()
    let folder = try Files.makeTemporaryFolder()
    // try?: the folder is a temporary one; if it stays, it is in nobody's way.
    defer { try? ChildProcess.run(["rm", "-r", folder], log: -1) }
    let school = try ZooSchool(places.paths(), folder: folder)
    print(try callFigures(school))
    print(try ZooFigures(school, calls: neighbours).text())
  }

  private func callFigures(_ school: ZooSchool) throws -> String {
    var rows = [["", "p50, µs", "p99, µs"]]
    var medians: [Double] = []
    func add(_ name: String, _ found: Latencies) {
      medians.append(found.median)
      rows.append([name, Text.number(found.median), Text.number(found.p99)])
    }
    for place in ["inproc", "runner"] {
      try school.withHost(place, .oneCore) { client in
        let well = Message.command("zoo.well")
        // Loads it.
        _ = try client.result(well)
        if place == "inproc" {
          add("method of the host (session/get)", try client.latencies(Message("session/get"), count: calls))
        }
        add("command of a plugin, \(place)", try client.latencies(well, count: calls))
      }
    }
    rows.append(["in-process over the host's method", Text.number(medians[1] - medians[0]), ""])
    rows.append(["runner over in-process", Text.number(medians[2] - medians[1]), ""])
    return Text.table(rows)
  }
}
