import PluginKit

/// The event `platform.v1.binding`: moves the request to its next state, and tells whoever waits or is there.
struct PlatformNews: Sendable {
  let call: Call
  let waiters: Waiters

  private enum News {
    /// Something to tell the person.
    case word(Word, user: String)
    case nothing
  }

  func take() throws {
    guard let payload = call.params["payload"], let id = payload["requestId"]?.string,
      let status = payload["status"]?.string
    else { return call.host.log(.warning, "an event without a request or a status was left out") }
    let reason = payload["reason"]?.string
    let news = try call.write { transaction -> News in
      guard let request = try Requests.find(transaction, id) else { return .nothing }
      return try take(transaction, request, status, reason)
    }
    guard case .word(let word, let user) = news else { return }
    // Who pressed and still waits gets it as the answer; everyone else as a dialog. No word yet is news only
    // to who waits.
    if !waiters.tell(id, word), word != .queued {
      call.host.present(to: .user(user), [word.dialog])
    }
  }

  private func take(
    _ transaction: Transaction, _ request: Request, _ status: String, _ reason: String?
  ) throws -> News {
    switch status {
    case "pending":
      guard request.state == .requested else { return .nothing }
      try Requests.markSent(transaction, request, nowMs: call.host.nowMs)
      return .word(reason == "dialog.suspended" ? .suspended : .sent, user: request.userID)
    case "delayed":
      return request.state == .requested ? .word(.queued, user: request.userID) : .nothing
    case "bound": return try bind(transaction, request)
    case "declined": return try move(transaction, request, .declined, .declined, reason)
    case "expired": return try move(transaction, request, .expired, .expired, reason)
    case "notFound": return try move(transaction, request, .notFound, .notFound, reason)
    case "taken": return try move(transaction, request, .taken, .taken, reason)
    case "failed": return try move(transaction, request, .failed, .failed, reason)
    default: return .nothing
    }
  }

  private func move(
    _ transaction: Transaction, _ request: Request, _ state: Request.State, _ word: Word, _ reason: String?
  ) throws -> News {
    guard request.state.mayBecome(state) else { return .nothing }
    try Requests.move(transaction, request, to: state, reason: reason, nowMs: call.host.nowMs)
    return .word(word, user: request.userID)
  }

  /// A confirmation that comes after the end of its term counts when nothing stands in its way; else the platform
  /// is told to undo it.
  private func bind(_ transaction: Transaction, _ request: Request) throws -> News {
    if request.state == .bound { return .nothing }
    let now = call.host.nowMs
    let isFree =
      try request.state == .requested
      || (Requests.active(transaction, user: request.userID) == nil
        && Requests.active(transaction, phone: request.phone) == nil)
    guard request.state.mayBecome(.bound), isFree else {
      try transaction.schedule(Jobs.undo, key: request.id, dueAtMs: now, payload: ["service": "platform.unbind"])
      return .nothing
    }
    return try move(transaction, request, .bound, .bound, nil)
  }
}
