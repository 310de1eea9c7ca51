import PluginKit

/// The services: each is one write, and repeating it changes nothing.
enum BindingServices {
  /// `platform.bind {requestId, userId, phone, role, familyName, givenName, middleName?, organization: {id, name},
  /// expiresAt?}` → `{status}`. Asking again for a request that waits for its turn ends the wait.
  static func bind(_ call: Call) throws -> JSONValue {
    let requestID = try call.string("requestId")
    let userID = try call.string("userId")
    let phone = try call.string("phone")
    let profile = try Profile(call.params)
    let now = call.host.nowMs
    return try call.write { transaction in
      if let known = try Bindings.find(transaction, requestID) {
        if !known.state.isOver {
          try Bindings.update(transaction, requestID, toldDelay: false, nowMs: now)
          try Outbox.hurry(transaction, known, nowMs: now)
        }
        return answer(known.state)
      }
      let binding = try Bindings.insert(
        transaction, requestID: requestID, userID: userID, phone: phone, profile: profile.json, nowMs: now)
      guard let binding else { throw PluginError.notFound("binding", requestID) }
      try queueBind(transaction, binding, round: 1, nowMs: now)
      return answer(.queued)
    }
  }

  /// `platform.unbind {requestId}` → `{status}`. Undoes a binding, or a request in whatever state.
  static func unbind(_ call: Call) throws -> JSONValue {
    try end(call, as: .unbind)
  }

  /// `platform.cancelRequest {requestId}` → `{status}`. Takes a request back. One that the person had confirmed
  /// before that was known here stays: the event `bound` tells it.
  static func cancel(_ call: Call) throws -> JSONValue {
    try end(call, as: .withdraw)
  }

  private static func end(_ call: Call, as errand: Errand) throws -> JSONValue {
    let requestID = try call.string("requestId")
    let now = call.host.nowMs
    return try call.write { transaction in
      // A request that never came here has nothing to be undone.
      guard let binding = try Bindings.find(transaction, requestID) else { return answer(.withdrawn) }
      if errand == .withdraw, binding.state.isOver { return answer(binding.state) }
      let wasAsked = try Outbox.wasBegun(transaction, .bind, of: requestID)
      try Outbox.drop(transaction, [.bind, .message, .check], of: requestID, nowMs: now)
      try Bindings.update(transaction, requestID, state: .withdrawn, nowMs: now)
      if wasAsked {
        try Outbox.add(
          transaction, errand, key: "\(errand.rawValue):\(requestID)", binding: binding, nowMs: now)
      } else {
        try Bindings.tell(transaction, binding, .unbound, nowMs: now)
      }
      return answer(.withdrawn)
    }
  }

  /// Queues the question to the platform. The body is made once: the platform compares it byte by byte with
  /// what came under the same key before.
  static func queueBind(_ transaction: Transaction, _ binding: Binding, round: Int, nowMs: Int64) throws {
    let profile = try Profile(binding.profile)
    let key = round == 1 ? binding.requestID : "\(binding.requestID)-\(round)"
    try Outbox.add(
      transaction, .bind, key: "bind:\(key)", binding: binding,
      body: ["idempotencyKey": JSONValue(key), "request": JSONValue(profile.request(for: binding).text())],
      nowMs: nowMs)
  }

  private static func answer(_ state: Binding.State) -> JSONValue { ["status": JSONValue(state.rawValue)] }
}
