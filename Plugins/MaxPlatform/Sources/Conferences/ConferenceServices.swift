import PluginKit

/// The services of conferences.
enum ConferenceServices {
  /// `platform.conference.put {conferences}` → `{accepted, outdated, refused?: [{index, conferenceId?, path, message}]}`.
  /// One transaction; repeating it changes nothing. One that is not as it must be keeps none of the others back.
  static func put(_ call: Call, _ traffic: Traffic) throws -> JSONValue {
    let (conferences, refused) = try ConferenceRequest.conferences(call.params)
    let now = call.host.nowMs
    let taken = try call.write { transaction in
      let taken = try DesiredConferences.take(transaction, conferences, nowMs: now)
      try DesiredConferences.forgetRemoved(transaction, nowMs: now)
      try ConferenceBook.close(transaction, taken, nowMs: now)
      return taken.count
    }
    traffic.conferences.ring()
    let answer: JSONValue = ["accepted": JSONValue(taken), "outdated": JSONValue(conferences.count - taken)]
    return refused.isEmpty ? answer : answer.setting("refused", JSONValue(refused))
  }

  /// `platform.conference.participants {conferenceId}` → `{participants: [{userId, joinedAt, leftAt?}]}`: every stay,
  /// in the order of coming. Whom no binding names is `platform:<id>`, as among a chat's members. Somebody waits for it,
  /// so it keeps to the limit as bindings do.
  static func participants(_ call: Call, _ traffic: Traffic) async throws -> JSONValue {
    let id = try call.string("conferenceId")
    let found = try call.read { try Conferences.find($0, id) }
    guard let found else { throw PluginError.notFound("conference", id) }
    guard let callID = found.callID else { return ["participants": .emptyArray] }
    var stays: [JSONValue] = []
    var marker: Int64?
    repeat {
      while case let wait = traffic.limiter.take(dialog: nil, hostMs: call.host.nowMs), wait > 0 {
        try await pause(for: .milliseconds(wait))
      }
      defer { traffic.limiter.answered(forChat: nil, hostMs: call.host.nowMs) }
      let page = try await page(call, callID, after: marker)
      stays += page.stays
      // A marker that stands still would never end.
      marker = page.next == marker ? nil : page.next
    } while marker != nil
    let told = try call.read { try named($0, stays) }
    return ["participants": JSONValue(told)]
  }

  private static func page(
    _ call: Call, _ id: String, after marker: Int64?
  ) async throws -> (stays: [JSONValue], next: Int64?) {
    do throws(PlatformFailure) {
      return try await PlatformClient(host: call.host).participants(ofCall: id, after: marker)
    } catch {
      throw PluginError(
        "platform.failed",
        Text(
          "Платформа не сообщила участников (\(error.code)). Повторите позже",
          en: "The platform did not tell the participants (\(error.code)). Try again later"),
        retryAfterMs: error.isPassing ? error.retryAfterMs ?? Backoff.firstMs : nil,
        data: ["code": JSONValue(error.code)])
    }
  }

  private static func named(_ transaction: Transaction, _ stays: [JSONValue]) throws -> [JSONValue] {
    let rows = try transaction.rows(
      "SELECT member_id, user_id FROM max_platform_members WHERE member_id IN (SELECT value FROM json_each(?))",
      [Chats.list(Set(stays.compactMap { $0["user_id"]?.int64 }))])
    let users = Dictionary(
      rows.compactMap { row in row["member_id"]?.int64.map { ($0, row["user_id"] ?? .null) } },
      uniquingKeysWith: { first, _ in first })
    return stays.compactMap { stay in
      guard let member = stay["user_id"]?.int64 else { return nil }
      let told: JSONValue = [
        "userId": users[member] ?? JSONValue("platform:\(member)"), "joinedAt": stay["joined_at"] ?? .null,
      ]
      guard let left = stay["left_at"], !left.isNull else { return told }
      return told.setting("leftAt", left)
    }
  }
}
