import Jansson
import PluginHost
import Testing

/// Any sequence of bindings and roster changes leaves a report that agrees with a count by hand.
@Suite struct ReportPropertyTests {
  @Test(arguments: 1...3)
  func `X6: the summary, the list and the view say what a count by hand says, whatever happens`(seed: Int) async throws
  {
    let bench = try await ReportBench.generated(pupils: 60, seed: seed)
    var dice = Dice(seed)
    var history: [String] = []
    var done = 0
    for _ in 0..<300 {
      do throws(PluginFailure) {
        history.append(try await step(bench, &dice))
        done += 1
      } catch {
        #expect(error.code != .internal, "\(history.last ?? ""): \(error)")
      }
      await bench.settle(after: dice.below(10) == 0 ? 25 * 3_600_000 : 60_000)
      let (counted, reported) = (try CountedByHand(bench), try await CountedByHand.reported(bench))
      guard counted == reported else {
        let wrong = Set(counted.places.keys).union(reported.places.keys).filter {
          counted.places[$0] != reported.places[$0]
        }
        let sums = Set(counted.sums.keys).union(reported.sums.keys).filter { counted.sums[$0] != reported.sums[$0] }
        Issue.record("after \(history.suffix(6)): \(wrong.sorted().prefix(5)) \(sums.sorted().prefix(5))")
        return
      }
      try agreeWithView(bench)
    }
    #expect(done > 200, "\(done) of 300")
    // Every column of the summary had somebody in it.
    let states = Set(
      try bench.query("SELECT DISTINCT state FROM sferum_binding_requests").compactMap { $0["state"]?.string })
    #expect(
      states.isSuperset(of: ["bound", "declined", "expired", "notFound", "failed", "taken", "unbound"]), "\(states)")
  }

  /// The published view knows everybody, and says of each what the list says.
  private func agreeWithView(_ bench: ReportBench) throws {
    let broken = try bench.query(
      """
      SELECT v.person_id FROM sferum_binding_v1_people v JOIN sferum_binding_places p ON p.person_id = v.person_id
      WHERE v.state <> p.state OR v.since IS NOT p.since OR v.user_id IS NOT p.user_id
      """)
    #expect(broken.isEmpty)
    let (people, listed) = (
      try bench.value("SELECT count(*) FROM school_people"),
      try bench.value("SELECT count(*) FROM sferum_binding_v1_people")
    )
    #expect(people == listed)
  }

  private func step(_ bench: ReportBench, _ dice: inout Dice) async throws(PluginFailure) -> String {
    let (command, arguments, user) = choose(bench, &dice)
    try await bench.run(
      command, arguments, user: user ?? "os", roles: user == nil ? ["administrator"] : ["employee"])
    return "\(command) \(arguments.text()) \(user ?? "")"
  }

  private func choose(_ bench: ReportBench, _ dice: inout Dice) -> (String, JSONValue, user: String?) {
    func any(_ sql: String) -> JSONValue {
      // A query that fails shows as a command that is refused, and too many of these fail the test.
      let rows = (try? bench.query(sql)) ?? []
      return rows.isEmpty ? "nobody" : rows[dice.below(rows.count)].members?.first?.value ?? "nobody"
    }
    let user = any("SELECT id FROM school_accounts").string
    let pupil = any("SELECT id FROM school_pupils WHERE state = 'studying'")
    let place = any("SELECT id FROM school_classes WHERE archived = 0")
    switch dice.below(30) {
    case 0...7: return ("sferum.bindAccount", ["phone": JSONValue("+7912\(1_000_000 + dice.below(40))")], user)
    case 8...15:
      let request = any("SELECT id FROM sferum_binding_requests WHERE state = 'requested'")
      let word = ["bound", "bound", "bound", "declined", "notFound", "failed", "taken", "expired"][dice.below(8)]
      return ("platform.say", ["requestId": request, "status": JSONValue(word)], nil)
    case 16:
      let late = any("SELECT id FROM sferum_binding_requests WHERE state = 'expired'")
      return ("platform.say", ["requestId": late, "status": "bound"], nil)
    case 17, 18:
      return (
        "sferum.unbindAccount", .emptyObject,
        any("SELECT user_id FROM sferum_binding_requests WHERE state = 'bound'").string
      )
    case 19, 20: return ("school.transfer", ["pupil": pupil, "class": place], nil)
    case 21: return ("school.expel", ["pupil": pupil], nil)
    case 22:
      let gone = any("SELECT id FROM school_pupils WHERE state <> 'studying'")
      return ("school.restore", ["pupil": gone, "class": place], nil)
    case 23:
      return (
        "school.enrol", ["familyName": JSONValue("Новый\(dice.letters())"), "givenName": "Ян", "class": place], nil
      )
    case 24:
      return (
        "school.hire",
        [
          "familyName": JSONValue("Новый\(dice.letters())"), "givenName": "Ян", "position": "Учитель",
          "positionType": "Педагогический состав",
        ], nil
      )
    case 25:
      return ("school.dismiss", ["employee": any("SELECT id FROM school_employees WHERE dismissed IS NULL")], nil)
    case 26:
      let parent = any("SELECT id FROM school_parents")
      return (
        dice.below(2) == 0 ? "school.linkParent" : "school.unlinkParent", ["parent": parent, "pupil": pupil], nil
      )
    case 27:
      let number = 1 + dice.below(11)
      return (
        "school.changeClass", ["class": place, "grade": JSONValue(number), "letter": JSONValue(dice.letters())], nil
      )
    case 28:
      return ("school.changePupil", ["pupil": pupil, "familyName": JSONValue("Иной\(dice.letters())")], nil)
    default:
      let last = any("SELECT id FROM school_operations WHERE state = 'applied' ORDER BY n DESC LIMIT 1")
      return last == "nobody"
        ? ("school.rollOver", .emptyObject, nil) : ("school.undoOperation", ["operation": last], nil)
    }
  }
}

/// Numbers that are the same for the same seed.
private struct Dice {
  private var state: UInt64

  init(_ seed: Int) { state = UInt64(seed) }

  mutating func below(_ bound: Int) -> Int {
    // SplitMix64, after Sebastiano Vigna.
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((mixed ^ (mixed >> 31)) % UInt64(bound))
  }

  mutating func letters() -> String {
    String((0..<6).map { _ in Array("абвгдежз")[below(8)] })
  }
}
