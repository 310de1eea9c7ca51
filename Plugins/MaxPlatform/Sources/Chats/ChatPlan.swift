import PluginKit

/// What is to be done on the platform as its chats stand, in numbers and by chat: the calls that the planner would make
/// of the tables at this moment.
struct ChatPlan {
  static let mostDetails = 200

  private var counts: [String: Int] = [:]
  private var details: [JSONValue] = []
  private var duration = PlanDuration()
  private var comparedAtMs: Int64?
  private let nowMs: Int64

  private init(nowMs: Int64) { self.nowMs = nowMs }

  /// `platform.chat.plan {}`: of all chats. Asked in a rehearsal it tells what would follow from what was put there.
  static func answer(_ call: Call) throws -> JSONValue {
    try call.read { try of($0, nil, nowMs: call.host.nowMs) }
  }

  /// Of some chats, or of all.
  static func of(_ transaction: Transaction, _ ids: [String]?, nowMs: Int64) throws -> JSONValue {
    var plan = ChatPlan(nowMs: nowMs)
    let filter = ids == nil ? "" : " AND chat_id IN (SELECT value FROM json_each(:ids))"
    let bindings: JSONValue = ids.map { ["ids": Chats.list($0)] } ?? .emptyObject
    // Chats that are in step cost no look at their people.
    let unsettled = try transaction.rows(
      "SELECT chat_id FROM max_platform_chats WHERE (state NOT IN ('inStep', 'waiting', 'removed')"
        + " OR due_at IS NOT NULL)\(filter) ORDER BY chat_id", bindings)
    for row in unsettled { try plan.add(transaction, row["chat_id"]?.string ?? "") }
    let whole = try transaction.first(
      """
      SELECT sum(CASE WHEN wanted THEN waiting ELSE 0 END) AS waiting, min(checked_at) AS compared,
        (SELECT removal_threshold_percent FROM max_platform_chat_settings) AS percent
      FROM max_platform_chats WHERE true\(filter)
      """, bindings)
    plan.counts["waiting"] = whole?["waiting"]?.int ?? 0
    plan.counts["thresholdPercent"] = whole?["percent"]?.int ?? 0
    plan.comparedAtMs = whole?["compared"]?.int64
    return plan.json
  }

  private mutating func add(_ transaction: Transaction, _ id: String) throws {
    guard let chat = try Chats.find(transaction, id) else { return }
    let picture = try ChatPicture.read(transaction, chat, nowMs: nowMs)
    let calls = ChatPlanner.calls(picture, nowMs: nowMs)
    let numbers = try ChatNumbers.count(transaction, id)
    count("heldLeaves", numbers.held)
    count("calls", calls.count)
    for call in calls { count(call) }
    duration.add(calls, present: numbers.present)
    guard !calls.isEmpty || numbers.held > 0 else { return }
    count("chats", 1)
    let isEmptied = chat.isWanted && numbers.present > 0 && !picture.people.contains { $0.isWanted }
    if isEmptied { count("emptied", 1) }
    guard details.count < Self.mostDetails else { return }
    var detail = try detail(transaction, chat, calls)
    if numbers.held > 0 { detail.append(("held", JSONValue(numbers.held))) }
    if isEmptied { detail.append(("emptied", true)) }
    details.append(JSONValue(members: detail))
  }

  private mutating func count(_ name: String, _ number: Int) { counts[name, default: 0] += number }

  private mutating func count(_ call: ChatCall) {
    count("joins", call.joining.count)
    switch call {
    case .remove: count("leaves", 1)
    case .create: count("creations", 1)
    case .delete: count("deletions", 1)
    case .rename: count("titles", 1)
    case .make(let members): count("administratorChanges", members.count)
    case .unmake: count("administratorChanges", 1)
    case .find, .readRights, .readTitle, .readAll, .readMembers: count("reads", 1)
    case .add: break
    }
  }

  /// What becomes of one chat; people by their accounts, strangers as `platform:<member>`.
  private func detail(
    _ transaction: Transaction, _ chat: ChatRow, _ calls: [ChatCall]
  ) throws -> [(String, JSONValue)] {
    let users = try users(transaction, chat.id)
    let leaving = calls.compactMap { call in if case .remove(let member) = call { member } else { nil } }
    var detail: [(String, JSONValue)] = [
      ("chatId", JSONValue(chat.id)), ("title", JSONValue(chat.title)),
      ("joins", JSONValue(calls.flatMap(\.joining).compactMap { users[$0] })),
      ("leaves", JSONValue(leaving.compactMap { users[$0] })), ("calls", JSONValue(calls.count)),
    ]
    for call in calls {
      switch call {
      case .create: detail.append(("created", true))
      case .delete: detail.append(("deleted", true))
      case .rename: detail.append(("formerTitle", JSONValue(chat.actualTitle)))
      default: break
      }
    }
    return detail
  }

  private func users(_ transaction: Transaction, _ id: String) throws -> [Int64: JSONValue] {
    let rows = try transaction.rows(
      "SELECT user_id, member_id FROM max_platform_chat_people WHERE chat_id = ? AND member_id IS NOT NULL",
      [JSONValue(id)])
    return Dictionary(
      rows.compactMap { row in row["member_id"]?.int64.flatMap { member in row["user_id"].map { (member, $0) } } },
      uniquingKeysWith: { $1 })
  }

  private static let names = [
    "chats", "creations", "deletions", "emptied", "joins", "leaves", "administratorChanges", "titles", "reads", "calls",
    "heldLeaves", "thresholdPercent", "waiting",
  ]

  private var json: JSONValue {
    let numbers = Self.names.map { ($0, JSONValue(counts[$0] ?? 0)) }
    return JSONValue(
      members: numbers + [
        ("seconds", JSONValue(duration.seconds)), ("comparedAt", JSONValue(comparedAtMs)),
        ("details", JSONValue(details)),
      ])
  }
}

extension ChatCall {
  /// Whom it lets in.
  var joining: [Int64] {
    switch self {
    case .create(let members, _), .add(let members): members
    default: []
    }
  }
}

/// About how long calls take at the platform's limits: in all, and of each chat, whose turn is one call after the other.
struct PlanDuration {
  private var requests = 0
  private var mostChanges = 0

  mutating func add(_ calls: [ChatCall], present: Int) {
    for call in calls {
      // The chat, and a page for every hundred people.
      let isWhole = call == .readAll
      requests += isWhole ? 1 + max(1, (present + 99) / 100) : 1
    }
    mostChanges = max(mostChanges, calls.count { $0.kind.isChange })
  }

  /// Whole seconds, rounded up: the first second's worth of requests is there at once.
  var seconds: Int {
    func rest(_ number: Int, _ perSecond: Int, _ atOnce: Int) -> Int {
      (max(0, number - atOnce) + perSecond - 1) / perSecond
    }
    guard requests > 0 else { return 0 }
    let all = rest(requests, RateLimiter.perSecond, RateLimiter.perSecond - Int(RateLimiter.chatsReserve))
    return max(1, all, rest(mostChanges, RateLimiter.perDialog, RateLimiter.perDialog))
  }
}
