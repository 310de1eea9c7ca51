import Jansson
import ShellTime

/// What the platform saw of a bell.
struct BellFindings {
  /// The platform takes so many requests a second, and as many at once after a pause. Source: PLATFORM, "Limits".
  private static let perSecond = 30

  private let bell: Int64
  private let count: Int
  /// When each conference began, in the order of the requests, by the order of their making (1 is the first).
  private var starts: [(number: Int, at: Int64)] = []
  /// Of the one that was due a minute before.
  private var alone: Int64?
  private var startedTwice = 0
  private var refused = 0

  init(_ platform: BellPlatform, bell: Int64, _ count: Int) throws {
    (self.bell, self.count) = (bell, count)
    var numbers: [String: Int] = [:]
    for conference in try platform.asked("conferences", "--all") {
      numbers["call:\(conference["id"]?.string ?? "")"] = Int(conference["externalId"]?.string?.dropFirst() ?? "")
    }
    var seen: Set<Int> = []
    for request in try platform.asked("log") where request["path"]?.string?.hasSuffix("/start") == true {
      guard request["effect"]?.string == "applied" else {
        refused += 1
        continue
      }
      guard let number = request["target"]?.string.flatMap({ numbers[$0] }),
        let at = request["at"]?.string.flatMap(RFC3339.parse)
      else { continue }
      if !seen.insert(number).inserted { startedTwice += 1 }
      if number == 1 { alone = at - (bell - 60_000) } else { starts.append((number, at)) }
    }
  }

  /// Seconds that the limit alone needs: the first thirty at once.
  private var least: Double { Double(max(0, count - Self.perSecond)) / Double(Self.perSecond) }

  /// How many places a conference was away from its place at the most: several requests are under way at once, and
  /// neighbours may overtake one another.
  private var disorder: Int {
    let sorted = starts.map(\.number).sorted()
    let places = Dictionary(sorted.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    return starts.enumerated().map { abs((places[$1.number] ?? 0) - $0) }.max() ?? 0
  }

  var text: String {
    let first = starts.map(\.at).min().map { Double($0 - bell) / 1000 } ?? .nan
    let last = starts.map(\.at).max().map { Double($0 - bell) / 1000 } ?? .nan
    return Text.table([
      ["\(count) conferences at one instant", "", "", "goal"],
      ["started", "\(starts.count)", "", "\(count)"],
      ["started more than once", "\(startedTwice)", "", "0"],
      ["requests to start that had no effect", "\(refused)", "", "0"],
      ["first after", Text.number(first), "s", "< 1"],
      ["last after", Text.number(last), "s", ""],
      ["the limit needs at least", Text.number(least), "s", ""],
      ["last, as a multiple of that", Text.number(last / max(least, 0.001)), "", ""],
      ["away from its place by at most", "\(disorder)", "", ""],
      ["one by itself on an idle host after", alone.map { Text.number(Double($0) / 1000) } ?? "–", "s", "< 1"],
    ])
  }
}
