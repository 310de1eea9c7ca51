import PluginKit

extension ErrandRun {
  /// Times that one request may find another, forgotten binding in its way.
  private static let mostRounds = 3

  func bind() async throws(PlatformFailure) -> Verdict {
    let answer: PlatformBinding
    do throws(PlatformFailure) {
      answer = try await client.createBinding(
        item.body["request"]?.string ?? "{}", idempotencyKey: item.body["idempotencyKey"]?.string ?? item.requestID)
    } catch {
      guard case .refused(_, "binding.phone.taken", _) = error else { throw error }
      return .done { [self] transaction in
        try conclude(transaction, .taken, .taken, reason: nil)
      }
    }
    return .done { [self] transaction in try take(transaction, answer) }
  }

  /// Notes the platform's answer to a request.
  private func take(_ transaction: Transaction, _ answer: PlatformBinding) throws {
    guard let current = try Bindings.find(transaction, item.requestID) else { return }
    let isActive = answer.status == .pending || answer.status == .linked
    let phone = String(current.phone.drop { $0 == "+" })
    if isActive, let other = answer.phone, other != phone {
      return try replace(transaction, current, stray: answer)
    }
    // The end of the request before this one may still be on its way here, and would take the new one's binding along.
    if isActive, let known = try Bindings.find(transaction, bindingID: answer.id), known.requestID != current.requestID
    {
      return try replace(transaction, current, stray: answer)
    }
    try Bindings.update(transaction, item.requestID, platform: answer, nowMs: now)
    // Taken back meanwhile: the errand that undoes it stands behind this one in the lane.
    guard current.state == .queued else { return }
    switch answer.status {
    case .pending:
      try Bindings.update(transaction, item.requestID, state: .waiting, nowMs: now)
      try Outbox.add(transaction, .message, key: "message:\(answer.id)", binding: current, nowMs: now)
      try transaction.schedule(MaxPlatform.Wire.pollJob, key: PollRun.key, dueAtMs: now)
    case .linked: try conclude(transaction, .linked, .bound, reason: nil)
    case .declined: try conclude(transaction, .declined, .declined, reason: answer.reason)
    case .expired: try conclude(transaction, .expired, .expired, reason: nil)
    case .notFound: try conclude(transaction, .notFound, .notFound, reason: nil)
    }
  }

  /// The platform holds another binding of this user: to another phone, of which nobody here knows any more (the
  /// school's data came from an older copy), or one of an earlier request. It is undone, and the question put again.
  private func replace(_ transaction: Transaction, _ current: Binding, stray: PlatformBinding) throws {
    guard current.state == .queued else { return }
    guard current.round < Self.mostRounds else {
      try conclude(transaction, .failed, .failed, reason: "stray")
      return
    }
    let round = current.round + 1
    try Bindings.update(transaction, item.requestID, round: round, nowMs: now)
    try Outbox.add(
      transaction, .unbind, key: "unbind:\(item.requestID):\(stray.id)", binding: current,
      body: ["bindingId": JSONValue(stray.id)], nowMs: now)
    try BindingServices.queueBind(transaction, current, round: round, nowMs: now)
  }

  /// What became of a binding whose button was pressed. The button itself says less than the platform's word.
  func check() async throws(PlatformFailure) -> Verdict {
    guard binding.state == .waiting, let id = binding.bindingID else { return answered() }
    let found: PlatformBinding
    do throws(PlatformFailure) {
      found = try await client.binding(id)
    } catch {
      guard case .refused(404, _, _) = error else { throw error }
      return answered(then: .declined, .declined, reason: "binding.gone")
    }
    switch found.status {
    case .linked: return answered(then: .linked, .bound, reason: nil, found)
    case .declined where found.reason == "phone.taken": return answered(then: .taken, .taken, reason: nil)
    case .declined, .notFound: return answered(then: .declined, .declined, reason: found.reason)
    case .expired: return answered(then: .expired, .expired, reason: nil)
    case .pending:
      // The press is told before its effect: the platform needs a moment.
      guard item.body["callbackId"] != nil, item.attempts < 10 else { return .nothing }
      return .later(.broken(status: 200, retryAfterMs: nil))
    }
  }

