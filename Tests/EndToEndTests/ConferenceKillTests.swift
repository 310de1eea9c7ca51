import Jansson
import Testing

/// Conferences under fire: calls that fail in every way, updates that come twice, and a host that is killed again and
/// again while they begin and while they end.
struct ConferenceKillTests {
  private static let kills = 24

  private static let names = (1...8).map { "Созвон \($0)" }

  private func fail(_ stage: ConferenceStage, rate: String) throws {
    for (kind, more) in [
      ("status", ["--status", "429"]), ("status", ["--status", "503"]), ("drop-before", []), ("drop-after", []),
    ] {
      let run = try CommandRun(
        [BuildProducts.esh, "max", "fault", "--operation", "* /sferum/v1/calls*", "--kind", kind, "--rate", rate]
          + more + ["--data", stage.host.folder.path])
      try #require(run.succeeded, "\(run.errors)")
    }
    try stage.host.platform.fault("GET /updates*", "duplicate", "--rate", "0.3")
  }

  private func allBecome(_ status: String, _ stage: ConferenceStage) throws -> Bool {
    try stage.rows().allSatisfy { $0["cells"]?["status"]?.string == status }
  }

  private func expectOnce(_ stage: ConferenceStage) throws {
    for name in Self.names {
      let story = try stage.story(name)
      #expect(story.creations == 1 && story.starts == 1 && story.finishes == 1, "\(name): \(story)")
      #expect(story.state == "finished" && story.deletions == 0, "\(name): \(story)")
    }
    // Nor were there any beside them.
    let made = try stage.host.platform.log().count {
      $0.method == "POST" && $0.path == "/sferum/v1/calls" && $0.effect == "applied"
    }
    #expect(made == Self.names.count)
  }

  /// Goes on by half a minute, until all have that status; a pause of a start is not longer.
  private func wait(for status: String, from minute: Int, _ stage: ConferenceStage) throws {
    for step in 1...20 {
      if try awaited(within: 1, { try allBecome(status, stage) ? true : nil }) == true { return }
      let seconds = minute * 60 + step * 31
      try stage.advance(to: Self.time(seconds))
    }
    Issue.record("not all are «\(status)»: \(try stage.rows().map { $0["cells"]?.text() ?? "" })")
  }

  /// `10:00:31` of seconds after ten.
  private static func time(_ seconds: Int) -> String {
    func two(_ value: Int) -> String { (value < 10 ? "0" : "") + "\(value)" }
    return "\(10 + seconds / 3600):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
  }

  @Test func `D4, G3: with four requests in ten failing in every way each begins once and ends once`() throws {
    let stage = try ConferenceStage()
    for name in Self.names { try stage.add(name, "10:00", "10:30") }
    try fail(stage, rate: "0.1")
    try stage.advance(to: "10:00")
    try wait(for: "Активная", from: 0, stage)
    try stage.advance(to: "10:30")
    try wait(for: "Завершена", from: 30, stage)
    try stage.host.platform.clearFaults()
    try expectOnce(stage)
  }

  @Test func `D4, G3: a host killed again and again while they begin and while they end does both once`() throws {
    let stage = try ConferenceStage()
    for name in Self.names { try stage.add(name, "10:00", "10:30") }
    try fail(stage, rate: "0.05")
    var dice = Dice(11)
    for (minute, status) in [(0, "Активная"), (30, "Завершена")] {
      for round in 0..<Self.kills {
        // Its clock stands a second later each time; what it does until the end comes is up to the dice.
        try stage.crash(at: Self.time(minute * 60 + round))
        _ = awaited(within: Double(dice.below(400)) / 1000) { nil as Bool? }
      }
      try stage.crash(at: Self.time(minute * 60 + Self.kills))
      try stage.signInAgain()
      try wait(for: status, from: minute, stage)
    }
    try stage.host.platform.clearFaults()
    try expectOnce(stage)
  }
}
