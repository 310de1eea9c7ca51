import Jansson

/// Calls in a chat of a group whose teacher is bound, from seven on a Monday, and the platform's story of each.
final class ConferenceStage {
  private let school: LessonStage
  /// The teacher's.
  private(set) var client: WireClient
  let chat: JSONValue

  init() throws {
    school = try LessonStage()
    client = try school.boundTeacher()
    chat = try school.chat
    guard try host.platform.becomesChat("Чат группы", { _ in true }) else {
      throw TestTrouble("the chat does not come to the platform")
    }
  }

  var host: HostUnderTest { school.host }
  var teacher: Person { school.teacher }
  var lesson: JSONValue { school.lesson }

  // MARK: Time

  func advance(to time: String) throws {
    // What begins has to wait for its turn at the platform.
    try client.call("clock/advance", ["to": JSONValue(LessonStage.instant(time))], within: 120)
  }

  func now() throws -> String { try client.call("clock/get")["now"]?.string ?? "" }

  /// The host ends as in a power cut, and comes back at that time.
  func restart(at time: String) throws {
    try school.crash(at: time)
    try signInAgain()
  }

  /// The same with nobody signed in: as soon as it listens.
  func crash(at time: String) throws { try school.crash(at: time) }

  func signInAgain() throws { client = try host.client(signedInAs: teacher) }

  // MARK: Conferences

  /// A call in the chat; waits until the platform has it.
  @discardableResult
  func add(_ name: String, _ starts: String, _ ends: String) throws -> JSONValue {
    let outcome = try client.call(
      "command/execute",
      [
        "command": "videoconferences.addConference",
        "arguments": [
          "kind": "call", "chat": chat, "name": JSONValue(name), "date": JSONValue(LessonStage.day),
          "starts": JSONValue(starts), "ends": JSONValue(ends),
        ],
      ])
    let isThere = try awaited(within: 20) { try story(name).creations > 0 ? true : nil }
    guard isThere == true else { throw TestTrouble("«\(name)» does not come to the platform") }
    return outcome["result"]?["conference"] ?? .null
  }

  func rows(_ client: WireClient? = nil) throws -> [JSONValue] {
    try (client ?? self.client).call(
      "registry/query", ["registry": "sferum", "tab": "conferences", "limit": 100])["rows"]?.array ?? []
  }

  func cell(_ name: String, _ column: String) throws -> String? {
    try rows().first { $0["cells"]?["name"]?.string == name }?["cells"]?[column]?.string
  }

  /// Whether it comes to that status.
  func becomes(_ name: String, _ status: String, within seconds: Double = 20) throws -> Bool {
    try awaited(within: seconds) { try cell(name, "status") == status ? true : nil } == true
  }

  // MARK: The platform's side

  /// What the platform did about one conference, by its log.
  struct Story: Equatable {
    var creations = 0
    var starts = 0
    var finishes = 0
    var deletions = 0
    /// As it is there now; empty: it is not there.
    var state = ""
    var startedAt = ""
    var finishedAt = ""
  }

  /// Of all conferences of that name that ever were there.
  func story(_ name: String) throws -> Story {
    let present = try host.platform.asked("max", "conferences", "--all")
    for conference in present {
      if let id = conference["id"]?.string, let name = conference["name"]?.string { names["call:\(id)"] = name }
    }
    var story = Story()
    for entry in try host.platform.log() where entry.effect == "applied" && names[entry.target] == name {
      switch (entry.method, entry.path.split(separator: "/").last) {
      case ("POST", "start"): story.starts += 1
      case ("POST", "finish"): story.finishes += 1
      case ("POST", "calls"): story.creations += 1
      case ("DELETE", _): story.deletions += 1
      default: break
      }
    }
    if let now = present.first(where: { $0["name"]?.string == name }) {
      story.state = now["state"]?.string ?? ""
      story.startedAt = now["startedAt"]?.string ?? ""
      story.finishedAt = now["finishedAt"]?.string ?? ""
    }
    return story
  }

  /// Names by the log's targets, also of those that are gone since.
  private var names: [String: String] = [:]
}
