import PluginHost
import PluginKit
import Testing

@testable import ChatsPlugin

/// Chats that followed every event are the chats that would be computed from nothing.
@Suite struct MembershipPropertyTests {
  @Test(arguments: 1...3)
  func `C9, C11: after any history the members step by step are the members from scratch`(seed: Int) async throws {
    let bench = try await ChatsBench.generated(pupils: 70, seed: seed)
    var random = Dice(UInt64(seed))
    var history: [String] = []
    var done = 0
    for step in 0..<90 {
      let (command, arguments) = try action(bench, &random)
      history.append("\(command) \(arguments.text())")
      do throws(PluginFailure) {
        _ = try await bench.run(command, arguments)
        done += 1
      } catch {
        // Nonsense is refused in words; a defect is not a refusal.
        #expect(error.code != .internal, "\(history.last ?? ""): \(error)")
      }
      if step % 6 == 5 {
        let difference = try differences(bench)
        guard difference.isEmpty else {
          Issue.record("seed \(seed), \(difference.prefix(5)) after \(history.suffix(8).joined(separator: "\n"))")
          return
        }
      }
    }
    #expect(done > 40, "\(done) of 90")
  }

  /// Lines of members that differ from what the rules give, computed here by other means than the plugin's: person by
  /// person over the school's own views.
  private func differences(_ bench: ChatsBench) throws -> [String] {
    var expected: Set<String> = []
    for chat in try bench.rows("SELECT id, kind, class_id, group_id FROM chats_chats WHERE listed = 1") {
      for line in try Expected(bench, chat).lines { expected.insert("\(chat["id"]?.string ?? "") \(line)") }
    }
    let actual = Set(
      try bench.rows("SELECT chat_id, person_id, side, administrator FROM chats_members").map { row in
        "\(row["chat_id"]?.string ?? "") \(row["person_id"]?.string ?? "") \(row["side"]?.string ?? "") "
          + "\(row["administrator"]?.int ?? 0)"
      })
    return expected.symmetricDifference(actual).sorted()
  }

  private func action(_ bench: ChatsBench, _ random: inout Dice) throws -> (String, JSONValue) {
    func any(_ sql: String) throws -> JSONValue {
      let rows = try bench.rows(sql)
      return rows.isEmpty ? "none" : rows[random.below(rows.count)].members?.first?.value ?? "none"
    }
    let pupil = try any("SELECT id FROM school_v1_pupils WHERE state = 'studying'")
    let place = try any("SELECT id FROM school_v1_classes WHERE archived = 0")
    let employee = try any("SELECT id FROM school_v1_employees WHERE dismissed IS NULL")
    let chat = try any("SELECT id FROM chats_chats WHERE listed = 1")
    switch random.below(17) {
    case 0, 1: return ("school.transfer", ["pupil": pupil, "class": place])
    case 2: return ("school.expel", ["pupil": pupil])
    case 3:
      let gone = try any("SELECT id FROM school_v1_pupils WHERE state <> 'studying'")
      return ("school.restore", ["pupil": gone, "class": place])
    case 4: return ("school.dismiss", ["employee": employee])
    case 5: return ("school.setHomeroomTeacher", ["class": place, "employee": employee])
    case 6:
      let group = try any("SELECT id FROM school_v1_groups WHERE archived = 0")
      return ("school.setGroupTeacher", ["group": group, "employee": employee])
    case 7: return ("school.saveSettings", ["chatAdministrator": employee])
    case 8:
      let parent = try any("SELECT id FROM school_v1_parents")
      return ("school.linkParent", ["parent": parent, "pupil": pupil, "relation": "mother"])
    case 9:
      let link = try bench.rows("SELECT parent_id, pupil_id FROM school_v1_parent_links")
      guard !link.isEmpty else { return ("school.expel", ["pupil": pupil]) }
      let one = link[random.below(link.count)]
      return ("school.unlinkParent", ["parent": one["parent_id"] ?? "", "pupil": one["pupil_id"] ?? ""])
    case 10:
      let group = try any("SELECT id FROM school_v1_groups WHERE archived = 0")
      return ("chats.addChat", ["title": "Чат", "kind": "subject", "group": group])
    case 11:
      return ("chats.addChat", ["title": "Чат", "kind": "other", "employees": [employee], "pupils": [pupil]])
    case 12, 13: return ("chats.changeChat", ["chat": chat, "add": ["pupils": [pupil], "employees": [employee]]])
    case 14: return ("chats.changeChat", ["chat": chat, "remove": ["pupils": [pupil]]])
    case 15:
      return (
        "chats.changeChat",
        [
          "chat": chat,
          "administrators": JSONValue(members: [(employee.string ?? "", JSONValue(random.below(2) == 0))]),
        ]
      )
    default:
      return (
        "school.hire",
        [
          "familyName": JSONValue("Новый" + String("абвгдежз".randomElement(using: &random) ?? "а")),
          "givenName": "Учитель", "position": "Учитель", "positionType": "Педагогический состав",
        ]
      )
    }
  }
}

