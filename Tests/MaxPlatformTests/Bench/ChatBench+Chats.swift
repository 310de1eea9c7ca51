import Jansson
import PluginHost
import ShellStore
import Testing

/// What is wanted of a chat: people by number (`U1`, `U2`, …), administrators negative.
struct Wish {
  var id: String
  var people: [Int]
  var title: String?
  var kind = "class"
  var revision: Int64 = 1
  var fresh: Set<Int> = []

  init(
    _ id: String, _ people: [Int], title: String? = nil, kind: String = "class", revision: Int64 = 1,
    fresh: Set<Int> = []
  ) {
    (self.id, self.people, self.title, self.kind) = (id, people, title, kind)
    (self.revision, self.fresh) = (revision, fresh)
  }

  var json: JSONValue {
    let members = people.map { number -> JSONValue in
      [
        "userId": JSONValue("U\(abs(number))"), "administrator": JSONValue(number < 0),
        "fresh": JSONValue(fresh.contains(abs(number))),
      ]
    }
    return [
      "chatId": JSONValue(id), "revision": JSONValue(revision), "title": JSONValue(title ?? "Чат \(id)"),
      "kind": JSONValue(kind), "members": JSONValue(members),
    ]
  }
}

extension ChatBench {
  @discardableResult
  func service(_ name: String, _ params: JSONValue = .emptyObject) async throws -> JSONValue {
    try await host.call(PluginCall(.service, name, params: params, trace: "test"))
  }

  @discardableResult
  func put(_ wishes: Wish..., threshold: Int? = nil) async throws -> JSONValue {
    try await put(wishes, threshold: threshold)
  }

  @discardableResult
  func put(_ wishes: [Wish], threshold: Int? = nil) async throws -> JSONValue {
    var params: JSONValue = ["chats": JSONValue(wishes.map(\.json))]
    if let threshold { params = params.setting("removalThresholdPercent", JSONValue(threshold)) }
    return try await service("platform.chat.put", params)
  }

  /// Puts, and waits until all that can be done is done.
  func sync(_ wishes: Wish...) async throws {
    try await put(wishes)
    await settle()
  }

  func remove(_ id: String, revision: Int64) async throws {
    try await service(
      "platform.chat.remove", ["chats": [["chatId": JSONValue(id), "revision": JSONValue(revision)]]])
  }

  /// Runs what is due until nothing is.
  func settle() async { await host.runDue(upTo: platform.clock.nowMs) }

  /// Moves the clock, runs what falls due, and lets the platform see it.
  func advance(_ duration: Duration) async {
    await host.runDue(upTo: platform.clock.nowMs + Int64(duration / .milliseconds(1)))
    platform.simulator.clockMoved()
    await host.runDue(upTo: platform.clock.nowMs)
  }

  /// Ties users to their members as if they had bound long ago: before anything of the plugin runs.
  func link(_ numbers: some Sequence<Int>) async throws {
    // The first call loads the plugin, which makes its tables.
    try await put([])
    let rows = numbers.map { number -> JSONValue in
      [JSONValue("U\(number)"), JSONValue(platform.members[number - 1]), JSONValue("R\(number)"), 0]
    }
    try store.transact(.write) { transaction in
      try transaction.insertMany(
        "INSERT INTO max_platform_members (user_id, member_id, request_id, since) VALUES (?, ?, ?, ?)",
        JSONValue(rows), policy: nil)
    }
  }

  /// A person binds by the whole way: request, message, button.
  func bind(_ number: Int, request: String? = nil) async throws {
    let request = request ?? "bind-\(number)"
    try await ask(number, request: request)
    _ = try await platform.client.press(phone: ChatPlatform.phone(number), button: "Подключить")
    try await until("\(number) is bound") {
      try self.rows("SELECT 1 AS x FROM max_platform_bindings WHERE request_id = '\(request)' AND state = 'linked'")
        .count == 1
    }
    await settle()
  }

  /// Puts the question to a person.
  func ask(_ number: Int, request: String) async throws {
    try await service(
      "platform.bind",
      [
        "requestId": JSONValue(request), "userId": JSONValue("U\(number)"),
        "phone": JSONValue(ChatPlatform.phone(number)), "role": "pupil", "familyName": "Иванов", "givenName": "Иван",
        "organization": ["id": "O1", "name": "Школа № 7"],
      ])
    await settle()
  }

  func unbind(_ number: Int, request: String? = nil) async throws {
    try await service("platform.unbind", ["requestId": JSONValue(request ?? "bind-\(number)")])
    await settle()
  }
}

// MARK: What became of it

extension ChatBench {
  func rows(_ sql: String) throws -> [JSONValue] {
    try store.transact(.read) { try $0.query(sql, .emptyArray, policy: nil) }.array ?? []
  }

  /// A chat's row in the published view.
  func told(_ id: String) throws -> JSONValue {
    try rows("SELECT * FROM max_platform_v1_chats WHERE chat_id = '\(id)'").first ?? .emptyObject
  }

  func state(_ id: String) throws -> String { try told(id)["state"]?.string ?? "none" }

  /// Why a person is not as wanted; "" when they are; nil when they are not told of at all.
  func reason(_ id: String, _ number: Int) throws -> String? { try reason(id, "U\(number)") }

  func reason(_ id: String, _ user: String) throws -> String? {
    try rows("SELECT reason FROM max_platform_v1_chat_members WHERE chat_id = '\(id)' AND user_id = '\(user)'")
      .first.map { $0["reason"]?.string ?? "" }
  }

  func number(_ sql: String) throws -> Int { try rows(sql).first?.members?.first?.value.int ?? 0 }

  /// Looks after each commit until `condition` holds. A minute is the end of all patience.
  func until(_ what: String, _ condition: @escaping @Sendable () async throws -> Bool) async throws {
    let held = try await withThrowingTaskGroup(of: Bool.self) { group in
      group.addTask {
        while !Task.isCancelled {
          let seen = self.commits.count
          if try await condition() { return true }
          await self.commits.next(after: seen)
        }
        return false
      }
      group.addTask {
        try await Task.sleep(for: .seconds(60))
        self.commits.rang()
        return false
      }
      let first = try await group.next() ?? false
      group.cancelAll()
      self.commits.rang()
      return first
    }
    try #require(held, "never came true: \(what)")
  }
}
