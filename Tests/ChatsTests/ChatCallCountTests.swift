import Foundation
import PlatformSimulator
import PluginKit
import Testing

/// What bringing a school's chats to the platform costs, counted on the platform's side.
@Suite(.serialized) struct ChatCallCountTests {
  /// Pupils of the school; `ESH_TEST_PUPILS=1500` adds another size.
  static let sizes =
    [450] + (ProcessInfo.processInfo.environment["ESH_TEST_PUPILS"].flatMap(Int.init).map { [$0] } ?? [])

  @Test(.timeLimit(.minutes(10)), arguments: sizes)
  func `C12: a school that has bound is synchronized by the fewest calls, and a second run makes none`(
    pupils: Int
  ) async throws {
    let folder = try WholeSchool.Folder()
    let before = try await WholeSchool(folder, hasChats: false, limits: .none)
    try await before.generate(pupils: pupils)
    try await before.bindEverybody()
    await before.stop()

    // The chats' plugin comes into a school that has bound, at the platform's own limits.
    let first = try await WholeSchool(folder, hasChats: true, limits: .real)
    let known = try await first.requests().count
    let clock = ContinuousClock()
    let time = try await clock.measure {
      try await first.command("chats.preview")
      await first.settle()
    }
    try await first.takeUpdates()
    let wanted = try ManualChats(first)
    let calls = try await first.requests(from: known)
    print(
      """
      \(pupils) pupils: \(wanted.chats.count) chats, \(wanted.memberships) memberships, fewest \(wanted.fewestCalls) \
      calls, made \(calls.count) in \(time)
      """)
    #expect(try await wanted.differences(from: first) == [])
    #expect(calls.allSatisfy { $0.status == 200 }, "\(calls.filter { $0.status != 200 }.prefix(3))")
    #expect(
      calls.count * 100 <= wanted.fewestCalls * 105,
      "\(Dictionary(grouping: calls) { "\($0.method) \($0.path)" }.filter { $1.count > 1 })")
    await first.stop()

    let second = try await WholeSchool(folder, hasChats: true, limits: .real)
    let plan = try await second.command("chats.preview")
    await second.settle()
    try await second.takeUpdates()
    #expect(plan["calls"] == 0)
    #expect(try await second.requests(from: known + calls.count).map { "\($0.method) \($0.path)" } == [])
    await second.stop()
  }
}

/// The default chats by the words of the manual, computed from the school's own views, and what it takes at least to
/// make them on a platform that takes a hundred people and fifty administrators a call.
private struct ManualChats {
  struct Chat {
    var people: Set<String> = []
    var administrators: Set<String> = []
  }

  private(set) var chats: [String: Chat] = [:]

  init(_ school: WholeSchool) throws {
    func accounts(_ persons: String) throws -> Set<String> {
      Set(
        try school.rows("SELECT id FROM school_v1_accounts WHERE person_id IN (\(persons))").compactMap {
          $0["id"]?.string
        })
    }
    let keeper = try accounts("SELECT chat_administrator_person_id FROM school_v1_organization")
    let staff = try accounts(
      """
      SELECT e.person_id FROM school_v1_positions p JOIN school_v1_employees e ON e.id = p.employee_id
      WHERE p.dismissed IS NULL AND p.type IN ('Администрация', 'Педагогический состав')
      """)
    chats["Учительский чат"] = Chat(people: staff.union(keeper), administrators: keeper)
    for place in try school.rows("SELECT id, title FROM school_v1_classes WHERE archived = 0") {
      let (id, title) = (place["id"]?.string ?? "", place["title"]?.string ?? "")
      let leaders = keeper.union(
        try accounts("SELECT homeroom_person_id FROM school_v1_classes WHERE id = '\(id)'"))
      let pupils = try accounts(
        "SELECT person_id FROM school_v1_pupils WHERE class_id = '\(id)' AND state = 'studying'")
      let parents = try accounts(
        """
        SELECT k.parent_person_id FROM school_v1_parent_links k JOIN school_v1_pupils u ON u.id = k.pupil_id
        WHERE u.class_id = '\(id)' AND u.state = 'studying'
        """)
      chats["Классный чат \(title)"] = Chat(people: pupils.union(leaders), administrators: leaders)
      chats["Родительский чат \(title)"] = Chat(people: parents.union(leaders), administrators: leaders)
    }
  }

  var memberships: Int { chats.values.reduce(0) { $0 + $1.people.count } }

  /// One creation, which takes the first hundred people and fifty administrators along; the others by the same numbers.
  var fewestCalls: Int {
    chats.values.reduce(0) { sum, chat in
      let later = max(0, chat.people.count - 100)
      let marks = max(0, chat.administrators.count - 50)
      return sum + 1 + (later + 99) / 100 + (marks + 49) / 50
    }
  }

  /// Titles of chats that the platform has otherwise, or has not, or should not have.
  func differences(from school: WholeSchool) async throws -> [String] {
    let users = Dictionary(
      try await school.platform.bindings().map { ("+\($0.phone)", $0.externalUserId) },
      uniquingKeysWith: { first, _ in first })
    var actual: [String: Chat] = [:]
    for chat in try await school.platform.chats() {
      let members = chat.members.map { ($0.userId, users[$0.phone] ?? "a stranger") }
      actual[chat.title] = Chat(
        people: Set(members.map(\.1)),
        administrators: Set(members.filter { chat.administrators.contains($0.0) }.map(\.1)))
    }
    return Set(chats.keys).union(actual.keys).filter { title in
      chats[title]?.people != actual[title]?.people || chats[title]?.administrators != actual[title]?.administrators
    }.sorted()
  }
}