/// Who is to be in one chat, by the words of the manual.
private struct Expected {
  private(set) var lines: Set<String> = []
  private var marks: [String: Bool] = [:]
  private let bench: ChatsBench
  private let chat: String

  init(_ bench: ChatsBench, _ chat: JSONValue) throws {
    self.bench = bench
    self.chat = chat["id"]?.string ?? ""
    var people: [(person: String, side: String, mark: Bool)] = []
    func add(_ sql: String, _ side: String, mark: Bool = false) throws {
      for row in try bench.rows(sql) {
        if let person = row.members?.first?.value.string { people.append((person, side, mark)) }
      }
    }
    let place = chat["class_id"]?.string ?? ""
    let group = chat["group_id"]?.string ?? ""
    switch chat["kind"]?.string {
    case "teachers":
      try add(
        """
        SELECT DISTINCT e.person_id FROM school_v1_positions p JOIN school_v1_employees e ON e.id = p.employee_id
        WHERE p.dismissed IS NULL AND e.dismissed IS NULL AND p.type IN ('Администрация', 'Педагогический состав')
        """, "employee")
    case "class":
      try add("SELECT person_id FROM school_v1_pupils WHERE class_id = '\(place)' AND state = 'studying'", "pupil")
    case "parents":
      try add(
        """
        SELECT DISTINCT r.person_id FROM school_v1_parents r JOIN school_v1_parent_links k ON k.parent_id = r.id
        JOIN school_v1_pupils u ON u.id = k.pupil_id WHERE u.class_id = '\(place)'
        """, "parent")
    case "subject":
      try add("SELECT person_id FROM school_v1_group_members WHERE group_id = '\(group)'", "pupil")
      try add("SELECT teacher_person_id FROM school_v1_groups WHERE id = '\(group)'", "employee", mark: true)
    default: break
    }
    try add("SELECT homeroom_person_id FROM school_v1_classes WHERE id = '\(place)'", "employee", mark: true)
    try add(
      """
      SELECT h.person_id FROM chats_hand h JOIN school_v1_employees e ON e.person_id = h.person_id
      WHERE h.chat_id = '\(self.chat)' AND h.side = 'employee' AND e.dismissed IS NULL
      """, "employee")
    try add(
      """
      SELECT h.person_id FROM chats_hand h JOIN school_v1_pupils u ON u.person_id = h.person_id
      WHERE h.chat_id = '\(self.chat)' AND h.side = 'pupil' AND u.state = 'studying'
      """, "pupil")
    let keeper = try bench.rows("SELECT chat_administrator_person_id AS p FROM school_v1_organization")[0]["p"]?.string
    try sum(people, keeper)
  }

  private mutating func sum(_ people: [(person: String, side: String, mark: Bool)], _ keeper: String?) throws {
    let excluded = Set(
      try bench.rows("SELECT person_id, side FROM chats_exclusions WHERE chat_id = '\(chat)'").map {
        "\($0["person_id"]?.string ?? "") \($0["side"]?.string ?? "")"
      })
    let decided = Dictionary(
      uniqueKeysWithValues: try bench.rows(
        "SELECT person_id, administrator FROM chats_marks WHERE chat_id = '\(chat)'"
      ).map { ($0["person_id"]?.string ?? "", $0["administrator"]?.int == 1) })
    var marks: [String: Bool] = [:]
    for (person, side, mark) in people where !excluded.contains("\(person) \(side)") {
      let key = "\(person) \(side)"
      marks[key] = (marks[key] ?? false) || mark
    }
    if let keeper { marks["\(keeper) employee"] = true }
    for (key, mark) in marks {
      let person = String(key.prefix { $0 != " " })
      let isEmployee = key.hasSuffix(" employee")
      let shown = isEmployee ? (person == keeper || (decided[person] ?? mark)) : false
      lines.insert("\(key) \(shown ? 1 : 0)")
    }
  }
}

/// Numbers that are the same for the same seed.
private struct Dice: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }
}
