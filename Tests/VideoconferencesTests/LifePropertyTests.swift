import PluginKit
import ShellTesting
import Testing

@testable import VideoconferencesPlugin

/// Whatever people, the clock and the platform do in whatever order, some things hold of every conference.
@Suite struct LifePropertyTests {
  @Test(arguments: 1...5)
  func `D4: after any history every conference is as far as the clock says, and none goes back`(_ seed: UInt64)
    async throws
  {
    try await ConferenceDesk.with { desk in
      var life = try await Life(desk, seed)
      for step in 0..<60 {
        let what = try await life.step()
        try life.check("seed \(seed), step \(step): \(what)")
      }
    }
  }
}

/// A history in the making.
private struct Life {
  private let desk: ConferenceDesk
  private let cast: Cast
  private var dice: Dice
  private var ids: [String] = []
  /// Statuses that are for good.
  private var over: Set<String> = []
  private static let zones = ["Europe/Moscow", "Europe/Samara", "Europe/Kaliningrad", "Asia/Yekaterinburg"]

  init(_ desk: ConferenceDesk, _ seed: UInt64) async throws {
    self.desk = desk
    cast = try await Cast(desk)
    dice = Dice(seed)
  }

  /// One thing that happens; what it was. What makes no sense at that moment is refused, which is fine here.
  mutating func step() async throws -> String {
    switch Int.random(in: 0..<12, using: &dice) {
    case 0...2:
      let (starts, minutes) = (Int.random(in: 725...1300, using: &dice), Int.random(in: 1...90, using: &dice))
      let arguments = desk.callArguments(cast.chat, Self.time(starts), Self.time(starts + minutes))
      // try?: its start may have passed.
      if let id = try? await desk.add(arguments) { ids.append(id) }
      return "added \(Self.time(starts)) for \(minutes) min"
    case 3, 4:
      let ms = Int64.random(in: 0...20, using: &dice) * 60_000
      await desk.host.plugins.runDue(upTo: desk.host.clock.nowMs + ms)
      return "went on by \(ms / 60_000) min"
    case 5:
      let ms = Int64.random(in: 1...90, using: &dice) * 60_000
      desk.host.clock.advance(toMs: desk.host.clock.nowMs + ms)
      await desk.settle()
      return "was away for \(ms / 60_000) min"
    case 6, 7: return try await platformTells()
    case 8: return await person("videoconferences.finish")
    case 9: return await person("videoconferences.extend", ["minutes": JSONValue(Int.random(in: 1...30, using: &dice))])
    case 10:
      return await person(
        ["videoconferences.removeConference", SaveConference.change].randomElement(using: &dice) ?? "")
    default:
      let zone = Self.zones.randomElement(using: &dice) ?? ""
      try await desk.run("school.saveSettings", ["timeZone": JSONValue(zone)])
      return "moved to \(zone)"
    }
  }

  private mutating func person(_ command: String, _ more: JSONValue = .emptyObject) async -> String {
    guard let id = ids.randomElement(using: &dice) else { return "nothing" }
    // try?: refused when it makes no sense now.
    let done = try? await desk.run(command, more.setting("conference", JSONValue(id)))
    return "\(command) \(id)\(done == nil ? ", refused" : "")"
  }

  /// What the platform may say of a conference that it was handed in some phase.
  private mutating func platformTells() async throws -> String {
    guard let id = ids.randomElement(using: &dice), let phase = try desk.phases(id).last else { return "nothing" }
    let now = JSONValue(desk.host.clock.nowMs)
    switch (phase, Int.random(in: 0..<4, using: &dice)) {
    case ("planned", 0), ("active", 0): try await desk.tell(id, "failed", ["reason": "proto.payload"])
    case ("active", 1): try await desk.tell(id, "planned", ["reason": "status.503", "attempts": 2])
    case ("active", _): try await desk.tellActive(id)
    case ("finished", _) where try desk.conference(id)["started_ms"]?.isNull == false:
      try await desk.tell(id, "finished", ["startedAt": now, "finishedAt": now])
    default: return "nothing"
    }
    return "the platform told of \(id), \(phase)"
  }

  // MARK: What holds

  mutating func check(_ moment: String) throws {
    let now = desk.host.clock.nowMs
    for id in ids {
      let row = try desk.conference(id)
      let (phase, status) = (row["phase"]?.string ?? "", row["status"]?.string ?? "")
      let (from, until) = (row["starts_ms"]?.int64 ?? 0, row["ends_ms"]?.int64 ?? 0)
      let place = Comment(rawValue: "\(moment); \(id): \(row.text())")
      // The clock's part.
      if phase != "removed" {
        #expect(phase != "planned" || now < from, place)
        #expect(phase == "finished" || now < until, place)
      }
      // What is shown and what is so.
      // Past its end it is «Активная» until the platform says that it is over.
      #expect((row["link"]?.isNull == false) == (status == "active" && phase == "active"), place)
      #expect(status != "active" || ["active", "finished"].contains(phase), place)
      #expect(status != "error" || row["reason"]?.string?.isEmpty == false, place)
      #expect(!over.contains(id) || status == "finished", place)
      if status == "finished" { over.insert(id) }
      // It was handed over as it is, and never went back but for an error that was tried again.
      #expect(try desk.phases(id).last == phase, place)
      #expect(row["revision"] == row["pushed"], place)
    }
    // The bell sleeps: nothing is due that was not done.
    let bell = try desk.query("SELECT due_at FROM shell_jobs WHERE name = 'videoconferences.bell'").first
    #expect(bell?["due_at"]?.int64 ?? .max > now, Comment(rawValue: "\(moment): the bell is due"))
  }

  private static func time(_ minutes: Int) -> String {
    func two(_ value: Int) -> String { (value < 10 ? "0" : "") + "\(value)" }
    return "\(two(minutes / 60)):\(two(minutes % 60))"
  }
}

/// Numbers that are the same for the same seed.
private struct Dice: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ (state >> 33)
  }
}
