import ArgumentParser
import CBareLoop
import Glibc

/// `shell-bench bell`: many conferences that are due at one instant.
struct Bell: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Starts many conferences at one instant, and prints how long that took and who had to wait for it.",
    discussion: """
      A real host with its plugins, the platform's simulator over HTTP, the machine's clock. Making the conferences on \
      the platform takes as long as starting them, since both keep to the platform's limit: 10,000 take a quarter of \
      an hour in all. One conference is due a minute before the others, on an idle host.
      """)

  @Option(name: .long, help: "How many conferences.")
  var conferences = 10_000
  @Option(name: .long, help: "Seconds until the bell. Default: enough to make the conferences.")
  var lead: Int?
  @OptionGroup var places: PathOptions

  func validate() throws {
    guard (1...20_000).contains(conferences) else { throw ValidationError("--conferences takes 1 to 20,000") }
  }

  func run() throws {
    signal(SIGPIPE, SIG_IGN)
    // Nothing here may hang for ever, and the host ends with this process.
    alarm(3600)
    Text.warnOfLoad()
    let folder = try Files.makeTemporaryFolder()
    // try?: the folder is a temporary one; if it stays, it is in nobody's way.
    defer { try? ChildProcess.run(["rm", "-r", folder], log: -1) }
    let school = try BellSchool(places.paths(), folder: folder)
    defer { school.host.stop() }

    let now = BellSchool.nowMs
    let wait = lead ?? 100 + conferences / 22
    let bell = (now + Int64(wait) * 1000 + 59_999) / 60_000 * 60_000
    Text.say("adding \(conferences) conferences, for \((bell - now) / 1000) s from now")
    let start = bench_now()
    try school.add(1, from: bell - 60_000)
    try school.add(conferences, from: bell)
    Text.say("added in \(Int(bench_now() - start)) s; the platform takes them at its limit")

    let watch = BellWatch(school)
    let idle = try watch.idle(until: bell)
    Text.say("the bell")
    let meanwhile = try watch.ring(conferences)
    print(try BellFindings(school.platform, bell: bell, conferences).text)
    print(BellWatch.text(idle: idle, meanwhile: meanwhile))
  }
}
