import PluginKit

extension ChatNotes {
  /// What was refused for good is tried again after this.
  private static let stuckMs: Int64 = 3_600_000

  func failed(_ failure: PlatformFailure) throws {
    switch failure {
    case .limited: try postpone(failure)
    case .unauthorized: try postpone(failure, delayMs: Backoff.longestMs)
    case .unreachable, .broken:
      try ChatEnd.doubt(transaction, chat, LostCall(call), nowMs: nowMs)
      try postpone(failure)
    case .refused(404, "chat.not.found", _): try lost()
    case .refused(404, _, _) where call.kind == .remove || call.kind == .delete: try absent()
    case .refused(403, _, _): try stick([call.kind], ChatRow.noPermission)
    case .refused(_, let code, _): try refused(code)
    }
  }

  /// The platform says that it has no such chat: gone, or hidden from a bot that was thrown out. A search tells.
  private func lost() throws {
    // The search tells more than the rights would; asking for these again at once would go on for ever.
    if call.kind == .readRights { try rightsWereAskedFor() }
    guard chat.isWanted, call.kind != .find else { return try looked(nil) }
    try set("creation_doubt = :doubt", ["doubt": JSONValue(ChatRow.Creation.inDoubt.rawValue)])
    try readDone()
  }

  /// What was to go is not there.
  private func absent() throws {
    if case .remove(let member) = call { try people.left(member) } else { try lost() }
  }

  private func refused(_ code: String) throws {
    switch call {
    // One person's matter: the others go on.
    case .remove(let member), .unmake(let member): try people.refused([member: code])
    case .add(let members) where members.count == 1: try people.refused([members[0]: code])
    case .add, .make:
      // Somebody may not be what they are taken for.
      try ChatEnd.doubt(transaction, chat, LostCall(call), nowMs: nowMs)
      try stick([call.kind], code)
    case .find, .create, .delete, .readRights, .readTitle, .readAll, .readMembers, .rename:
      try stick([call.kind], code)
    }
  }

  /// Leaves these kinds of calls alone for an hour; others go on.
  func stick(_ kinds: Set<ChatCall.Kind>, _ code: String) throws {
    try set(
      """
      error_at = CASE WHEN error IS :code THEN error_at ELSE :now END, error = :code, stuck = :stuck,
      stuck_until = :until, attempts = 0, next_attempt_at = NULL
      """,
      [
        "code": JSONValue(code), "now": JSONValue(nowMs),
        "stuck": JSONValue(Self.words(chat.stuck(at: nowMs).union(kinds))), "until": JSONValue(nowMs + Self.stuckMs),
      ])
  }

  private func postpone(_ failure: PlatformFailure, delayMs: Int64? = nil) throws {
    let attempts = chat.attempts + 1
    let delay = delayMs ?? Backoff.delayMs(attempt: attempts, retryAfterMs: failure.retryAfterMs)
    try set(
      """
      error_at = CASE WHEN error IS :code THEN error_at ELSE :now END, error = :code, attempts = :attempts,
      next_attempt_at = :at
      """,
      [
        "code": JSONValue(failure.code), "now": JSONValue(nowMs), "attempts": JSONValue(attempts),
        "at": JSONValue(nowMs + delay),
      ])
  }
}
