import PluginKit

/// A person's request as this plugin knows it.
struct Binding: Sendable {
  enum State: String, Sendable {
    case queued, waiting, linked, declined, expired, notFound, taken, failed, withdrawn

    /// Whether nothing more is expected of the request.
    var isOver: Bool { self != .queued && self != .waiting }
  }

  let requestID: String
  let userID: String
  /// `+79123456789`.
  let phone: String
  /// What the person is shown, and what the platform is told: see `Profile`.
  let profile: JSONValue
  let state: State
  let bindingID: String?
  let memberID: Int64?
  let chatID: Int64?
  let mid: String?
  /// Counts the times that the platform was asked; the idempotency key follows it.
  let round: Int
  let toldDelay: Bool
  /// When the platform made the binding, on its clock.
  let platformAtMs: Int64?
  let createdAtMs: Int64

  init?(_ row: JSONValue?) {
    guard let row, let requestID = row["request_id"]?.string, let userID = row["user_id"]?.string,
      let phone = row["phone"]?.string, let state = row["state"]?.string.flatMap(State.init)
    else { return nil }
    self.requestID = requestID
    self.userID = userID
    self.phone = phone
    self.state = state
    profile = (row["profile"]?.string).flatMap { try? JSONValue(parsing: $0) } ?? .emptyObject  // written by us alone
    bindingID = row["binding_id"]?.string
    memberID = row["member_id"]?.int64
    chatID = row["chat_id"]?.int64
    mid = row["mid"]?.string
    round = row["round"]?.int ?? 1
    toldDelay = row["told_delay"]?.int == 1
    platformAtMs = row["platform_at"]?.int64
    createdAtMs = row["created_at"]?.int64 ?? 0
  }
}

/// What other plugins are told of a request.
package enum BindingStatus: String, Sendable {
  case pending, bound, declined, expired, notFound, taken, delayed, unbound, failed
}

/// The table of requests.
enum Bindings {
  static func find(_ transaction: Transaction, _ requestID: String) throws -> Binding? {
    Binding(
      try transaction.first(
        "SELECT * FROM max_platform_bindings WHERE request_id = ?", [JSONValue(requestID)]))
  }

  static func find(_ transaction: Transaction, bindingID: String) throws -> Binding? {
    Binding(
      try transaction.first(
        "SELECT * FROM max_platform_bindings WHERE binding_id = ? ORDER BY created_at DESC LIMIT 1",
        [JSONValue(bindingID)]))
  }

  static func awaited(_ transaction: Transaction) throws -> [Binding] {
    try transaction.rows("SELECT * FROM max_platform_bindings WHERE state = 'waiting' ORDER BY request_id")
      .compactMap { Binding($0) }
  }

  /// Whether some person's button is waited for; only then the updates are read.
  static func anyoneAwaited(_ transaction: Transaction) throws -> Bool {
    try transaction.first("SELECT 1 AS found FROM max_platform_bindings WHERE state = 'waiting' LIMIT 1") != nil
  }

  static func insert(
    _ transaction: Transaction, requestID: String, userID: String, phone: String, profile: JSONValue, nowMs: Int64
  ) throws -> Binding? {
    try transaction.query(
      """
      INSERT INTO max_platform_bindings (request_id, user_id, phone, profile, state, created_at, changed_at)
      VALUES (:request, :user, :phone, :profile, 'queued', :now, :now) ON CONFLICT (request_id) DO NOTHING
      """,
      [
        "request": JSONValue(requestID), "user": JSONValue(userID), "phone": JSONValue(phone),
        "profile": JSONValue(profile.text()), "now": JSONValue(nowMs),
      ])
    return try find(transaction, requestID)
  }

  /// Changes columns of a request; a nil value leaves the column.
  static func update(
    _ transaction: Transaction, _ requestID: String, state: Binding.State? = nil, platform: PlatformBinding? = nil,
    mid: String? = nil, round: Int? = nil, toldDelay: Bool? = nil, nowMs: Int64
  ) throws {
    try transaction.query(
      """
      UPDATE max_platform_bindings SET
        state = coalesce(:state, state), binding_id = coalesce(:binding, binding_id),
        member_id = coalesce(:member, member_id), chat_id = coalesce(:chat, chat_id),
        platform_at = coalesce(:platform_at, platform_at), mid = coalesce(:mid, mid), round = coalesce(:round, round),
        told_delay = coalesce(:told, told_delay), changed_at = :now
      WHERE request_id = :request
      """,
      [
        "state": JSONValue(state?.rawValue), "binding": JSONValue(platform?.id),
        "member": JSONValue(platform?.memberID), "chat": JSONValue(platform?.chatID),
        "platform_at": JSONValue(platform?.createdAtMs), "mid": JSONValue(mid),
        "round": JSONValue(round.map(Int64.init)), "told": JSONValue(toldDelay.map { $0 ? 1 : 0 }),
        "now": JSONValue(nowMs), "request": JSONValue(requestID),
      ])
    if state != nil { try Members.follow(transaction, requestID, nowMs: nowMs) }
  }

  /// Tells other plugins how a request stands.
  static func tell(
    _ transaction: Transaction, _ binding: Binding, _ status: BindingStatus, reason: String? = nil, nowMs: Int64
  ) throws {
    var payload: JSONValue = [
      "requestId": JSONValue(binding.requestID), "userId": JSONValue(binding.userID),
      "phone": JSONValue(binding.phone), "status": JSONValue(status.rawValue), "at": JSONValue(nowMs),
    ]
    if let reason { payload = payload.setting("reason", JSONValue(reason)) }
    try transaction.emit(MaxPlatform.Wire.bindingEvent, payload)
  }
}
