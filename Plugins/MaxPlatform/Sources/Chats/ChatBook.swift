import PluginKit

/// Keeps what is told of chats true: whoever changed anything of them ends the transaction with `close`.
enum ChatBook {
  /// More chats than this are told as `all`.
  static let mostToldByName = 200

  /// Brings the summaries of `ids` up to date, holds removals past the threshold, tells other plugins, and wakes the
  /// reconciler. `byRun`: the change is the reconciler's own, which looks by itself what comes next.
  static func close(
    _ transaction: Transaction, _ ids: Set<String>, byRun: Bool = false, nowMs: Int64
  ) throws {
    guard !ids.isEmpty else { return }
    if !byRun {
      try transaction.insertMany(
        "UPDATE max_platform_chats SET version = version + 1 WHERE chat_id = ?",
        JSONValue(ids.map { [JSONValue($0)] as JSONValue }))
    }
    var told = ids
    var mustWeigh = false
    for id in ids where try derive(transaction, id, nowMs) { mustWeigh = true }
    if mustWeigh {
      let held = try RemovalGuard.weigh(transaction, nowMs: nowMs)
      for id in held { _ = try derive(transaction, id, nowMs) }
      told.formUnion(held)
    }
    try tell(transaction, told)
    if !byRun { try wake(transaction, nowMs: nowMs) }
  }

  /// Schedules the reconciler for the first chat that is due, if any is.
  static func wake(_ transaction: Transaction, nowMs: Int64, notBeforeMs: Int64 = 0) throws {
    guard let due = try nextDue(transaction) else { return }
    try transaction.schedule(MaxPlatform.Wire.chatsJob, key: ChatRun.key, dueAtMs: max(due, notBeforeMs))
  }

  static func nextDue(_ transaction: Transaction) throws -> Int64? {
    let row = try transaction.first(
      """
      SELECT (SELECT min(due_at) FROM max_platform_chats WHERE due_at IS NOT NULL) AS due,
        (SELECT min(compare_at) FROM max_platform_chats WHERE compare_at IS NOT NULL) AS compare
      """)
    return [row?["due"]?.int64, row?["compare"]?.int64].compactMap { $0 }.min()
  }

  /// True when more people are due to leave than before, so that the threshold is to be looked at.
  private static func derive(_ transaction: Transaction, _ id: String, _ nowMs: Int64) throws -> Bool {
    guard let chat = try Chats.find(transaction, id) else { return false }
    var numbers = try ChatNumbers.count(transaction, id)
    // With their chat everybody goes at once, uncounted.
    if !chat.isWanted { (numbers.leaving, numbers.counted, numbers.held) = (numbers.present, 0, 0) }
    let summary = ChatSummary(chat, numbers, nowMs: nowMs)
    let isOver = summary.isSettled && chat.error != nil && chat.error != ChatRow.noPermission
    let final = isOver ? ChatSummary(chat.withoutFailure, numbers, nowMs: nowMs) : summary
    try transaction.query(
      """
      UPDATE max_platform_chats SET
        changed_at = CASE
          WHEN (state, reason, waiting, joining, leaving, held, refused, strangers, gone, tried_at) IS
            (:state, :reason, :waiting, :joining, :leaving, :held, :refused, :strangers, :gone, :tried)
          THEN changed_at ELSE :now END,
        state = :state, reason = :reason, waiting = :waiting, joining = :joining,
        leaving = :leaving, counted = :counted, held = :held, refused = :refused, strangers = :strangers, gone = :gone,
        present = :present, tried_at = :tried, due_at = :due,
        compare_at = CASE WHEN wanted = 1 AND platform_chat_id IS NOT NULL THEN compare_at END,
        attempts = CASE WHEN :over THEN 0 ELSE attempts END, error = CASE WHEN :over THEN NULL ELSE error END,
        next_attempt_at = CASE WHEN :over THEN NULL ELSE next_attempt_at END,
        stuck = CASE WHEN :over THEN '' ELSE stuck END
      WHERE chat_id = :chat
      """,
      [
        "state": JSONValue(final.state), "reason": JSONValue(final.reason), "waiting": JSONValue(numbers.waiting),
        "joining": JSONValue(numbers.joining), "leaving": JSONValue(numbers.leaving),
        "counted": JSONValue(numbers.counted), "held": JSONValue(numbers.held), "refused": JSONValue(numbers.refused),
        "strangers": JSONValue(numbers.strangers), "gone": JSONValue(numbers.gone),
        "present": JSONValue(numbers.present), "tried": JSONValue(final.triedAtMs), "due": JSONValue(final.dueAtMs),
        "now": JSONValue(nowMs), "over": JSONValue(isOver), "chat": JSONValue(id),
      ])
    return numbers.counted > chat.counted
  }

  private static func tell(_ transaction: Transaction, _ ids: Set<String>) throws {
    let payload: JSONValue =
      ids.count > mostToldByName
      ? ["all": true] : ["chatIds": JSONValue(ids.sorted().map { JSONValue($0) })]
    try transaction.emit(MaxPlatform.Wire.chatsEvent, payload)
  }
}
