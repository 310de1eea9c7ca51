import Jansson
import PlatformSimulator
import Testing

/// What is wanted of a conference: people by number, instants in minutes from the start of the test.
struct ConferenceWish {
  var id: String
  var phase: String
  var revision: Int64 = 1
  var people: [Int] = []
  var name: String?
  var chat = "C1"
  var minutes = 10..<55

  init(
    _ id: String, _ phase: String, revision: Int64 = 1, people: [Int] = [], name: String? = nil, chat: String = "C1",
    minutes: Range<Int> = 10..<55
  ) {
    (self.id, self.phase, self.revision, self.people) = (id, phase, revision, people)
    (self.name, self.chat, self.minutes) = (name, chat, minutes)
  }

  var json: JSONValue {
    [
      "conferenceId": JSONValue(id), "revision": JSONValue(revision), "name": JSONValue(name ?? "Урок \(id)"),
      "chatId": JSONValue(chat), "startsAt": JSONValue(Self.instant(minutes.lowerBound)),
      "endsAt": JSONValue(Self.instant(minutes.upperBound)),
      "members": JSONValue(people.map { JSONValue("U\($0)") }), "phase": JSONValue(phase),
    ]
  }

  static func instant(_ minutes: Int) -> Int64 { ChatPlatform.start + Int64(minutes) * 60_000 }
}

extension ChatBench {
  @discardableResult
  func put(conferences: [ConferenceWish]) async throws -> JSONValue {
    try await service("platform.conference.put", ["conferences": JSONValue(conferences.map(\.json))])
  }

  /// Puts, and waits until all that can be done is done.
  func sync(conferences: ConferenceWish...) async throws {
    try await put(conferences: conferences)
    await settle()
  }

  /// A conference's row in the published view.
  func conference(_ id: String) throws -> JSONValue {
    try rows("SELECT * FROM max_platform_v1_conferences WHERE conference_id = '\(id)'").first ?? .emptyObject
  }

  func conferenceState(_ id: String) throws -> String { try conference(id)["state"]?.string ?? "none" }

  func notify(_ notices: [(key: String, number: Int, text: String)]) async throws -> Int? {
    let list = notices.map { notice -> JSONValue in
      ["key": JSONValue(notice.key), "userId": JSONValue("U\(notice.number)"), "text": JSONValue(notice.text)]
    }
    return try await service("platform.notify", ["notices": JSONValue(list)])["accepted"]?.int
  }
}

extension ChatPlatform {
  /// Requests about calls, in the order of their coming: `create`, `read`, `start`, `finish`, `change`, `delete`,
  /// `participants`; with those effects, or all.
  func callRequests(_ effects: Set<String>? = nil) async throws -> [String] {
    try await client.log().filter { entry in
      entry.path.hasPrefix("/sferum/v1/calls") && (effects?.contains(entry.effect) ?? true)
    }.map { entry in
      let path = entry.path.prefix { $0 != "?" }
      switch (entry.method, path.split(separator: "/").last ?? "") {
      case ("POST", "calls"): return "create"
      case ("PATCH", _): return "change"
      case ("DELETE", _): return "delete"
      case ("POST", let order): return String(order)
      case (_, "participants"): return "participants"
      default: return "read"
      }
    }
  }

  func call(_ id: String) async throws -> ConferenceSummary? {
    try await client.conferences(all: true).first { $0.externalId == id }
  }
}
