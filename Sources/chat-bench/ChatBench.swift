import ArgumentParser
import Glibc
import Jansson

/// `chat-bench`: how long the platform's plugin takes to take over the chats of a region and to plan them, and in how
/// much memory. The real host, store and ABI, no network.
@main
struct ChatBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "chat-bench", abstract: "Takes over and plans many chats, and prints time and memory.",
    discussion: "Run a release build in the repository's folder. Everybody is bound, and nothing is on the platform.")

  @Option(help: "Chats.") var chats = 39_000
  @Option(help: "Memberships in all of them.") var memberships = 1_500_000
  @Option(help: "People.") var people = 470_000
  @Option(help: "The plugin's manifest.") var manifest = "Manifests/max-platform.json"
  @Option(help: "A folder to work in; it is made, and must not be there.") var folder = "/tmp/chat-bench-\(getpid())"

  private static let chatsInCall = 500

  func run() async throws {
    let station = try Station(folder: folder, manifest: manifest)
    defer { station.remove() }
    try await station.link(people)

    let clock = ContinuousClock()
    let taken = try await clock.measure { try await forAll { _ = try await station.put($0) } }
    report("taken over", taken)

    var calls = 0
    var joins = 0
    let planned = try await clock.measure {
      try await forAll { batch in
        let answer = try await station.preview(batch)
        calls += answer["calls"]?.int ?? 0
        joins += answer["joins"]?.int ?? 0
      }
    }
    report("planned", planned)
    print("\(calls) calls for \(joins) memberships of \(chats) chats")
    print("peak memory: \(peakMebibytes()) MiB")
  }

  private func forAll(_ body: (JSONValue) async throws -> Void) async throws {
    for start in stride(from: 0, to: chats, by: Self.chatsInCall) {
      try await body(JSONValue((start..<min(start + Self.chatsInCall, chats)).map(chat)))
    }
  }

  /// Neighbours share people, as classes and groups of one school do.
  private func chat(_ index: Int) -> JSONValue {
    let size = memberships * (index + 1) / chats - memberships * index / chats
    let first = memberships * index / chats
    let members = (0..<size).map { number -> JSONValue in
      ["userId": JSONValue("account-\((first + number) % people)"), "administrator": JSONValue(number == 0)]
    }
    return [
      "chatId": JSONValue("chat-\(index)"), "revision": 1, "title": JSONValue("Классный чат \(index)"), "kind": "class",
      "members": JSONValue(members),
    ]
  }

  private func report(_ what: String, _ time: Duration) {
    print("\(what) in \(Double(Int(time / .milliseconds(10))) / 100) s")
  }

  private func peakMebibytes() -> Int {
    var usage = rusage()
    guard unsafe getrusage(Int32(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
    return Int(usage.ru_maxrss) / 1024
  }
}