  /// Notes the end of a request, if any, and queues the answer to the button.
  private func answered(
    then state: Binding.State? = nil, _ status: BindingStatus = .pending, reason: String? = nil,
    _ found: PlatformBinding? = nil
  ) -> Verdict {
    .done { [self] transaction in
      // Who the person is there may be told only once they have said yes.
      if let found { try Bindings.update(transaction, item.requestID, platform: found, nowMs: now) }
      let isEnded = try state.map { try conclude(transaction, $0, status, reason: reason) } ?? false
      guard let callback = item.body["callbackId"]?.string else {
        // Nobody heard of a button: the question goes by itself.
        if isEnded { try retire(transaction, body: .emptyObject) }
        return
      }
      try Outbox.add(
        transaction, .answer, key: "answer:\(callback)", binding: binding, body: ["callbackId": JSONValue(callback)],
        nowMs: now)
    }
  }

  /// The end of a request, told once. False when it had ended before.
  @discardableResult
  private func conclude(
    _ transaction: Transaction, _ state: Binding.State, _ status: BindingStatus, reason: String?
  ) throws -> Bool {
    guard let current = try Bindings.find(transaction, item.requestID), !current.state.isOver else { return false }
    try Bindings.update(transaction, item.requestID, state: state, nowMs: now)
    try Bindings.tell(transaction, current, status, reason: reason, nowMs: now)
    return true
  }

  /// Has the question in the dialog say how it ended, without its buttons.
  private func retire(_ transaction: Transaction, body: JSONValue) throws {
    guard let current = try Bindings.find(transaction, item.requestID), current.mid != nil else { return }
    try Outbox.add(transaction, .retire, key: "retire:\(item.requestID)", binding: current, body: body, nowMs: now)
  }

  /// Takes a request back. The person may have confirmed it while nobody here could hear: then it stands.
  func withdraw() async throws(PlatformFailure) -> Verdict {
    guard binding.state == .withdrawn else { return .nothing }
    guard let found = try await lookUp() else { return undone() }
    if found.status == .linked {
      return .done { [self] transaction in
        guard let current = try Bindings.find(transaction, item.requestID), current.state == .withdrawn else { return }
        // Found by the person: it may be that of the request before.
        if let known = try Bindings.find(transaction, bindingID: found.id), known.requestID != current.requestID {
          return try Bindings.tell(transaction, current, .unbound, nowMs: now)
        }
        try Bindings.update(transaction, item.requestID, state: .linked, platform: found, nowMs: now)
        try Bindings.tell(transaction, current, .bound, nowMs: now)
      }
    }
    if found.status == .pending { try await delete(found.id) }
    return undone()
  }

  func unbind() async throws(PlatformFailure) -> Verdict {
    if let stray = item.body["bindingId"]?.string {
      try await delete(stray)
      return .nothing
    }
    if let id = binding.bindingID {
      try await delete(id)
    } else if let found = try await lookUp() {
      try await delete(found.id)
    }
    return undone()
  }

  private func undone() -> Verdict {
    .done { [self] transaction in
      guard let current = try Bindings.find(transaction, item.requestID) else { return }
      try Bindings.tell(transaction, current, .unbound, nowMs: now)
      if item.kind == .withdraw { try retire(transaction, body: ["expired": true]) }
    }
  }

  /// The binding on the platform's side; nil when there is none. One whose making nobody saw answered is found by
  /// its user.
  private func lookUp() async throws(PlatformFailure) -> PlatformBinding? {
    do throws(PlatformFailure) {
      if let id = binding.bindingID { return try await client.binding(id) }
      let found = try await client.binding(ofUser: binding.userID)
      return found.phone == String(binding.phone.drop { $0 == "+" }) ? found : nil
    } catch {
      guard case .refused(404, _, _) = error else { throw error }
      return nil
    }
  }

  private func delete(_ id: String) async throws(PlatformFailure) {
    do throws(PlatformFailure) {
      try await client.deleteBinding(id)
    } catch {
      guard case .refused(404, _, _) = error else { throw error }  // 404: undone already
    }
  }
}
