import Jansson

/// What is known of a request with an idempotency key.
package enum IdempotencyState: Equatable, Sendable {
  /// The key is new.
  case none
  /// The request was carried out, but its answer was not kept (the host ended in between).
  case committed
  /// The request was carried out and answered so.
  case answered(JSONValue)
  /// The key was used for another request.
  case conflict
}

extension Store {
  /// How long idempotency keys are remembered.
  package static let idempotencyMs: Int64 = 86_400_000

  /// Context keys of one user: those of all users with the user's own over them.
  package func contextValues(user: String) throws -> [String: JSONValue] {
    let rows = try transact(.read) { transaction in
      try transaction.query(
        "SELECT key, value FROM shell_context WHERE user_id = '' OR user_id = ? ORDER BY user_id",
        [JSONValue(user)], policy: nil)
    }
    var values: [String: JSONValue] = [:]
    for row in rows.array ?? [] { values[row["key"]?.string ?? ""] = parsed(row["value"]) }
    return values
  }

  package func idempotent(user: String, key: String, requestHash: String) throws -> IdempotencyState {
    let rows = try transact(.read) { transaction in
      try transaction.query(
        "SELECT request_hash, answer FROM shell_idempotency WHERE user_id = ? AND key = ? AND at > ?",
        [JSONValue(user), JSONValue(key), JSONValue(clock.nowMs - Store.idempotencyMs)], policy: nil)
    }
    guard let row = rows[0] else { return .none }
    guard row["request_hash"]?.string == requestHash else { return .conflict }
    guard let answer = row["answer"], !answer.isNull else { return .committed }
    return .answered(parsed(answer))
  }

  /// Keeps the answer to a request that was recorded with its transaction, and drops keys older than a day.
  package func storeAnswer(user: String, key: String, requestHash: String, answer: JSONValue) throws {
    try transact(.write) { transaction in
      try transaction.write(
        "UPDATE shell_idempotency SET answer = ? WHERE user_id = ? AND key = ? AND request_hash = ?",
        [JSONValue(answer.text()), JSONValue(user), JSONValue(key), JSONValue(requestHash)])
      try transaction.write(
        "DELETE FROM shell_idempotency WHERE at <= ?", [JSONValue(clock.nowMs - Store.idempotencyMs)])
    }
  }
}
